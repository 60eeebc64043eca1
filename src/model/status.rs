//! Delivery status of a message.

/// State of a queue entry, as far as the loaded logs show it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Status {
    /// Not in the logs.
    #[default]
    Unknown,
    /// Taken in, without an outcome yet.
    Queued,
    /// No recipient delivered, at least one deferred.
    Deferred,
    /// Some recipients delivered, others deferred, failed or dropped.
    Partial,
    /// Every known recipient delivered.
    Delivered,
    /// No recipient delivered or deferred, at least one failed.
    Failed,
    /// Rejected before it was taken in.
    Rejected,
    /// Dropped on purpose, or removed by an administrator.
    Discarded,
}

impl Status {
    /// Every status, in display order.
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

    /// Every status, each at the index of its number.
    pub(super) const BY_NUMBER: [Self; 8] = {
        let (mut all, mut nth) = (Self::ALL, 0);
        while nth < all.len() {
            all[Self::ALL[nth] as usize] = Self::ALL[nth];
            nth += 1;
        }
        all
    };

    /// Name used in tables and filters.
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
