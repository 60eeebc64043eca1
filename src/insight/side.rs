//! Who began a contact.

use crate::model::Event;
use crate::parse::Direction;

/// Who began a contact, which is what tells the two postures of a host apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// We did; also where a line does not say.
    Out,
    /// The peer did.
    In,
}

impl Side {
    /// Both, each at its [`Side::place`].
    pub(super) const ALL: [Self; 2] = [Self::Out, Self::In];

    /// The side of an event.
    pub(super) fn of(event: &Event) -> Self {
        event.direction().map_or(Self::Out, Self::from)
    }

    /// 0 or 1, for what is kept for both.
    pub(super) const fn place(self) -> usize {
        self as usize
    }
}

impl From<Direction> for Side {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::In => Self::In,
            Direction::Out | Direction::Local => Self::Out,
        }
    }
}
