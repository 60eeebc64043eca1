//! Counts what is left out, so that a directory with a thousand pictures gives one sentence.

use std::path::PathBuf;

use crate::source::{SourceError, Twin};

/// Files in directories that were left out.
#[derive(Default)]
pub(super) struct LeftOut {
    /// Neither log nor message: the first, and how many.
    foreign: Option<(PathBuf, usize)>,
    /// Nothing in it: the first, and how many. It may be a log to which nothing was written yet.
    empty: Option<(PathBuf, usize)>,
    /// What others hold as well: the first, the other, and how many.
    twins: Option<(PathBuf, PathBuf, Twin, usize)>,
}

impl LeftOut {
    /// Keeps an error about a found file if it says no more than that the file was not meant.
    pub(super) fn keep(&mut self, error: SourceError) -> Option<SourceError> {
        match error {
            SourceError::Unknown { path, .. }
            | SourceError::Foreign {
                one_text: false,
                path,
                ..
            } => {
                self.foreign.get_or_insert((path, 0)).1 += 1;
            }
            SourceError::Empty { path, .. } => {
                self.empty.get_or_insert((path, 0)).1 += 1;
            }
            SourceError::Twin {
                path, other, twin, ..
            } => {
                self.twins.get_or_insert((path, other, twin, 0)).3 += 1;
            }
            other => return Some(other),
        }
        None
    }

    /// What there is to say at the end.
    pub(super) fn sentences(self) -> impl Iterator<Item = SourceError> {
        let foreign = self.foreign.map(|(path, count)| SourceError::PassedOver {
            path,
            more: count - 1,
        });
        let empty = self.empty.map(|(path, count)| SourceError::Empty {
            path,
            more: count - 1,
        });
        let twins = self
            .twins
            .map(|(path, other, twin, count)| SourceError::Twin {
                path,
                other,
                twin,
                more: count - 1,
            });
        foreign.into_iter().chain(empty).chain(twins)
    }
}
