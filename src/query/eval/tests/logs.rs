//! Random logs, and models that load them piece by piece.

use std::path::Path;

use proptest::prelude::*;
use proptest::sample::select;

use crate::model::{Calendar, Clock, FileInfo, Model, Partial, Zone};
use crate::parse::{Framing, Grammar, Mta, Reader, Scratch};
use crate::source::{ChunkReader, FileText};

/// 2026-03-02 in seconds since 1970-01-01 UTC.
const DAY: i64 = 1_772_409_600;

/// Lines of a log, in the pieces in which they are loaded.
pub(super) type Pieces = Vec<Vec<String>>;

pub(super) const ADDRESSES: [&str; 6] = [
    "anna@example.org",
    "Bo@mail.example.net",
    "carla@example.co.uk",
    "dan.x@aa.example.org",
    "eve+x@b-b.test",
    "bo",
];
const SENDERS: [&str; 4] = [
    "anna@example.org",
    "<>",
    "carla@example.co.uk",
    "news@list.example.net",
];
const HOSTS: [(&str, &str); 5] = [
    ("mx1.example.net", "192.0.2.1"),
    ("mx2.example.net", "192.0.2.2"),
    ("relay.example.co.uk", "198.51.100.7"),
    ("aa.test", "2001:db8::1"),
    ("localhost", "127.0.0.1"),
];
const EXIM_IDS: [&str; 6] = [
    "1j69ZJ-0001iL-S3",
    "1j69ZK-0001iM-Aa",
    "1j69ZL-0001iN-bB",
    "1xVOL4-000000001Zq-1qeL",
    "1xVOL5-000000001Zr-2AAb",
    "1xVOL6-000000001Zs-aBc0",
];
const POSTFIX_IDS: [&str; 5] = [
    "4A1B2C3D",
    "4A1B2C3E",
    "4jXyNx2QY4z17R",
    "AABBCCDD",
    "4jXyNx2QY4z17S",
];
const TEXTS: [&str; 5] = [
    "Connection timed out",
    "SMTP error from remote mail server after RCPT TO: 450 4.7.1 gr\\303\\274n listed",
    "550 5.7.1 <bo>: rejected",
    "retry time not reached for any host",
    "a TLS session is required, but the server did not offer TLS support",
];

/// Values of a line.
#[derive(Clone, Debug)]
struct Line {
    second: i64,
    what: usize,
    id: usize,
    sender: &'static str,
    to: &'static str,
    from: &'static str,
    host: (&'static str, &'static str),
    text: &'static str,
}

fn line() -> impl Strategy<Value = Line> {
    let people = (select(&SENDERS), select(&ADDRESSES), select(&ADDRESSES));
    let rest = (select(&HOSTS), select(&TEXTS));
    (0..90_000_i64, 0..16_usize, 0..6_usize, people, rest).prop_map(
        |(second, what, id, (sender, to, from), (host, text))| Line {
            second,
            what,
            id,
            sender,
            to,
            from,
            host,
            text,
        },
    )
}

/// A log of Exim.
pub(super) fn exim() -> impl Strategy<Value = Pieces> {
    pieces(Line::exim)
}

/// A log of Postfix, with time stamps without a year.
pub(super) fn postfix() -> impl Strategy<Value = Pieces> {
    pieces(Line::postfix)
}

fn pieces(write: fn(&Line) -> String) -> impl Strategy<Value = Pieces> {
    let piece = prop::collection::vec(line().prop_map(move |line| write(&line)), 1..14);
    prop::collection::vec(piece, 1..5)
}

impl Line {
    fn exim(&self) -> String {
        let Self {
            sender,
            to,
            from,
            text,
            ..
        } = self;
        let (name, ip) = self.host;
        let time = chrono::DateTime::from_timestamp(DAY + self.second, 0).unwrap();
        let stamp = time.format("%Y-%m-%d %H:%M:%S");
        let id = EXIM_IDS[self.id];
        let suite = ["TLS1.3:TLS_AES_256_GCM_SHA384:256", "TLS1.0:AES128-SHA:128"][self.id % 2];
        let what = match self.what {
            0 | 1 => format!(
                "<= {sender} H={name} (helo.{name}) [{ip}] P=esmtps X={suite} S={} id={}.x@{name} T=\"Hello {to}\" for {to} {from}",
                self.second, self.second,
            ),
            2 => format!("<= {sender} H={name} [{ip}] P=esmtp S=500 for {to}"),
            3 => format!("<= {sender} U=root P=local S=300"),
            4 | 5 => format!(
                "=> {to} <{from}> R=r T=t H={name} [{ip}] X={suite} CV=yes C=\"250 2.0.0 Ok {from}\""
            ),
            6 => format!("=> {to} R=r T=t H={name} [{ip}] C=\"250 OK\""),
            7 => format!("-> {to} R=r T=t"),
            8 => format!("== {to} R=r T=t defer (-53): {text}"),
            9 => format!("== {to} R=r T=t H={name} [{ip}] defer (110): {text}"),
            10 => format!("** {to} R=r T=t H={name} [{ip}]: {text}"),
            11 | 12 => "Completed".to_owned(),
            13 => "Frozen (message created with -f <>)".to_owned(),
            14 => format!(
                "H={name} [{ip}]: a TLS session is required, but the server did not offer TLS support"
            ),
            _ => format!("H={name} [{ip}] F=<{sender}> rejected RCPT <{to}>: {text}"),
        };
        format!("{stamp} {id} {what}")
    }

