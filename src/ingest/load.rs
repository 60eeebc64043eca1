//! Loads inputs into a model, on a thread of its own or right here.

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{self, JoinHandle};
use std::time::SystemTime;

use crate::model::{Calendar, FileInfo, Mail, Model};
use crate::parse::{Reader, message};
use crate::source::{
    ChunkReader, FileText, Input, Opened, SourceError, open, open_bundled, open_stdin,
};

use super::{Format, Options, Progress, pipeline};

/// Bytes from which a format is told.
const HEAD_BYTES: u64 = 64 << 10;
/// A message larger than this is cut: header and the beginning of the body tell all we ask.
const MESSAGE_BYTES: u64 = 64 << 20;

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

/// Loads `inputs` in the background.
pub fn start(inputs: Vec<Input>, options: Options) -> Load {
    let model = Arc::new(RwLock::new(Model::new(options.inner.clone())));
    let progress = Arc::new(Progress::default());
    let errors = Arc::new(Mutex::new(Vec::new()));
    let loader = Loader {
        model: Arc::clone(&model),
        progress: Arc::clone(&progress),
        errors: Arc::clone(&errors),
        options,
    };
    let thread = Some(thread::spawn(move || loader.run(&inputs)));
    Load {
        model,
        progress,
        errors,
        thread,
    }
}

/// Loads `inputs` and waits for the end.
pub fn load(inputs: Vec<Input>, options: Options) -> Loaded {
    let mut running = start(inputs, options);
    running.wait();
    let Load { model, errors, .. } = running;
    let model = std::mem::take(&mut *model.write().unwrap_or_else(PoisonError::into_inner));
    let errors = std::mem::take(&mut *errors.lock().unwrap_or_else(PoisonError::into_inner));
    Loaded { model, errors }
}

/// An input whose beginning was looked at.
struct Sniffed {
    path: PathBuf,
    head: Vec<u8>,
    rest: Opened,
    format: Format,
}

struct Loader {
    model: Arc<RwLock<Model>>,
    progress: Arc<Progress>,
    errors: Arc<Mutex<Vec<SourceError>>>,
    options: Options,
}

impl Loader {
    fn run(&self, inputs: &[Input]) {
        for input in inputs {
            if let Input::File(path) = input {
                self.progress
                    .expect(std::fs::metadata(path).map_or(0, |meta| meta.len()));
            }
        }
        for input in inputs {
            if self.progress.is_cancelled() {
                break;
            }
            self.progress.begin(&input.label());
            let result = self.sniff(input).and_then(|sniffed| match sniffed.format {
                Format::Log(reader) => self.read_log(sniffed, reader),
                Format::Message => self.read_message(sniffed),
            });
            if let Err(error) = result {
                self.errors
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(error);
            }
        }
        self.progress.finish();
    }

    fn sniff(&self, input: &Input) -> Result<Sniffed, SourceError> {
        let (path, mut rest) = match input {
            Input::File(path) => (path.clone(), open(path)?),
            Input::Stdin => (PathBuf::from("-"), open_stdin()?),
            Input::Bundled { name, bytes } => (PathBuf::from(name), open_bundled(bytes)),
        };
        let mut head = Vec::new();
        let read = rest.reader.by_ref().take(HEAD_BYTES).read_to_end(&mut head);
        read.map_err(|source| SourceError::Read {
            path: path.clone(),
            line: 0,
            source,
        })?;
        if head.is_empty() {
            return Err(SourceError::Empty { path });
        }
        let format = match self.options.input {
            Some(forced) => Some(Format::forced(forced, &head)),
            None => Format::detect(&head),
        };
        let Some(format) = format else {
            return Err(SourceError::Unknown {
                path,
                first: first_line(&head),
            });
        };
        Ok(Sniffed {
            path,
            head,
            rest,
            format,
        })
    }

    fn read_log(&self, input: Sniffed, lines: Reader) -> Result<(), SourceError> {
        let text = store_for(&input.path, input.rest.rereadable)?;
        let file = self.add_log(&input.path, text, lines);
        let reader = Cursor::new(input.head).chain(input.rest.reader);
        let host = self.options.host.clone().unwrap_or_default().into_bytes();
        let reading = pipeline::Reading {
            reader: lines,
            zone: self.options.zone,
            host,
        };
        let (line, failure) = pipeline::run(
            reader,
            &reading,
            self.options.jobs,
            &self.progress,
            |chunk, part| {
                self.write(|model| model.merge(file, chunk, part));
            },
        );
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

    fn read_message(&self, input: Sniffed) -> Result<(), SourceError> {
        let mut text = store_for(&input.path, input.rest.rereadable)?;
        let mut bytes = input.head;
        let rest = input
            .rest
            .reader
            .take(MESSAGE_BYTES)
            .read_to_end(&mut bytes);
        let mut reader = ChunkReader::new(bytes.as_slice());
        while let Some(chunk) = reader.next(Vec::new()).unwrap_or_default() {
            self.progress
                .advance(chunk.bytes.len() as u64, u64::from(chunk.index.lines));
            text.push(&chunk);
        }
        let facts = message::parse(&bytes);
        let header_lines = header_lines(&bytes);
        let mail = Mail::new(facts, &self.options.trust, &self.options.inner);
        let path = input.path;
        self.write(|model| {
            let file = model.add_file(FileInfo::new(&path, None), text);
            model.add_mail(Mail {
                file,
                first_line: 1,
                last_line: header_lines,
                ..mail
            });
        });
        let line = reader.lines();
        rest.map(|_| ())
            .map_err(|source| SourceError::Read { path, line, source })
    }

    fn add_log(&self, path: &Path, text: FileText, reader: Reader) -> u32 {
        // A stream is being written now.
        let written = std::fs::metadata(path).and_then(|meta| meta.modified());
        let written = written.unwrap_or_else(|_| SystemTime::now());
        let seconds = written
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        let calendar = Calendar::new(self.options.zone, seconds, self.options.year);
        let info = FileInfo {
            calendar: Some(calendar),
            ..FileInfo::new(path, Some(reader))
        };
        self.write(|model| model.add_file(info, text))
    }

    fn write<T>(&self, change: impl FnOnce(&mut Model) -> T) -> T {
        change(&mut self.model.write().unwrap_or_else(PoisonError::into_inner))
    }
}

fn store_for(path: &Path, rereadable: bool) -> Result<FileText, SourceError> {
    if !rereadable {
        return Ok(FileText::kept(path));
    }
    FileText::on_disk(path).map_err(|source| SourceError::Open {
        path: path.to_owned(),
        source,
    })
}

fn first_line(head: &[u8]) -> String {
    let line = head.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let line = &line[..line.len().min(60)];
    format!("{:?}", String::from_utf8_lossy(line))
}

/// Lines up to the blank line that ends the header; all lines of an excerpt.
fn header_lines(bytes: &[u8]) -> u32 {
    let lines = bytes.split(|&byte| byte == b'\n');
    let header = lines.take_while(|line| !line.strip_suffix(b"\r").unwrap_or(line).is_empty());
    u32::try_from(header.count()).unwrap_or(u32::MAX).max(1)
}
