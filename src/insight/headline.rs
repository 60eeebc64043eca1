//! The first line of a message's detail: the answer, for a tired person.

use hashbrown::HashMap;

use crate::model::{Event, GradeBook, Model, Status, attempts};
use crate::parse::{Direction, Kind, Mta};
use crate::text::{Clean, Lang, fill};
use crate::tls::{Grade, TlsState, Trouble};

use super::Refusal;
use super::words::{counted, peer};

/// Sums a message up: how it was protected, then what became of it.
pub(super) fn tell(
    model: &Model,
    grades: &GradeBook,
    number: u32,
    began: i64,
    lang: Lang,
) -> Clean {
    let Some(message) = model.messages.get(number) else {
        return Clean::default();
    };
    let events: Vec<Event> = model.events_of(message).collect();
    let took = model.span_of(message).1 - began;
    let writer = events.first().and_then(|event| model.origin_of(event));
    let case = Case {
        model,
        grades,
        events: &events,
        mta: writer.map_or_else(Mta::default, |origin| origin.mta),
        status: message.status(),
        lang,
    };
    let grade = grades.message(number).grade;
    let mut sentences = vec![
        case.protection(grade),
        outcome(
            message.status(),
            usize::from(message.recipients),
            took,
            lang,
        ),
    ];
    if events.iter().any(Event::is_torn) {
        let torn = lang.pick(
            "The connection broke off within its content: it was not taken in.",
            "Die Verbindung brach mitten im Inhalt ab: Die Nachricht wurde nicht angenommen.",
        );
        sentences.push(torn.to_owned());
    }
    if grades.message(number).incomplete {
        let hidden = lang.pick(
            "At least one leg is not shown.",
            "Mindestens eine Teilstrecke ist nicht sichtbar.",
        );
        sentences.push(hidden.to_owned());
    }
    sentences.retain(|sentence| !sentence.is_empty());
    if sentences.is_empty() {
        let nothing = lang.pick(
            "No message was taken in, as far as these files tell.",
            "Soweit diese Dateien zeigen, wurde keine Nachricht angenommen.",
        );
        sentences.push(nothing.to_owned());
    }
    Clean::line(sentences.join(" "))
}

/// One message, and who wrote of it.
struct Case<'a> {
    model: &'a Model,
    grades: &'a GradeBook,
    events: &'a [Event],
    mta: Mta,
    status: Status,
    lang: Lang,
}

