//! Events: small records of fixed size, one for each fact in a log.

use super::{RemarkId, Symbol};
use crate::parse::{Absence, Direction, Flag, Kind};

/// One fact from one log line, see [`super::Events::line`]. Other details are read again from the line for display.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// Index among all events. Set when an event is read from [`super::Events`].
    pub number: u32,
    /// Seconds since 1970-01-01 UTC.
    pub seconds: u32,
    /// Number of the message; [`Event::NO_MESSAGE`] for a connection without one.
    pub message: u32,
    /// Number of the next event of the same message; [`Event::LAST`] for the last one.
    pub next: u32,
    /// Recipient; on arrivals the envelope sender.
    pub address: Symbol,
    /// Remote host, see [`super::Endpoint`].
    pub peer: Symbol,
    /// Error text and rarer details, see [`super::Strings::remark`].
    pub remark: RemarkId,
    /// Number of the writer, an [`super::Origin`].
    pub origin: u16,
    /// TLS session; 0 when the line states none.
    pub session: SessionId,
    /// Milliseconds in the low bits, Exim's mark above them.
    pub(super) clock: u16,
    /// Kind of fact.
    pub kind: Kind,
    /// Direction, [`Silence`] and flags.
    pub(super) bits: u8,
}

/// Meaning of a missing TLS session for a leg, as far as the conversation is known. [`Absence`] is what the line
/// alone says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// Plaintext, if the origin states TLS on other lines.
    Telling,
    /// Plaintext.
    Clear,
    /// Unknown.
    Mute,
    /// Plaintext, if the origin states TLS on arrival lines themselves. Its other TLS lines may be older than the log.
    Early,
}

impl From<Absence> for Silence {
    fn from(absence: Absence) -> Self {
        match absence {
            Absence::Telling => Self::Telling,
            Absence::Clear => Self::Clear,
            Absence::Mute => Self::Mute,
        }
    }
}

/// Number of a TLS session in [`super::Sessions`]; 0 is "none".
pub type SessionId = u16;

/// Mask of the milliseconds in `clock`.
const MILLIS: u16 = (1 << FLAG) - 1;
/// Lowest bit of Exim's mark in `clock`.
const FLAG: u16 = 10;
const DIRECTION: u8 = 0b11;
const AMBIGUOUS: u8 = 0b100;
const REUSED: u8 = 0b1000;
const ABSENCE: u8 = 0b11_0000;
const CLEAR: u8 = 0b01_0000;
const MUTE: u8 = 0b10_0000;
const EARLY: u8 = 0b11_0000;
const YEARLESS: u8 = 0b100_0000;
/// Its meaning depends on the kind, see [`Event::ends_connection`], [`Event::carried_content`] and [`Event::hides_leg`].
const SPECIAL: u8 = 0b1000_0000;

impl Event {
    /// Message number of events without a message.
    pub const NO_MESSAGE: u32 = u32::MAX;
    /// Event number that ends the list of a message's events.
    pub const LAST: u32 = u32::MAX;
    /// Number of bits of Exim's mark, the highest ones of `clock`.
    pub(super) const FLAG_BITS: u32 = u16::BITS - FLAG as u32;

    /// True when by this event the message itself travelled over a network, though perhaps the peer did not take it.
    pub const fn is_leg(&self) -> bool {
        (matches!(self.kind, Kind::Arrival | Kind::Delivery) || self.carried_content())
            && matches!(self.direction(), Some(Direction::In | Direction::Out))
    }

    /// True for a line about an unsuccessful attempt, ours or a client's, on which the content of the message was sent.
    const fn carried_content(&self) -> bool {
        matches!(self.kind, Kind::Deferral | Kind::Failure | Kind::Note) && self.bits & SPECIAL != 0
    }

    /// True for a message of which a client sent the content in part, and which it did not hand in.
    pub const fn is_torn(&self) -> bool {
        self.carried_content() && matches!(self.direction(), Some(Direction::In))
    }

    /// True for the arrival of a message from a filter of ours: the leg on which it came to that is not shown.
    pub const fn hides_leg(&self) -> bool {
        matches!(self.kind, Kind::Arrival) && self.bits & SPECIAL != 0
    }

    /// Sets what [`Self::carried_content`] or, of an arrival, [`Self::hides_leg`] gives.
    pub(super) const fn set_special(&mut self, is_set: bool) {
        self.bits = self.bits & !SPECIAL | if is_set { SPECIAL } else { 0 };
    }

    /// Turns an arrival into a note: the message was not handed in. `carried_content`: it was being sent.
    pub(super) const fn withdraw(&mut self, carried_content: bool) {
        self.kind = Kind::Note;
        self.set_special(carried_content);
    }

