//! How much a finding matters.

use serde::Deserialize;

/// How much a finding matters, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Somebody should look.
    Warning,
    /// Against a rule in force.
    Violation,
}

impl Severity {
    /// The name used in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Violation => "violation",
        }
    }

    /// The severity of that name.
    pub fn named(name: &str) -> Option<Self> {
        let all = [Self::Info, Self::Warning, Self::Violation];
        all.into_iter().find(|own| own.name() == name)
    }
}
