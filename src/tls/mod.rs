//! TLS as mail systems write it down: versions, cipher suites, sessions, grades, profiles.
//!
//! Nothing in this module reads a log or a clock. Tables and profiles are data under `assets/tls`.

mod grade;
mod network;
mod session;
mod trouble;
mod version;

pub use grade::{Grade, Grading};
pub use network::Network;
pub use session::{Session, Statement, TlsState, Verify};
pub use trouble::Trouble;
pub use version::Version;
