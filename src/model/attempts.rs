//! Counts the connection attempts of a message, apart from retries that made no connection.

mod open;

use hashbrown::HashSet;

use crate::parse::{Direction, Kind};

use super::dialogues::same_peer;
use super::{Event, Strings, Symbol};
use open::Open;

/// Longest time from the lines of a connection to its first outcome, in milliseconds. Exim logs outcomes when the
/// delivery process ends, after further hosts may have timed out.
pub(super) const OUTCOME_WITHIN_MS: i64 = 15 * 60 * 1000;
/// Shortest time after which a host may be tried again, in milliseconds: Postfix waits for five minutes or longer
/// (`minimal_backoff_time`), less the time that a connection takes.
const PASS_MS: i64 = 4 * 60 * 1000;
/// Longest time between two outcomes of one connection, in milliseconds.
const TOGETHER_MS: i64 = 60 * 1000;

/// One connection attempt, to which further lines may belong.
#[derive(Debug)]
struct Connection {
    peer: Symbol,
    /// Number of the attempt, from 1.
    number: u16,
    /// Time of the latest line, in milliseconds since 1970-01-01 UTC.
    last: i64,
    has_outcome: bool,
}

/// Numbers the connection attempts of one message, whose events come in log order.
///
/// Lines belong to one attempt if they are about the same remote host and no recipient gets a second outcome. Exim
/// logs details of the connection and then one outcome for each recipient; the others log a failed TLS handshake
/// before the outcomes.
#[derive(Debug, Default)]
pub struct Attempts {
    open: Open,
    outcomes: Outcomes,
    /// Number of outbound connection attempts so far.
    pub count: u16,
    /// Number of retries without a connection so far.
    pub waits: u16,
}

impl Attempts {
    /// Takes the next event; gives the number of its attempt, 0 for none.
    pub fn take(&mut self, strings: &Strings, event: &Event) -> u16 {
        if event.kind == Kind::RetryWait {
            self.waits = self.waits.saturating_add(1);
        }
        if !is_connection(event) {
            return 0;
        }
        let Self { open, outcomes, .. } = self;
        open.select(strings, event.peer);
        let is_of = |connection: &Connection| connection.includes(strings, outcomes, event);
        let number = if let Some(connection) = open.find(is_of) {
            connection.add(event);
            connection.number
        } else {
            self.count = self.count.saturating_add(1);
            // The new connection replaces earlier ones to the same host: no further lines are about those.
            open.begin(strings, Connection::new(event, self.count));
            self.count
        };
        if is_outcome(event.kind) {
            self.outcomes.insert(outcome(strings, number, event));
        }
        number
    }

    /// Resets everything for the next message.
    pub(super) fn clear(&mut self) {
        self.open.clear();
        self.outcomes.clear();
        self.count = 0;
        self.waits = 0;
    }
}

/// Attempt number of each event of a message, in log order; 0 for none.
pub fn number(strings: &Strings, events: impl Iterator<Item = Event>) -> Vec<u16> {
    let mut attempts = Attempts::default();
    events.map(|event| attempts.take(strings, &event)).collect()
}

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

/// Whether an event is about one recipient. A downgrade is: there is one before each recipient's delivery.
fn is_about_recipient(strings: &Strings, event: &Event) -> bool {
    is_outcome(event.kind)
        || event.kind == Kind::TlsDowngrade && !strings.recipient(event).is_none()
}

/// Whether a line comes soon after the first one of its connection: TLS fails at the beginning, and only Exim, whose
/// lines have a mark, holds outcomes back.
fn follows_at_once(event: &Event) -> bool {
    let fails = matches!(event.kind, Kind::TlsFailed | Kind::TlsRefused);
    fails || is_outcome(event.kind) && event.flag().is_none()
}

impl Connection {
    const fn new(event: &Event, number: u16) -> Self {
        Self {
            peer: event.peer,
            number,
            last: event.time(),
            has_outcome: is_outcome(event.kind),
        }
    }

    fn includes(&self, strings: &Strings, outcomes: &Outcomes, event: &Event) -> bool {
        let gap = event.time() - self.last;
        let limit = if self.has_outcome {
            TOGETHER_MS
        } else if follows_at_once(event) {
            PASS_MS
        } else {
            OUTCOME_WITHIN_MS
        };
        // The absolute value, because lines of parallel processes can be a little out of order.
        gap.abs() <= limit
            && if is_about_recipient(strings, event) {
                !outcomes.contains(outcome(strings, self.number, event))
            } else {
                !self.has_outcome
            }
            && same_peer(strings, self.peer, event.peer)
    }

