//! `hopgrade PATH...`: the explorer, or a summary where nobody could use it.

use std::env;
use std::io::{self, IsTerminal};

use super::args::{Explore, Filter, Screen, View};
use super::cases::{self, Case};
use super::failure::Failure;
use super::inputs::Inputs;
use super::judging::Judging;
use super::load::{load, options, zone_notice};
use super::output::Output;
use super::{Done, filter, screen};
use crate::ingest::{Follow, Options};
use crate::query::eval::Index;
use crate::report::mask::Mask;
use crate::report::rows::{Facts, Kind};
use crate::report::summary::Summary;

pub(super) fn run(args: &Explore) -> Result<Done, Failure> {
    filter::parse(&args.filter)?;
    if !has_screen() {
        let refusal = "a summary is of what is there now; without a terminal `hopgrade export events -f` follows";
        args.reading.refuse_follow(refusal)?;
    }
    let inputs = Inputs::find(&args.reading.paths)?;
    let options = Options {
        follow: match args.reading.follow {
            true => Follow::Now,
            false if has_screen() => Follow::OnRequest,
            false => Follow::Never,
        },
        ..options(&args.reading)
    };
    let session = Session {
        inputs,
        options,
        filter: &args.filter,
        view: &args.view,
        screen: &args.screen,
        stats: args.reading.stats,
        notice: zone_notice(&args.reading),
        case: cases::named(&args.reading.paths)?,
    };
    session.run()
}

/// Whether the explorer can be shown. A dumb terminal, as the shells of editors are, takes no cursor movement.
fn has_screen() -> bool {
    io::stdout().is_terminal() && env::var_os("TERM").is_none_or(|name| name != "dumb")
}

/// What the explorer is started with, by whatever command.
pub(super) struct Session<'a> {
    pub(super) inputs: Inputs,
    pub(super) options: Options,
    pub(super) filter: &'a Filter,
    pub(super) view: &'a View,
    pub(super) screen: &'a Screen,
    pub(super) stats: bool,
    /// What is to be known first.
    pub(super) notice: Option<String>,
    /// The case that is shown, if it is one of ours.
    pub(super) case: Option<&'static Case>,
}

impl Session<'_> {
    pub(super) fn run(self) -> Result<Done, Failure> {
        if has_screen() {
            screen::run(self)
        } else {
            self.summarise()
        }
    }

    /// The plain summary.
    fn summarise(mut self) -> Result<Done, Failure> {
        let query = filter::parse(self.filter)?;
        let output = Output::open(None, &mut self.inputs)?;
        let loaded = load(
            &mut self.inputs,
            self.options,
            Judging::of_today(self.view),
            self.stats,
        )?;
        let facts = Facts::new(&loaded.model, &loaded.grades, &loaded.host);
        let index = Index::default();
        let summary = Summary {
            facts: &facts,
            selected: &facts.select(Kind::Messages, &query, loaded.zone, &index),
            hosts: &facts.hosts(&query, loaded.zone, &index),
            filter: self.filter.text.as_deref().unwrap_or_default(),
            zone: loaded.zone,
            inputs: &self.inputs.paths,
        };
        let text = summary.text(self.view.mask.then(Mask::of_this_run).as_ref());
        output.write(|out| out.write_all(text.as_bytes()))?;
        let not_searched = facts.not_searched(Kind::Messages, &query, loaded.zone, &index);
        Ok(loaded.done_without(&not_searched))
    }
}
