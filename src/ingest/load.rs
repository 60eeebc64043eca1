//! Loads inputs into a model, on a thread of its own or right here.

use std::cell::RefCell;
use std::fs::Metadata;
use std::io;
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{self, JoinHandle};
use std::time::SystemTime;

use crate::model::{Calendar, FileInfo, Model};
use crate::parse::Reader;
use crate::source::{FileText, Given, Input, SourceError};

use super::ahead::{Begun, Inputs, Log, LogText, Opener, Outcome, STEPS, Step};
use super::copies::Copies;
use super::follow::Logs;
use super::left_out::LeftOut;
use super::mails::Message;
use super::pipeline::Running;
use super::room::Room;
use super::sniff::sniff;
use super::{Follow, Format, Options, Progress};

/// A running load.
pub struct Load {
    /// The model as far as it is; writers hold the lock for one chunk at a time.
    pub model: Arc<RwLock<Model>>,
    /// How far it is.
    pub progress: Arc<Progress>,
    /// Inputs that could not be read, wholly or in part.
    pub errors: Arc<Mutex<Vec<SourceError>>>,
    thread: Option<JoinHandle<()>>,
}

impl Load {
    /// Waits for the end of the load.
    pub fn wait(&mut self) {
        if let Some(thread) = self.thread.take() {
            // A panic in the loader has been reported by the panic hook already.
            let _ = thread.join();
        }
    }

    /// True when an input that should have been readable was not.
    pub fn has_failed(&self) -> bool {
        let errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        errors.iter().any(|error| !error.is_harmless())
    }

    /// True when a file was empty, which is an input as good as any: a log that was just rotated. Standard input
    /// that gives nothing is none.
    pub fn had_empty_file(&self) -> bool {
        let errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        let mut empty = errors.iter().filter_map(|error| match error {
            SourceError::Empty { path, .. } => Some(path),
            _ => None,
        });
        empty.any(|path| path.as_os_str() != "-")
    }

    /// The errors so far, as sentences.
    pub fn error_texts(&self) -> Vec<String> {
        let errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        errors.iter().map(ToString::to_string).collect()
    }
}

/// What a finished load gives.
pub struct Loaded {
    /// The model.
    pub model: Model,
    /// Inputs that could not be read, wholly or in part.
    pub errors: Vec<SourceError>,
}

/// Loads what is `given` in the background; finding out what that is happens there as well.
pub fn start(given: impl Into<Given>, options: Options) -> Load {
    let given = given.into();
    let model = Arc::new(RwLock::new(Model::new(
        options.inner.clone(),
        options.trust.clone(),
    )));
    let progress = Arc::new(Progress::default());
    progress.following.set(options.follow == Follow::Now);
    let errors = Arc::new(Mutex::new(Vec::new()));
    let loader = Loader::new(
        Arc::clone(&model),
        Arc::clone(&progress),
        Arc::clone(&errors),
        options,
    );
    let thread = Some(thread::spawn(move || {
        loader.run(given);
        loader.follow();
    }));
    Load {
        model,
        progress,
        errors,
        thread,
    }
}

/// Loads what is `given` and waits for the end.
pub fn load(given: impl Into<Given>, options: Options) -> Loaded {
    let mut running = start(given, options);
    running.wait();
    let Load { model, errors, .. } = running;
    let model = std::mem::take(&mut *model.write().unwrap_or_else(PoisonError::into_inner));
    let errors = std::mem::take(&mut *errors.lock().unwrap_or_else(PoisonError::into_inner));
    Loaded { model, errors }
}

pub(super) struct Loader {
    pub(super) model: Arc<RwLock<Model>>,
    pub(super) progress: Arc<Progress>,
    errors: Arc<Mutex<Vec<SourceError>>>,
    pub(super) options: Arc<Options>,
    pub(super) opener: Opener,
    /// What can be followed. Nobody but the loader looks at it.
    pub(super) logs: RefCell<Logs>,
    /// How much more may be loaded.
    pub(super) room: Room,
}

impl Loader {
    pub(super) fn new(
        model: Arc<RwLock<Model>>,
        progress: Arc<Progress>,
        errors: Arc<Mutex<Vec<SourceError>>>,
        mut options: Options,
    ) -> Self {
        if let Some(limit) = options.memory_limit {
            let most = limit.chunk_bytes(options.jobs);
            options.chunk_bytes = options.chunk_bytes.min(most);
        }
        let options = Arc::new(options);
        Self {
            model,
            opener: Opener::new(&options, &progress),
            progress,
            errors,
            options,
            logs: RefCell::default(),
            room: Room::default(),
        }
    }

    pub(super) fn run(&self, given: Given) {
        self.progress.prepare("looking for inputs");
        let (inputs, errors) = given.expand(&self.opener.stop);
        self.tell(errors);
        let metas = self.metadata_of(&inputs);
        self.progress.prepare("looking for copies");
        let copies = Copies::look(&inputs, &metas, self.options.input, &self.opener.stop);
        self.look_for_sought(&inputs, &metas);
        self.read_all(&Inputs {
            all: &inputs,
            metas: &metas,
            copies: &Mutex::new(copies),
        });
        if !self.progress.is_cancelled() {
            self.offer_to_follow();
        }
        self.progress.finish();
    }

    /// Finds out what alone is wanted, if not all is. Who follows a log has further questions.
    fn look_for_sought(&self, inputs: &[Input], metas: &[Option<Metadata>]) {
        let sought = self.options.sought.as_ref();
        let Some(sought) = sought.filter(|_| self.options.asks_once()) else {
            return;
        };
        self.progress.prepare("looking for what is asked for");
        if let Some(wanted) = self.opener.look_for(sought, inputs, metas) {
            self.opener.wanted.get_or_init(|| Arc::new(wanted));
        }
    }

