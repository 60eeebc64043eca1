//! From inputs to the model: detection, parsing on threads, progress, cancel.

mod format;
mod load;
mod options;
mod pipeline;
mod progress;

pub use format::{Forced, Format};
pub use load::{Load, Loaded, load, start};
pub use options::Options;
pub use progress::Progress;
