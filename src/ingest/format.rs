//! Which format an input has, told from its first bytes.

use std::str::FromStr;

use crate::parse::{GRAMMARS, Grammar, message};

/// A format of an input.
#[derive(Clone, Copy, Debug)]
pub enum Format {
    /// A log with one of the grammars.
    Log(&'static Grammar),
    /// One message, or headers pasted from one.
    Message,
}

/// The name of a format that is not known.
#[derive(Debug, Clone, thiserror::Error)]
#[error("unknown format {0:?}: known are {known}", known = Format::names().join(", "))]
pub struct FormatError(String);

impl Format {
    /// The names for `--input`.
    pub fn names() -> Vec<&'static str> {
        GRAMMARS
            .iter()
            .map(|grammar| grammar.name)
            .chain(["message"])
            .collect()
    }

    /// The name for `--input`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Log(grammar) => grammar.name,
            Self::Message => "message",
        }
    }

    /// Tells the format of a text from its beginning; `None` when nothing fits.
    ///
    /// A grammar that knows any of the first lines wins by count; a header block must start on the
    /// first line, so it cannot be mistaken for a log.
    pub fn detect(head: &[u8]) -> Option<Self> {
        if message::looks_like_headers(head) {
            return Some(Self::Message);
        }
        let lines: Vec<&[u8]> = head.split(|&byte| byte == b'\n').take(200).collect();
        let scored = GRAMMARS
            .iter()
            .map(|grammar| ((grammar.detect)(&lines), grammar));
        let best = scored.max_by_key(|(score, _)| *score)?;
        (best.0 > 0).then_some(Self::Log(best.1))
    }
}

impl FromStr for Format {
    type Err = FormatError;

    fn from_str(name: &str) -> Result<Self, FormatError> {
        if name == "message" {
            return Ok(Self::Message);
        }
        let grammar = GRAMMARS.iter().find(|grammar| grammar.name == name);
        grammar
            .map(Self::Log)
            .ok_or_else(|| FormatError(name.to_owned()))
    }
}
