//! TLS in mail logs and headers: versions, cipher suites, sessions, grades and profiles.
//!
//! Nothing here reads a log or a clock. The tables and profiles are files in `assets/tls`.
//!
//! - `statement`: TLS as written in a line. `session`: its meaning. `version`, `group`, `trouble`: parts of it.
//! - `suite`, `resolve`, `gnutls`, `exim_x`: cipher suites and their names.
//! - `grade`, `profile`, `rules`, `explain`: grading. `data`: reading of the tables.

mod data;
mod exim_x;
mod explain;
mod gnutls;
mod grade;
mod group;
mod profile;
mod resolve;
mod rules;
mod session;
mod statement;
mod suite;
mod trouble;
mod version;

pub use data::DataError;
pub use exim_x::parse_x;
pub use explain::explain_reason;
pub use grade::{Grade, Grading};
pub use profile::{Leg, Network, Profile, ProfileError};
pub use resolve::{Resolved, resolve};
pub use rules::{StandingRule, rules_in_force, standing_rule};
pub use session::{Session, SessionFlags, TlsState, Verify};
pub use statement::Statement;
pub use suite::{Notation, Suite, Suites, suites};
pub use trouble::Trouble;
pub use version::Version;
