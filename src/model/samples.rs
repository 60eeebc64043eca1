//! Models of several hosts for tests.

use std::path::Path;

use super::{Clock, FileInfo, Model, Partial, Zone};
use crate::parse::{Fact, Grammar, Mta, Outcome, Reader, Scratch};
use crate::source::{ChunkReader, FileText};

/// Gathers logs of several hosts into one model.
#[derive(Default)]
pub(crate) struct Sample(pub(crate) Model);

impl Sample {
    /// Adds the log of a host as Exim writes it.
    pub(crate) fn exim(self, host: &str, text: &str) -> Self {
        self.add(host, text, |_, fact| fact)
    }

    /// Adds a log in which Exim's lines stand for another server's: each queue ID is exchanged for one of
    /// `ids`.
    pub(crate) fn foreign(self, mta: Mta, host: &str, ids: &[(&str, &str)], text: &str) -> Self {
        let other = |id: &[u8]| {
            let pair = ids.iter().find(|(exim, _)| exim.as_bytes() == id);
            pair.map_or(Vec::new(), |(_, own)| own.as_bytes().to_vec())
        };
        self.add(host, text, |_, fact| {
            let leak = |id: &[u8]| -> &'static [u8] { Box::leak(other(id).into_boxed_slice()) };
            Fact {
                mta,
                queue_id: leak(fact.queue_id),
                ..fact
            }
        })
    }

    /// Adds a log of which `change` says what its lines mean; lines count from 0.
    pub(crate) fn add(
        mut self,
        host: &str,
        text: &str,
        change: impl for<'a> Fn(u32, Fact<'a>) -> Fact<'a>,
    ) -> Self {
        let path = Path::new(host);
        let reader = Reader::own_log(Grammar::of(Mta::Exim).unwrap());
        let info = FileInfo::new(path, Some(reader));
        let file = self.0.add_file(info, FileText::kept(path));
        let chunk = ChunkReader::new(text.as_bytes()).next(Vec::new());
        let mut part = Partial::new(host.as_bytes());
        let mut clock = Clock::new(Zone::parse("UTC").unwrap());
        for (number, line) in (0..).zip(text.lines().map(str::as_bytes)) {
            let mut scratch = Scratch::new();
            let outcome = match reader.read(line, b"", &mut scratch) {
                Outcome::Fact(fact) => Outcome::Fact(Fact {
                    host: host.as_bytes(),
                    ..change(number, fact)
                }),
                other => other,
            };
            part.take(&outcome, line, number, &mut clock);
        }
        self.0.merge(file, &chunk.unwrap().unwrap(), &part);
        self.0.finish_file(file);
        self
    }
}
