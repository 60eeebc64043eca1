//! Writes the logs of mail servers that never were, of any size: for tests, for benches, and for people who want
//! to try the program on a large log. The same kind, seed and size give the same bytes on every machine.
//!
//! Every message is a small story whose lines lie as far apart as they would: retries come hours later, between
//! the lines of all others. Hosts and addresses are those that RFC 2606, RFC 5737 and RFC 3849 set apart.

#![allow(
    dead_code,
    reason = "each program that includes this file uses its own part of it"
)]
#![allow(
    unreachable_pub,
    reason = "included by several crates, of which none is a library"
)]

mod exim;
mod exim_lines;
mod postfix;
mod queue_id;
#[path = "../common/random.rs"]
mod random;
mod world;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, Write};

use chrono::DateTime;

/// The log begins at 2026-03-02 00:00:00 UTC, in milliseconds.
const BEGIN: u64 = 1_772_409_600_000;

/// What happens in this time before the log begins is not in it, but what follows from it is.
const BEFORE: u64 = 4 * HOUR;

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

/// Milliseconds between two beginnings, on average.
const PACE: usize = 700;

/// Whose log it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Exim's main log with the queue IDs before 4.97.
    EximOld,
    /// Exim's main log with the queue IDs since 4.97.
    Exim,
    /// Postfix through a traditional syslog, without years.
    Postfix,
}

impl Kind {
    /// All of them, by the names that people use.
    pub const ALL: [(&'static str, Self); 3] = [
        ("exim-old", Self::EximOld),
        ("exim", Self::Exim),
        ("postfix", Self::Postfix),
    ];

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        let found = Self::ALL.into_iter().find(|(known, _)| *known == name);
        found.map(|(_, kind)| kind)
    }

    fn server(self, seed: u64) -> Box<dyn Server> {
        match self {
            Self::EximOld => Box::new(exim::Exim::new(seed, false)),
            Self::Exim => Box::new(exim::Exim::new(seed, true)),
            Self::Postfix => Box::new(postfix::Postfix::new(seed)),
        }
    }

    /// How a second looks at the beginning of a line.
    fn stamp(self, millis: u64) -> String {
        let shape = match self {
            Self::EximOld | Self::Exim => "%Y-%m-%d %H:%M:%S",
            Self::Postfix => "%b %e %H:%M:%S mx1",
        };
        let time = DateTime::from_timestamp_millis(i64::try_from(millis).unwrap_or(0));
        time.unwrap_or_default().format(shape).to_string()
    }
}

/// A mail server that writes a log.
trait Server {
    /// Something begins at `at`; its lines, now and later, go to the script.
    fn begin(&mut self, at: u64, script: &mut Script);
}

/// Lines that are still to be written, by their time.
#[derive(Default)]
struct Script {
    pending: BinaryHeap<Reverse<(u64, u64, String)>>,
    said: u64,
}

impl Script {
    /// At `at`, in milliseconds, the server writes a line. What is said first comes first within a
    /// millisecond.
    fn say(&mut self, at: u64, text: String) {
        self.said += 1;
        self.pending.push(Reverse((at, self.said, text)));
    }

    /// The next line before `end`.
    fn next(&mut self, end: u64) -> Option<(u64, String)> {
        let Reverse((at, ..)) = self.pending.peek()?;
        if *at >= end {
            return None;
        }
        let Reverse((at, _, text)) = self.pending.pop()?;
        Some((at, text))
    }
}

/// Writes whole lines until there are at least so many bytes; gives how many there are.
pub fn write(kind: Kind, bytes: u64, seed: u64, out: &mut impl Write) -> io::Result<u64> {
    let mut server = kind.server(seed);
    let mut chance = random::Random::new(seed ^ 0x7061_6365);
    let mut script = Script::default();
    let (mut second, mut stamp) = (0, String::new());
    let (mut written, mut now) = (0, BEGIN - BEFORE);
    while written < bytes {
        server.begin(now, &mut script);
        now += chance.below(2 * PACE) as u64;
        while let Some((at, text)) = script.next(now) {
            if at < BEGIN || written >= bytes {
                continue;
            }
            if second != at / SECOND {
                second = at / SECOND;
                stamp = kind.stamp(at);
            }
            writeln!(out, "{stamp} {text}")?;
            written += (stamp.len() + text.len() + 2) as u64;
        }
    }
    Ok(written)
}

/// The same as bytes.
pub fn log(kind: Kind, bytes: u64, seed: u64) -> Vec<u8> {
    let mut out = Vec::new();
    // A vector takes everything.
    let _ = write(kind, bytes, seed, &mut out);
    out
}
