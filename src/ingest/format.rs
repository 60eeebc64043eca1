//! Which format an input has, told from its first bytes.

use std::str::FromStr;

use crate::parse::{Framing, GRAMMARS, Grammar, Reader, message};
use crate::source::mbox;

/// A format of an input.
#[derive(Clone, Copy, Debug)]
pub enum Format {
    /// A log.
    Log(Reader),
    /// One message, or headers pasted from one.
    Message,
    /// Messages one behind the other.
    Mbox,
}

/// How the output of `postcat` begins, and the line before the message in it (Postfix, postcat(1)).
const POSTCAT: &[u8] = b"*** ENVELOPE RECORDS ";
const POSTCAT_MESSAGE: &[u8] = b"*** MESSAGE CONTENTS ";

/// What stands before the message in a file of one message: in the output of `postcat` the envelope.
pub(super) fn envelope(bytes: &[u8]) -> &[u8] {
    if !bytes.starts_with(POSTCAT) {
        return &[];
    }
    let mut end = 0;
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        end += line.len();
        if line.starts_with(POSTCAT_MESSAGE) {
            break;
        }
    }
    bytes.get(..end).unwrap_or_default()
}

/// A format asked for with `--input`.
#[derive(Clone, Copy, Debug)]
pub enum Forced {
    /// A log of that grammar, in whatever frames.
    Log(&'static Grammar),
    /// One message, or headers pasted from one.
    Message,
    /// Messages one behind the other.
    Mbox,
}

/// The name of a format that is not known.
#[derive(Debug, Clone, thiserror::Error)]
#[error("unknown format {0:?}: known are {known}", known = Forced::names().join(", "))]
pub struct FormatError(String);

impl Forced {
    /// The names for `--input`.
    pub fn names() -> Vec<&'static str> {
        GRAMMARS
            .iter()
            .map(|grammar| grammar.name)
            .chain(["message", "mbox"])
            .collect()
    }

    /// The name for `--input`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Log(grammar) => grammar.name,
            Self::Message => "message",
            Self::Mbox => "mbox",
        }
    }
}

impl Format {
    /// Tells the format of a text from its beginning; `None` when nothing fits.
    ///
    /// A header block must start on the first line, so it cannot be mistaken for a log. A grammar that knows
    /// any of the first lines of a log without frames wins by count.
    pub fn detect(head: &[u8]) -> Option<Self> {
        if mbox::starts_mbox(head) {
            return Some(Self::Mbox);
        }
        let message = head.get(envelope(head).len()..).unwrap_or_default();
        if message::looks_like_headers(message) {
            return Some(Self::Message);
        }
        if let Some(framing) = Framing::detect(head) {
            return Some(Self::Log(Reader::framed(framing)));
        }
        let lines: Vec<&[u8]> = head.split(|&byte| byte == b'\n').take(200).collect();
        let scored = GRAMMARS
            .iter()
            .filter_map(|grammar| Some(((grammar.own_log?.detect)(&lines), grammar)));
        let best = scored.max_by_key(|(score, _)| *score)?;
        (best.0 > 0).then_some(Self::Log(Reader::own_log(best.1)))
    }

    /// The format of a text whose grammar is given from outside.
    pub fn forced(forced: Forced, head: &[u8]) -> Self {
        match forced {
            Forced::Message => Self::Message,
            Forced::Mbox => Self::Mbox,
            Forced::Log(grammar) => {
                let reader = match Framing::detect(head) {
                    Some(framing) => Reader::framed(framing),
                    None if grammar.own_log.is_some() => Reader::own_log(grammar),
                    None => Reader::framed(Framing::Lines),
                };
                Self::Log(reader.forced(grammar))
            }
        }
    }
}

impl FromStr for Forced {
    type Err = FormatError;

    fn from_str(name: &str) -> Result<Self, FormatError> {
        match name {
            "message" => return Ok(Self::Message),
            "mbox" => return Ok(Self::Mbox),
            _ => {}
        }
        let grammar = GRAMMARS.iter().find(|grammar| grammar.name == name);
        grammar
            .map(Self::Log)
            .ok_or_else(|| FormatError(name.to_owned()))
    }
}
