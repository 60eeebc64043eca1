//! Starts the explorer while the inputs are being read.

use std::env;
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::sync::{Arc, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::Done;
use super::args::{Reading, Screen, View};
use super::cases::{self, Case};
use super::config::Config;
use super::explore::Session;
use super::failure::{Failure, complain};
use super::judging::Judging;
use super::load::options;
use super::locale::lang;
use super::past_filters::PastFilters;
use super::replay::replay;
use crate::clipboard::{Clipboard, Env};
use crate::ingest::{Load, start};
use crate::model::Zone;
use crate::report::forgotten;
use crate::report::mask::Mask;
use crate::tls::Profile;
use crate::ui::{self, Cases, Ended, Setup, TerminalClipboard};

/// How long the first screen waits for the first input: where none can be read there is nothing to show.
const PATIENCE: Duration = Duration::from_millis(20);

/// Runs the explorer; what could not be read is named when it has ended.
pub(super) fn run(session: Session<'_>) -> Result<Done, Failure> {
    let Session {
        inputs,
        options,
        view,
        screen,
        filter,
        case,
        notice,
        ..
    } = session;
    let zone = options.zone;
    let replay = replay(&options, view, inputs.paths);
    let config = Config::read()?;
    let mut load = start(inputs.given, options);
    if ended_with_nothing(&load) {
        name_errors(&load);
        return Err(Failure::NothingRead);
    }
    let past = PastFilters::open();
    let setup = Setup {
        model: Arc::clone(&load.model),
        progress: Arc::clone(&load.progress),
        profiles: profiles(view),
        as_of: Judging::of_today(view).as_of(zone),
        as_of_findings: Judging::of_event(view).as_of(zone),
        zone,
        themes: config.themes(screen.theme)?,
        keymap: config.keymap()?,
        lang: lang(screen.lang.or(config.lang)),
        mask: Mask::of_this_run(),
        masked: view.mask,
        filter: filter.text.clone().unwrap_or_default(),
        history: past.history(),
        replay,
        cases: case.map_or_else(Cases::default, listed),
        notice,
    };
    let ended = explore(setup, screen, view, past, &mut load)?;
    stop(&mut load);
    Ok(done(ended, &load, zone))
}

/// Shows the explorer until a person or a signal ends it.
fn explore(
    setup: Setup,
    screen: &Screen,
    view: &View,
    past: PastFilters,
    load: &mut Load,
) -> Result<Ended, Failure> {
    let clipboard = clipboard(screen).map_err(Failure::Terminal)?;
    let mut another = Another {
        first: setup.clone(),
        view,
        load,
    };
    let mut next = |place| another.case(place);
    ui::run(setup, clipboard, past.keeper(), &mut next).map_err(Failure::Terminal)
}

/// Names what could not be read and says what was left out, now that the terminal is free for it.
fn done(ended: Ended, load: &Load, zone: Zone) -> Done {
    name_errors(load);
    let left_out = told_left_out(load, zone);
    match ended {
        Ended::Signal(signal) => Done::Signal(u8::try_from(signal).unwrap_or(0)),
        _ if !load.has_failed() && !left_out => Done::Whole,
        _ => Done::Partly,
    }
}

/// Shows another bundled case in the same explorer.
struct Another<'a> {
    /// What the explorer was started with.
    first: Setup,
    view: &'a View,
    /// The load behind what is shown.
    load: &'a mut Load,
}

impl Another<'_> {
    /// As if the explorer were started with the case, without a filter.
    fn case(&mut self, place: usize) -> Setup {
        let Some(case) = cases::all().get(place) else {
            return self.first.clone();
        };
        let mut reading = Reading {
            paths: vec![case.path().into()],
            ..Reading::default()
        };
        // A test reads the zones of all cases.
        let _ = cases::prepare(&mut reading);
        let options = options(&reading);
        let zone = options.zone;
        let replay = replay(&options, self.view, vec![case.path()]);
        stop(self.load);
        *self.load = start(case.inputs(), options);
        Setup {
            model: Arc::clone(&self.load.model),
            progress: Arc::clone(&self.load.progress),
            as_of: Judging::of_today(self.view).as_of(zone),
            zone,
            filter: String::new(),
            history: PastFilters::open().history(),
            replay,
            cases: listed(case),
            notice: None,
            ..self.first.clone()
        }
    }
}

/// All cases, one of them open.
fn listed(open: &Case) -> Cases {
    let all = cases::all();
    let place = all.iter().position(|case| case.name == open.name);
    Cases {
        all: all
            .iter()
            .map(|case| ui::Case {
                name: case.name.clone(),
                about: case.about.clone(),
            })
            .collect(),
        open: place.unwrap_or_default(),
    }
}

fn stop(load: &mut Load) {
    load.progress.cancel();
    load.wait();
}

/// Waits a moment for the first input; true when everything was tried and nothing could be read.
fn ended_with_nothing(load: &Load) -> bool {
    let begun = Instant::now();
    loop {
        // Asked first: what was read by the end is in the model.
        let done = load.progress.is_done();
        let model = load.model.read().unwrap_or_else(PoisonError::into_inner);
        if !model.files.is_empty() || begun.elapsed() >= PATIENCE {
            return false;
        }
        if done {
            return load.progress.following.logs() == 0;
        }
        drop(model);
        sleep(Duration::from_millis(1));
    }
}

/// Says what was left out to stay within the limit of memory; true when something was.
fn told_left_out(load: &Load, zone: Zone) -> bool {
    let model = load.model.read().unwrap_or_else(PoisonError::into_inner);
    let told = forgotten::sentence(&model.forgotten, zone);
    told.inspect(|told| complain(told)).is_some()
}

fn name_errors(load: &Load) {
    for error in load.error_texts() {
        complain(&error);
    }
}

/// The profile asked for, then the others that come with the program.
fn profiles(view: &View) -> Vec<Arc<Profile>> {
    let others = Profile::NAMES
        .into_iter()
        .filter(|name| *name != view.profile.name);
    let others = others
        .filter_map(|name| Profile::named(name).ok())
        .map(Arc::new);
    [Arc::clone(&view.profile)]
        .into_iter()
        .chain(others)
        .collect()
}

/// The clipboard; its escape sequences go to the terminal behind standard output.
fn clipboard(screen: &Screen) -> io::Result<TerminalClipboard> {
    let terminal = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    let around = Env::read(|name| env::var_os(name));
    Ok(Clipboard::new(screen.clipboard.clone(), around, terminal))
}
