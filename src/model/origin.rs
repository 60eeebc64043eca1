//! Writers of log lines: one origin for each program of each host in a file.

use std::hash::BuildHasher;

use crate::parse::{Direction, Fact, Kind, Mta};

use super::intern::HASHER;
use super::slots::Slots;
use super::{Model, Symbol};

/// One program of one host in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// File number.
    pub file: u32,
    /// Host label in [`super::Strings::words`]; none where the file names no host.
    pub host: Symbol,
    /// Program name in [`super::Strings::words`]; none in a log without syslog frames.
    pub program: Symbol,
    /// Mail system of the program.
    pub mta: Mta,
    /// TLS statements found in any of its lines.
    pub shows: TlsShown,
    /// True when one of the lines read so far states TLS with a next host.
    pub(super) states_outbound: bool,
    /// Programs that log TLS on connections that Postfix reuses.
    pub(super) reuse_log: ReuseLog,
    /// True for several writers of a file under one number. What one of them states proves nothing about another.
    pub(super) mixed: bool,
}

impl Origin {
    /// Number of origins that are single writers. Numbers have 16 bits; the upper half is for files whose further
    /// writers share one origin, because a line must never be counted to another file.
    pub(super) const MAX_SINGLE: usize = 0x8000;

    /// The shared origin of a file's further writers. A writer without host and program stays single.
    pub(super) fn mixed(&self) -> Self {
        let nameless = self.host.is_none() && self.program.is_none();
        Self {
            host: Symbol::NONE,
            program: Symbol::NONE,
            shows: TlsShown::default(),
            mixed: !nameless,
            ..*self
        }
    }

    /// Adds the TLS statements of further lines.
    pub(super) fn show(&mut self, shown: TlsShown) {
        if !self.mixed {
            self.shows.merge(shown);
        }
    }

    /// Identity of the origin: file, host, program and mail system.
    pub(super) const fn writer(&self) -> (u32, Symbol, Symbol, Mta) {
        (self.file, self.host, self.program, self.mta)
    }

    /// Hash of file, host and program for [`Slots`].
    pub(super) fn hash(&self) -> u32 {
        Slots::bits(HASHER.hash_one((self.file, self.host, self.program)))
    }
}

/// Which Postfix programs log TLS on connections that the SMTP client reuses for several messages. `tlsproxy`
/// sets up TLS on these. The client logs it at every TLS log level; `tlsproxy` only at a level at which the
/// client logs TLS on all connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ReuseLog {
    /// No reused connection seen.
    #[default]
    Unseen,
    ClientOnly,
    ClientAndProxy,
}

/// TLS statements that an origin makes. Only where an origin makes them does a line without one mean plaintext.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one observation, made and read by itself"
)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TlsShown {
    /// For connections to us.
    pub inbound: bool,
    /// For connections from us.
    pub outbound: bool,
    /// On arrival lines: by their protocol word (`esmtps`), or by a cipher suite.
    pub word: bool,
    /// Exim did not log suites before the first one: an arrival had the protocol word alone. Its log selector was
    /// changed within the file.
    pub began_without: bool,
}

impl TlsShown {
    /// Adds the statements of later lines.
    pub(super) fn merge(&mut self, other: Self) {
        self.began_without |= other.began_without && !self.outbound;
        self.inbound |= other.inbound;
        self.outbound |= other.outbound;
        self.word |= other.word;
    }

    /// TLS statements of one line.
    pub(super) fn of(fact: &Fact<'_>) -> Self {
        if fact.mta == Mta::OpenSmtpd {
            // OpenSMTPD has no setting that leaves TLS out of the log.
            return Self::both();
        }
        let Some(statement) = fact.tls.as_ref() else {
            return Self::default();
        };
        let word = fact.kind == Kind::Arrival;
        match (fact.mta, fact.direction) {
            // Exim's log selector covers both directions. The protocol word of an arrival does not depend on it.
            (Mta::Exim, _) if !statement.cipher.is_empty() => Self {
                word,
                ..Self::both()
            },
            (Mta::Sendmail, _) if !word => Self::both(),
            // Only the conversation proves what the SMTP client logs, see [`Model::note_tls_statement`].
            (Mta::Postfix, Some(Direction::Out)) => Self::default(),
            (_, Some(Direction::In)) => Self {
                inbound: true,
                word,
                began_without: word && fact.mta == Mta::Exim,
                ..Self::default()
            },
            (_, Some(Direction::Out)) => Self {
                outbound: true,
                ..Self::default()
            },
            _ => Self::default(),
        }
    }

