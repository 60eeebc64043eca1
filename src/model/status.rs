//! What became of a message.

/// The state of a queue entry, as far as the loaded logs tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Status {
    /// The logs do not tell.
    #[default]
    Unknown,
    /// Taken in; nothing happened since.
    Queued,
    /// The last word is a deferral.
    Deferred,
    /// Some recipients delivered, others not yet or failed.
    Partial,
    /// Every recipient we know of was delivered.
    Delivered,
    /// Every recipient failed.
    Failed,
    /// Refused before it was taken in.
    Rejected,
    /// Dropped on purpose or removed by a person.
    Discarded,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 8] = [
        Self::Delivered,
        Self::Partial,
        Self::Deferred,
        Self::Failed,
        Self::Rejected,
        Self::Discarded,
        Self::Queued,
        Self::Unknown,
    ];

    /// Every status, each at the place of its number.
    pub(super) const BY_NUMBER: [Self; 8] = {
        let (mut all, mut nth) = (Self::ALL, 0);
        while nth < all.len() {
            all[Self::ALL[nth] as usize] = Self::ALL[nth];
            nth += 1;
        }
        all
    };

    /// The name used in tables and filters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Partial => "partial",
            Self::Deferred => "deferred",
            Self::Failed => "failed",
            Self::Rejected => "rejected",
            Self::Discarded => "discarded",
            Self::Queued => "queued",
            Self::Unknown => "unknown",
        }
    }
}
