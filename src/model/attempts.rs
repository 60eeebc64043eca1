//! Tells real connection attempts from retries that made none.

mod open;

use hashbrown::HashSet;

use crate::parse::{Direction, Kind};

use super::dialogues::same_peer;
use super::{Event, Strings, Symbol};
use open::Open;

/// An outcome line follows the lines of its connection within this time (Exim logs it when the
/// delivery process ends, after further hosts may have run into their time-outs).
const OUTCOME_WITHIN_MS: i64 = 15 * 60 * 1000;
/// Outcomes of several recipients of one connection are written together.
const TOGETHER_MS: i64 = 60 * 1000;

/// One connection while its lines are gathered.
#[derive(Debug)]
struct Connection {
    peer: Symbol,
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
    open: Open,
    settled: Settled,
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
        let Self { open, settled, .. } = self;
        open.look(strings, event.peer);
        let joins = |own: &Connection| own.joins(strings, settled, event);
        let number = if let Some(attempt) = open.find(joins) {
            attempt.take(event);
            attempt.number
        } else {
            self.count = self.count.saturating_add(1);
            // Only the latest connection to a host can still be written about.
            open.begin(strings, Connection::new(event, self.count));
            self.count
        };
        if is_outcome(event.kind) {
            self.settled.insert(outcome(strings, number, event));
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

impl Connection {
    const fn new(event: &Event, number: u16) -> Self {
        Self {
            peer: event.peer,
            number,
            last: event.time(),
            settled: is_outcome(event.kind),
        }
    }

    fn joins(&self, strings: &Strings, settled: &Settled, event: &Event) -> bool {
        let gap = event.time() - self.last;
        let limit = if self.settled {
            TOGETHER_MS
        } else {
            OUTCOME_WITHIN_MS
        };
        // Lines of parallel processes can be a little out of order, hence the absolute value.
        gap.abs() <= limit
            && if is_about_recipient(strings, event) {
                !settled.contains(outcome(strings, self.number, event))
            } else {
                !self.settled
            }
            && same_peer(strings, self.peer, event.peer)
    }

    const fn take(&mut self, event: &Event) {
        self.last = event.time();
        self.settled |= is_outcome(event.kind);
    }
}

/// The number of an attempt, and an address that has an outcome from it, with the recipient that it came from: an
/// alias gives many addresses, and all of them may go over one connection.
type Outcome = (u16, Symbol, Symbol);

fn outcome(strings: &Strings, number: u16, event: &Event) -> Outcome {
    (number, event.address, strings.remark(event).parent)
}

/// The outcomes of a message.
#[derive(Debug, Default)]
struct Settled {
    /// Most messages have a handful: looking through them beats hashing.
    few: Vec<Outcome>,
    /// Mailing lists have thousands.
    many: HashSet<Outcome>,
}

impl Settled {
    const FEW: usize = 16;

    fn contains(&self, own: Outcome) -> bool {
        self.few.contains(&own) || !self.many.is_empty() && self.many.contains(&own)
    }

    fn insert(&mut self, own: Outcome) {
        if self.few.len() < Self::FEW {
            self.few.push(own);
        } else {
            self.many.insert(own);
        }
    }

    fn clear(&mut self) {
        self.few.clear();
        if !self.many.is_empty() {
            // Not emptied: all its room would be gone through for each of the next messages.
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

    /// An event of a connection with a host, which is told by address and name.
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

    /// The rule in plain words: each event looks at all connections.
    fn plainly(strings: &Strings, events: &[Event]) -> Vec<u16> {
        let mut open: Vec<Connection> = Vec::new();
        let (mut settled, mut count) = (Settled::default(), 0);
        let number = |event: &Event| {
            let joined = open
                .iter_mut()
                .find(|own| own.joins(strings, &settled, event));
            let number = if let Some(own) = joined {
                own.take(event);
                own.number
            } else {
                count += 1;
                open.retain(|own| !same_peer(strings, own.peer, event.peer));
                open.push(Connection::new(event, count));
                count
            };
            if is_outcome(event.kind) {
                settled.insert(outcome(strings, number, event));
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
                    // Some hosts have a name in common, and some are told by it alone, or by most of it where they
                    // are not too many for that.
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
                .position(|(own, plain)| own != plain);
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
                .map(|own| leg(&mut strings, 7, own, host))
            })
            .collect();
        // The second line is of the same host and recipient, the third one of the same host again.
        let numbers = number(&strings, events.into_iter());
        let first = numbers.iter().step_by(3).copied();
        assert!(
            first.eq((0..60_000_u32).map(|host| u16::try_from(3 * host + 1).unwrap_or(u16::MAX)))
        );
    }
}