    const fn both() -> Self {
        Self {
            inbound: true,
            outbound: true,
            word: false,
            began_without: false,
        }
    }

    /// Whether a missing TLS statement means plaintext in that direction.
    pub const fn settles(self, direction: Direction) -> bool {
        match direction {
            Direction::In => self.inbound,
            Direction::Out => self.outbound && !self.began_without,
            Direction::Local => false,
        }
    }
}

/// Number of slots in a part's cache of recent origins.
pub(super) const RECENT: usize = 32;

/// Cache slot for the origin of a fact.
pub(super) fn recent_slot(fact: &Fact<'_>) -> usize {
    let end = |text: &[u8]| text.last_chunk().map_or(0, |end| u32::from_le_bytes(*end));
    // `smtpd` and `submission/smtpd` differ by their lengths alone.
    let program = end(fact.program) ^ u32::try_from(fact.program.len()).unwrap_or(0);
    let mixed = (program ^ end(fact.host).rotate_left(16)).wrapping_mul(0x9e37_79b1);
    (mixed >> 27) as usize % RECENT
}

impl Model {
    /// Origins of a file; with `None`, of all files.
    pub fn origins_of(&self, file: Option<u32>) -> impl Iterator<Item = &Origin> {
        let of_file = move |origin: &&Origin| file.is_none_or(|file| origin.file == file);
        self.origins.iter().filter(of_file)
    }

    /// True for a log that holds only lines of programs that move no mail.
    pub fn is_foreign(&self, file: u32) -> bool {
        let foreign = self.files.get(file as usize).map(|file| file.foreign);
        let unread = self.not_understood.iter().rev();
        let mut unread = unread.take_while(|line| line.file == file);
        foreign.is_some_and(|lines| lines > 0)
            && self.origins_of(Some(file)).next().is_none()
            && unread.next().is_none()
    }

    /// Mail systems that wrote a file, ordered by name; with `None`, those of all files.
    pub fn mail_systems(&self, file: Option<u32>) -> Vec<Mta> {
        let mut all: Vec<Mta> = self.origins_of(file).map(|origin| origin.mta).collect();
        all.sort_unstable_by_key(|mta| mta.name());
        all.dedup();
        all
    }

