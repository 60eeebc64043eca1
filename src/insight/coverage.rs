//! What a log does not say of TLS, and which setting would have it said.
//!
//! Facts: Postfix `TLS_README` and postconf(5); Exim specification, chapter "Log files"; Sendmail operations
//! guide, option `LogLevel`. OpenSMTPD logs TLS whatever its settings.

use std::cmp::Reverse;
use std::collections::HashSet;

use crate::model::{Event, Message, Model, Origin, Symbol, shares};
use crate::parse::{Direction, Flag, Kind, Mta};
use crate::text::{Clean, Lang, fill, width};
use crate::tls::{Network, TlsState};

/// Legs of which the log of one program on one host does not say whether TLS was used, although it could.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Whose log it is.
    pub mta: Mta,
    /// The program in the syslog frame; empty in a log without frames.
    pub program: Clean,
    /// The host in the syslog frame; empty in a log that names none.
    pub host: Clean,
    /// Arrivals or deliveries.
    pub direction: Direction,
    /// How many.
    pub legs: u64,
}

/// The gaps of a log, or of one message in it; none where everything is said that could be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// The largest first.
    pub gaps: Vec<Gap>,
}

impl Coverage {
    /// The gaps of everything that is loaded. Looks at every event once.
    pub fn of(model: &Model) -> Self {
        let parts = shares::stretches(0..model.events.len(), shares::EVENTS);
        let parts = shares::share(parts, |part| {
            silent(model, model.events.range(part.start, part.end))
        });
        Self::counted(model, &parts)
    }

    /// The gaps of one message.
    pub fn of_message(model: &Model, message: &Message) -> Self {
        Self::counted(model, &[silent(model, model.events_of(message))])
    }

    /// Adds up what was counted by origin.
    fn counted(model: &Model, parts: &[Vec<[u64; 2]>]) -> Self {
        let of_origin = |number: usize| {
            let counts = parts.iter().filter_map(|part| part.get(number));
            counts.fold([0; 2], |sum, own| [sum[0] + own[0], sum[1] + own[1]])
        };
        let silent = (0..model.origins.len()).map(of_origin);
        let telling = telling(model);
        let mut coverage = Self::default();
        for (origin, counts) in model.origins.iter().zip(silent) {
            for (legs, direction) in counts.into_iter().zip([Direction::In, Direction::Out]) {
                // OpenSMTPD has no setting that leaves TLS out.
                let told =
                    origin.mta == Mta::OpenSmtpd || telling.contains(&writer(origin, direction));
                if legs > 0 && !told {
                    coverage.add(gap(model, origin, direction, legs));
                }
            }
        }
        let inbound = |gap: &Gap| gap.direction == Direction::In;
        let order = |gap: &Gap| (Reverse(gap.legs), inbound(gap));
        coverage.gaps.sort_by_key(order);
        coverage
    }

    /// True when everything is said that could be.
    pub const fn is_empty(&self) -> bool {
        self.gaps.is_empty()
    }

    /// Takes the gaps of another message as well.
    pub fn join(&mut self, other: &Self) {
        for gap in &other.gaps {
            self.add(gap.clone());
        }
    }

    /// A program writes to several files of one rotation.
    fn add(&mut self, gap: Gap) {
        let same = |own: &&mut Gap| {
            (own.mta, own.direction) == (gap.mta, gap.direction)
                && own.program == gap.program
                && own.host == gap.host
        };
        match self.gaps.iter_mut().find(same) {
            Some(own) => own.legs += gap.legs,
            None => self.gaps.push(gap),
        }
    }

    /// What is not said, and what would say it: a paragraph for each program and setting.
    pub fn sentences(&self, lang: Lang) -> Vec<Clean> {
        let told = self.by(lang, |gap| (gap.writer(lang), gap.remedy(lang)));
        let told = told.into_iter().map(|((writer, remedy), legs)| {
            let template = lang.pick(
                "This log does not say whether TLS was used for {legs} by {writer}. {remedy}",
                "Dieses Protokoll sagt für {legs} durch {writer} nicht, ob TLS benutzt wurde. {remedy}",
            );
            let values = [("legs", &*legs), ("writer", &*writer), ("remedy", &*remedy)];
            fill(template, &values)
        });
        told.map(Clean::line).collect()
    }

