//! Sort orders of the tables.

use std::str::FromStr;

use super::Table;

/// Key to sort rows by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SortKey {
    /// Load order.
    Input,
    /// Time of the last event.
    Last,
    /// Time of the first event.
    First,
    /// Worst grade, then time of the last event.
    Grade,
    /// Queue ID or Message-ID.
    Id,
    /// Envelope sender.
    From,
    /// Status.
    Status,
    /// Number of connection attempts.
    Attempts,
    /// Number of retries that made no connection.
    Waits,
    /// Size in bytes.
    Size,
    /// Name of a host or a domain.
    Name,
    /// Number of deliveries.
    Deliveries,
    /// Number of refused attempts.
    Refused,
    /// Trend of a posture.
    Trend,
    /// Severity of a finding, then its grade, then its count.
    Severity,
    /// Number of occurrences of a finding.
    Count,
}

/// Sort order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sort {
    /// Key to sort by.
    pub key: SortKey,
    /// Whether the largest, newest or worst row comes first.
    pub descending: bool,
}

impl SortKey {
    /// True when the rows of a table have this key.
    fn orders(self, table: Table) -> bool {
        match self {
            Self::Input | Self::Last | Self::First | Self::Grade => true,
            Self::Id | Self::From => matches!(table, Table::Messages | Table::Chains),
            Self::Waits => matches!(table, Table::Messages | Table::Hosts),
            Self::Status | Self::Attempts | Self::Size => table == Table::Messages,
            Self::Name => matches!(table, Table::Hosts | Table::Findings),
            Self::Deliveries | Self::Refused | Self::Trend => table == Table::Hosts,
            Self::Severity | Self::Count => table == Table::Findings,
        }
    }
}

/// Keys with their names on the command line and their descriptions.
const KEYS: [(SortKey, &str, &str); 15] = [
    (SortKey::Last, "last", "time of the last event"),
    (SortKey::Grade, "grade", "grade"),
    (SortKey::Id, "queue_id", "ID"),
    (SortKey::From, "sender", "sender"),
    (SortKey::Status, "status", "state"),
    (SortKey::Attempts, "attempts", "attempts"),
    (SortKey::Waits, "waits", "waits"),
    (SortKey::Size, "size", "size"),
    (SortKey::First, "first", "time of the first event"),
    (SortKey::Name, "name", "name"),
    (SortKey::Deliveries, "deliveries", "deliveries"),
    (SortKey::Refused, "refused", "refused attempts"),
    (SortKey::Trend, "trend", "trend"),
    (SortKey::Severity, "severity", "severity"),
    (SortKey::Count, "count", "count"),
];

/// Error: rows cannot be sorted by a column of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot sort by {0:?}: sort by one of {names}, with :desc for the other way round", names = names())]
pub struct SortError(String);

fn names() -> String {
    KEYS.map(|(_, name, _)| name).join(", ")
}

impl Sort {
    /// Default order of a table.
    pub const fn fresh(table: Table) -> Self {
        match table {
            Table::Findings => Self {
                key: SortKey::Severity,
                descending: true,
            },
            _ => Self::newest_first(),
        }
    }

    /// Newest first, by the last event.
    pub const fn newest_first() -> Self {
        Self {
            key: SortKey::Last,
            descending: true,
        }
    }

    /// Load order.
    pub const fn input() -> Self {
        Self {
            key: SortKey::Input,
            descending: false,
        }
    }

    /// The next key of a table. Large, new and bad rows come first; names are ascending.
    #[must_use]
    pub fn next(self, table: Table) -> Self {
        let at = KEYS
            .iter()
            .position(|(key, ..)| *key == self.key)
            .map_or(0, |at| at + 1);
        let mut keys = KEYS.iter().cycle().skip(at).map(|(key, ..)| *key);
        let key = keys.find(|key| key.orders(table)).unwrap_or(SortKey::Last);
        Self {
            key,
            descending: !matches!(
                key,
                SortKey::Id | SortKey::From | SortKey::Status | SortKey::Name
            ),
        }
    }

    /// The opposite direction.
    #[must_use]
    pub const fn reversed(self) -> Self {
        Self {
            key: self.key,
            descending: !self.descending,
        }
    }

    /// Description for the user.
    pub fn words(self) -> String {
        let words = KEYS
            .iter()
            .find(|(key, ..)| *key == self.key)
            .map_or("load order", |known| known.2);
        let way = match (self.key, self.descending) {
            (SortKey::Last | SortKey::First, true) => "newest first",
            (SortKey::Last | SortKey::First, false) => "oldest first",
            (SortKey::Grade | SortKey::Severity, true) => "worst first",
            (SortKey::Grade, false) => "best first",
            (SortKey::Severity, false) => "mildest first",
            (_, true) => "descending",
            (_, false) => "ascending",
        };
        format!("{words}, {way}")
    }
}

impl FromStr for Sort {
    type Err = SortError;

    fn from_str(text: &str) -> Result<Self, SortError> {
        let (name, descending) = match text.split_once(':') {
            Some((name, "desc")) => (name, true),
            Some((name, "asc")) => (name, false),
            Some(_) => return Err(SortError(text.to_owned())),
            None => (text, false),
        };
        let key = KEYS.iter().find(|(_, known, _)| *known == name);
        key.map(|(key, ..)| Self {
            key: *key,
            descending,
        })
        .ok_or_else(|| SortError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sort_is_read_by_column_name() {
        let grade: Sort = "grade:desc".parse().unwrap();
        assert_eq!(
            grade,
            Sort {
                key: SortKey::Grade,
                descending: true
            }
        );
        assert_eq!(
            "last".parse::<Sort>().unwrap(),
            Sort::newest_first().reversed()
        );
        assert!(
            "colour"
                .parse::<Sort>()
                .unwrap_err()
                .to_string()
                .contains("queue_id")
        );
        assert!("last:up".parse::<Sort>().is_err());
    }

    #[test]
    fn stepping_through_the_keys_comes_back() {
        // The overview is in the order of time and in no other.
        let lists = Table::ALL.into_iter();
        for table in lists.filter(|table| *table != Table::Overview) {
            let mut sort = Sort::newest_first();
            let mut seen = 0;
            loop {
                sort = sort.next(table);
                seen += 1;
                if sort.key == SortKey::Last {
                    break;
                }
                assert!(seen < 20);
            }
            assert!(seen > 3);
        }
    }
}
