//! Tells real connection attempts from retries that made none.

use crate::parse::{Direction, Kind};

use super::dialogues::same_peer;
use super::{Event, Strings, Symbol};

/// An outcome line follows the lines of its connection within this time (Exim logs it when the
/// delivery process ends, after further hosts may have run into their time-outs).
const OUTCOME_WITHIN_MS: i64 = 15 * 60 * 1000;
/// Outcomes of several recipients of one connection are written together.
const TOGETHER_MS: i64 = 60 * 1000;

/// One connection while its lines are gathered.
#[derive(Debug)]
struct Open {
    host: Host,
    number: u16,
    last: i64,
    /// A recipient has an outcome already: not only detail lines were seen.
    settled: bool,
}

/// Numbers the attempts of one message, whose events come in log order.
///
/// Lines share an attempt when they speak of the same remote host and no recipient would get a second
/// outcome from it: Exim writes a detail line for the connection and then one line for each recipient, and
/// the others tell of a failed TLS handshake before they tell what became of the recipients.
#[derive(Debug, Default)]
pub struct Attempts {
    open: Vec<Open>,
    /// Recipients that have an outcome, with the number of the attempt.
    settled: Vec<(u16, Symbol)>,
    /// Outbound connection attempts so far.
    pub count: u16,
    /// Retries that made no connection so far.
    pub waits: u16,
}

impl Attempts {
    /// Takes the next event; gives the number of its attempt, 0 where there is none.
    pub fn take(&mut self, strings: &Strings, event: &Event) -> u16 {
        if event.kind == Kind::RetryWait {
            self.waits = self.waits.saturating_add(1);
        }
        if !is_connection(event) {
            return 0;
        }
        let host = Host::of(strings, event.peer, self.open.len());
        let settled = &self.settled;
        let mut open = self.open.iter_mut();
        let joined = open.find(|attempt| attempt.joins(strings, settled, event, host));
        let number = if let Some(attempt) = joined {
            attempt.take(event);
            attempt.number
        } else {
            self.count = self.count.saturating_add(1);
            // Only the latest connection to a host can still be written about.
            let settled = &mut self.settled;
            self.open.retain(|attempt| {
                let over = attempt.host.is(strings, host);
                if over {
                    settled.retain(|(number, _)| *number != attempt.number);
                }
                !over
            });
            self.open.push(Open::new(event, host, self.count));
            self.count
        };
        if is_outcome(event.kind) {
            self.settled.push((number, strings.recipient(event)));
        }
        number
    }

    /// Makes ready for another message.
    pub(super) fn clear(&mut self) {
        self.open.clear();
        self.settled.clear();
        self.count = 0;
        self.waits = 0;
    }
}

/// The attempt of each event of a message, in log order; 0 where there is none.
pub fn number(strings: &Strings, events: impl Iterator<Item = Event>) -> Vec<u16> {
    let mut attempts = Attempts::default();
    events.map(|event| attempts.take(strings, &event)).collect()
}

/// A line about a connection that we made.
fn is_connection(event: &Event) -> bool {
    event.direction() == Some(Direction::Out)
        && !event.peer.is_none()
        && !matches!(
            event.kind,
            Kind::Arrival | Kind::Completion | Kind::Session | Kind::RetryWait
        )
}

const fn is_outcome(kind: Kind) -> bool {
    matches!(kind, Kind::Delivery | Kind::Deferral | Kind::Failure)
}

/// A downgrade is told before each recipient that it concerns.
fn is_about_recipient(strings: &Strings, event: &Event) -> bool {
    is_outcome(event.kind)
        || event.kind == Kind::TlsDowngrade && !strings.recipient(event).is_none()
}

/// A remote host, and a part of its address: a list may go to a thousand hosts, and each is compared with all that are
/// still written about.
#[derive(Clone, Copy, Debug)]
struct Host {
    peer: Symbol,
    /// See [`Strings::address_mark`]; 0 where it was not looked for.
    mark: u64,
}

