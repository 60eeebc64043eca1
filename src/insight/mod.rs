//! What the facts add up to: the story of a message in words, the postures of peers.

mod chain_story;
mod codes;
mod coverage;
mod errno;
pub mod findings;
pub mod headers;
mod headline;
mod journey_story;
mod label;
pub mod overview;
pub mod posture;
mod recall;
mod refusal;
mod severity;
mod side;
mod timeline;
mod tls_words;
mod words;

pub use chain_story::{ChainStory, Rung};
pub use coverage::{Coverage, Gap};
pub use journey_story::{JourneyStory, Reference, Station};
pub use label::{Label, LabelKind};
pub use recall::recall;
pub use refusal::Refusal;
pub use severity::Severity;
pub use timeline::{Step, Timeline};
pub use words::{peer, session, status};
