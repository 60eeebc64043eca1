//! Models of several hosts for tests.

use std::path::Path;

use crate::model::{Clock, FileInfo, Model, Partial, Zone};
use crate::parse::{Fact, Grammar, Mta, Outcome, Reader, Scratch};
use crate::source::{ChunkReader, FileText};

/// A model of the logs of several hosts.
#[derive(Default)]
pub(crate) struct Sample(pub(crate) Model);

impl Sample {
    pub(crate) fn exim(self, host: &str, text: &str) -> Self {
        self.add(host, text, |_, fact| fact)
    }

    /// Adds a log of another mail system, written as Exim lines. `ids` are pairs of Exim's queue ID and the one that
    /// replaces it.
    pub(crate) fn foreign(self, mta: Mta, host: &str, ids: &[(&str, &str)], text: &str) -> Self {
        let replaced = |id: &[u8]| {
            let pair = ids.iter().find(|(exim, _)| exim.as_bytes() == id);
            pair.map_or(Vec::new(), |(_, other)| other.as_bytes().to_vec())
        };
        self.add(host, text, |_, fact| {
            let leak = |id: &[u8]| -> &'static [u8] { Box::leak(replaced(id).into_boxed_slice()) };
            Fact {
                mta,
                queue_id: leak(fact.queue_id),
                ..fact
            }
        })
    }

    /// Adds a log of Exim lines whose facts `change` replaces; it gets the line number, from 0.
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

/// Logs of a message that a gateway hands to two hosts, one of which bounces it.
pub(crate) fn three_hosts() -> Model {
    let gate = "\
2026-02-24 08:00:00 1vuaAA-000001-00 <= anna@example.net H=mx.example.net [192.0.2.1] P=esmtps X=TLS1.3:TLS_AES_256_GCM_SHA384:256 S=1000 id=one@example.net
2026-02-24 08:00:05 1vuaAA-000001-00 => bo@example.org R=r T=t H=mail.example.org [192.0.2.3] X=TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256 C=\"250 OK id=1vubBB-000002-00\"
2026-02-24 08:00:06 1vuaAA-000001-00 => carla@example.com R=r T=t H=mx.example.com [203.0.113.4] C=\"250 2.0.0 Ok\"
2026-02-24 08:00:06 1vuaAA-000001-00 Completed
";
    let mail = "\
2026-02-24 08:00:04 1vubBB-000002-00 <= anna@example.net H=gate.example.org [192.0.2.2] P=esmtps X=TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256 S=1300 id=one@example.net
2026-02-24 08:00:05 1vubBB-000002-00 => bo <bo@example.org> R=local T=maildir
2026-02-24 08:00:05 1vubBB-000002-00 Completed
";
    let com = "\
2026-02-24 08:00:06 1vudDD-000004-00 <= anna@example.net H=gate.example.org [192.0.2.2] P=esmtp S=1300 id=one@example.net
2026-02-24 08:00:07 1vudDD-000004-00 ** carla@example.com R=r T=lmtp: mailbox is full
2026-02-24 08:00:08 1vueEE-000005-00 <= <> R=1vudDD-000004-00 U=exim P=local S=2300
2026-02-24 08:00:08 1vudDD-000004-00 Completed
2026-02-24 08:00:09 1vueEE-000005-00 => anna@example.net R=r T=t H=mx.example.net [192.0.2.1] C=\"250 OK\"
2026-02-24 08:00:09 1vueEE-000005-00 Completed
";
    let sample = Sample::default().exim("gate.example.org", gate);
    let sample = sample.exim("mail.example.org", mail);
    sample.exim("mx.example.com", com).0
}