    /// Milliseconds since 1970-01-01 UTC.
    pub const fn time(&self) -> i64 {
        self.seconds as i64 * 1000 + self.millis() as i64
    }

    /// Milliseconds within the second.
    pub const fn millis(&self) -> u16 {
        self.clock & MILLIS
    }

    /// Exim's mark.
    pub fn flag(&self) -> Option<Flag> {
        let nth = usize::from(self.clock >> FLAG);
        Flag::ALL.get(nth.checked_sub(1)?).copied()
    }

    /// Sets the time: seconds since 1970-01-01 UTC, and milliseconds of that second.
    pub(super) fn set_time(&mut self, seconds: i64, millis: u16) {
        self.seconds = u32::try_from(seconds.max(0)).unwrap_or(u32::MAX);
        self.clock = self.clock & !MILLIS | millis.min(MILLIS);
    }

    pub(super) fn set_flag(&mut self, flag: Option<Flag>) {
        self.clock = self.clock & MILLIS | flag.map_or(0, |flag| flag as u16 + 1) << FLAG;
    }

    /// Direction of the mail, seen from the host that wrote the line.
    pub const fn direction(&self) -> Option<Direction> {
        match self.bits & DIRECTION {
            1 => Some(Direction::In),
            2 => Some(Direction::Out),
            3 => Some(Direction::Local),
            _ => None,
        }
    }

    /// True when the peer could have forged fields of the line: it is not graded.
    pub const fn is_ambiguous(&self) -> bool {
        self.bits & AMBIGUOUS != 0
    }

    /// True when the connection had been opened for another message.
    pub const fn is_reused(&self) -> bool {
        self.bits & REUSED != 0
    }

    /// Meaning of a missing TLS session.
    pub const fn absence(&self) -> Silence {
        match self.bits & ABSENCE {
            CLEAR => Silence::Clear,
            MUTE => Silence::Mute,
            EARLY => Silence::Early,
            _ => Silence::Telling,
        }
    }

    pub(super) const fn set_absence(&mut self, silence: Silence) {
        let bits = match silence {
            Silence::Telling => 0,
            Silence::Clear => CLEAR,
            Silence::Mute => MUTE,
            Silence::Early => EARLY,
        };
        self.bits = self.bits & !ABSENCE | bits;
    }

    pub(super) const fn is_yearless(&self) -> bool {
        self.bits & YEARLESS != 0
    }

    pub(super) const fn set_yearless(&mut self) {
        self.bits |= YEARLESS;
    }

    /// True for a failure of TLS with which a connection ended: nothing was sent on it, and no other line says so. A
    /// client that does not use TLS may try several commands: true for the first that was rejected for that.
    pub const fn ends_connection(&self) -> bool {
        matches!(self.kind, Kind::TlsFailed | Kind::Rejection) && self.bits & SPECIAL != 0
    }

    pub(super) const fn set_ends_connection(&mut self, ends: bool) {
        self.set_special(ends);
    }

    pub(super) fn set_direction(&mut self, direction: impl Into<Option<Direction>>) {
        self.bits = self.bits & !DIRECTION | Self::pack_bits(direction.into(), false, false);
    }

    pub(super) fn pack_bits(direction: Option<Direction>, ambiguous: bool, reused: bool) -> u8 {
        let direction = match direction {
            None => 0,
            Some(Direction::In) => 1,
            Some(Direction::Out) => 2,
            Some(Direction::Local) => 3,
        };
        direction | if ambiguous { AMBIGUOUS } else { 0 } | if reused { REUSED } else { 0 }
    }
}

impl Default for Event {
    /// A note without a message.
    fn default() -> Self {
        Self {
            number: 0,
            seconds: 0,
            message: Self::NO_MESSAGE,
            next: Self::LAST,
            address: Symbol::NONE,
            peer: Symbol::NONE,
            remark: 0,
            origin: 0,
            session: 0,
            clock: 0,
            kind: Kind::Note,
            bits: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_stays_small() {
        assert_eq!(size_of::<Event>(), 36);
    }

    #[test]
    fn bits_come_back() {
        for direction in [
            None,
            Some(Direction::In),
            Some(Direction::Out),
            Some(Direction::Local),
        ] {
            let bits = Event::pack_bits(direction, true, false);
            let event = Event {
                bits,
                ..Event::default()
            };
            assert_eq!(event.direction(), direction);
            assert!(event.is_ambiguous() && !event.is_reused());
        }
    }

    #[test]
    fn a_clock_holds_milliseconds_and_a_mark() {
        for flag in Flag::ALL.map(Some).into_iter().chain([None]) {
            let mut event = Event::default();
            event.set_flag(flag);
            event.set_time(7, 999);
            assert_eq!((event.millis(), event.flag()), (999, flag));
            assert_eq!(event.time(), 7_999);
        }
    }
}
