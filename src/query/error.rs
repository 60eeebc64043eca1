//! Errors about filters, with their position.

use std::fmt;
use std::ops::Range;

/// Why a filter could not be parsed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct QueryError {
    /// Description of the mistake, as a phrase without a full stop.
    pub message: String,
    /// Range of the mistake in bytes of the input, on character boundaries; empty at the end of the input.
    pub span: Range<usize>,
    /// What to write instead, as a phrase.
    pub hint: Option<String>,
    /// Whether the input may become valid by typing on, so that no error is shown yet.
    pub incomplete: bool,
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, ": {hint}"),
            None => Ok(()),
        }
    }
}

impl QueryError {
    pub(super) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            span,
            hint: None,
            incomplete: false,
        }
    }

    #[must_use]
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub(super) fn incomplete(mut self, incomplete: bool) -> Self {
        self.incomplete = incomplete;
        self
    }
}

/// Quotes a part of the input for a message: on one line, and shortened when long.
pub(super) fn cite(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut shown: String = text
        .chars()
        .take(LONGEST)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    format!("\"{shown}\"")
}
