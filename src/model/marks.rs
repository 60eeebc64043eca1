//! What is known of a message in a few bits.

use super::Status;
use super::message::Begin;

/// The status of a message, its yes/no facts, and when its first line begins it, in one byte: a byte more in each
/// message is a megabyte for a million of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marks(u8);

/// A yes/no fact of a message.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub(super) enum Mark {
    /// The logs say that the queue entry is finished.
    Completed = 0b1000,
    /// TLS with a next host failed for it.
    TlsFailed = 0b1_0000,
    /// Counts and status do not yet tell of the latest events.
    Stale = 0b10_0000,
}

const STATUS: u8 = 0b111;
const BEGINS: u8 = 0b1100_0000;
const IF_OVER: u8 = 0b100_0000;
const IF_TAKEN: u8 = 0b1000_0000;

impl Marks {
    /// Of a message of which nothing is known but when its first line begins it.
    pub(super) const fn new(begins: Begin) -> Self {
        let begins = match begins {
            Begin::No => 0,
            Begin::IfOver => IF_OVER,
            Begin::IfTaken => IF_TAKEN,
        };
        Self(Status::Unknown as u8 | begins)
    }

    pub(super) const fn has(self, mark: Mark) -> bool {
        self.0 & mark as u8 != 0
    }

    /// Sets a mark, or takes it away.
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
            IF_OVER => Begin::IfOver,
            IF_TAKEN => Begin::IfTaken,
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
        for begins in [Begin::No, Begin::IfOver, Begin::IfTaken] {
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
