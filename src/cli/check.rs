//! `hopgrade check`: what was found since the last time, for a timer.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::args::Check;
use super::failure::Failure;
use super::inputs::Inputs;
use super::judging::Judging;
use super::load::{load, options};
use super::locale::lang;
use super::output::Output;
use super::{Done, filter, unfinished};
use crate::insight::findings::Finding;
use crate::query::eval::Index;
use crate::query::{Edge, Expr, Query, Term};
use crate::report::mask::Mask;
use crate::report::rows::{Facts, Kind, RowId};
use crate::report::{OutputError, OutputFile, time};
use crate::text::Lang;

/// What was not seen for so long is forgotten, in milliseconds.
const KEPT: i64 = 30 * 24 * 3600 * 1000;

pub(super) fn run(args: &Check) -> Result<Done, Failure> {
    if args.reading.follow {
        let told = "-f: check tells what is there now; let a timer start it again";
        return Err(Failure::Usage(told.to_owned()));
    }
    let query = selection(args)?;
    let mut inputs = Inputs::find(&args.reading.paths)?;
    let state = args.state.as_deref();
    let mut known = state.map_or_else(|| Ok(Known::default()), Known::read)?;
    let keep = match state {
        Some(path) => Some((unfinished::create(path, &inputs.files())?, path)),
        None => None,
    };
    let output = Output::open(None, &mut inputs)?;
    let options = options(&args.reading);
    let judging = Judging::of_event(&args.view);
    let loaded = load(&mut inputs, options, judging, args.reading.stats)?;
    let facts = Facts::new(&loaded.model, &loaded.grades, &loaded.host);
    let rows = facts.select(Kind::Findings, &query, loaded.zone, &Index::default());
    let all = facts.findings();
    let found = rows.iter().filter_map(|row| match row {
        RowId::Finding(number) => all.get(*number as usize),
        _ => None,
    });
    let found = found.filter(|finding| finding.severity >= args.fail_on);
    let new: Vec<&Finding> = found.filter(|finding| known.is_new(finding)).collect();
    let mask = args.view.mask.then(Mask::of_this_run);
    let lang = lang(args.lang);
    output.write(|out| {
        new.iter()
            .try_for_each(|finding| tell(finding, lang, mask.as_ref(), out))
    })?;
    if let Some((file, path)) = keep {
        known.forget(loaded.model.newest());
        known.write(file, path)?;
    }
    Ok(if new.is_empty() {
        loaded.done
    } else {
        Done::Found
    })
}

/// The findings that `--where` selects, and of these, those that did not end before `--since`.
fn selection(args: &Check) -> Result<Query, Failure> {
    let query = filter::parse(&args.filter)?;
    let unfit = Kind::Findings.check(&query);
    unfit.map_err(|error| Failure::Usage(format!("--where: {error}")))?;
    let since = args.since.map(|moment| {
        let edge = Edge::Since;
        Expr::Term(Term::Time { edge, moment })
    });
    let both = since.into_iter().chain([query.expr().clone()]);
    Ok(Expr::and(both.collect()).into())
}

/// One line: severity, ID, count, last time, summary.
fn tell(finding: &Finding, lang: Lang, mask: Option<&Mask>, out: &mut dyn Write) -> io::Result<()> {
    let summary = finding.summary(lang);
    let summary = mask.map_or_else(|| summary.clone(), |mask| mask.text(&summary));
    let last = finding.last.map_or_else(|| "-".to_owned(), time);
    let (severity, id, count) = (finding.severity.name(), &finding.id, finding.count);
    writeln!(out, "{severity}\t{id}\t{count}\t{last}\t{summary}")
}

/// What was told before: the ID of each finding, and when it was last seen.
#[derive(Debug, Default)]
struct Known {
    told: BTreeMap<String, i64>,
    /// Those of this run.
    found: BTreeSet<String>,
}

/// The first line of a state file.
const HEADER: &str = "# hopgrade check: findings told, and when each was last seen (ms since 1970)";

impl Known {
    /// A file that is not there yet knows nothing; one that is something else is not written over.
    fn read(path: &Path) -> Result<Self, Failure> {
        let unusable = |why: &str| {
            let path = path.display();
            Failure::Usage(format!("--state {path}: {why}"))
        };
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(unusable(&error.to_string())),
        };
        let mut lines = text.lines();
        let ours = text.is_empty() || lines.next() == Some(HEADER);
        let entries = lines.map(|line| {
            let (id, last) = line.split_once(' ')?;
            Some((id.to_owned(), last.parse().ok()?))
        });
        let entries: Option<BTreeMap<String, i64>> = entries.collect();
        match entries.filter(|_| ours) {
            Some(told) => Ok(Self {
                told,
                found: BTreeSet::new(),
            }),
            None => Err(unusable("is no state of hopgrade check")),
        }
    }

    /// True when the finding was not told before; from now on it was.
    fn is_new(&mut self, finding: &Finding) -> bool {
        let last = finding.last.unwrap_or(i64::MIN);
        let known = self.told.get(&finding.id).copied();
        let latest = known.map_or(last, |known| known.max(last));
        self.told.insert(finding.id.clone(), latest);
        self.found.insert(finding.id.clone());
        known.is_none()
    }

    /// Lets go of what these files do not tell any more and what was last seen long before `newest`.
    fn forget(&mut self, newest: i64) {
        let found = &self.found;
        self.told
            .retain(|id, last| found.contains(id) || *last >= newest.saturating_sub(KEPT));
    }

    fn write(&self, mut file: OutputFile, path: &Path) -> Result<(), Failure> {
        let mut text = format!("{HEADER}\n");
        for (id, last) in &self.told {
            let _ = writeln!(text, "{id} {last}");
        }
        let written = file.write_all(text.as_bytes());
        written.map_err(|source| OutputError::Write {
            path: path.to_owned(),
            source,
        })?;
        Ok(file.finish()?)
    }
}
