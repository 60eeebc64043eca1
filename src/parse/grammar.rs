//! The table of log grammars. A new format is one file beside this one and one entry here.

use super::{Mta, Outcome, exim};

/// A log grammar.
#[derive(Clone, Copy, Debug)]
pub struct Grammar {
    /// The name for `--input`.
    pub name: &'static str,
    /// Whose log it is.
    pub mta: Mta,
    /// How sure it is that these are the first lines of such a log: 0 is "no", 100 is "certain".
    pub detect: fn(&[&[u8]]) -> u8,
    /// Reads one line.
    pub line: for<'a> fn(&'a [u8]) -> Outcome<'a>,
}

/// Every known log grammar.
pub const GRAMMARS: &[Grammar] = &[Grammar {
    name: "exim",
    mta: Mta::Exim,
    detect: |lines| exim::detect(lines.iter().copied()),
    line: exim::line,
}];
