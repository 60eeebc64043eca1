//! From inputs to the model: detection, parsing on threads, progress, cancel.

mod ahead;
mod copies;
mod follow;
mod following;
mod format;
mod left_out;
mod load;
mod mails;
mod notes;
mod options;
mod pipeline;
mod progress;
mod renewals;
mod room;
mod sieve;
mod sniff;
mod sought;
mod workers;

pub use following::Following;
pub use format::{Forced, Format};
pub use load::{Load, Loaded, load, start};
pub use options::{Follow, Options};
pub use progress::{Current, Progress, Stage};
pub use renewals::Renewals;
pub use room::MemoryLimit;
pub use sought::Sought;
