//! Does what the state asks for: questions to the worker, details, copies, files.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::mpsc::Sender;
use std::sync::{Arc, PoisonError, RwLock};

use crate::clipboard::{Clipboard, write_to_file};
use crate::ingest::Progress;
use crate::insight::findings::{Finding, FindingStory, Place};
use crate::insight::posture::{Level, Posture, PostureStory};
use crate::insight::{ChainStory, JourneyStory, Timeline};
use crate::model::Model;
use crate::query::eval::Table;
use crate::report::explain::{self, Stories};
use crate::report::{log_lines, sentence};
use crate::text::Clean;

use super::Action;
use super::app::{App, Believed, CopyWhat, Detail, Effect, Event, NotUnderstood, RawLine, Setup};
use super::around::around;
use super::clerk::Clerk;
use super::peer::Peer;
use super::run::Wake;
use super::unread;
use super::views;
use super::worker::Worker;

/// Whoever keeps a filter for later sessions.
pub type Remember = Box<dyn FnMut(&str)>;

/// A clipboard whose escape sequences go to the terminal behind standard output.
pub type TerminalClipboard = Clipboard<File>;

/// Of the lines behind a host, so many of the latest are read again; of those behind a finding, of the first.
const MOST_RAW: usize = 500;

/// Whoever performs effects.
pub(super) struct Office {
    model: Arc<RwLock<Model>>,
    progress: Arc<Progress>,
    worker: Worker,
    clerk: Clerk,
    clipboard: TerminalClipboard,
    remember: Remember,
}

impl Office {
    pub(super) fn start(
        setup: &Setup,
        clipboard: TerminalClipboard,
        remember: Remember,
        sender: Sender<Wake>,
    ) -> io::Result<Self> {
        let model = Arc::clone(&setup.model);
        let grown = sender.clone();
        setup.progress.renewals.attend();
        setup.progress.following.on_change(move || {
            let _ = grown.send(Wake::Event(Event::Tick));
        });
        let tell = move |event| {
            // Nobody listens any more once the program ends.
            let _ = sender.send(Wake::Event(event));
        };
        let catalogue = Arc::default();
        let worker = Worker::start(setup, Arc::clone(&catalogue), tell.clone())?;
        let clerk = Clerk::start(setup, catalogue, tell)?;
        Ok(Self {
            model,
            progress: Arc::clone(&setup.progress),
            worker,
            clerk,
            clipboard,
            remember,
        })
    }

    /// Ends; gives back what the next one goes on with.
    pub(super) fn close(self) -> (TerminalClipboard, Remember) {
        (self.clipboard, self.remember)
    }

    /// Has the oldest forgotten, if the loader needs the room. No row number that is held elsewhere holds any
    /// more when the event has come of it.
    pub(super) fn renew(&self) -> Option<Event> {
        let renewals = &self.progress.renewals;
        if !renewals.is_awaited() {
            return None;
        }
        // An answer under way would keep us waiting, and is about the old numbers.
        self.worker.drop_question();
        renewals.perform(&self.model).map(Event::Renewed)
    }

    /// Performs an effect; gives what the state should know of the result.
    pub(super) fn perform(&mut self, effect: Effect, app: &App) -> Option<Event> {
        match effect {
            Effect::Ask(question) => {
                self.worker.ask(question);
                None
            }
            Effect::Open(table, row) => {
                let shared = Arc::clone(&self.model);
                let model = shared.read().unwrap_or_else(PoisonError::into_inner);
                Some(Event::Detail(Box::new(detail(&model, app, table, row))))
            }
            Effect::Copy(what, table, rows) => Some(self.copy(app, what, table, &rows)),
            Effect::CopyFilter(table, filter) => {
                let rows = match table {
                    Table::Messages => "messages",
                    Table::Hosts if app.level == Level::Domain => "domains",
                    Table::Hosts => "hosts",
                    Table::Chains => "hops",
                    Table::Findings => "findings",
                    Table::Overview => "events",
                };
                let text = app.replay().export(rows, &filter);
                Some(self.put(app, Clean::block(text), "the filter as a command line"))
            }
            Effect::Letter(order) => {
                self.clerk.write(order);
                None
            }
            Effect::CopyText(text, name) => Some(self.put(app, text, &name)),
            Effect::Keep(text) => {
                self.clipboard.keep(text);
                None
            }
            Effect::Write(path) => Some(self.write(path)),
            Effect::ListNotUnderstood { top, most } => {
                let model = self.model.read().unwrap_or_else(PoisonError::into_inner);
                let lines = not_understood(&model, top, most).into();
                Some(Event::NotUnderstood { top, lines })
            }
            Effect::Remember(filter) => {
                (self.remember)(&filter);
                None
            }
            Effect::TakeUp => Some(Event::TakeUp),
            Effect::Follow(on) => {
                app.setup.progress.following.set(on);
                None
            }
            Effect::CancelLoad => {
                app.setup.progress.cancel();
                None
            }
            Effect::Believe(believed) => {
                self.believe(believed);
                Some(Event::Believed(believed))
            }
            // The loop itself sees to these.
            Effect::Case(_) | Effect::Suspend | Effect::Quit => None,
        }
    }

