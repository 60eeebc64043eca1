//! Profiles: dated rules by which a leg is graded, read from TOML files.

mod file;
mod grading;
mod rule;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use chrono::NaiveDate;

use super::{DataError, Grade, Session, TlsState, Trouble, standing_rule};
use rule::Rule;

/// The built-in profiles by name. One may inherit from those before it in this list.
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
    /// The text it stands for, in a few words.
    pub title: String,
    /// What its rules rest on, with editions.
    pub basis: String,
    /// The grade of plaintext inside: E, or F for profiles that make no difference.
    plain_inside: Grade,
    rules: Vec<Rule>,
    /// The days on which one of the rules begins or has ended, sorted.
    eras: Vec<NaiveDate>,
}

/// One leg of a journey, as far as grading needs to know it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Leg<'a> {
    /// Whether TLS was in use.
    pub tls: TlsState,
    /// The session, where TLS was in use and anything is known of it.
    pub session: Option<&'a Session>,
    /// Why TLS was not had, or what went wrong before plaintext was sent.
    pub trouble: Option<Trouble>,
    /// Where the peer is.
    pub network: Network,
}

/// Where the peer of a leg is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Network {
    /// A public address.
    Outside,
    /// A private, unique-local or carrier-grade NAT address, or one configured as inside.
    Inside,
    /// Both ends on one host.
    Loopback,
    /// No address stated.
    #[default]
    Unknown,
}

/// A profile that cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// No built-in profile has this name.
    #[error(
        "no profile is named `{name}`; there are default, bsi, nist and strict, or give the path of a TOML file"
    )]
    Unknown {
        /// The name asked for.
        name: String,
    },
    /// The file cannot be read.
    #[error("cannot read the profile {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is no valid profile; names file and line.
    #[error(transparent)]
    Invalid(#[from] DataError),
}

impl Profile {
    /// The profiles that can be chosen by name.
    pub const NAMES: [&'static str; 4] = ["default", "bsi", "nist", "strict"];

    /// A built-in profile.
    pub fn named(name: &str) -> Result<Self, ProfileError> {
        let known = Self::NAMES.contains(&name);
        let profile = built_in(name).filter(|_| known);
        profile.cloned().ok_or_else(|| ProfileError::Unknown {
            name: name.to_owned(),
        })
    }

    /// A profile of a TOML file, in the form of `assets/tls/profiles/default.toml`.
    ///
    /// A file that does not say from whom it inherits inherits from `default`; a rule with the ID of an
    /// inherited one replaces it.
    pub fn load(path: &Path) -> Result<Self, ProfileError> {
        let text = std::fs::read_to_string(path).map_err(|source| ProfileError::Read {
            path: path.to_owned(),
            source,
        })?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let file = path.display().to_string();
        Ok(file::parse(&file, &text, &stem, built_in)?)
    }

    /// The days on which gradings may change, oldest first. Between two of them, and before the first,
    /// a leg has the same grade on every day.
    pub fn eras(&self) -> &[NaiveDate] {
        &self.eras
    }

    /// The number of a day's era: days of one number give the same gradings.
    pub fn era(&self, as_of: NaiveDate) -> usize {
        self.eras.partition_point(|first| *first <= as_of)
    }

    /// The texts in force on a day that a reason rests on: names of standing rules (see
    /// [`super::standing_rule`]), or whatever else a profile of your own cites.
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

/// One of the first `count` built-in profiles; each is read when it is asked for, and what it inherits with it.
/// They are part of the program and a test loads them; a damaged one would be unknown.
fn built_in_before(count: usize, name: &str) -> Option<&'static Profile> {
    static PROFILES: [OnceLock<Option<Profile>>; BUILT_IN.len()] =
        [const { OnceLock::new() }; BUILT_IN.len()];
    let mut own = BUILT_IN.iter().zip(&PROFILES).enumerate().take(count);
    let (nth, ((name, text), profile)) = own.find(|(_, ((own, _), _))| *own == name)?;
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
