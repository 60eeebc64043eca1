//! Rules of a profile: condition, best possible grade, and reason.

use std::sync::Arc;

use chrono::{Days, NaiveDate};

use crate::tls::group::{Group, Kind};
use crate::tls::{Grade, Suite, Version};

/// A rule of a profile, with the days on which it is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    /// Identifier, unique within the profile.
    pub(super) id: String,
    /// Condition.
    pub(super) when: When,
    /// Best possible grade when the rule applies. A cap of A adds only a note.
    pub(super) cap: Grade,
    /// Reason code; `None` for the tags or the version that matched.
    pub(super) reason: Option<Arc<str>>,
    /// Standing rules behind it, which are not all in force on every day.
    pub(super) references: Vec<String>,
    /// First day in force.
    pub(super) from: Option<NaiveDate>,
    /// Last day in force.
    pub(super) to: Option<NaiveDate>,
}

/// A condition, of which all given parts must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct When {
    /// The suite has one of these tags.
    pub(super) tag: Vec<Arc<str>>,
    /// The suite has none of these tags.
    pub(super) without: Vec<Arc<str>>,
    /// The version is one of these.
    pub(super) version: Vec<Version>,
    /// The key-exchange group is one of these.
    pub(super) group: Vec<Group>,
    /// The key is shorter than this.
    pub(super) bits_below: Option<u16>,
    /// The finite-field group is smaller than this.
    pub(super) dh_below: Option<u16>,
    /// The elliptic curve is smaller than this.
    pub(super) ec_below: Option<u16>,
}

/// Facts about a leg that conditions test.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Facts {
    /// Version, if known.
    pub(super) version: Option<Version>,
    /// Suite, if known.
    pub(super) suite: Option<&'static Suite>,
    /// Effective key bits, if known.
    pub(super) bits: Option<u16>,
    /// Key-exchange group, if known.
    pub(super) group: Option<Group>,
}

impl Rule {
    /// True on days on which the rule is in force.
    pub(super) fn in_force(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// First day in force, and first day no longer in force.
    pub(super) fn changes(&self) -> impl Iterator<Item = NaiveDate> {
        let after = self.to.and_then(|to| to.checked_add_days(Days::new(1)));
        self.from.into_iter().chain(after)
    }

    /// Reason codes of the rule for a leg; empty when it does not apply.
    pub(super) fn reasons(&self, facts: &Facts) -> Vec<Arc<str>> {
        if !self.when.holds(facts) {
            return Vec::new();
        }
        if let Some(reason) = &self.reason {
            return vec![Arc::clone(reason)];
        }
        let met = |tag: &&Arc<str>| facts.suite.is_some_and(|suite| suite.has(tag));
        let tags = self.when.tag.iter().filter(met).cloned();
        let version = facts
            .version
            .filter(|version| self.when.version.contains(version));
        tags.chain(version.map(|version| version_code(version).into()))
            .collect()
    }

    /// True when the rule can have this reason code.
    pub(super) fn can_say(&self, code: &str) -> bool {
        match &self.reason {
            Some(reason) => reason.as_ref() == code,
            None => {
                self.when.tag.iter().any(|tag| tag.as_ref() == code)
                    || self
                        .when
                        .version
                        .iter()
                        .any(|version| version_code(*version) == code)
            }
        }
    }
}

impl When {
    fn holds(&self, facts: &Facts) -> bool {
        let any_tag = |suite: &Suite| self.tag.iter().any(|tag| suite.has(tag));
        let no_tag = |suite: &Suite| !self.without.iter().any(|tag| suite.has(tag));
        let below = |limit: Option<u16>, bits: Option<u16>| {
            limit.is_none_or(|limit| bits.is_some_and(|bits| bits < limit))
        };
        let size = |kind| {
            facts
                .group
                .filter(|group| group.kind == kind)
                .and_then(|group| group.bits)
        };
        let same_group = |group: Group| self.group.iter().any(|known| known.name == group.name);
        (self.tag.is_empty() || facts.suite.is_some_and(any_tag))
            && (self.without.is_empty() || facts.suite.is_some_and(no_tag))
            && (self.version.is_empty() || facts.version.is_some_and(|v| self.version.contains(&v)))
            && (self.group.is_empty() || facts.group.is_some_and(same_group))
            && below(self.bits_below, facts.bits)
            && below(self.dh_below, size(Kind::Ffdh))
            && below(self.ec_below, size(Kind::Ec))
    }
}

/// Reason code of a version.
const fn version_code(version: Version) -> &'static str {
    match version {
        Version::Ssl2 => "PROTO_SSL2",
        Version::Ssl3 => "PROTO_SSL3",
        Version::Tls10 => "PROTO_TLS1_0",
        Version::Tls11 => "PROTO_TLS1_1",
        Version::Tls12 => "PROTO_TLS1_2",
        Version::Tls13 => "PROTO_TLS1_3",
    }
}