    fn believe(&self, believed: Believed) {
        let mut model = (self.model.write()).unwrap_or_else(PoisonError::into_inner);
        match believed {
            Believed::AsStarted => model.trust_as_started(),
            Believed::DownTo { row, hop } => model.trust_down_to(row, hop),
        }
    }

    fn copy(&mut self, app: &App, what: CopyWhat, table: Table, rows: &[u32]) -> Event {
        let text = self.text(app, what, table, rows);
        let name = match (what, rows.len()) {
            (CopyWhat::Row, 1) => "the row".to_owned(),
            (CopyWhat::Id, 1) => "the ID".to_owned(),
            (CopyWhat::Raw, 1) => "the raw lines".to_owned(),
            (CopyWhat::Story, 1) => "the story".to_owned(),
            (_, rows) => format!("{rows} rows"),
        };
        self.put(app, Clean::block(text), &name)
    }

    fn text(&self, app: &App, what: CopyWhat, table: Table, rows: &[u32]) -> String {
        let model = self.model.read().unwrap_or_else(PoisonError::into_inner);
        let texts = rows
            .iter()
            .map(|&row| text_of(&model, app, what, table, row));
        let between = if what == CopyWhat::Story {
            "\n\n"
        } else {
            "\n"
        };
        let text = texts.collect::<Vec<_>>().join(between);
        app.mask()
            .map_or_else(|| text.clone(), |mask| mask.text(&text))
    }

    /// Sends text to the clipboard and says what is known of it.
    fn put(&mut self, app: &App, text: Clean, name: &str) -> Event {
        let key = app.setup.keymap.first_press(app.scope(), Action::WriteCopy);
        let outcome = self.clipboard.copy(text);
        let message = outcome.message(key.as_deref().unwrap_or("write_copy"));
        Event::Say(format!("{name}: {message}"))
    }

    fn write(&self, path: String) -> Event {
        let Some(text) = self.clipboard.kept() else {
            return Event::Say("nothing was copied yet".to_owned());
        };
        match write_to_file(Path::new(&path), text) {
            Ok(()) => Event::Say(format!("written to {path}")),
            Err(error) => Event::NotWritten {
                path,
                error: error.to_string(),
            },
        }
    }
}

fn text_of(model: &Model, app: &App, what: CopyWhat, table: Table, row: u32) -> String {
    match what {
        CopyWhat::Row if table == Table::Overview => views::overview::sentence(app, model),
        CopyWhat::Story if table == Table::Overview => views::overview::text(app, model),
        CopyWhat::Row if table == Table::Hosts => {
            let posture = app.peers.get(model, row);
            let told =
                posture.map(|own| sentence::posture(app.setup.zone, &shown(app, &own), &own));
            told.unwrap_or_default()
        }
        CopyWhat::Row if table == Table::Findings => {
            let finding = app.findings.get(row);
            let told = finding.map(|own| sentence::finding(app.setup.zone, own));
            told.unwrap_or_default()
        }
        CopyWhat::Row => {
            let context = sentence::Context {
                model,
                grades: &app.grades,
                zone: app.setup.zone,
                mask: app.mask(),
            };
            sentence::of(&context, table, row)
        }
        CopyWhat::Id if table == Table::Hosts => {
            let posture = app.peers.get(model, row);
            posture.map(|own| shown(app, &own)).unwrap_or_default()
        }
        CopyWhat::Id if table == Table::Findings => {
            let finding = app.findings.get(row);
            finding.map(|own| own.id.clone()).unwrap_or_default()
        }
        CopyWhat::Id => id_of(model, table, row),
        CopyWhat::Raw => {
            let lines = raw(model, app, table, row);
            lines
                .into_iter()
                .map(|line| line.text.to_string())
                .collect::<Vec<_>>()
                .join("\n")
        }
        CopyWhat::Story => {
            let detail = detail(model, app, table, row);
            if let Some(told) = &detail.posture {
                return views::posture::text(app, told);
            }
            if let Some(told) = &detail.finding {
                return views::finding::text(app, told);
            }
            let stories = Stories {
                timelines: &detail.timelines,
                journeys: &detail.journeys,
                chains: &detail.chains,
            };
            explain::text(stories, app.setup.zone, &app.grades)
        }
    }
}

/// The name of a posture as the screen shows it.
fn shown(app: &App, posture: &Posture) -> String {
    let ip = posture.ip().map(|ip| ip.to_string()).unwrap_or_default();
    Peer::of_posture(posture, &ip).shown(app.mask())
}

