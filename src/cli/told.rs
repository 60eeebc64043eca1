//! The file of `check --state`: which findings were told, so that each is told once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::insight::findings::Finding;
use crate::report::{OutputError, OutputFile};

/// After how long without being seen a finding is forgotten, in milliseconds.
const KEPT: i64 = 30 * 24 * 3600 * 1000;

/// Why a state file is of no use.
#[derive(Debug, thiserror::Error)]
pub(super) enum StateError {
    /// The file cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Something else is in the file.
    #[error("is no state of hopgrade check")]
    NoState,
}

/// The findings that were told, this run's among them.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// By ID: when each was last seen, in milliseconds since 1970-01-01 UTC.
    last_seen: BTreeMap<String, i64>,
    /// IDs of the findings of this run.
    found: BTreeSet<String>,
}

/// The first line of a state file.
const HEADER: &str = "# hopgrade check: findings told, and when each was last seen (ms since 1970)";

impl Told {
    /// Reads a state file; nothing was told where there is no file yet.
    pub(super) fn read(path: &Path) -> Result<Self, StateError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error.into()),
        };
        let mut lines = text.lines();
        let ours = text.is_empty() || lines.next() == Some(HEADER);
        let entries = lines.map(|line| {
            let (id, last) = line.split_once(' ')?;
            Some((id.to_owned(), last.parse().ok()?))
        });
        let entries: Option<BTreeMap<String, i64>> = entries.collect();
        let last_seen = entries.filter(|_| ours).ok_or(StateError::NoState)?;
        Ok(Self {
            last_seen,
            found: BTreeSet::new(),
        })
    }

    /// True when the finding was not told before; from now on it counts as told.
    pub(super) fn is_new(&mut self, finding: &Finding) -> bool {
        let last = finding.last.unwrap_or(i64::MIN);
        let known = self.last_seen.get(&finding.id).copied();
        let latest = known.map_or(last, |known| known.max(last));
        self.last_seen.insert(finding.id.clone(), latest);
        self.found.insert(finding.id.clone());
        known.is_none()
    }

    /// Forgets the findings that this run did not find and that were last seen long before `newest`, in milliseconds
    /// since 1970-01-01 UTC.
    pub(super) fn forget(&mut self, newest: i64) {
        let found = &self.found;
        self.last_seen
            .retain(|id, last| found.contains(id) || *last >= newest.saturating_sub(KEPT));
    }

    pub(super) fn write(&self, mut file: OutputFile, path: &Path) -> Result<(), OutputError> {
        let mut text = format!("{HEADER}\n");
        for (id, last) in &self.last_seen {
            let _ = writeln!(text, "{id} {last}");
        }
        let written = file.write_all(text.as_bytes());
        written.map_err(|source| OutputError::Write {
            path: path.to_owned(),
            source,
        })?;
        file.finish()
    }
}