    /// The same in a line of English of no more than `cells`, as far as there is any; `None` without a gap.
    pub fn line(&self, cells: usize) -> Option<String> {
        let told = self.by(Lang::En, Gap::setting);
        let (first, legs) = told.first()?;
        let full = told
            .iter()
            .map(|(setting, legs)| format!("{legs} ({setting})"));
        let full = full.collect::<Vec<_>>().join(", ");
        let name = |setting: &str| setting.split(' ').next().unwrap_or_default().to_owned();
        let settings: Vec<String> = told.iter().map(|(setting, _)| name(setting)).collect();
        let lines = [
            format!("TLS not stated for {full}"),
            format!("TLS not stated; see {}", settings.join(", ")),
            format!("TLS not stated for {legs}"),
        ];
        let shortest = format!("TLS not stated; see {}", name(first));
        let mut fitting = lines.into_iter().filter(|line| width(line) <= cells);
        Some(fitting.next().unwrap_or(shortest))
    }

    /// The legs of the gaps that have something in common, in words: `2 deliveries and one arrival`.
    fn by<T: PartialEq>(&self, lang: Lang, common: impl Fn(&Gap) -> T) -> Vec<(T, String)> {
        let mut groups: Vec<(T, [u64; 2])> = Vec::new();
        for gap in &self.gaps {
            let common = common(gap);
            let legs = match gap.direction {
                Direction::In => [0, gap.legs],
                _ => [gap.legs, 0],
            };
            match groups.iter_mut().find(|(own, _)| *own == common) {
                Some((_, own)) => *own = [own[0] + legs[0], own[1] + legs[1]],
                None => groups.push((common, legs)),
            }
        }
        let groups = groups.into_iter();
        groups
            .map(|(common, legs)| (common, in_words(legs, lang)))
            .collect()
    }
}

impl Gap {
    /// `postfix/smtp on mx1`.
    fn writer(&self, lang: Lang) -> String {
        let program: &str = if self.program.is_empty() {
            self.mta.name()
        } else {
            &self.program
        };
        match self.host.as_str() {
            "" => program.to_owned(),
            host => format!("{program} {} {host}", lang.pick("on", "auf")),
        }
    }

    /// What a Postfix parameter for it begins with.
    fn service(&self) -> &'static str {
        let service = self.program.rsplit('/').next();
        match (self.direction, service) {
            (Direction::In, _) => "smtpd",
            (_, Some("lmtp")) => "lmtp",
            _ => "smtp",
        }
    }

    /// The setting that would have it logged, with its value.
    fn setting(&self) -> String {
        match self.mta {
            Mta::Postfix => format!("{}_tls_loglevel = 1", self.service()),
            Mta::Exim => "log_selector = +tls_cipher".to_owned(),
            Mta::Sendmail => "LogLevel = 9".to_owned(),
            Mta::OpenSmtpd => String::new(),
        }
    }

    /// What would have it logged. Where that is the default, the silence may have another cause.
    fn remedy(&self, lang: Lang) -> String {
        let template = match (self.mta, self.direction) {
            (Mta::Postfix, Direction::In) => lang.pick(
                "{setting} would log it; smtpd_tls_received_header = yes would write it into the headers.",
                "Mit {setting} stünde es im Protokoll; smtpd_tls_received_header = yes schriebe es in die Header.",
            ),
            (Mta::Postfix, _) => lang.pick(
                "{setting} would log it; from Postfix 3.11 on, {service}_log_tls_feature_status = yes as well.",
                "Mit {setting} stünde es im Protokoll; ab Postfix 3.11 auch mit {service}_log_tls_feature_status = yes.",
            ),
            (Mta::Exim, _) => lang.pick(
                "{setting} would log it; +tls_certificate_verified and +tls_peerdn add the certificate. \
                 It is on by default: if nobody took it out, no TLS was used here.",
                "Mit {setting} stünde es im Protokoll; +tls_certificate_verified und +tls_peerdn ergänzen das Zertifikat. \
                 Das ist die Voreinstellung: Wenn niemand sie geändert hat, wurde hier kein TLS benutzt.",
            ),
            (Mta::Sendmail, _) => lang.pick(
                "{setting} or more would log it. That is the default: if nobody lowered it, no TLS was \
                 used here.",
                "Mit {setting} oder mehr stünde es im Protokoll. Das ist die Voreinstellung: Wenn niemand den Wert gesenkt \
                 hat, wurde hier kein TLS benutzt.",
            ),
            (Mta::OpenSmtpd, _) => "",
        };
        let (setting, service) = (self.setting(), self.service());
        fill(template, &[("setting", &setting), ("service", service)])
    }
}