impl Host {
    /// So many hosts are compared without looking for their marks: most messages go to one, and its name lies far
    /// away in memory.
    const FEW: usize = 4;

    /// The host, which is going to be compared with so many others.
    fn of(strings: &Strings, peer: Symbol, others: usize) -> Self {
        let mark = if others < Self::FEW {
            0
        } else {
            strings.address_mark(peer)
        };
        Self { peer, mark }
    }

    /// Whether both are the same host.
    fn is(self, strings: &Strings, other: Self) -> bool {
        let differ = self.mark != other.mark && self.mark != 0 && other.mark != 0;
        !differ && same_peer(strings, self.peer, other.peer)
    }
}

impl Open {
    const fn new(event: &Event, host: Host, number: u16) -> Self {
        Self {
            host,
            number,
            last: event.time(),
            settled: is_outcome(event.kind),
        }
    }

    fn joins(
        &self,
        strings: &Strings,
        settled: &[(u16, Symbol)],
        event: &Event,
        host: Host,
    ) -> bool {
        let gap = event.time() - self.last;
        let limit = if self.settled {
            TOGETHER_MS
        } else {
            OUTCOME_WITHIN_MS
        };
        // Lines of parallel processes can be a little out of order, hence the absolute value.
        gap.abs() <= limit
            && if is_about_recipient(strings, event) {
                !settled.contains(&(self.number, strings.recipient(event)))
            } else {
                !self.settled
            }
            && self.host.is(strings, host)
    }

    const fn take(&mut self, event: &Event) {
        self.last = event.time();
        self.settled |= is_outcome(event.kind);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample::hosts::Sample;
    use crate::parse::{Fact, Mta, Peer};
    use crate::tls::Trouble;

    /// The fact turned into one about TLS with `mx.example.net`.
    fn tls<'a>(kind: Kind, address: &'static [u8], fact: &Fact<'a>) -> Fact<'a> {
        Fact {
            kind,
            address,
            direction: Some(Direction::Out),
            trouble: Some(Trouble::HandshakeFailed),
            peer: Peer {
                name: b"MX.example.net.",
                ..Peer::default()
            },
            ..fact.clone()
        }
    }

    /// What Postfix and Sendmail write, in events: a handshake that fails, on a line that names the host by
    /// less, then the outcome; a downgrade before each recipient that went in clear.
    #[test]
    fn a_failed_handshake_belongs_to_the_outcome_that_follows() {
        let line = |time: &str, rest: &str| format!("2026-02-24 {time} 1vumAA-000001-00 {rest}\n");
        let out = "H=mx.example.net [192.0.2.1]";
        let log = line("08:00:00", "<= a@example.org U=a P=local S=300")
            + &line("08:00:01", "a handshake that fails")
            + &line(
                "08:00:02",
                &format!("** b@example.net R=r T=t {out}: 550 no"),
            )
            + &line("08:10:01", "a handshake that fails")
            + &line("08:10:02", "a downgrade for b")
            + &line("08:10:02", &format!("=> b@example.net R=r T=t {out}"))
            + &line("08:10:02", "a downgrade for c")
            + &line("08:10:02", &format!("=> c@example.net R=r T=t {out}"));
        let model = Sample::default()
            .add("mail", &log, |line, fact| {
                let fact = Fact {
                    mta: Mta::Sendmail,
                    ..fact
                };
                match line {
                    2 => Fact {
                        kind: Kind::Deferral,
                        ..fact
                    },
                    1 | 3 => tls(Kind::TlsFailed, b"", &fact),
                    4 => tls(Kind::TlsDowngrade, b"b@example.net", &fact),
                    6 => tls(Kind::TlsDowngrade, b"c@example.net", &fact),
                    _ => fact,
                }
            })
            .0;
        let message = model.messages.get(0).unwrap();
        assert_eq!(
            number(&model.strings, model.events_of(message)),
            [0, 1, 1, 2, 2, 2, 2, 2]
        );
        assert_eq!(message.attempts, 2);
    }
}
