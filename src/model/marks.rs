//! Flags and status of a message, packed into one byte.

use super::Status;
use super::message::Begin;

/// Status, flags and [`Begin`] of a message in one byte: a second byte would cost a megabyte for a million messages.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marks(u8);

/// A flag of a message.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub(super) enum Mark {
    /// The logs say that the queue entry is finished.
    Completed = 0b1000,
    /// TLS with a next host failed.
    TlsFailed = 0b1_0000,
    /// Counts and status do not include the latest events.
    Stale = 0b10_0000,
}

const STATUS: u8 = 0b111;
const BEGINS: u8 = 0b1100_0000;
const IF_COMPLETED: u8 = 0b100_0000;
const IF_ARRIVED: u8 = 0b1000_0000;

impl Marks {
    /// Unknown status and no flags.
    pub(super) const fn new(begins: Begin) -> Self {
        let begins = match begins {
            Begin::No => 0,
            Begin::IfCompleted => IF_COMPLETED,
            Begin::IfArrived => IF_ARRIVED,
        };
        Self(Status::Unknown as u8 | begins)
    }

    pub(super) const fn has(self, mark: Mark) -> bool {
        self.0 & mark as u8 != 0
    }

    pub(super) const fn set(&mut self, mark: Mark, holds: bool) {
        self.0 &= !(mark as u8);
        if holds {
            self.0 |= mark as u8;
        }
    }

    pub(super) const fn status(self) -> Status {
        Status::BY_NUMBER[(self.0 & STATUS) as usize]
    }

    pub(super) const fn set_status(&mut self, status: Status) {
        self.0 = self.0 & !STATUS | status as u8;
    }

    pub(super) const fn begins(self) -> Begin {
        match self.0 & BEGINS {
            IF_COMPLETED => Begin::IfCompleted,
            IF_ARRIVED => Begin::IfArrived,
            _ => Begin::No,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_mark_touches_another() {
        let all = [Mark::Completed, Mark::TlsFailed, Mark::Stale];
        for begins in [Begin::No, Begin::IfCompleted, Begin::IfArrived] {
            for status in Status::ALL {
                for set in 0..8_u32 {
                    let is_set = |nth: usize| set >> nth & 1 == 1;
                    let mut marks = Marks::new(begins);
                    assert_eq!(marks.status(), Status::Unknown);
                    for (nth, mark) in all.into_iter().enumerate() {
                        marks.set(mark, !is_set(nth));
                    }
                    marks.set_status(Status::Discarded);
                    marks.set_status(status);
                    for (nth, mark) in all.into_iter().enumerate() {
                        marks.set(mark, is_set(nth));
                    }
                    let has = |nth| marks.has(all[nth]) == is_set(nth);
                    assert!((0..3).all(has), "{marks:?}");
                    assert_eq!((marks.status(), marks.begins()), (status, begins));
                }
            }
        }
    }
}