/// `2 deliveries and one arrival`.
fn in_words([deliveries, arrivals]: [u64; 2], lang: Lang) -> String {
    let counted = |count, one: &str, many: &str| match count {
        0 => None,
        1 => Some(one.to_owned()),
        count => Some(format!("{} {many}", lang.count(count))),
    };
    let both = [
        counted(
            deliveries,
            lang.pick("one delivery", "eine Zustellung"),
            lang.pick("deliveries", "Zustellungen"),
        ),
        counted(
            arrivals,
            lang.pick("one arrival", "eine Annahme"),
            lang.pick("arrivals", "Annahmen"),
        ),
    ];
    let both: Vec<String> = both.into_iter().flatten().collect();
    both.join(lang.pick(" and ", " und "))
}

/// The place of an event's leg among inbound and outbound; `None` for what is no leg, and for lines that say
/// nothing because a peer could have forged them.
fn way(event: &Event) -> Option<usize> {
    if event.is_ambiguous() || event.flag() == Some(Flag::Suppressed) {
        return None;
    }
    match (event.kind, event.direction()?) {
        (Kind::Arrival, Direction::In) => Some(0),
        (Kind::Delivery, Direction::Out) => Some(1),
        _ => None,
    }
}

/// How many legs say nothing of TLS, inbound and outbound, by origin.
fn silent(model: &Model, events: impl Iterator<Item = Event>) -> Vec<[u64; 2]> {
    let mut silent = vec![[0; 2]; model.origins.len()];
    for event in events {
        // Over loopback nothing left the host, whatever is said of TLS.
        let asked = |event: &Event| {
            model.tls_state(event) == TlsState::NotStated
                && model.network(event.peer) != Network::Loopback
        };
        let Some(way) = way(&event).filter(|_| asked(&event)) else {
            continue;
        };
        let counts = silent.get_mut(usize::from(event.origin));
        if let Some(count) = counts.and_then(|counts| counts.get_mut(way)) {
            *count += 1;
        }
    }
    silent
}

/// A program of a host, over all files, and a direction.
type Writer = (Mta, Symbol, Symbol, bool);

fn writer(origin: &Origin, direction: Direction) -> Writer {
    let inbound = direction == Direction::In;
    (origin.mta, origin.host, origin.program, inbound)
}

/// Those that state TLS anywhere: in a short file they may have had no occasion to.
fn telling(model: &Model) -> HashSet<Writer> {
    let both = [Direction::In, Direction::Out];
    let all = model.origins.iter().flat_map(|origin| {
        let told = both.into_iter().filter(|way| origin.shows.settles(*way));
        told.map(|way| writer(origin, way))
    });
    all.collect()
}

fn gap(model: &Model, origin: &Origin, direction: Direction, legs: u64) -> Gap {
    let word = |word: Symbol| Clean::line(model.strings.words.get(word));
    Gap {
        mta: origin.mta,
        program: word(origin.program),
        host: word(origin.host),
        direction,
        legs,
    }
}

#[cfg(test)]
mod tests;
