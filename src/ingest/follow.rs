//! Reads what is added to the logs after they were loaded.

use std::collections::HashSet;
use std::io;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::parse::Reader;
use crate::source::{Fate, FileText, Growing, Identity, Input, Section, SourceError, Split};

use super::load::{Loader, written};
use super::pipeline::Running;
use super::sniff::HEAD_BYTES;

/// Time from one look at the logs to the next.
const POLL: Duration = Duration::from_millis(200);

/// No more logs than this are held open; it leaves room below the usual limit of 1024 open files.
pub(super) const MOST: usize = 256;

/// The logs that are followed, or can be.
#[derive(Default)]
pub(super) struct Logs {
    growing: Vec<Log>,
    awaited: Vec<Awaited>,
    /// The files that were read: one that appears under another name brings nothing new.
    known: HashSet<Identity>,
}

/// A log that can grow.
struct Log {
    growing: Growing,
    reader: Reader,
    /// The number of the file in the model; `None` before its first line is there.
    file: Option<u32>,
    /// Lines read.
    lines: u32,
}

/// An input that does not exist yet, or is still too short to tell its format.
struct Awaited {
    input: Input,
    /// Length in bytes at the last look.
    seen: u64,
}

impl Logs {
    pub(super) fn len(&self) -> usize {
        self.growing.len() + self.awaited.len()
    }
}

/// True for an input that may come to be a log: it is not there yet, or too little of it.
fn may_come(error: &SourceError, length: u64) -> bool {
    match error {
        SourceError::Empty { .. } => true,
        SourceError::Unknown { .. } => length < HEAD_BYTES as u64,
        SourceError::Open { source, .. } => source.kind() == io::ErrorKind::NotFound,
        _ => false,
    }
}

impl Loader {
    /// Keeps an input for later that may come to be a log, if logs are followed.
    pub(super) fn put_off(&self, input: &Input, error: SourceError) -> Result<(), SourceError> {
        let waits = matches!(error, SourceError::Empty { .. } | SourceError::Open { .. });
        let mut logs = self.logs.borrow_mut();
        let follows = self.progress.following.is_on() && logs.awaited.len() < MOST;
        if !follows || !waits || !may_come(&error, 0) || input.path().is_none() {
            return Err(error);
        }
        logs.awaited.push(Awaited {
            input: input.clone(),
            seen: 0,
        });
        Ok(())
    }

    /// Says how many logs can be followed, now that all inputs were read.
    pub(super) fn offer_to_follow(&self) {
        let (following, logs) = (&self.progress.following, self.logs.borrow().len());
        following.offer(logs);
        if following.is_on() && logs == 0 {
            following.tell("nothing that was loaded can grow".to_owned());
        }
    }

    /// Looks at the logs again and again until the load is ended.
    pub(super) fn follow(&self) {
        let following = &self.progress.following;
        while self.logs.borrow().len() > 0 && following.pause(POLL) {
            if self.look() {
                following.ring();
            }
            following.offer(self.logs.borrow().len());
        }
        following.end();
    }

    /// Takes in what happened to the logs since the last look; true when something did.
    pub(super) fn look(&self) -> bool {
        let mut all = self.logs.take();
        let mut changed = false;
        all.awaited
            .retain_mut(|awaited| !self.has_come(awaited, &mut changed));
        let Logs { growing, known, .. } = &mut all;
        growing.retain_mut(|log| match self.look_at(log, known) {
            Ok(grown) => {
                changed |= grown;
                true
            }
            Err(source) => {
                changed = true;
                self.close(log);
                let path = log.growing.path().to_owned();
                let line = log.lines;
                self.tell([SourceError::Read { path, line, source }]);
                false
            }
        });
        // What has come was put into the empty place.
        let mut come = self.logs.take();
        all.growing.append(&mut come.growing);
        all.known.extend(come.known);
        (self.opener.growing).store(all.growing.len(), Ordering::Relaxed);
        self.logs.replace(all);
        changed
    }

