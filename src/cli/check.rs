//! `hopgrade check`: what was found since the last time, for a timer.

use std::io::{self, Write};
use std::path::Path;

use super::args::Check;
use super::failure::Failure;
use super::inputs::Inputs;
use super::judging::Judging;
use super::load::{load, options};
use super::locale::lang;
use super::output::Output;
use super::told::Told;
use super::{Done, filter, unfinished};
use crate::insight::findings::Finding;
use crate::query::eval::{Index, span_of};
use crate::report::mask::Mask;
use crate::report::rows::{Facts, Kind, RowId};
use crate::report::time;
use crate::text::Lang;

pub(super) fn run(args: &Check) -> Result<Done, Failure> {
    let refusal = "check tells what is there now; let a timer start it again";
    args.reading.refuse_follow(refusal)?;
    let query = filter::of_table(&args.filter, Kind::Findings)?;
    let mut inputs = Inputs::find(&args.reading.paths)?;
    let state = args.state.as_deref();
    let mut told = state.map_or_else(|| Ok(Told::default()), read)?;
    let keep = match state {
        Some(path) => Some((unfinished::create(path, &inputs.files())?, path)),
        None => None,
    };
    let output = Output::open(None, &mut inputs)?;
    let options = options(&args.reading);
    let judging = Judging::of_event(&args.view);
    let loaded = load(&mut inputs, options, judging, args.reading.stats)?;
    let now = loaded.model.newest();
    let since = args.since.map(|moment| span_of(moment, loaded.zone, now));
    let facts = Facts::new(&loaded.model, &loaded.grades, &loaded.host)
        .found_since(since.map(|span| span.start));
    let rows = facts.select(Kind::Findings, &query, loaded.zone, &Index::default());
    let all = facts.findings();
    let found = rows.iter().filter_map(|row| match row {
        RowId::Finding(number) => all.get(*number as usize),
        _ => None,
    });
    let found = found.filter(|finding| finding.severity >= args.fail_on);
    let new: Vec<&Finding> = found.filter(|finding| told.is_new(finding)).collect();
    let mask = args.view.mask.then(Mask::of_this_run);
    let lang = lang(args.lang);
    output.write(|out| {
        new.iter()
            .try_for_each(|finding| tell(finding, lang, mask.as_ref(), out))
    })?;
    if let Some((file, path)) = keep {
        told.forget(now);
        told.write(file, path)?;
    }
    Ok(if new.is_empty() {
        loaded.done
    } else {
        Done::Found
    })
}

fn read(path: &Path) -> Result<Told, Failure> {
    Told::read(path).map_err(|source| Failure::State {
        path: path.to_owned(),
        source,
    })
}

/// One line: severity, ID, count, last time, summary.
fn tell(finding: &Finding, lang: Lang, mask: Option<&Mask>, out: &mut dyn Write) -> io::Result<()> {
    let summary = mask.map_or_else(|| finding.summary(lang), |mask| mask.summary(finding, lang));
    let last = finding.last.map_or_else(|| "-".to_owned(), time);
    let (severity, id, count) = (finding.severity.name(), &finding.id, finding.count);
    writeln!(out, "{severity}\t{id}\t{count}\t{last}\t{summary}")
}