fn id_of(model: &Model, table: Table, row: u32) -> String {
    let id = match table {
        Table::Messages => model
            .messages
            .get(row)
            .map(|message| model.queue_id(message)),
        Table::Hosts | Table::Findings | Table::Overview => None,
        Table::Chains => model
            .mails
            .get(row as usize)
            .map(|mail| mail.message_id().as_bytes().to_vec()),
    };
    Clean::line(id.unwrap_or_default()).to_string()
}

/// Builds the detail of a row, with what it is joined with; people are masked when masking is on.
fn detail(model: &Model, app: &App, table: Table, row: u32) -> Detail {
    let joined = around(model, table, row);
    let rows = |of: Table| joined.iter().filter(move |(table, _)| *table == of);
    let (messages, mails) = match table {
        Table::Messages => (
            vec![row],
            rows(Table::Chains).map(|(_, row)| *row).collect(),
        ),
        Table::Hosts | Table::Findings | Table::Overview => (Vec::new(), Vec::new()),
        Table::Chains => (model.messages_of_mail(row), vec![row]),
    };
    let timeline = |row: &u32| {
        let mut story = Timeline::of(model, &app.grades, *row)?;
        app.mask().inspect(|mask| mask.timeline(&mut story));
        Some(story)
    };
    let chain = |row: &u32| {
        let mut story = ChainStory::of(model, &app.grades, *row)?;
        app.mask().inspect(|mask| mask.chain(&mut story));
        Some(story)
    };
    let mut journeys = JourneyStory::all(model, &app.grades, &messages);
    if let Some(mask) = app.mask() {
        for story in &mut journeys {
            mask.journey(story);
        }
    }
    let posture = (table == Table::Hosts).then(|| {
        let (posture, hosts) = app.peers.whole(model, row)?;
        let mut told = PostureStory::of(model, &app.peers.postures, posture, hosts);
        app.mask().inspect(|mask| mask.posture(&mut told));
        Some(told)
    });
    let finding = (table == Table::Findings).then(|| {
        let finding = app.findings.of_now(model, row)?;
        let mut told = FindingStory::of(model, finding);
        app.mask().inspect(|mask| mask.finding(&mut told));
        Some(told)
    });
    Detail {
        table,
        row,
        timelines: messages.iter().filter_map(timeline).collect(),
        journeys,
        chains: mails.iter().filter_map(chain).collect(),
        posture: posture.flatten(),
        finding: finding.flatten(),
        raw: app.wants_raw().then(|| raw(model, app, table, row)),
        joined,
    }
}

fn raw(model: &Model, app: &App, table: Table, row: u32) -> Vec<RawLine> {
    match table {
        Table::Overview => Vec::new(),
        Table::Hosts => {
            let posture = app.peers.get(model, row);
            let events = posture
                .as_ref()
                .map(|own| app.peers.postures.events_of(own));
            let events = events.unwrap_or_default().iter().rev().take(MOST_RAW).rev();
            let events = events.filter_map(|number| model.events.get(*number));
            events
                .map(|event| raw_line(model, model.file_number(&event), model.events.line(&event)))
                .collect()
        }
        Table::Findings => match app.findings.of_now(model, row) {
            Some(Finding {
                place: Place::Mail(mail, _),
                ..
            }) => header(model, *mail),
            Some(finding) => {
                let lines = finding.lines(model).into_iter().take(MOST_RAW);
                lines
                    .map(|(file, line)| raw_line(model, file, line))
                    .collect()
            }
            None => Vec::new(),
        },
        Table::Messages => {
            let Some(message) = model.messages.get(row) else {
                return Vec::new();
            };
            let lines = log_lines::of_message(model, message);
            lines
                .into_iter()
                .map(|(file, line)| raw_line(model, file, line))
                .collect()
        }
        Table::Chains => header(model, row),
    }
}

/// The lines of the header of a mail.
fn header(model: &Model, row: u32) -> Vec<RawLine> {
    let Some(mail) = model.mails.get(row as usize) else {
        return Vec::new();
    };
    (mail.first_line..=mail.last_line)
        .map(|line| raw_line(model, mail.file, line))
        .collect()
}

fn not_understood(model: &Model, top: usize, most: usize) -> Vec<NotUnderstood> {
    unread::from(model, top, most, NotUnderstood::Count, |line| {
        NotUnderstood::Line(line.reason, raw_line(model, line.file, line.line))
    })
}

fn raw_line(model: &Model, file: u32, number: u32) -> RawLine {
    let path = model.path(file);
    let name = path.file_name().unwrap_or(path.as_os_str());
    let text = match model.record(file, number) {
        Ok(text) => Clean::block(text),
        Err(error) => Clean::line(error.to_string()),
    };
    RawLine {
        file: Clean::line(name.as_encoded_bytes()),
        number,
        text,
    }
}
