//! From inputs to the model: detection, parsing on threads, progress, cancel.

mod copies;
mod format;
mod left_out;
mod load;
mod mails;
mod options;
mod pipeline;
mod progress;
mod sniff;

pub use format::{Forced, Format};
pub use load::{Load, Loaded, load, start};
pub use options::Options;
pub use progress::Progress;
