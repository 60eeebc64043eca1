//! Who wrote the lines of a file: one origin for each program of each host in it.

use std::hash::BuildHasher;

use crate::parse::{Direction, Fact, Kind, Mta};

use super::intern::HASHER;
use super::slots::Slots;
use super::{Model, Symbol};

/// One program of one host, as far as one file holds its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// File number.
    pub file: u32,
    /// Host label, among the words; none where the file names no host.
    pub host: Symbol,
    /// Program name, among the words; none in a log without frames.
    pub program: Symbol,
    /// Its mail system.
    pub mta: Mta,
    /// Which TLS statements it makes.
    pub shows: TlsShown,
    /// It told of TLS with a next host before the line that was read last.
    pub(super) told_outbound: bool,
    /// What it told of connections that are kept for further messages.
    pub(super) kept: Kept,
    /// Several writers of the file, for which there was no room apart: what one of them shows says nothing of another.
    pub(super) mixed: bool,
}

impl Origin {
    /// So many are told apart. An event has two bytes for the number; those above are for files of which some writers
    /// are not told apart any more, for no line may be taken for one of another file.
    pub(super) const APART: usize = 0x8000;

    /// What stands for it where it is not told apart from other writers of its file.
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

    /// Notes what further lines of it show.
    pub(super) fn show(&mut self, shown: TlsShown) {
        if !self.mixed {
            self.shows.merge(shown);
        }
    }

    /// Who it is, and in which file.
    pub(super) const fn writer(&self) -> (u32, Symbol, Symbol, Mta) {
        (self.file, self.host, self.program, self.mta)
    }

    /// By what it is found.
    pub(super) fn bits(&self) -> u32 {
        Slots::bits(HASHER.hash_one((self.file, self.host, self.program)))
    }
}

/// What Postfix told of connections for which `tlsproxy` sets up TLS, because they may be kept for further messages.
/// The client tells of TLS on them at every log level; `tlsproxy` does so only at a level at which TLS on all
/// connections is told of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kept {
    /// Nothing.
    #[default]
    Unseen,
    /// TLS on one, of which `tlsproxy` was not seen to tell.
    Alone,
    /// TLS on one, of which `tlsproxy` told, too.
    ByBoth,
}

/// Which TLS statements an origin was seen to make. Only where it makes them is their absence a fact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TlsShown {
    /// Of connections to us.
    pub inbound: bool,
    /// Of connections from us.
    pub outbound: bool,
    /// On arrival lines themselves: by their protocol word (`esmtps`), or as a suite.
    pub word: bool,
}

impl TlsShown {
    pub(super) fn merge(&mut self, other: Self) {
        self.inbound |= other.inbound;
        self.outbound |= other.outbound;
        self.word |= other.word;
    }

    /// What one line shows.
    pub(super) fn of(fact: &Fact<'_>) -> Self {
        if fact.mta == Mta::OpenSmtpd {
            // It has no setting that leaves TLS out.
            return Self::both();
        }
        let Some(statement) = fact.tls.as_ref() else {
            return Self::default();
        };
        let word = fact.kind == Kind::Arrival;
        match (fact.mta, fact.direction) {
            // One setting governs both directions, but an arrival's protocol word stands without it.
            (Mta::Exim, _) if !statement.cipher.is_empty() => Self {
                word,
                ..Self::both()
            },
            (Mta::Sendmail, _) if !word => Self::both(),
            // What it takes to tell of them stands in the conversation; see [`Model::converse`].
            (Mta::Postfix, Some(Direction::Out)) => Self::default(),
            (_, Some(Direction::In)) => Self {
                inbound: true,
                word,
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
        }
    }

    /// Whether a missing statement means plaintext for that direction.
    pub const fn settles(self, direction: Direction) -> bool {
        match direction {
            Direction::In => self.inbound,
            Direction::Out => self.outbound,
            Direction::Local => false,
        }
    }
}

/// Origins looked for before all others.
pub(super) const LATELY: usize = 32;

/// Where the origin of a fact is looked for first.
pub(super) fn place(fact: &Fact<'_>) -> usize {
    let end = |text: &[u8]| text.last_chunk().map_or(0, |end| u32::from_le_bytes(*end));
    // `smtpd` and `submission/smtpd` differ by their lengths alone.
    let program = end(fact.program) ^ u32::try_from(fact.program.len()).unwrap_or(0);
    let mixed = (program ^ end(fact.host).rotate_left(16)).wrapping_mul(0x9e37_79b1);
    (mixed >> 27) as usize % LATELY
}

impl Model {
    /// Who wrote the lines of a file; of all files without one.
    pub fn origins_of(&self, file: Option<u32>) -> impl Iterator<Item = &Origin> {
        let of_it = move |own: &&Origin| file.is_none_or(|file| own.file == file);
        self.origins.iter().filter(of_it)
    }

    /// True for a log in which only programs wrote that move no mail.
    pub fn is_foreign(&self, file: u32) -> bool {
        let foreign = self.files.get(file as usize).map(|file| file.foreign);
        let unread = self.not_understood.iter().rev();
        let mut unread = unread.take_while(|line| line.file == file);
        foreign.is_some_and(|lines| lines > 0)
            && self.origins_of(Some(file)).next().is_none()
            && unread.next().is_none()
    }

    /// The mail systems that wrote a file, by name; those of all files without one.
    pub fn mail_systems(&self, file: Option<u32>) -> Vec<Mta> {
        let mut all: Vec<Mta> = self.origins_of(file).map(|own| own.mta).collect();
        all.sort_unstable_by_key(|mta| mta.name());
        all.dedup();
        all
    }

    /// The hosts that a file names, in the order of the first line of each; those of all files without one.
    pub fn hosts(&self, file: Option<u32>) -> Vec<Symbol> {
        let mut seen = hashbrown::HashSet::new();
        let hosts = self.origins_of(file).map(|own| own.host);
        hosts
            .filter(|host| !host.is_none() && seen.insert(*host))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Clock, FileInfo, Partial, Zone};
    use crate::parse::{Framing, Outcome, Reader};
    use crate::source::{ChunkReader, FileText};
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
        assert_eq!(model.origins.len(), Origin::APART + 5);
        let mut events = model.events.iter();
        for (file, hosts) in (0..).zip(files) {
            for (nth, (host, event)) in hosts.iter().zip(&mut events).enumerate() {
                let origin = model.origin_of(&event).unwrap();
                assert_eq!(origin.file, file);
                let apart = file == 0 && nth < Origin::APART;
                assert_eq!(!origin.host.is_none(), apart, "{file} {nth}");
                if apart {
                    assert_eq!(model.strings.words.get(origin.host), host.as_bytes());
                }
                // What one of several shows does not hold for the others.
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
