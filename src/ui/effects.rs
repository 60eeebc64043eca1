//! Performs the effects that the state asks for: questions to the worker, details, copies, files.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::mpsc::Sender;
use std::sync::{Arc, PoisonError, RwLock};

use crate::clipboard::{Clipboard, write_to_file};
use crate::ingest::Progress;
use crate::model::Model;
use crate::query::eval::Table;
use crate::text::Clean;

use super::Action;
use super::app::{App, Believed, CopyWhat, Effect, Event, NotUnderstood, Setup};
use super::evidence_writer::EvidenceWriter;
use super::not_understood;
use super::raw;
use super::row::{TableRow, exported};
use super::run::Wake;
use super::worker::Worker;

/// Keeps a filter for later sessions.
pub type Remember = Box<dyn FnMut(&str)>;

/// A clipboard whose escape sequences go to the terminal behind standard output.
pub type TerminalClipboard = Clipboard<File>;

/// Performs effects: the clipboard, and the threads that answer and write.
pub(super) struct EffectRunner {
    model: Arc<RwLock<Model>>,
    progress: Arc<Progress>,
    worker: Worker,
    evidence_writer: EvidenceWriter,
    clipboard: TerminalClipboard,
    remember: Remember,
}

impl EffectRunner {
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
        let findings_cache = Arc::default();
        let worker = Worker::start(setup, Arc::clone(&findings_cache), tell.clone())?;
        let evidence_writer = EvidenceWriter::start(setup, findings_cache, tell)?;
        Ok(Self {
            model,
            progress: Arc::clone(&setup.progress),
            worker,
            evidence_writer,
            clipboard,
            remember,
        })
    }

    /// Ends the threads; gives back what the next runner goes on with.
    pub(super) fn close(self) -> (TerminalClipboard, Remember) {
        (self.clipboard, self.remember)
    }

    /// Has the oldest half of the model forgotten, if the loader needs the room. Rows have other numbers when the
    /// event comes of it.
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
                let model = self.model.read().unwrap_or_else(PoisonError::into_inner);
                let row = TableRow {
                    app,
                    model: &model,
                    table,
                    row,
                };
                Some(Event::Detail(Box::new(row.detail())))
            }
            Effect::Copy(what, table, rows) => Some(self.copy(app, what, table, &rows)),
            Effect::CopyFilter(table, filter) => {
                let text = app.replay().export(exported(app, table).name(), &filter);
                Some(self.put(app, Clean::block(text), "the filter as a command line"))
            }
            Effect::WriteEvidence(request) => {
                self.evidence_writer.write(request);
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
        let texts = rows.iter().map(|&row| {
            let row = TableRow {
                app,
                model: &model,
                table,
                row,
            };
            row.copied(what)
        });
        let between = match what {
            CopyWhat::Story => "\n\n",
            CopyWhat::Row | CopyWhat::Id | CopyWhat::Raw => "\n",
        };
        let text = texts.collect::<Vec<_>>().join(between);
        match app.mask() {
            Some(mask) => mask.text(&text),
            None => text,
        }
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

/// Entries of the list of what was not understood, from one position on.
fn not_understood(model: &Model, top: usize, most: usize) -> Vec<NotUnderstood> {
    not_understood::from(model, top, most, NotUnderstood::Count, |line| {
        NotUnderstood::Line(line.reason, raw::line(model, line.file, line.line))
    })
}
