//! TLS as mail systems write it down: versions, cipher suites, sessions, grades, profiles.
//!
//! Nothing in this module reads a log or a clock. Tables and profiles are data under `assets/tls`.

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
