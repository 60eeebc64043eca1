//! `hopgrade evidence`: what findings rest on, as a text to send.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::args::Evidence;
use super::choices::TextFormat;
use super::failure::Failure;
use super::inputs::Inputs;
use super::judging::Judging;
use super::load::{load, options};
use super::locale::lang;
use super::output::Output;
use super::screen::repeated;
use super::{Done, filter};
use crate::insight::findings::Finding;
use crate::query::eval::Index;
use crate::report::evidence::{Case, Source};
use crate::report::mask::Mask;
use crate::report::rows::{Facts, Kind, RowId};
use crate::report::shell::Replay;

pub(super) fn run(args: &Evidence) -> Result<Done, Failure> {
    if args.reading.follow {
        let told = "-f: evidence is of what is there now; the explorer and `hopgrade export events` follow";
        return Err(Failure::Usage(told.to_owned()));
    }
    let query = filter::parse(&args.filter)?;
    let unfit = Kind::Findings.check(&query);
    unfit.map_err(|error| Failure::Usage(format!("--where: {error}")))?;
    let mut inputs = Inputs::find(&args.reading.paths)?;
    let output = Output::open(args.output.as_deref(), &mut inputs)?;
    let options = options(&args.reading);
    let mask = mask(args)?;
    let replay = Replay {
        options: repeated(&options, &args.view),
        masked: args.view.mask,
        inputs: inputs.paths.clone(),
    };
    let replay = replay
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
    let unusable = |why: &dyn std::fmt::Display| {
        let path = path.display();
        Failure::Usage(format!("--key {path}: {why}"))
    };
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => new_key(path),
        other => other,
    };
    let text = text.map_err(|error| unusable(&error))?;
    let digits = text.trim();
    let key = u128::from_str_radix(digits, 16).ok();
    let key = key.filter(|_| digits.len() == 32);
    let key = key.ok_or_else(|| unusable(&"a key is 32 hexadecimal digits"))?;
    Ok(Some(Mask::new(key.to_be_bytes())))
}

/// Makes a key that only its owner can read.
fn new_key(path: &Path) -> io::Result<String> {
    let mut key = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut key)?;
    let text = format!("{:032x}\n", u128::from_be_bytes(key));
    let mut file = File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    Ok(text)
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
        return Err(Failure::Usage(format!(
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
        return Err(Failure::Usage(
            "nothing was found that concerns the addressee; `hopgrade export findings --format table` lists what there is"
                .to_owned(),
        ));
    }
    Ok(findings)
}
