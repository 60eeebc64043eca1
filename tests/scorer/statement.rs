//! A statement about TLS in a table of the program, against connections on the wire.

use serde_json::Value;

use crate::common::cell;
use crate::wire::Connection;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Right,
    /// Nothing was stated.
    Unsaid,
    Wrong,
}

pub struct Statement<'a> {
    tls: &'a str,
    pub version: &'a str,
}

impl<'a> Statement<'a> {
    pub fn of(row: &'a Value) -> Self {
        Self {
            tls: cell(row, "tls"),
            version: cell(row, "tls_version"),
        }
    }

    pub fn is_yes(&self) -> bool {
        self.tls == "yes"
    }

    /// Of a leg over which something was sent: right where it holds for one of the connections.
    pub fn against(&self, candidates: &[&Connection]) -> Verdict {
        let right = match self.tls {
            "not_stated" => return Verdict::Unsaid,
            "yes" => candidates.iter().any(|one| match one.version {
                Some(version) => self.version.is_empty() || self.version == version,
                None => false,
            }),
            "no" => candidates.iter().any(|one| one.version.is_none()),
            _ => false,
        };
        if right {
            Verdict::Right
        } else {
            Verdict::Wrong
        }
    }
}
