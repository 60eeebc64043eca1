//! Loads inputs into a model, on a thread of its own or right here.

use std::cell::RefCell;
use std::fs::Metadata;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{self, JoinHandle};
use std::time::SystemTime;

use crate::model::{Calendar, FileInfo, Model};
use crate::parse::Reader;
use crate::source::{FileText, Given, Input, Quiet, SourceError, Stop, Twin};

use super::copies::Copies;
use super::follow::Logs;
use super::left_out::LeftOut;
use super::room::Room;
use super::sniff::{Sniffed, sniff};
use super::{Follow, Format, Options, Progress, pipeline};

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
    let model = Arc::new(RwLock::new(Model::new(options.inner.clone())));
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
    pub(super) options: Options,
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
        Self {
            model,
            progress,
            errors,
            options,
            logs: RefCell::default(),
            room: Room::default(),
        }
    }

    pub(super) fn run(&self, given: Given) {
        let stop = self.stop();
        self.progress.prepare("looking for inputs");
        let (inputs, errors) = given.expand(&stop);
        self.tell(errors);
        let metas = self.metadata_of(&inputs);
        self.progress.prepare("looking for copies");
        let mut copies = Copies::look(&inputs, &metas, self.options.input, &stop);
        let mut left_out = LeftOut::default();
        for (number, (input, meta)) in inputs.iter().zip(&metas).enumerate() {
            if self.progress.is_cancelled() {
                break;
            }
            self.progress.begin(input.label());
            let result = self.read(number, input, meta.as_ref(), &mut copies, &stop);
            let result = result.or_else(|error| self.put_off(input, error));
            let error = match result {
                Err(error) if input.is_found() => left_out.keep(error),
                result => result.err(),
            };
            self.tell(error);
        }
        self.tell(left_out.sentences());
        if !self.progress.is_cancelled() {
            self.offer_to_follow();
        }
        self.progress.finish();
    }

    /// Whether the load is to end, for those who wait for something.
    fn stop(&self) -> Stop {
        let progress = Arc::clone(&self.progress);
        Arc::new(move || progress.is_cancelled())
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

    fn read(
        &self,
        number: usize,
        input: &Input,
        meta: Option<&Metadata>,
        copies: &mut Copies,
        stop: &Stop,
    ) -> Result<(), SourceError> {
        let skip = |(other, twin): (_, Twin)| {
            self.progress.skip(meta.map_or(0, Metadata::len));
            SourceError::Twin {
                path: input.path().unwrap_or(Path::new("")).to_owned(),
                other,
                twin,
                more: 0,
            }
        };
        let file = input.path().zip(meta).filter(|(_, meta)| meta.is_file());
        if let Some((path, meta)) = file
            && let Some(copy) = copies.before(number, path, meta)
        {
            return Err(skip(copy));
        }
        let sniffed = sniff(input, self.options.input, stop)?;
        if let Some((path, _)) = file
            && let Some(copy) = copies.with_text(path, &sniffed.head)
        {
            return Err(skip(copy));
        }
        self.read_sniffed(sniffed)
    }

    /// Reads an input that was not there, or empty, when the others were read.
    pub(super) fn read_late(&self, input: &Input) -> Result<(), SourceError> {
        self.read_sniffed(sniff(input, self.options.input, &self.stop())?)
    }

    fn read_sniffed(&self, sniffed: Sniffed) -> Result<(), SourceError> {
        match sniffed.format {
            Format::Log(reader) => self.read_log(sniffed, reader),
            Format::Message => self.read_message(sniffed),
            Format::Mbox => self.read_mbox(sniffed),
        }
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
            all.push(error);
        }
    }

    fn read_log(&self, input: Sniffed, lines: Reader) -> Result<(), SourceError> {
        if let Some(read) = self.read_growing(&input, lines) {
            return read;
        }
        let text = store_for(&input.path, input.rest.rereadable)?;
        let file = self.add_log(&input.path, text, lines);
        let text = Cursor::new(input.head).chain(input.rest.reader);
        let (line, failure) = self.merge_text(file, text, input.rest.quiet, lines, (1, 0));
        let silent = self.write(|model| {
            model.finish_file(file);
            model.is_foreign(file)
        });
        match failure {
            None if silent => Err(SourceError::NoMail { path: input.path }),
            Some(source) => Err(SourceError::Read {
                path: input.path,
                line,
                source,
            }),
            None => Ok(()),
        }
    }

    /// Joins text of a log to the model; `at` are the number and the offset of its first line. Gives the number
    /// of its last line, and what stopped reading, if something did.
    pub(super) fn merge_text(
        &self,
        file: u32,
        text: impl Read + Send,
        quiet: Option<Quiet>,
        lines: Reader,
        at: (u32, u64),
    ) -> (u32, Option<io::Error>) {
        let host = self.options.host.clone().unwrap_or_default().into_bytes();
        let reading = pipeline::Reading {
            reader: lines,
            zone: self.options.zone,
            host,
            at,
            chunk_bytes: self.options.chunk_bytes,
        };
        pipeline::run(
            text,
            quiet,
            &reading,
            self.options.jobs,
            &self.progress,
            |chunk, part| {
                self.write(|model| model.merge(file, chunk, part));
                self.stay_within_limit(chunk.text().len());
            },
        )
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

pub(super) fn store_for(path: &Path, rereadable: bool) -> Result<FileText, SourceError> {
    if !rereadable {
        return Ok(FileText::kept(path));
    }
    FileText::on_disk(path).map_err(|source| SourceError::Open {
        path: path.to_owned(),
        source,
    })
}
