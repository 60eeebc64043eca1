//! The lines of a message that stand for themselves.

use super::super::words;
use super::Teller;
use crate::model::{Event, Status};
use crate::parse::{Direction, Flag, Kind, Mta};
use crate::text::{Clean, fill};

impl Teller<'_> {
    /// Only of such a completion the words are kept.
    fn is_requeued(&self, event: &Event) -> bool {
        !self.model.remark(event).text.is_none()
    }

    /// A system filter may drop one copy and leave the message to its recipients.
    fn dropped(&self) -> &'static str {
        if self.message.status() == Status::Discarded {
            let lang = self.lang;
            lang.pick("dropped for all recipients", "für alle Empfänger verworfen")
        } else {
            self.lang.pick("one copy dropped", "eine Kopie verworfen")
        }
    }

    pub(super) fn single(&self, event: &Event) -> (String, Vec<String>) {
        let mut notes = Vec::new();
        let title = match event.kind {
            Kind::Arrival => {
                notes.push(self.leg(event));
                if event.hides_leg() {
                    notes.push(self.passed_on().to_owned());
                }
                self.arrival(event)
            }
            Kind::Note if event.is_torn() => {
                notes.push(self.leg(event));
                self.broken_off(event)
            }
            Kind::Delivery => self.delivered_here(event),
            Kind::Completion => self.completed(event).to_owned(),
            kind @ (Kind::Deferral | Kind::Failure | Kind::Discarded) => {
                let why = self.why(event);
                let unsaid = why
                    .as_deref()
                    .and_then(|why| words::unsaid(why, self.mta(), self.lang));
                notes.extend(why);
                notes.extend(unsaid.map(str::to_owned));
                match self.recipient(event).as_str() {
                    "" if kind == Kind::Discarded => self.dropped().to_owned(),
                    "" => self.given_up().to_owned(),
                    name => format!("{} {name}", self.verb(kind)),
                }
            }
            Kind::Frozen | Kind::Thawed => self.held(event, &mut notes),
            Kind::Rejection => {
                notes.push(self.text(event));
                match self.recipient(event).as_str() {
                    "" => self.lang.pick("refused", "abgewiesen").to_owned(),
                    name => format!("{} {name}", self.lang.pick("refused", "abgewiesen:")),
                }
            }
            Kind::Note | Kind::Session if !self.model.remark(event).text.is_none() => {
                self.text(event)
            }
            Kind::TlsFailed => {
                notes.extend(self.reason(std::slice::from_ref(event)));
                self.failure(event).to_owned()
            }
            kind => {
                notes.push(self.text(event));
                words::kind(kind, self.lang)
            }
        };
        (title, notes)
    }

    fn broken_off(&self, event: &Event) -> String {
        let template = self.lang.pick(
            "begun by {who} and broken off within its content",
            "von {who} begonnen und mitten im Inhalt abgebrochen",
        );
        let who = words::host(&self.model.strings.endpoint(event.peer), None);
        fill(template, &[("who", &who)])
    }

    fn passed_on(&self) -> &'static str {
        self.lang.pick(
            "passed on for another client; how the message came from there is not shown in this entry",
            "für einen anderen Client weitergereicht; wie die Nachricht von dort kam, zeigt dieser Eintrag nicht",
        )
    }

    fn delivered_here(&self, event: &Event) -> String {
        let suppressed = event.flag() == Some(Flag::Suppressed);
        let template = if suppressed {
            self.lang.pick(
                "delivery to {who} suppressed (-N)",
                "Zustellung an {who} unterdrückt (-N)",
            )
        } else {
            self.lang
                .pick("delivered here: {who}", "hier zugestellt: {who}")
        };
        fill(template, &[("who", &self.recipient(event))])
    }

    fn completed(&self, event: &Event) -> &'static str {
        if self.is_requeued(event) {
            self.lang.pick(
                "put into the queue again: it goes on under a new ID",
                "erneut in die Warteschlange gestellt: Es geht unter einer neuen ID weiter",
            )
        } else {
            self.lang.pick(
                "completed: no recipient is left",
                "abgeschlossen: Kein Empfänger ist mehr offen",
            )
        }
    }

    const fn given_up(&self) -> &'static str {
        self.lang.pick(
            "given up: all recipients who still waited have failed",
            "aufgegeben: Die Zustellung an alle Empfänger, die noch warteten, ist fehlgeschlagen",
        )
    }

    /// Exim freezes and thaws; the others hold and release, and some say why.
    fn held(&self, event: &Event, notes: &mut Vec<String>) -> String {
        let exim = self.mta() == Mta::Exim;
        if !exim {
            const BARE: [&str; 2] = ["placed on hold", "released from hold"];
            notes.extend(self.why(event).filter(|why| !BARE.contains(&why.as_str())));
        }
        let told = match (event.kind, exim) {
            (Kind::Frozen, true) => self.lang.pick(
                "frozen: no further attempts until it is thawed",
                "eingefroren: keine weiteren Versuche, bis die Nachricht aufgetaut wird",
            ),
            (Kind::Frozen, false) => self.lang.pick(
                "held: no further attempts until it is released",
                "angehalten: keine weiteren Versuche, bis die Nachricht freigegeben wird",
            ),
            (_, true) => self.lang.pick("thawed", "aufgetaut"),
            (_, false) => self.lang.pick("released", "freigegeben"),
        };
        told.to_owned()
    }

    fn arrival(&self, event: &Event) -> String {
        let protocol = Clean::line(self.model.strings.protocols.get(self.message.protocol));
        let with = if protocol.is_empty() {
            String::new()
        } else {
            format!(" {} {}", self.lang.pick("with", "mit"), protocol.as_str())
        };
        match event.direction() {
            Some(Direction::In) => {
                format!(
                    "{} {}{with}",
                    self.lang.pick("received from", "empfangen von"),
                    words::host(&self.model.strings.endpoint(event.peer), None)
                )
            }
            _ => format!(
                "{}{with}",
                self.lang.pick("submitted here", "hier eingeliefert")
            ),
        }
    }
}