impl Case<'_> {
    fn protection(&self, grade: Grade) -> String {
        let told = match grade {
            Grade::F => self.plain(
                grade,
                self.lang
                    .pick(", like a postcard", ", wie auf einer Postkarte"),
            ),
            Grade::E => self.plain(
                grade,
                self.lang
                    .pick(", at an inner address", ", an einer internen Adresse"),
            ),
            Grade::D | Grade::C | Grade::S => self.weak(grade),
            _ => self.fixed(grade).to_owned(),
        };
        let parts = [told, self.downgraded(), self.refused()];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join(" ")
    }

    /// Where no host is to be named.
    fn fixed(&self, grade: Grade) -> &'static str {
        let lang = self.lang;
        match grade {
            Grade::B => lang.pick(
                "Encrypted on every leg that is shown; at least one suite is only tolerated.",
                "Auf jeder sichtbaren Teilstrecke verschlüsselt; mindestens eine Cipher-Suite ist nur geduldet.",
            ),
            Grade::A => lang.pick(
                "Encrypted with current protocol and suite on every leg that is shown.",
                "Auf jeder sichtbaren Teilstrecke mit aktueller TLS-Version und aktueller Cipher-Suite verschlüsselt.",
            ),
            Grade::Local if matches!(self.status, Status::Queued | Status::Deferred) => lang.pick(
                "It has not crossed a network so far.",
                "Die Nachricht ging bisher über kein Netz.",
            ),
            Grade::Local => lang.pick(
                "It never crossed a network.",
                "Die Nachricht ging über kein Netz.",
            ),
            Grade::Unknown if self.only_hides_legs() => lang.pick(
                "It came from a filter of ours; how it came to that is not shown in this entry.",
                "Die Nachricht kam von einem eigenen Filter; wie sie dorthin kam, zeigt dieser Eintrag nicht.",
            ),
            Grade::Unknown if self.events.iter().any(Event::is_leg) => lang.pick(
                "The log does not say whether TLS was used.",
                "Das Protokoll sagt nicht, ob TLS benutzt wurde.",
            ),
            _ => "",
        }
    }

    /// A leg is not shown, and of those that are shown all is known.
    fn only_hides_legs(&self) -> bool {
        let mut legs = self.events.iter().filter(|event| event.is_leg());
        let is_open = |event: &Event| self.grades.event(self.model, event) == Grade::Unknown;
        self.events.iter().any(Event::hides_leg) && !legs.any(is_open)
    }

    /// Encrypted, and not well: with the worst host.
    fn weak(&self, grade: Grade) -> String {
        let lang = self.lang;
        let (inbound, host) = self.worst(grade);
        let to = if inbound {
            lang.pick("from", "auf dem Weg von")
        } else {
            lang.pick("to", "auf dem Weg zu")
        };
        let template = match grade {
            Grade::D => lang.pick(
                "TLS in name only: what protected it {to} {host} can be broken.",
                "TLS nur dem Namen nach: Die Verschlüsselung {to} {host} ist brechbar.",
            ),
            Grade::C => lang.pick(
                "Encrypted, but {to} {host} with a protocol or suite that is no longer allowed.",
                "Verschlüsselt, aber {to} {host} mit einer TLS-Version oder Cipher-Suite, die nicht mehr zulässig ist.",
            ),
            _ => lang.pick(
                "Encrypted; the log does not say how strongly ({to} {host}).",
                "Verschlüsselt; wie stark, sagt das Protokoll nicht ({to} {host}).",
            ),
        };
        fill(template, &[("to", to), ("host", &host)])
    }

    /// Whether a leg of that grade is inbound, and to or from whom it leads.
    fn worst(&self, grade: Grade) -> (bool, String) {
        let mut events = self.events.iter();
        let worst = events.find(|event| self.grades.event(self.model, event) == grade);
        let inbound = worst.is_some_and(|event| event.direction() == Some(Direction::In));
        let host = worst.map_or_else(String::new, |event| peer(self.model, event));
        (inbound, host)
    }

    /// `It was received in clear from A and sent in clear to B, like a postcard.`
    fn plain(&self, grade: Grade, like: &str) -> String {
        let hosts = |inbound: bool| {
            let legs = self.events.iter().filter(|event| event.is_leg());
            let legs = legs.filter(|event| self.grades.event(self.model, event) == grade);
            let own = legs.filter(|event| (event.direction() == Some(Direction::In)) == inbound);
            distinct(own.map(|event| peer(self.model, event)))
        };
        let lang = self.lang;
        let went = |inbound: bool, hosts: &str| {
            let way = if inbound {
                lang.pick(
                    "received in clear from {hosts}",
                    "im Klartext von {hosts} empfangen",
                )
            } else {
                lang.pick(
                    "sent in clear to {hosts}",
                    "im Klartext an {hosts} gesendet",
                )
            };
            fill(way, &[("hosts", hosts)])
        };
        let ways = [true, false].map(|inbound| (inbound, hosts(inbound)));
        let told = ways.iter().filter(|(_, hosts)| !hosts.is_empty());
        let told = told.map(|(inbound, hosts)| went(*inbound, &hosts.join(", ")));
        let mut told: Vec<String> = told.collect();
        if told.is_empty() {
            let (inbound, host) = self.worst(grade);
            told.push(went(inbound, &host));
        }
        let told = told.join(lang.pick(" and ", " und "));
        format!(
            "{} {told}{like}.",
            lang.pick("It was", "Die Nachricht wurde")
        )
    }

    fn downgraded(&self) -> String {
        let downgrades = self.events.iter().filter(|event| self.is_downgrade(event));
        let hosts = distinct(downgrades.map(|event| peer(self.model, event)));
        if hosts.is_empty() {
            return String::new();
        }
        let template = self.lang.pick(
            "TLS with {hosts} was tried before and failed: downgraded.",
            "TLS mit {hosts} wurde zuvor versucht und schlug fehl: Rückfall auf Klartext.",
        );
        fill(template, &[("hosts", &hosts.join(", "))])
    }

    /// Nothing went over connections on which TLS was wanted and not had. Only where that is the whole story,
    /// nothing at all was sent in clear.
    fn refused(&self) -> String {
        let causes = self.causes();
        if causes.is_empty() || self.is_downgraded() {
            return String::new();
        }
        let connections = causes.iter().map(|(_, _, connections)| *connections).sum();
        let told = Refusal::told(&causes, self.mta, self.lang);
        let nothing = match connections {
            _ if !self.sent_in_clear() => self.lang.pick(
                "Nothing was sent in clear.",
                "Im Klartext wurde nichts gesendet.",
            ),
            0 => self
                .lang
                .pick("Nothing was sent then.", "Dabei wurde nichts gesendet."),
            1 => self
                .lang
                .pick("Nothing was sent on it.", "Auf ihr wurde nichts gesendet."),
            _ => self.lang.pick(
                "Nothing was sent on them.",
                "Auf ihnen wurde nichts gesendet.",
            ),
        };
        format!("{told}. {nothing}")
    }

    /// Why TLS was not had, each cause once, with its hosts and the number of connections.
    fn causes(&self) -> Vec<(Option<Trouble>, String, usize)> {
        let numbered = attempts::number(&self.model.strings, self.events.iter().copied());
        let stopped = self.events.iter().zip(numbered);
        let stopped = stopped.filter(|(event, _)| self.model.was_stopped(event));
        let stopped: Vec<(&Event, u16)> = stopped.collect();
        let trouble = |event: &Event| self.model.remark(event).trouble;
        // The first line that tells the cause tells it of its connection; a line that names no host may not tell it.
        let first = stopped.iter().find_map(|(event, _)| trouble(event));
        let mut by_attempt: HashMap<u16, Trouble> = HashMap::new();
        for &(event, attempt) in stopped.iter().filter(|(_, attempt)| *attempt > 0) {
            if let Some(trouble) = trouble(event) {
                by_attempt.entry(attempt).or_insert(trouble);
            }
        }
        let mut causes: Vec<(Option<Trouble>, Vec<String>, Vec<u16>)> = Vec::new();
        for (event, attempt) in stopped {
            let known = by_attempt.get(&attempt).copied();
            let own = known.or_else(|| trouble(event));
            let own = own.or_else(|| first.filter(|_| attempt == 0));
            let at = causes.iter().position(|(other, ..)| *other == own);
            let at = at.unwrap_or_else(|| {
                causes.push((own, Vec::new(), Vec::new()));
                causes.len() - 1
            });
            if let Some((_, hosts, attempts)) = causes.get_mut(at) {
                hosts.push(peer(self.model, event));
                attempts.extend((attempt > 0).then_some(attempt));
            }
        }
        let causes = causes.into_iter().map(|(trouble, hosts, mut attempts)| {
            attempts.sort_unstable();
            attempts.dedup();
            let hosts = distinct(hosts.into_iter()).join(", ");
            (trouble, hosts, attempts.len())
        });
        causes.collect()
    }

    fn is_downgraded(&self) -> bool {
        self.events.iter().any(|event| self.is_downgrade(event))
    }

    /// The message went on in clear. A connection may also end before it is sent.
    fn is_downgrade(&self, event: &Event) -> bool {
        event.kind == Kind::TlsDowngrade && self.model.tls_state(event) == TlsState::No
    }

    /// A leg went in clear, or nobody knows.
    fn sent_in_clear(&self) -> bool {
        let mut legs = self.events.iter().filter(|event| event.is_leg());
        legs.any(|event| self.model.tls_state(event) != TlsState::Yes)
    }
}

fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for name in names {
        if !name.is_empty() && !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

fn outcome(status: Status, recipients: usize, took_millis: i64, lang: Lang) -> String {
    let after = lang.duration(u64::try_from(took_millis / 1000).unwrap_or(0));
    let whom = counted(
        recipients,
        lang.pick("one recipient", "einen Empfänger"),
        lang.pick("recipients", "Empfänger"),
    );
    let template = match status {
        Status::Delivered => lang.pick(
            "Delivered to {whom} within {after}.",
            "Zugestellt an {whom}, Dauer {after}.",
        ),
        Status::Partial if recipients == 1 => lang.pick(
            "Delivered to some of the addresses that its recipient stands for, not to others.",
            "Zugestellt an einen Teil der Adressen, für die der Empfänger steht, an andere nicht.",
        ),
        Status::Partial => lang.pick(
            "Delivered to some of {whom}, not to others.",
            "Zugestellt an einen Teil der {whom}, an andere nicht.",
        ),
        Status::Deferred if took_millis < 1000 => {
            lang.pick("Still queued.", "Noch in der Warteschlange.")
        }
        Status::Deferred => lang.pick(
            "Still queued after {after}.",
            "Noch in der Warteschlange, bisher {after}.",
        ),
        Status::Failed => lang.pick(
            "Delivery failed for {whom}.",
            "Zustellung fehlgeschlagen für {whom}.",
        ),
        Status::Rejected => lang.pick(
            "It was refused before it was taken in.",
            "Die Nachricht wurde vor der Annahme abgewiesen.",
        ),
        Status::Discarded => lang.pick(
            "It was dropped on purpose.",
            "Die Nachricht wurde absichtlich verworfen.",
        ),
        Status::Queued => lang.pick(
            "Taken in; nothing more is in these files.",
            "Angenommen; mehr steht nicht in diesen Dateien.",
        ),
        Status::Unknown => "",
    };
    fill(template, &[("whom", &whom), ("after", &after)])
}
