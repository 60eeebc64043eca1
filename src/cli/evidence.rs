//! `hopgrade evidence`: what findings rest on, as a text to send.

use super::args::Evidence;
use super::choices::TextFormat;
use super::failure::Failure;
use super::inputs::Inputs;
use super::judging::Judging;
use super::load::{load, options};
use super::locale::lang;
use super::output::Output;
use super::replay::replay;
use super::{Done, filter, key};
use crate::insight::findings::Finding;
use crate::query::eval::Index;
use crate::report::evidence::{Case, Source};
use crate::report::mask::Mask;
use crate::report::rows::{Facts, Kind, RowId};

pub(super) fn run(args: &Evidence) -> Result<Done, Failure> {
    let refusal =
        "evidence is of what is there now; the explorer and `hopgrade export events` follow";
    args.reading.refuse_follow(refusal)?;
    let query = filter::of_table(&args.filter, Kind::Findings)?;
    let mut inputs = Inputs::find(&args.reading.paths)?;
    let output = Output::open(args.output.as_deref(), &mut inputs)?;
    let options = options(&args.reading);
    let mask = mask(args)?;
    let replay = replay(&options, &args.view, inputs.paths.clone())
        .with("--as-of", "event")
        .graded_by(&args.view.profile.name);
    let judging = Judging::of_event(&args.view);
    let loaded = load(&mut inputs, options, judging, args.reading.stats)?;
    let facts = Facts::new(&loaded.model, &loaded.grades, &loaded.host);
    let rows = facts.select(Kind::Findings, &query, loaded.zone, &Index::default());
    let findings = chosen(args, &facts, &rows)?;
    let files = loaded.model.files.iter();
    let sources: Vec<Source> = files.map(|file| Source::hashed(&file.path)).collect();
    let case = Case {
        facts: &facts,
        findings: &findings,
        extent: &loaded.extent,
        sources: &sources,
        lang: lang(args.lang),
        zone: loaded.zone,
        mask: mask.as_ref(),
        replay: &replay,
    };
    write(args, &case, output)?;
    Ok(loaded.done)
}

fn write(args: &Evidence, case: &Case<'_>, output: Output<'_>) -> Result<(), Failure> {
    match args.format {
        TextFormat::Prose(form) => {
            let text = case.text(args.to, form);
            output.write(|out| out.write_all(text.as_bytes()))
        }
        TextFormat::Ndjson => output.write(|out| case.ndjson(out)),
    }
}

/// The mask, unless people are to stay as they are.
fn mask(args: &Evidence) -> Result<Option<Mask>, Failure> {
    let Some(path) = &args.key else {
        return Ok((!args.full).then(Mask::of_this_run));
    };
    let key = key::read_or_make(path).map_err(|source| Failure::Key {
        path: path.clone(),
        source,
    })?;
    Ok(Some(Mask::new(key)))
}

/// The findings that are to be told; an ID that is not there is a mistake.
fn chosen<'a>(
    args: &Evidence,
    facts: &'a Facts<'_>,
    rows: &[RowId],
) -> Result<Vec<&'a Finding>, Failure> {
    let all = facts.findings();
    let unknown = args
        .finding
        .iter()
        .find(|id| all.iter().all(|finding| finding.id != **id));
    if let Some(id) = unknown {
        return Err(Failure::NotFound(format!(
            "no finding has the ID {id:?}; `hopgrade export findings --format table` lists them"
        )));
    }
    let selected = rows.iter().filter_map(|row| match row {
        RowId::Finding(number) => all.get(*number as usize),
        _ => None,
    });
    let asked = |finding: &&Finding| args.finding.is_empty() || args.finding.contains(&finding.id);
    let told = |finding: &&Finding| args.to.is_told(finding);
    let findings: Vec<&Finding> = selected.filter(asked).filter(told).collect();
    if findings.is_empty() {
        return Err(Failure::NothingToTell);
    }
    Ok(findings)
}