    /// Loads an input once there is enough of it; true when it need not be waited for any more.
    fn has_come(&self, awaited: &mut Awaited, changed: &mut bool) -> bool {
        let Some(meta) = (awaited.input.path()).and_then(|path| std::fs::metadata(path).ok())
        else {
            return false;
        };
        if meta.len() == awaited.seen {
            return false;
        }
        awaited.seen = meta.len();
        match self.read_late(&awaited.input) {
            Err(error) if may_come(&error, meta.len()) => return false,
            read => self.tell(read.err()),
        }
        *changed = true;
        true
    }

    fn look_at(&self, log: &mut Log, known: &mut HashSet<Identity>) -> io::Result<bool> {
        match log.growing.look()? {
            Fate::Same => {}
            Fate::Cut => {
                self.say(log.growing.path(), "was cut; it is read from its beginning");
                if let Some(file) = log.file {
                    self.close(log);
                    self.write(|model| model.text.file_mut(file).map(FileText::lose));
                }
                log.begin_file();
                log.growing.restart();
                self.read_added(log)?;
                return Ok(true);
            }
            // An older part of a log that was followed under its first name.
            Fate::Replaced(new) if known.contains(&new.identity()) => {}
            Fate::Replaced(new) => {
                if let Some(rest) = log.growing.rest()? {
                    self.merge_section(log, rest)?;
                }
                self.close(log);
                self.say(new.path(), "was rotated; the new file is followed");
                known.insert(new.identity());
                log.begin_file();
                log.growing = *new;
                self.read_added(log)?;
                return Ok(true);
            }
        }
        self.read_added(log)
    }

    fn read_added(&self, log: &mut Log) -> io::Result<bool> {
        let Some(section) = log.growing.added(split(log.reader))? else {
            return Ok(false);
        };
        self.merge_section(log, section)?;
        Ok(true)
    }

    /// Joins a stretch of a log to what was read of it before.
    fn merge_section(&self, log: &mut Log, section: Section) -> io::Result<()> {
        let at = (log.lines + 1, section.start());
        let running = self.opener.read(section, log.reader, at);
        self.merge_running(log, running)
    }

    fn merge_running(&self, log: &mut Log, running: Running) -> io::Result<()> {
        let file = *log.file.get_or_insert_with(|| {
            let path = log.growing.path();
            self.add_log(path, FileText::open(path, log.growing.file()), log.reader)
        });
        let (lines, failure) = self.merge_log(file, running);
        log.lines = lines;
        let written = written(log.growing.path());
        self.write(|model| model.pause_file(file, written));
        failure.map_or(Ok(()), Err)
    }

    fn close(&self, log: &Log) {
        if let Some(file) = log.file {
            self.write(|model| model.finish_file(file));
        }
    }

    fn say(&self, path: &Path, what: &str) {
        let name = path.file_name().unwrap_or(path.as_os_str());
        let name = crate::text::clean(name.as_encoded_bytes());
        self.progress.following.tell(format!("{name} {what}"));
    }

    /// Loads a log that may be followed, of which `running` is what was there; it is followed already, or can
    /// be later.
    pub(super) fn read_growing(
        &self,
        growing: Growing,
        running: Option<Running>,
        follows: bool,
        reader: Reader,
    ) -> Result<(), SourceError> {
        let identity = growing.identity();
        let path = growing.path().to_owned();
        let mut log = Log {
            growing,
            reader,
            file: None,
            lines: 0,
        };
        let read = running.map_or(Ok(()), |running| self.merge_running(&mut log, running));
        if !follows {
            self.close(&log);
        }
        let silent = log
            .file
            .is_some_and(|file| self.write(|model| model.is_foreign(file)));
        let line = log.lines;
        let mut logs = self.logs.borrow_mut();
        logs.known.insert(identity);
        if let Err(source) = read {
            return Err(SourceError::Read { path, line, source });
        }
        logs.growing.push(log);
        if silent {
            Err(SourceError::NoMail { path })
        } else {
            Ok(())
        }
    }
}

/// What must not be torn apart in such a log.
pub(super) fn split(reader: Reader) -> Split {
    Split {
        lines: reader.looks_ahead(),
        mark: Reader::PIECE_MARK,
    }
}

impl Log {
    fn begin_file(&mut self) {
        self.file = None;
        self.lines = 0;
    }
}

#[cfg(test)]
mod tests;