    const fn add(&mut self, event: &Event) {
        self.last = event.time();
        self.has_outcome |= is_outcome(event.kind);
    }
}

/// An address with an outcome: number of the attempt, final address, and the recipient that expanded to it. The
/// recipient is included because two aliases may expand to one address.
type Outcome = (u16, Symbol, Symbol);

fn outcome(strings: &Strings, number: u16, event: &Event) -> Outcome {
    (number, event.address, strings.remark(event).parent)
}

#[derive(Debug, Default)]
struct Outcomes {
    /// The first outcomes: for the handful of most messages, a linear search is faster than hashing.
    few: Vec<Outcome>,
    /// All further outcomes: mailing lists have thousands.
    many: HashSet<Outcome>,
}

impl Outcomes {
    const FEW: usize = 16;

    fn contains(&self, outcome: Outcome) -> bool {
        self.few.contains(&outcome) || !self.many.is_empty() && self.many.contains(&outcome)
    }

    fn insert(&mut self, outcome: Outcome) {
        if self.few.len() < Self::FEW {
            self.few.push(outcome);
        } else {
            self.many.insert(outcome);
        }
    }

    fn clear(&mut self) {
        self.few.clear();
        if !self.many.is_empty() {
            // Replaced: clearing a large table would take as long for each of the next messages.
            self.many = HashSet::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Endpoint;
    use crate::model::sample::hosts::Sample;
    use crate::parse::{Fact, Mta, Peer};
    use crate::tls::Trouble;

    /// A copy of the fact, turned into one about TLS with `mx.example.net`.
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

    /// A host that was passed over has no outcome. Postfix tries it again after five minutes; Exim holds outcomes back.
    #[test]
    fn a_host_that_was_passed_over_is_tried_anew_on_a_later_pass() {
        let log = |minutes: u32, outcome: &str| {
            format!(
                "2026-02-24 08:00:00 1vumAA-000001-00 H=mx.example.net [192.0.2.1]: a TLS session is required, but the server did not offer TLS support\n\
                 2026-02-24 08:{minutes:02}:00 1vumAA-000001-00 {outcome}\n"
            )
        };
        let again = "H=mx.example.net [192.0.2.1]: a TLS session is required, but the server did not offer TLS support";
        let delivered = "=> b@example.net R=r T=t H=mx.example.net [192.0.2.1]";
        let numbers = |log: &str, is_marked: bool| {
            let sample = Sample::default().add("mail", log, |_, fact| Fact {
                flag: fact.flag.filter(|_| is_marked),
                ..fact
            });
            let model = sample.0;
            let message = model.messages.get(0).unwrap();
            number(&model.strings, model.events_of(message))
        };
        assert_eq!(numbers(&log(1, again), true), [1, 1]);
        assert_eq!(numbers(&log(6, again), true), [1, 2]);
        assert_eq!(numbers(&log(6, delivered), true), [1, 1]);
        assert_eq!(numbers(&log(1, delivered), false), [1, 1]);
        assert_eq!(numbers(&log(6, delivered), false), [1, 2]);
    }

    /// Events of Postfix and Sendmail: a failed handshake, whose line lacks the address, then the outcome; a downgrade
    /// before each recipient that went in plaintext.
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

    #[test]
    fn all_addresses_of_an_alias_may_go_over_one_connection() {
        let line = |rest: &str| format!("2026-02-24 08:00:00 1vumAA-000001-00 {rest}\n");
        let to = |second, address| {
            let why = "a TLS session is required, but the server did not offer TLS support";
            let line = line(&format!(
                "== {address} R=r T=t defer (-38) H=mx.example.net [192.0.2.1]: {why}"
            ));
            line.replace("08:00:00", second)
        };
        let log = line("<= a@example.org U=a P=local S=300")
            + &to("08:00:01", "anna@example.net <list@example.org>")
            + &to("08:00:01", "bert@example.net <list@example.org>")
            + &to("08:00:01", "bert@example.net <all@example.org>")
            + &to("08:00:31", "anna@example.net <list@example.org>")
            + &to("08:00:31", "bert@example.net <list@example.org>");
        let model = Sample::default().add("mail", &log, |_, fact| fact).0;
        let message = model.messages.get(0).unwrap();
        let numbers = number(&model.strings, model.events_of(message));
        assert_eq!(numbers, [0, 1, 1, 1, 2, 2]);
        assert_eq!(message.attempts, 2);
    }

    /// An event of a connection to a host, given by address and name.
    fn leg(strings: &mut Strings, second: u32, host: (&str, &str), recipient: u32) -> Event {
        let (mut packed, peer) = (
            Vec::new(),
            Peer {
                ip: host.0.as_bytes(),
                name: host.1.as_bytes(),
                ..Peer::default()
            },
        );
        Endpoint::pack(&peer, &mut packed);
        let mut event = Event {
            seconds: second,
            kind: Kind::Delivery,
            peer: strings.peers.intern(&packed),
            address: Symbol(recipient),
            ..Event::default()
        };
        event.set_direction(Direction::Out);
        event
    }

    /// The rule without an index: each event is compared with all connections.
    fn plainly(strings: &Strings, events: &[Event]) -> Vec<u16> {
        let mut open: Vec<Connection> = Vec::new();
        let (mut outcomes, mut count) = (Outcomes::default(), 0);
        let number = |event: &Event| {
            let known = open
                .iter_mut()
                .find(|connection| connection.includes(strings, &outcomes, event));
            let number = if let Some(connection) = known {
                connection.add(event);
                connection.number
            } else {
                count += 1;
                open.retain(|connection| !same_peer(strings, connection.peer, event.peer));
                open.push(Connection::new(event, count));
                count
            };
            if is_outcome(event.kind) {
                outcomes.insert(outcome(strings, number, event));
            }
            number
        };
        events.iter().map(number).collect()
    }

    #[test]
    fn connections_are_found_by_their_hosts_however_many_they_are() {
        let mut random = 1_u32;
        let mut below = |most: u32| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 8) % most
        };
        for (hosts, recipients) in [(3, 3), (12, 5), (40, 1), (40, 9), (400, 2), (400, 400)] {
            let mut strings = Strings::default();
            let events: Vec<Event> = (0..2_000)
                .map(|nth| {
                    let host = below(hosts);
                    // Some hosts share a name. Some events have only the name, or a shortened name where the hosts
                    // are few.
                    let ip = format!("192.0.{}.{}", host / 256, host % 256);
                    let ip = if below(5) == 0 { "" } else { &ip };
                    let name = match below(12) {
                        0 if !ip.is_empty() => String::new(),
                        1 if hosts < 64 => format!("mx{}...net", host / 3),
                        _ => format!("mx{}.example.net", host / 3),
                    };
                    let second = nth / 8 + below(3) * 20;
                    let mut event = leg(&mut strings, second, (ip, &name), below(recipients));
                    if below(4) == 0 {
                        event.kind = Kind::TlsFailed;
                    }
                    event
                })
                .collect();
            let wanted = plainly(&strings, &events);
            assert!(wanted.iter().max() > Some(&20), "{hosts} {recipients}");
            let found = number(&strings, events.into_iter());
            let differs = found
                .iter()
                .zip(&wanted)
                .position(|(found, plain)| found != plain);
            assert_eq!(differs, None, "{hosts} {recipients}");
        }
    }

    #[test]
    fn a_list_may_go_to_many_hosts() {
        let mut strings = Strings::default();
        let hosts = 0..60_000;
        let events: Vec<Event> = hosts
            .flat_map(|host: u32| {
                let ip = format!("10.{}.{}.{}", host >> 16, host >> 8 & 255, host & 255);
                let name = format!("mx{host}.example.net");
                [
                    (ip.as_str(), name.as_str()),
                    ("", &name),
                    (&ip, "mx.example.net"),
                ]
                .map(|endpoint| leg(&mut strings, 7, endpoint, host))
            })
            .collect();
        // The second event has the same host and recipient, the third one the same host again.
        let numbers = number(&strings, events.into_iter());
        let first = numbers.iter().step_by(3).copied();
        assert!(
            first.eq((0..60_000_u32).map(|host| u16::try_from(3 * host + 1).unwrap_or(u16::MAX)))
        );
    }
}