    /// Log hosts of a file, in order of their first lines; with `None`, those of all files.
    pub fn hosts(&self, file: Option<u32>) -> Vec<Symbol> {
        let mut seen = hashbrown::HashSet::new();
        let hosts = self.origins_of(file).map(|origin| origin.host);
        hosts
            .filter(|host| !host.is_none() && seen.insert(*host))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample::hosts::Sample;
    use crate::model::{Clock, FileInfo, Partial, Zone};
    use crate::parse::{Framing, Outcome, Reader};
    use crate::source::{ChunkReader, FileText};
    use crate::tls::TlsState;
    use std::path::Path;

    /// Adds a file in which each of those hosts wrote one line, which shows TLS.
    fn add(model: &mut Model, name: &str, hosts: &[String]) {
        let path = Path::new(name);
        let info = FileInfo::new(path, Some(Reader::framed(Framing::Lines)));
        let file = model.add_file(info, FileText::kept(path));
        let mut clock = Clock::new(Zone::parse("UTC").unwrap());
        let mut part = Partial::new(b"");
        for hosts in hosts.chunks(6_600) {
            part.clear();
            for (line, host) in (0..).zip(hosts) {
                let fact = Fact {
                    program: if host.is_empty() { b"" } else { b"smtpd" },
                    host: host.as_bytes(),
                    mta: Mta::OpenSmtpd,
                    ..Fact::default()
                };
                part.take(&Outcome::Fact(fact), b"", line, &mut clock);
            }
            let text = "x\n".repeat(hosts.len());
            let chunk = ChunkReader::new(text.as_bytes()).next(Vec::new());
            model.merge(file, &chunk.unwrap().unwrap(), &part);
        }
    }

    /// The selector for cipher suites may be switched on within a file.
    #[test]
    fn before_exim_logs_suites_their_absence_says_nothing() {
        let line = |rest: &str| format!("2024-05-01 10:00:00 1s2AbC-000000001aB-1cDe {rest}\n");
        let bare = line("<= a@example.org H=a.example.org [192.0.2.1] P=esmtps S=1");
        let suite = line(
            "<= a@example.org H=a.example.org [192.0.2.1] P=esmtps X=TLS1.3:TLS_AES_256_GCM_SHA384:256 S=1",
        );
        let clear = line("=> b@example.net R=r T=t H=mx.example.net [192.0.2.9] C=\"250 OK\"");
        for (log, state) in [
            ([&clear, &suite, &clear], TlsState::No),
            ([&suite, &bare, &clear], TlsState::No),
            ([&bare, &clear, &suite], TlsState::NotStated),
            ([&bare, &clear, &clear], TlsState::NotStated),
        ] {
            let model = Sample::default()
                .exim("mx", &log.map(String::as_str).concat())
                .0;
            let mut deliveries = model.events.iter().filter(|own| own.kind == Kind::Delivery);
            assert!(
                deliveries.all(|own| model.tls_state(&own) == state),
                "{log:?}"
            );
        }
    }

    #[test]
    fn where_hosts_are_too_many_to_be_told_apart_files_are() {
        let hosts: Vec<String> = (0..66_000).map(|nth| format!("mx{nth}")).collect();
        let nameless = vec![String::new()];
        let mut model = Model::default();
        let files = [&hosts[..], &hosts[..9], &hosts[40_000..], &nameless];
        for (name, hosts) in ["a", "b", "c", "d"].into_iter().zip(files) {
            add(&mut model, name, hosts);
        }
        // The first again, as a log goes on.
        add(&mut model, "e", &hosts);
        assert_eq!(model.origins.len(), Origin::MAX_SINGLE + 5);
        let mut events = model.events.iter();
        for (file, hosts) in (0..).zip(files) {
            for (nth, (host, event)) in hosts.iter().zip(&mut events).enumerate() {
                let origin = model.origin_of(&event).unwrap();
                assert_eq!(origin.file, file);
                let apart = file == 0 && nth < Origin::MAX_SINGLE;
                assert_eq!(!origin.host.is_none(), apart, "{file} {nth}");
                if apart {
                    assert_eq!(model.strings.words.get(origin.host), host.as_bytes());
                }
                // The TLS statements of one writer prove nothing about the others.
                let shows = apart || host.is_empty();
                assert_eq!(origin.shows.inbound, shows, "{file} {nth}");
            }
        }
        assert!(events.all(|event| model.file_number(&event) == 4));
    }

    #[test]
    fn each_of_many_programs_is_one_origin() {
        let mut part = Partial::new(b"");
        let mut clock = Clock::new(Zone::parse("UTC").unwrap());
        // Far more than are looked for first, with the same ends, on two hosts, in several rounds and parts.
        let names = (0..100).map(|nth| format!("{}/smtp", "x".repeat(nth)));
        let names: Vec<String> = names
            .chain((0..100).map(|nth| format!("mx/{nth}")))
            .collect();
        for _ in 0..2 {
            let lines = (0..3).flat_map(|_| {
                let hosts = |name| [(name, "a"), (name, "b"), (name, "")];
                names.iter().flat_map(hosts)
            });
            for (line, (program, host)) in (0..).zip(lines) {
                let fact = Fact {
                    program: program.as_bytes(),
                    host: host.as_bytes(),
                    mta: Mta::Postfix,
                    ..Fact::default()
                };
                part.take(&Outcome::Fact(fact), b"", line, &mut clock);
                let origin = part.origins.all()[usize::from(part.events[line as usize].origin)];
                let words = &part.strings.words;
                let written = (words.get(origin.program), words.get(origin.host));
                assert_eq!(written, (program.as_bytes(), host.as_bytes()));
            }
            assert_eq!(part.origins.all().len(), names.len() * 3);
            part.clear();
        }
    }
}
