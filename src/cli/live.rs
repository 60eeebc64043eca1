//! `hopgrade export events -f`: what is in the logs, then what comes, one JSON object a line.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::Done;
use super::args::{Export, FormatName};
use super::failure::{Failure, complain};
use super::inputs::Inputs;
use super::judging::Judging;
use super::load::options;
use crate::ingest::{Follow, Load, Options, start};
use crate::model::GradeBook;
use crate::query::Query;
use crate::query::eval::Index;
use crate::report::Format;
use crate::report::mask::Mask;
use crate::report::rows::{Facts, Kind};

/// How often the end of the load is looked for.
const LOADING: Duration = Duration::from_millis(20);

/// Writes events until the logs cannot grow any more, nobody reads them, or a signal ends the program.
pub(super) fn run(args: &Export, query: &Query) -> Result<Done, Failure> {
    check(args).map_err(Failure::Follow)?;
    let inputs = Inputs::find(&args.reading.paths)?;
    let options = Options {
        follow: Follow::Now,
        ..options(&args.reading)
    };
    let host = options.host.clone().unwrap_or_default();
    let zone = options.zone;
    let judging = Judging::of_today(&args.view);
    let load = start(inputs.given, options);
    let (bell, rung) = channel();
    load.progress.renewals.attend();
    load.progress.following.on_change(move || {
        // Sending fails when the export has ended.
        let _ = bell.send(());
    });
    let mut live = Live {
        load,
        index: Index::default(),
        grades: GradeBook::new(Arc::clone(&judging.profile), judging.as_of(zone)),
        judging,
        host,
        zone,
        query,
        mask: args.view.mask.then(Mask::of_this_run),
        written: 0,
        told: 0,
    };
    live.follow(&rung)
}

/// What makes no sense for rows that come one by one.
fn check(args: &Export) -> Result<(), &'static str> {
    if args.table != Kind::Events {
        return Err(
            "only events can be followed: the rows of the other tables change as a log goes on; \
             `hopgrade -f PATH` shows them in the explorer",
        );
    }
    if !matches!(args.format, None | Some(FormatName::Ndjson)) {
        return Err("events that are followed are written as ndjson");
    }
    if args.sort.is_some() {
        return Err("events that are followed come in the order of the logs, without --sort");
    }
    if args.output.is_some() {
        return Err("a file appears whole or not at all; redirect standard output instead of -o");
    }
    Ok(())
}

struct Live<'a> {
    load: Load,
    index: Index,
    grades: GradeBook,
    judging: Judging,
    host: String,
    zone: crate::model::Zone,
    query: &'a Query,
    mask: Option<Mask>,
    /// Events up to this one were written, or passed over by the filter.
    written: u32,
    /// Errors that were told.
    told: usize,
}

impl Live<'_> {
    fn follow(&mut self, rung: &Receiver<()>) -> Result<Done, Failure> {
        while !self.load.progress.is_done() {
            let _ = rung.recv_timeout(LOADING);
            self.renew()?;
        }
        loop {
            // Asked first: what comes before the end is written.
            let ended = self.load.progress.following.logs() == 0;
            self.tell();
            self.write()?;
            self.renew()?;
            if ended || rung.recv().is_err() {
                break;
            }
        }
        let nothing = self.written == 0 && self.load.has_failed();
        match self.load.has_failed() {
            _ if nothing => Err(Failure::NothingRead),
            true => Ok(Done::Partly),
            false => Ok(Done::Whole),
        }
    }

    /// Has the oldest forgotten, if the loader needs the room: what was not written yet is written before.
    fn renew(&mut self) -> Result<(), Failure> {
        let renewals = &self.load.progress.renewals;
        if renewals.is_awaited() {
            self.write()?;
            self.load.progress.renewals.perform(&self.load.model);
            // The index refers to the row numbers of the old model.
            self.index = Index::default();
            let model = self.load.model.read();
            self.written = model.unwrap_or_else(PoisonError::into_inner).events.len();
        }
        Ok(())
    }

    fn tell(&mut self) {
        let errors = self.load.error_texts();
        for error in errors.iter().skip(self.told) {
            complain(error);
        }
        self.told = errors.len();
        for news in self.load.progress.following.take_news() {
            complain(&news);
        }
    }

    fn write(&mut self) -> Result<(), Failure> {
        let text = self.text();
        let mut out = io::stdout().lock();
        let written = out.write_all(&text).and_then(|()| out.flush());
        written.map_err(Failure::Stdout)
    }

    /// The text of the new events. It is made whole before it is written: the loader waits while the model is read, and
    /// must not wait for the reader of our output.
    fn text(&mut self) -> Vec<u8> {
        let model = self
            .load
            .model
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let as_of = self.judging.as_of(self.zone);
        if self.grades.as_of() != as_of {
            // It is past midnight: other rules may hold.
            self.grades = GradeBook::new(Arc::clone(&self.judging.profile), as_of);
        }
        self.grades.refresh(&model);
        let facts = Facts::new(&model, &self.grades, &self.host).from_event(self.written);
        let selected = facts.select(Kind::Events, self.query, self.zone, &self.index);
        for missing in facts.not_searched(Kind::Events, self.query, self.zone, &self.index) {
            complain(&missing);
        }
        let table = Kind::Events.table(&facts, selected);
        let table = match &self.mask {
            Some(mask) => mask.table(table),
            None => table,
        };
        let mut text = Vec::new();
        // Writing to memory does not fail.
        let _ = Format::Ndjson.write(table, &mut text);
        self.written = model.events.len();
        if let Some(error) = facts.take_failure() {
            complain(&format!(
                "{error}; cells that only a line can fill are null"
            ));
        }
        text
    }
}
