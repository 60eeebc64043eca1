//! `hopgrade export`: a table for scripts and spreadsheets.

use super::args::{Export, FormatName};
use super::failure::{Failure, complain};
use super::inputs::Inputs;
use super::judging::Judging;
use super::load::{Loaded, load, options};
use super::output::Output;
use super::{Done, filter, live};
use crate::ingest::{Options, Sought};
use crate::model::Model;
use crate::query::Query;
use crate::query::eval::Index;
use crate::report::mask::Mask;
use crate::report::rows::{Facts, Kind, Order, RowId};
use crate::report::{Format, Layout, export, log_lines};

pub(super) fn run(args: &Export) -> Result<Done, Failure> {
    let table = args.table;
    let query = filter::of_table(&args.filter, table)?;
    check_format(args)?;
    if args.reading.follow {
        return live::run(args, &query);
    }
    let order = args.sort.as_deref().map(|sort| Order::parse(sort, table));
    let order = order.transpose()?;
    let mut inputs = Inputs::find(&args.reading.paths)?;
    let output = Output::open(args.output.as_deref(), &mut inputs)?;
    let loaded = load_for(args, &query, &mut inputs)?;
    let format = format(args.format, &output, &loaded);
    let facts = Facts::new(&loaded.model, &loaded.grades, &loaded.host);
    let index = Index::default();
    let mut rows = facts.select(table, &query, loaded.zone, &index);
    let not_searched = facts.not_searched(table, &query, loaded.zone, &index);
    if let Some(order) = order {
        rows = order.sort(&facts, table, rows);
    }
    let mask = args.view.mask.then(Mask::of_this_run);
    let missing = match format {
        Some(format) => write_table(&facts, table, &rows, mask.as_ref(), format, output)?,
        None => write_lines(&loaded.model, &rows, mask.as_ref(), output)?,
    };
    let missing: Vec<String> = not_searched.into_iter().chain(missing).collect();
    Ok(loaded.done_without(&missing))
}

/// Fails where log lines are asked for as the rows of a table that has none.
fn check_format(args: &Export) -> Result<(), Failure> {
    if matches!(args.format, Some(FormatName::Lines)) && !is_of_lines(args.table) {
        let table = args.table.name();
        let why = format!("--format lines: the rows of {table} are no log lines");
        return Err(Failure::Usage(why));
    }
    Ok(())
}

/// Loads what the rows need, and says where not all lines that were not understood are kept.
fn load_for(args: &Export, query: &Query, inputs: &mut Inputs) -> Result<Loaded, Failure> {
    let options = Options {
        sought: sought(query, args.table, args.reading.stats),
        ..options(&args.reading)
    };
    // What somebody is told to act on is judged by the rules of its own day, unless another is named.
    let judging = match args.table {
        Kind::Findings => Judging::of_event(&args.view),
        _ => Judging::of_today(&args.view),
    };
    let loaded = load(inputs, options, judging, args.reading.stats)?;
    let cut = loaded.model.reasons.cut();
    if let Some(cut) = cut.filter(|_| args.table == Kind::NotUnderstood) {
        complain(&cut);
    }
    Ok(loaded)
}

/// Writes rows as a table; says what is missing in it.
fn write_table(
    facts: &Facts<'_>,
    table: Kind,
    rows: &[RowId],
    mask: Option<&Mask>,
    format: Format,
    output: Output<'_>,
) -> Result<Option<String>, Failure> {
    output.write(|out| export::write(facts, table, rows, mask, format, out))?;
    let lost = facts.take_failure();
    Ok(lost.map(|error| format!("{error}; cells that only a line can fill are empty")))
}

/// Writes the log lines behind rows; says what is missing among them.
fn write_lines(
    model: &Model,
    rows: &[RowId],
    mask: Option<&Mask>,
    output: Output<'_>,
) -> Result<Option<String>, Failure> {
    let mut lost = None;
    output.write(|out| {
        lost = log_lines::write(model, rows, mask, out)?;
        Ok(())
    })?;
    Ok(lost.map(|error| format!("{error}; lines that cannot be had any more are missing")))
}

/// Tables whose rows are each made of the lines of one message, or of a line without one.
const fn is_of_lines(table: Kind) -> bool {
    matches!(table, Kind::Messages | Kind::Events)
}

/// What a line of a log must hold to be loaded at all; `None` where every line is. With `--stats` every line is: they
/// are to be counted.
fn sought(query: &Query, table: Kind, stats: bool) -> Option<Sought> {
    let alone = is_of_lines(table) && !stats;
    Sought::new(&query.needles().filter(|_| alone)?)
}

/// The form of the table; `None` where log lines are written instead.
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
