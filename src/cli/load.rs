//! Loads the inputs, says what could not be read, and grades.

use std::mem;
use std::sync::PoisonError;

use super::Done;
use super::args::{Reading, Trusted};
use super::failure::{Failure, complain};
use super::inputs::Inputs;
use super::judging::Judging;
use super::memory;
use crate::ingest::{Options, Progress, start};
use crate::model::{GradeBook, Model, Trust, Zone};
use crate::report::evidence::Extent;
use crate::report::forgotten;
use crate::text::human;

/// What a command works on.
pub(super) struct Loaded {
    pub(super) model: Model,
    pub(super) grades: GradeBook,
    /// Zone of times shown.
    pub(super) zone: Zone,
    /// Label of the host; may be empty.
    pub(super) host: String,
    /// How much of the inputs was read.
    pub(super) extent: Extent,
    pub(super) done: Done,
}

impl Loaded {
    /// How a command ends; what is missing in its output is told on standard error.
    pub(super) fn done_without(&self, missing: &[String]) -> Done {
        for sentence in missing {
            complain(sentence);
        }
        if missing.is_empty() {
            self.done
        } else {
            Done::Partly
        }
    }
}

/// What a person should know of the zone that stamps without one are read in, where none was given.
pub(super) fn zone_notice(reading: &Reading) -> Option<String> {
    let unknown = Zone::system().err().filter(|_| reading.tz.is_none())?;
    Some(format!(
        "times are read and shown as UTC, --tz names another zone: {unknown}"
    ))
}

/// The options of a load.
pub(super) fn options(reading: &Reading) -> Options {
    if let Some(notice) = zone_notice(reading) {
        complain(&notice);
    }
    let default = Options::default();
    Options {
        zone: reading.tz.unwrap_or(default.zone),
        year: reading.year,
        host: reading.host.clone(),
        input: reading.input,
        inner: reading.inside.clone(),
        trust: trust(&reading.trust),
        jobs: reading.jobs.map_or(default.jobs, usize::from),
        follow: default.follow,
        chunk_bytes: default.chunk_bytes,
        memory_limit: memory::limit(reading.memory_limit),
        sought: None,
    }
}

fn trust(given: &[Trusted]) -> Trust {
    let mut trust = Trust::default();
    for one in given.iter().cloned() {
        match one {
            Trusted::Host(name) => trust.hosts.push(name),
            Trusted::Network(network) => trust.networks.push(network),
        }
    }
    trust
}

/// Loads everything and waits for it. Each input that cannot be read is named on standard error.
pub(super) fn load(
    inputs: &mut Inputs,
    options: Options,
    judging: Judging,
    stats: bool,
) -> Result<Loaded, Failure> {
    let (zone, host) = (options.zone, options.host.clone().unwrap_or_default());
    let mut running = start(mem::take(&mut inputs.given), options);
    running.wait();
    for error in running.error_texts() {
        complain(&error);
    }
    let (failed, had_empty_file) = (running.has_failed(), running.had_empty_file());
    let mut shared = running
        .model
        .write()
        .unwrap_or_else(PoisonError::into_inner);
    let model = mem::take(&mut *shared);
    if model.files.is_empty() && !had_empty_file {
        return Err(Failure::NothingRead);
    }
    if stats {
        tell_stats(&model, &running.progress);
    }
    let as_of = judging.as_of(zone);
    let grades = GradeBook::of(&model, judging.profile, as_of);
    let left_out = forgotten::sentence(&model.forgotten, zone);
    if let Some(left_out) = &left_out {
        complain(left_out);
    }
    let done = if failed || left_out.is_some() {
        Done::Partly
    } else {
        Done::Whole
    };
    Ok(Loaded {
        model,
        grades,
        zone,
        host,
        extent: Extent::of(&running.progress),
        done,
    })
}

/// One line: how much, how fast, how large.
fn tell_stats(model: &Model, progress: &Progress) {
    let millis = u64::try_from(progress.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (lines, bytes) = (progress.lines(), progress.bytes());
    let a_second = |count: u64| count.saturating_mul(1000) / millis.max(1);
    complain(&format!(
        "{} lines, {} in {} ms ({} lines/s, {}/s); {} events, {} messages, {} mails; heap {}; left out {} lines, {} messages, {} mails",
        human::count(lines),
        human::bytes(bytes),
        human::count(millis),
        human::count(a_second(lines)),
        human::bytes(a_second(bytes)),
        human::count(model.events.len().into()),
        human::count(model.messages.len().into()),
        human::count(model.mails.len() as u64),
        human::bytes(model.heap_bytes() as u64),
        human::count(model.forgotten.lines),
        human::count(model.forgotten.messages),
        human::count(model.forgotten.mails),
    ));
}
