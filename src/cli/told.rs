//! The file of `check --state`: which findings were told, so that each is told once, and again when it matters more.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::insight::Severity;
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
    /// By ID.
    entries: BTreeMap<String, Entry>,
    /// IDs of the findings of this run.
    found: BTreeSet<String>,
}

/// A finding that was told.
#[derive(Clone, Copy, Debug)]
struct Entry {
    /// When it was last seen, in milliseconds since 1970-01-01 UTC.
    last_seen: i64,
    /// The most that it mattered when it was told; `None` in files that do not say so.
    severity: Option<Severity>,
}

impl Entry {
    /// Reads what stands behind an ID: `1772400000000` or `1772400000000 warning`.
    fn read(text: &str) -> Option<Self> {
        let (last, severity) = match text.split_once(' ') {
            Some((last, name)) => (last, Some(Severity::named(name)?)),
            None => (text, None),
        };
        Some(Self {
            last_seen: last.parse().ok()?,
            severity,
        })
    }
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
            let (id, rest) = line.split_once(' ')?;
            Some((id.to_owned(), Entry::read(rest)?))
        });
        let entries: Option<BTreeMap<String, Entry>> = entries.collect();
        let entries = entries.filter(|_| ours).ok_or(StateError::NoState)?;
        Ok(Self {
            entries,
            found: BTreeSet::new(),
        })
    }

    /// True when the finding was not told before, or as one that matters less; from now on it counts as told.
    pub(super) fn is_new(&mut self, finding: &Finding) -> bool {
        let mut entry = Entry {
            last_seen: finding.last.unwrap_or(i64::MIN),
            severity: Some(finding.severity),
        };
        self.found.insert(finding.id.clone());
        let known = self.entries.get(&finding.id).copied();
        if let Some(known) = known {
            entry.last_seen = entry.last_seen.max(known.last_seen);
            entry.severity = entry.severity.max(known.severity);
        }
        self.entries.insert(finding.id.clone(), entry);
        known.is_none_or(|known| known.severity.is_some_and(|told| told < finding.severity))
    }

    /// Forgets the findings that this run did not find and that were last seen long before `newest`, in milliseconds
    /// since 1970-01-01 UTC.
    pub(super) fn forget(&mut self, newest: i64) {
        let found = &self.found;
        let oldest = newest.saturating_sub(KEPT);
        self.entries
            .retain(|id, entry| found.contains(id) || entry.last_seen >= oldest);
    }

    pub(super) fn write(&self, mut file: OutputFile, path: &Path) -> Result<(), OutputError> {
        let mut text = format!("{HEADER}\n");
        for (id, entry) in &self.entries {
            let severity = entry.severity.map_or("", Severity::name);
            let line = format!("{id} {} {severity}", entry.last_seen);
            let _ = writeln!(text, "{}", line.trim_end());
        }
        let written = file.write_all(text.as_bytes());
        written.map_err(|source| OutputError::Write {
            path: path.to_owned(),
            source,
        })?;
        file.finish()
    }
}
