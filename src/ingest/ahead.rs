//! Opens inputs ahead of their turn, so that rotated logs and small files are read at the same time.
//!
//! A thread goes through the inputs and begins to read each; the loader takes them in their order. What is
//! read ahead is bounded: a few inputs, of a log a few chunks, and of small files a batch.

use std::fs::Metadata;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::parse::{Framing, Reader};
use crate::source::{FileText, Growing, Input, SourceError, Stop, Twin};

use super::copies::{Copies, print};
use super::follow::{MOST, split};
use super::mails::Message;
use super::pipeline::{Reading, Running};
use super::sieve::{Sieve, Wanted};
use super::sniff::{HEAD_BYTES, Sniffed, sniff};
use super::workers::Workers;
use super::{Follow, Format, Options, Progress};

/// Small files that one thread reads in one go.
const BATCH: usize = 32;

/// Number of batches that are opened ahead: a batch may hold as many open files as it has inputs.
pub(super) const STEPS: usize = 8;

/// An input that was opened.
pub(super) struct Opened {
    /// A hash of how its text begins, to find copies of it among the inputs.
    pub print: u64,
    pub begun: Begun,
}

/// How far an input was read.
pub(super) enum Begun {
    Log(Box<Log>),
    Message(Box<Message>),
    /// An input whose beginning alone was read, to tell its format.
    Sniffed(Box<Sniffed>),
}

/// A log that is being read.
pub(super) struct Log {
    pub path: PathBuf,
    pub reader: Reader,
    pub backing: LogText,
}

/// How the lines of a log come back later.
pub(super) enum LogText {
    Stored(FileText, Running),
    /// A log that may grow. There is nothing to read before its first whole line; true when the log is followed.
    Growing(Growing, Option<Running>, bool),
}

/// The number of an input, and what became of it.
pub(super) type Outcome = (usize, Result<Opened, SourceError>);

/// What the thread hands over.
pub(super) enum Step {
    One(Outcome),
    /// Small files, in order; the number of the first.
    Batch(usize, Receiver<Vec<Outcome>>),
}

/// All inputs of a load.
pub(super) struct Inputs<'a> {
    pub all: &'a [Input],
    /// By number of the input.
    pub metas: &'a [Option<Metadata>],
    pub copies: &'a Mutex<Copies>,
}

impl Inputs<'_> {
    /// A regular file, with what is known of it.
    pub(super) fn file(&self, number: usize) -> Option<(&Path, &Metadata)> {
        let meta = self.metas.get(number)?.as_ref()?;
        let path = self.all.get(number)?.path()?;
        meta.is_file().then_some((path, meta))
    }

    /// A file that is small, or of which only the beginning is read.
    fn is_small(&self, number: usize) -> bool {
        let is_message = matches!(self.all.get(number), Some(Input::Message(_)));
        self.file(number)
            .is_some_and(|(_, meta)| is_message || meta.len() <= HEAD_BYTES as u64)
    }

    /// The error for an input that holds what another one holds.
    pub(super) fn twin(&self, number: usize, (other, twin): (PathBuf, Twin)) -> SourceError {
        let path = self.all.get(number).and_then(Input::path);
        SourceError::Twin {
            path: path.unwrap_or(Path::new("")).to_owned(),
            other,
            twin,
            more: 0,
        }
    }

    /// The error for an input, and those behind it, that a thread should have read that failed.
    pub(super) fn lost(&self, number: usize) -> SourceError {
        let path = self.all.get(number).and_then(Input::path);
        SourceError::Read {
            path: path.unwrap_or(Path::new("")).to_owned(),
            line: 0,
            source: io::Error::other("the reading thread failed"),
        }
    }

    /// Leaves out what has the text of an input before it.
    pub(super) fn unless_copied(
        &self,
        number: usize,
        opened: Opened,
    ) -> Result<Begun, SourceError> {
        let copy = self.file(number).and_then(|(path, _)| {
            let mut copies = self.copies.lock().unwrap_or_else(PoisonError::into_inner);
            copies.with_text(path, opened.print)
        });
        copy.map_or(Ok(opened.begun), |copy| Err(self.twin(number, copy)))
    }

    fn before(&self, number: usize) -> Result<(), SourceError> {
        let copy = self.file(number).and_then(|(path, meta)| {
            let mut copies = self.copies.lock().unwrap_or_else(PoisonError::into_inner);
            copies.before(number, path, meta)
        });
        copy.map_or(Ok(()), |copy| Err(self.twin(number, copy)))
    }
}

/// Opens inputs.
pub(super) struct Opener {
    pub options: Arc<Options>,
    pub progress: Arc<Progress>,
    pub workers: Workers,
    /// Ends waiting for a pipe.
    pub stop: Stop,
    /// Logs that are open and can grow.
    pub growing: AtomicUsize,
    /// What alone is wanted of logs, once it was looked for.
    pub wanted: OnceLock<Arc<Wanted>>,
}

impl Opener {
    pub(super) fn new(options: &Arc<Options>, progress: &Arc<Progress>) -> Self {
        let cancelled = Arc::clone(progress);
        Self {
            options: Arc::clone(options),
            progress: Arc::clone(progress),
            workers: Workers::start(options.jobs, options.zone),
            stop: Arc::new(move || cancelled.is_cancelled()),
            growing: AtomicUsize::new(0),
            wanted: OnceLock::new(),
        }
    }

