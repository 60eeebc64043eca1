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
use super::app::{App, Believed, CopyWhat, Effect, Event, NotUnderstood, RawLine, Setup};
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
        let (texts, name, between) = match what {
            CopyWhat::Row => {
                let sentences = self.of_rows(app, table, rows, |row| row.sentence());
                (sentences, "the row", "\n")
            }
            CopyWhat::Id => {
                let ids = self.of_rows(app, table, rows, |row| row.id());
                (ids, "the ID", "\n")
            }
            CopyWhat::Story => {
                let stories = self.of_rows(app, table, rows, |row| row.story());
                (stories, "the story", "\n\n")
            }
            CopyWhat::Raw => return self.copy_lines(app, table, rows),
        };
        let text = texts.join(between);
        let text = match app.mask() {
            Some(mask) => mask.text(&text),
            None => text,
        };
        self.put(app, Clean::block(text), &name_of(rows, name))
    }

    /// Copies the lines behind rows, unless none of them can be read any more.
    fn copy_lines(&mut self, app: &App, table: Table, rows: &[u32]) -> Event {
        let lines = self.of_rows(app, table, rows, |row| row.raw()).concat();
        let mut gone = lines.iter().filter_map(|line| line.text.as_ref().err());
        let (first_gone, more_gone) = (gone.next(), gone.count());
        let name = name_of(rows, "the raw lines");
        let name = match first_gone {
            None => name,
            Some(why) if more_gone + 1 == lines.len() => {
                return Event::Say(format!("nothing copied, the raw lines are gone: {why}"));
            }
            Some(_) => format!("{name}, {} of {} lines gone", more_gone + 1, lines.len()),
        };
        let texts: Vec<&str> = lines.iter().map(RawLine::shown).collect();
        self.put(app, Clean::block(texts.join("\n")), &name)
    }

    /// What there is to tell of each of these rows.
    fn of_rows<T>(
        &self,
        app: &App,
        table: Table,
        rows: &[u32],
        told: impl Fn(TableRow<'_>) -> T,
    ) -> Vec<T> {
        let model = self.model.read().unwrap_or_else(PoisonError::into_inner);
        let rows = rows.iter().map(|&row| TableRow {
            app,
            model: &model,
            table,
            row,
        });
        rows.map(told).collect()
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

/// What is copied, by the name that it has for a single row.
fn name_of(rows: &[u32], name: &str) -> String {
    match rows.len() {
        1 => name.to_owned(),
        rows => format!("{rows} rows"),
    }
}

/// Entries of the list of what was not understood, from one position on.
fn not_understood(model: &Model, top: usize, most: usize) -> Vec<NotUnderstood> {
    not_understood::from(model, top, most, NotUnderstood::Count, |line| {
        NotUnderstood::Line(line.reason, raw::line(model, line.file, line.line))
    })
}