    /// What the system knows of the inputs, as far as they are files; none from where the load was ended.
    fn metadata_of(&self, inputs: &[Input]) -> Vec<Option<Metadata>> {
        let metas = inputs.iter().map(|input| {
            let path = input.path().filter(|_| !self.progress.is_cancelled())?;
            let meta = std::fs::metadata(path).ok()?;
            self.progress.expect(meta.len());
            Some(meta)
        });
        metas.collect()
    }

    /// Takes all inputs in their order, while others are read ahead.
    fn read_all(&self, inputs: &Inputs<'_>) {
        let mut left_out = LeftOut::default();
        thread::scope(|scope| {
            let (out, steps) = sync_channel(self.opener.workers.count().min(STEPS));
            let opener = &self.opener;
            scope.spawn(move || opener.run(inputs, &out));
            for step in steps {
                let outcomes = match step {
                    Step::One(outcome) => vec![outcome],
                    Step::Batch(first, batch) => batch
                        .recv()
                        .unwrap_or_else(|_| vec![(first, Err(inputs.lost(first)))]),
                };
                for outcome in outcomes {
                    self.take(inputs, outcome, &mut left_out);
                }
            }
        });
        self.tell(left_out.sentences());
    }

    fn take(&self, inputs: &Inputs<'_>, (number, opened): Outcome, left_out: &mut LeftOut) {
        let Some(input) = inputs
            .all
            .get(number)
            .filter(|_| !self.progress.is_cancelled())
        else {
            return;
        };
        self.progress.begin(input.label());
        let read = opened
            .and_then(|opened| inputs.unless_copied(number, opened))
            .and_then(|begun| self.finish(begun));
        if let (Err(SourceError::Twin { .. }), Some((_, meta))) = (&read, inputs.file(number)) {
            self.progress.skip(meta.len());
        }
        let read = read.or_else(|error| self.put_off(input, error));
        let error = match read {
            Err(error) if input.is_found() => left_out.keep(error),
            read => read.err(),
        };
        self.tell(error);
    }

    /// Reads to its end what was begun.
    fn finish(&self, begun: Begun) -> Result<(), SourceError> {
        match begun {
            Begun::Log(log) => self.read_log(*log),
            Begun::Message(message) => self.add_message(*message),
            Begun::Sniffed(sniffed) => match sniffed.format {
                Format::Log(reader) => self.read_log(self.opener.log(*sniffed, reader)?),
                Format::Message => self.add_message(Message::read(*sniffed, &self.options)?),
                Format::Mbox => self.read_mbox(*sniffed),
            },
        }
    }

    /// Reads an input that was not there, or empty, when the others were read.
    pub(super) fn read_late(&self, input: &Input) -> Result<(), SourceError> {
        let sniffed = sniff(input, self.options.input, &self.opener.stop)?;
        self.finish(Begun::Sniffed(Box::new(sniffed)))
    }

    /// Notes what could not be read. A read that was cut short on request is no failure.
    pub(super) fn tell(&self, errors: impl IntoIterator<Item = SourceError>) {
        if self.progress.is_cancelled() {
            return;
        }
        let mut all = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        for error in errors {
            if error.is_news() {
                self.progress.leave_out(error.to_string());
            }
            if !error.is_harmless() {
                self.progress.lose(error.to_string());
            }
            all.push(error);
        }
    }

    fn read_log(&self, log: Log) -> Result<(), SourceError> {
        let Log {
            path,
            reader,
            backing,
        } = log;
        let (text, running) = match backing {
            LogText::Stored(text, running) => (text, running),
            LogText::Growing(growing, running, follows) => {
                return self.read_growing(growing, running, follows, reader);
            }
        };
        let file = self.add_log(&path, text, reader);
        let (line, failure) = self.merge_log(file, running);
        let silent = self.write(|model| {
            model.finish_file(file);
            model.is_foreign(file)
        });
        match failure {
            None if silent => Err(SourceError::NoMail { path }),
            Some(source) => Err(SourceError::Read { path, line, source }),
            None => Ok(()),
        }
    }

    /// Joins text of a log to the model. Gives the number of its last line, and what stopped reading, if
    /// something did.
    pub(super) fn merge_log(&self, file: u32, running: Running) -> (u32, Option<io::Error>) {
        running.merge(&self.progress, |chunk, part| {
            self.write(|model| {
                model.merge(file, chunk, part);
                if !self.options.asks_once() {
                    model.settle_at_times();
                }
            });
            self.stay_within_limit(chunk.text().len());
        })
    }

    pub(super) fn add_log(&self, path: &Path, text: FileText, reader: Reader) -> u32 {
        let calendar = Calendar::new(self.options.zone, written(path), self.options.year);
        let info = FileInfo {
            calendar: Some(calendar),
            ..FileInfo::new(path, Some(reader))
        };
        self.write(|model| model.add_file(info, text))
    }

    pub(super) fn peek<T>(&self, with: impl FnOnce(&Model) -> T) -> T {
        with(&self.model.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn write<T>(&self, change: impl FnOnce(&mut Model) -> T) -> T {
        change(&mut self.model.write().unwrap_or_else(PoisonError::into_inner))
    }
}

/// When a file was written to last, in seconds since 1970-01-01 UTC; a stream is being written now.
pub(super) fn written(path: &Path) -> i64 {
    let written = std::fs::metadata(path).and_then(|meta| meta.modified());
    let written = written.unwrap_or_else(|_| SystemTime::now());
    let seconds = written
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    i64::try_from(seconds).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