    fn postfix(&self) -> String {
        let Self {
            sender, to, text, ..
        } = self;
        let (name, ip) = self.host;
        // Some lines seem to be later than the log, and are of the year before.
        let time = chrono::DateTime::from_timestamp(DAY - 43_200 + self.second, 0).unwrap();
        let stamp = time.format("%b %e %H:%M:%S mx");
        let id = POSTFIX_IDS[self.id % POSTFIX_IDS.len()];
        let process = self.id % 2;
        let tls = "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)";
        let what = match self.what {
            0 | 1 => format!("postfix/smtpd[{process}]: connect from {name}[{ip}]"),
            2 => format!(
                "postfix/smtpd[{process}]: Anonymous TLS connection established from {name}[{ip}]: {tls}"
            ),
            3 | 4 => format!("postfix/smtpd[{process}]: {id}: client={name}[{ip}]"),
            5 => format!(
                "postfix/cleanup[3]: {id}: message-id=<{}.y@{name}>",
                self.second
            ),
            6 => format!(
                "postfix/qmgr[4]: {id}: from=<{sender}>, size={}, nrcpt=1 (queue active)",
                self.second
            ),
            7 => format!(
                "postfix/smtp[{process}]: Trusted TLS connection established to {name}[{ip}]:25: {tls}"
            ),
            8 | 9 => format!(
                "postfix/smtp[{process}]: {id}: to=<{to}>, relay={name}[{ip}]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok)"
            ),
            10 => format!(
                "postfix/smtp[{process}]: {id}: to=<{to}>, relay={name}[{ip}]:25, delay=1, delays=0/0/0/1, dsn=4.7.1, status=deferred (host {name}[{ip}] said: {text})"
            ),
            11 => format!(
                "postfix/smtp[{process}]: {id}: to=<{to}>, relay=none, delay=1, delays=0/0/0/1, dsn=5.4.4, status=bounced ({text})"
            ),
            12 => format!("postfix/smtp[{process}]: {id}: Cannot start TLS: handshake failure"),
            13 => format!("postfix/qmgr[4]: {id}: removed"),
            14 => format!(
                "postfix/smtpd[{process}]: disconnect from {name}[{ip}] ehlo=1 starttls=1 mail=1"
            ),
            _ => format!(
                "postfix/smtpd[{process}]: NOQUEUE: reject: RCPT from {name}[{ip}]: {text}; from=<{sender}> to=<{to}> proto=ESMTP helo=<{name}>"
            ),
        };
        format!("{stamp} {what}")
    }
}

/// A model into which a log is loaded piece by piece.
pub(super) struct Growing {
    file: u32,
    reader: Reader,
    lines: u32,
    bytes: u64,
    clock: Clock,
}

impl Growing {
    pub(super) fn new(model: &mut Model, mta: Mta) -> Self {
        let (name, reader) = match mta {
            Mta::Exim => ("mainlog", Reader::own_log(Grammar::of(mta).unwrap())),
            _ => ("mail.log", Reader::framed(Framing::Lines)),
        };
        let zone = Zone::parse("UTC").unwrap();
        let info = FileInfo {
            calendar: Some(Calendar::new(zone, DAY + 7200, None)),
            ..FileInfo::new(Path::new(name), Some(reader))
        };
        Self {
            file: model.add_file(info, FileText::kept(Path::new(name))),
            reader,
            lines: 0,
            bytes: 0,
            clock: Clock::new(zone),
        }
    }

    pub(super) fn take(&mut self, model: &mut Model, lines: &[String]) {
        let text: String = lines
            .iter()
            .flat_map(|line| [line.as_str(), "\n"])
            .collect();
        let mut chunks = ChunkReader::new(text.as_bytes()).at(self.lines + 1, self.bytes);
        let chunk = chunks.next(Vec::new()).unwrap().unwrap();
        let mut part = Partial::new(b"");
        let mut scratch = Scratch::new();
        for (number, line) in (0..).zip(lines) {
            let outcome = self.reader.read(line.as_bytes(), b"", &mut scratch);
            part.take(&outcome, line.as_bytes(), number, &mut self.clock);
        }
        model.merge(self.file, &chunk, &part);
        self.lines += lines.len() as u32;
        self.bytes += text.len() as u64;
    }

    pub(super) fn finish(&self, model: &mut Model) {
        model.finish_file(self.file);
    }
}
