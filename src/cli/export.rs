//! `hopgrade export`: a table for scripts and spreadsheets.

use super::args::{Export, FormatName};
use super::failure::{Failure, complain};
use super::inputs::Inputs;
use super::judging::Judging;
use super::load::{Loaded, load, options};
use super::output::Output;
use super::{Done, filter, live};
use crate::ingest::{Options, Sought};
use crate::query::Query;
use crate::query::eval::Index;
use crate::report::mask::Mask;
use crate::report::rows::{Facts, Kind, Order};
use crate::report::{Format, Layout, export, log_lines};
use crate::source::SourceError;

pub(super) fn run(args: &Export) -> Result<Done, Failure> {
    let table = args.table;
    let query = filter::of_table(&args.filter, table)?;
    if matches!(args.format, Some(FormatName::Lines)) && !is_of_lines(table) {
        let why = format!(
            "--format lines: the rows of {} are no log lines",
            table.name()
        );
        return Err(Failure::Usage(why));
    }
    if args.reading.follow {
        return live::run(args, &query);
    }
    let order = args.sort.as_deref().map(|sort| Order::parse(sort, table));
    let order = order.transpose()?;
    let mut inputs = Inputs::find(&args.reading.paths)?;
    let output = Output::open(args.output.as_deref(), &mut inputs)?;
    let options = Options {
        sought: sought(&query, table, args.reading.stats),
        ..options(&args.reading)
    };
    // What somebody is told to act on is judged by the rules of its own day, unless another is named.
    let judging = match table {
        Kind::Findings => Judging::of_event(&args.view),
        _ => Judging::of_today(&args.view),
    };
    let loaded = load(&mut inputs, options, judging, args.reading.stats)?;
    let format = format(args.format, &output, &loaded);
    if let Some(cut) = loaded
        .model
        .reasons
        .cut()
        .filter(|_| table == Kind::NotUnderstood)
    {
        complain(&cut);
    }
    let facts = Facts::new(&loaded.model, &loaded.grades, &loaded.host);
    let mut rows = facts.select(table, &query, loaded.zone, &Index::default());
    if let Some(order) = order {
        rows = order.sort(&facts, table, rows);
    }
    let mask = args.view.mask.then(Mask::of_this_run);
    let Some(format) = format else {
        let mut lost = None;
        output.write(|out| {
            lost = log_lines::write(&loaded.model, &rows, mask.as_ref(), out)?;
            Ok(())
        })?;
        return Ok(done(
            &loaded,
            lost,
            "lines that cannot be had any more are missing",
        ));
    };
    output.write(|out| export::write(&facts, table, &rows, mask.as_ref(), format, out))?;
    let lost = facts.take_failure();
    Ok(done(
        &loaded,
        lost,
        "cells that only a line can fill are empty",
    ))
}

fn done(loaded: &Loaded, lost: Option<SourceError>, so: &str) -> Done {
    match lost {
        None => loaded.done,
        Some(error) => {
            complain(&format!("{error}; {so}"));
            Done::Partly
        }
    }
}

/// Each row is made of the lines of one message, or of a line without one.
const fn is_of_lines(table: Kind) -> bool {
    matches!(table, Kind::Messages | Kind::Events)
}

/// What alone need be loaded of logs for such rows. Who wants to know how
/// much there is gets all of it counted.
fn sought(query: &Query, table: Kind, stats: bool) -> Option<Sought> {
    let alone = is_of_lines(table) && !stats;
    Sought::new(&query.needles().filter(|_| alone)?)
}

/// `None`: the lines of the logs.
fn format(asked: Option<FormatName>, output: &Output<'_>, loaded: &Loaded) -> Option<Format> {
    let terminal = output.is_terminal();
    let usual = if terminal {
        FormatName::Table
    } else {
        FormatName::Ndjson
    };
    Some(match asked.unwrap_or(usual) {
        FormatName::Lines => return None,
        FormatName::Ndjson => Format::Ndjson,
        FormatName::Csv => Format::Csv,
        FormatName::Table => {
            let size = crossterm::terminal::size().ok().filter(|_| terminal);
            Format::Table(Layout {
                width: size.map(|(columns, _)| usize::from(columns)),
                zone: loaded.zone,
            })
        }
    })
}