    /// Opens all inputs, one after the other, until nobody wants more.
    pub(super) fn run(&self, inputs: &Inputs<'_>, out: &SyncSender<Step>) {
        let mut number = 0;
        while let Some(input) = inputs.all.get(number) {
            if self.progress.is_cancelled() {
                return;
            }
            let more = number..inputs.all.len().min(number + BATCH);
            let small = more.take_while(|&number| inputs.is_small(number)).count();
            let step = if small > 1 {
                Step::Batch(number, self.batch(inputs, number, small))
            } else {
                Step::One((number, self.one(inputs, number, input)))
            };
            number += small.max(1);
            if out.send(step).is_err() {
                return;
            }
        }
    }

    /// Has small files read and parsed.
    fn batch(&self, inputs: &Inputs<'_>, first: usize, count: usize) -> Receiver<Vec<Outcome>> {
        let all = inputs.all.iter().enumerate().skip(first).take(count);
        let batch: Vec<_> = all
            .map(|(number, input)| (number, inputs.before(number).map(|()| input.clone())))
            .collect();
        let (options, stop) = (Arc::clone(&self.options), Stop::clone(&self.stop));
        self.workers.ask(move |_| {
            let read = |input: Input| {
                let sniffed = sniff(&input, options.input, &stop)?;
                Ok(Opened {
                    print: print(&sniffed.head),
                    begun: match sniffed.format {
                        Format::Message => {
                            Begun::Message(Box::new(Message::read(sniffed, &options)?))
                        }
                        _ => Begun::Sniffed(Box::new(sniffed)),
                    },
                })
            };
            let batch = batch.into_iter().take_while(|_| !stop());
            batch
                .map(|(number, input)| (number, input.and_then(read)))
                .collect()
        })
    }

    fn one(
        &self,
        inputs: &Inputs<'_>,
        number: usize,
        input: &Input,
    ) -> Result<Opened, SourceError> {
        inputs.before(number)?;
        let sniffed = sniff(input, self.options.input, &self.stop)?;
        Ok(Opened {
            print: print(&sniffed.head),
            begun: match sniffed.format {
                Format::Log(reader) => Begun::Log(Box::new(self.log(sniffed, reader)?)),
                Format::Message | Format::Mbox => Begun::Sniffed(Box::new(sniffed)),
            },
        })
    }

    /// Begins to read a log.
    pub(super) fn log(&self, input: Sniffed, reader: Reader) -> Result<Log, SourceError> {
        let path = input.path.clone();
        let backing = match self.growing(&input, reader) {
            Some(growing) => {
                self.first_section(growing, reader)
                    .map_err(|source| SourceError::Read {
                        path: path.clone(),
                        line: 0,
                        source,
                    })?
            }
            None => self.stored(input, reader)?,
        };
        Ok(Log {
            path,
            reader,
            backing,
        })
    }

    fn stored(&self, input: Sniffed, reader: Reader) -> Result<LogText, SourceError> {
        let sieve = Sieve::of(self.wanted.get(), &input.path, reader).map(Arc::new);
        // Where it is known which lines will be asked for, those are kept rather than read again.
        let seldom = self.options.asks_once() && sieve.is_none();
        let text = store_for(&input, seldom)?;
        let reading = Reading {
            kept: text.is_kept(),
            sieve: sieve.clone(),
            ..self.reading(reader, (1, 0))
        };
        let some = sieve.and_then(|sieve| sieve.chunks(&input.path, reading.chunk_bytes));
        let running = if let Some(some) = some {
            self.workers.read_chunks(some, reading, &self.progress)
        } else {
            let source = Cursor::new(input.head).chain(input.rest.reader);
            (self.workers).read(source, input.rest.quiet, reading, &self.progress)
        };
        Ok(LogText::Stored(text, running))
    }

    /// A log that may grow, if it may.
    fn growing(&self, input: &Sniffed, reader: Reader) -> Option<Growing> {
        let may_grow = self.options.follow != Follow::Never
            && input.rest.rereadable
            && matches!(reader.framing, Framing::Lines)
            && self.growing.load(Ordering::Relaxed) < MOST;
        let growing = may_grow
            .then(|| Growing::open(&input.path).ok())
            .flatten()?;
        self.growing.fetch_add(1, Ordering::Relaxed);
        Some(growing)
    }

    /// Begins to read what is there of a log: its whole lines if it is followed, else all of it.
    fn first_section(&self, mut growing: Growing, reader: Reader) -> io::Result<LogText> {
        let follows = self.progress.following.is_on();
        let section = if follows {
            growing.added(split(reader))?
        } else {
            growing.rest()?
        };
        let running = section.map(|section| {
            let at = (1, section.start());
            self.read(section, reader, at)
        });
        Ok(LogText::Growing(growing, running, follows))
    }

    /// Begins to read text of a log; `at` are the number and the offset of its first line.
    pub(super) fn read(
        &self,
        text: impl Read + Send + 'static,
        reader: Reader,
        at: (u32, u64),
    ) -> Running {
        let reading = self.reading(reader, at);
        self.workers.read(text, None, reading, &self.progress)
    }

    fn reading(&self, reader: Reader, at: (u32, u64)) -> Reading {
        Reading {
            reader,
            host: self.options.host.clone().unwrap_or_default().into_bytes(),
            at,
            chunk_bytes: self.options.chunk_bytes,
            kept: false,
            sieve: None,
        }
    }
}

/// Where the text of an input comes back from; `seldom`: perhaps nobody looks at a line of it.
pub(super) fn store_for(input: &Sniffed, seldom: bool) -> Result<FileText, SourceError> {
    let path = &input.path;
    let text = if input.rest.rereadable {
        FileText::on_disk(path)
    } else if seldom && input.rest.reopens() {
        FileText::packed(path)
    } else {
        Ok(FileText::kept(path))
    };
    text.map_err(|source| SourceError::Open {
        path: path.clone(),
        source,
    })
}
