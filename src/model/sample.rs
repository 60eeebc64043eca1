//! Models for tests, built from facts instead of text.

pub(crate) mod hosts;

use std::path::Path;

use super::{Clock, FileInfo, Model, Partial, Zone};
use crate::parse::{Direction, Fact, Framing, Kind, Mta, Outcome, Peer, Reader};
use crate::source::{ChunkReader, FileText};

/// A model of logs, given by file name and outcome of each line.
pub(crate) fn model(files: &[(&str, &[Outcome<'_>])]) -> Model {
    let mut model = Model::default();
    let mut clock = Clock::new(Zone::parse("UTC").unwrap());
    for (name, outcomes) in files {
        let path = Path::new(name);
        let info = FileInfo::new(path, Some(Reader::framed(Framing::Lines)));
        let file = model.add_file(info, FileText::kept(path));
        let mut part = Partial::new(b"");
        for (line, outcome) in (0..).zip(*outcomes) {
            part.take(outcome, b"a line", line, &mut clock);
        }
        let text = "a line\n".repeat(outcomes.len());
        let chunk = ChunkReader::new(text.as_bytes()).next(Vec::new());
        model.merge(file, &chunk.unwrap().unwrap(), &part);
        model.finish_file(file);
    }
    model
}

/// A leg as Postfix logs it by default, without TLS.
pub(crate) fn leg(program: &'static [u8], kind: Kind) -> Fact<'static> {
    Fact {
        mta: Mta::Postfix,
        host: b"mx1",
        program,
        kind,
        queue_id: b"4f9K0x2zzz",
        direction: Some(match kind {
            Kind::Arrival => Direction::In,
            _ => Direction::Out,
        }),
        sender: b"anna@example.org",
        address: b"bo@example.net",
        peer: Peer {
            name: b"mx.example.net",
            ip: b"192.0.2.7",
            ..Peer::default()
        },
        ..Fact::default()
    }
}

/// An arrival and a delivery of a default Postfix.
pub(crate) fn default_postfix() -> Vec<Outcome<'static>> {
    [
        leg(b"postfix/smtpd", Kind::Arrival),
        leg(b"postfix/smtp", Kind::Delivery),
    ]
    .map(Outcome::Fact)
    .to_vec()
}
