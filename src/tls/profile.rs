//! Profiles: dated rules for grading legs, read from TOML files.

mod file;
mod grading;
mod rule;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use chrono::NaiveDate;

use super::{DataError, Grade, Session, TlsState, Trouble, standing_rule};
use rule::Rule;

/// Built-in profiles by name. A profile may inherit from those before it.
const BUILT_IN: [(&str, &str); 5] = [
    (
        "broken",
        include_str!("../../assets/tls/profiles/broken.toml"),
    ),
    (
        "default",
        include_str!("../../assets/tls/profiles/default.toml"),
    ),
    ("bsi", include_str!("../../assets/tls/profiles/bsi.toml")),
    ("nist", include_str!("../../assets/tls/profiles/nist.toml")),
    (
        "strict",
        include_str!("../../assets/tls/profiles/strict.toml"),
    ),
];

/// A named set of dated rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Name: `default`, `bsi`, `nist`, `strict`, or that of a file.
    pub name: String,
    /// Short name of the text that the profile stands for.
    pub title: String,
    /// Sources of its rules, with editions.
    pub basis: String,
    /// Grade of plaintext inside: E, or F for profiles that make no distinction.
    plain_inside: Grade,
    rules: Vec<Rule>,
    /// Days on which a rule begins to apply or no longer applies, sorted.
    eras: Vec<NaiveDate>,
}

/// Properties of a leg that determine its grade.
#[derive(Clone, Copy, Debug, Default)]
pub struct Leg<'a> {
    /// Whether TLS was in use.
    pub tls: TlsState,
    /// Session, if TLS was in use and something is known about it.
    pub session: Option<&'a Session>,
    /// Why there was no TLS, or what failed before plaintext was sent.
    pub trouble: Option<Trouble>,
    /// Network of the peer.
    pub network: Network,
}

/// Network of the peer of a leg.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Network {
    /// A public address.
    Outside,
    /// A private, unique-local or carrier-grade NAT address, or one configured as inside.
    Inside,
    /// Both ends on one host.
    Loopback,
    /// Unknown, since no address was stated.
    #[default]
    Unknown,
}

/// A profile that could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// No built-in profile has this name.
    #[error(
        "no profile is named `{name}`; there are default, bsi, nist and strict, or give the path of a TOML file"
    )]
    Unknown {
        /// Name that was asked for.
        name: String,
    },
    /// The file cannot be read.
    #[error("cannot read the profile {}: {source}", path.display())]
    Read {
        /// Path of the file.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// The file is no valid profile. The message has file and line.
    #[error(transparent)]
    Invalid(#[from] DataError),
}

impl Profile {
    /// Names of the profiles that a user can choose.
    pub const NAMES: [&'static str; 4] = ["default", "bsi", "nist", "strict"];

    /// Built-in profile of that name.
    pub fn named(name: &str) -> Result<Self, ProfileError> {
        let known = Self::NAMES.contains(&name);
        let profile = built_in(name).filter(|_| known);
        profile.cloned().ok_or_else(|| ProfileError::Unknown {
            name: name.to_owned(),
        })
    }

    /// Loads a TOML file in the form of `assets/tls/profiles/default.toml`.
    ///
    /// A file without `inherit` inherits from `default`. A rule with the ID of an inherited one replaces it.
    pub fn load(path: &Path) -> Result<Self, ProfileError> {
        let text = std::fs::read_to_string(path).map_err(|source| ProfileError::Read {
            path: path.to_owned(),
            source,
        })?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let file = path.display().to_string();
        Ok(file::parse(&file, &text, &stem, built_in)?)
    }

    /// Days on which grades may change, oldest first. Between two of them, and before the first, a leg has the
    /// same grade on every day.
    pub fn eras(&self) -> &[NaiveDate] {
        &self.eras
    }

    /// Number of the era of a day; all days of an era give the same grades.
    pub fn era(&self, as_of: NaiveDate) -> usize {
        self.eras.partition_point(|first| *first <= as_of)
    }

    /// Texts in force on a day that are behind a reason: names of standing rules (see
    /// [`super::standing_rule`]), or other citations of a custom profile.
    pub fn references(&self, reason: &str, as_of: NaiveDate) -> Vec<&str> {
        let stands = |id: &&str| standing_rule(id).is_none_or(|rule| rule.in_force(as_of));
        let mut references: Vec<_> = self
            .rules
            .iter()
            .filter(|rule| rule.in_force(as_of) && rule.can_say(reason))
            .flat_map(|rule| rule.references.iter().map(String::as_str))
            .filter(stands)
            .collect();
        references.dedup();
        references
    }
}

fn built_in(name: &str) -> Option<&'static Profile> {
    built_in_before(BUILT_IN.len(), name)
}

/// One of the first `count` built-in profiles, loaded on first use together with those it inherits from. A test
/// loads them all; an invalid one would be unknown.
fn built_in_before(count: usize, name: &str) -> Option<&'static Profile> {
    static PROFILES: [OnceLock<Option<Profile>>; BUILT_IN.len()] =
        [const { OnceLock::new() }; BUILT_IN.len()];
    let mut profiles = BUILT_IN.iter().zip(&PROFILES).enumerate().take(count);
    let (nth, ((name, text), profile)) = profiles.find(|(_, ((known, _), _))| *known == name)?;
    profile
        .get_or_init(|| load_built_in(nth, name, text).ok())
        .as_ref()
}

fn load_built_in(nth: usize, name: &str, text: &str) -> Result<Profile, DataError> {
    let before = |name: &str| built_in_before(nth, name);
    file::parse(&format!("{name}.toml"), text, name, before)
}

#[cfg(test)]
mod tests;
