//! Connections of one process of Sendmail in one direction.
//!
//! Sendmail keeps the connections to the hosts it used last, two by default (`ConnectionCacheSize`), and uses them
//! again without another line about TLS. Sites may keep more, which no log tells.

use crate::model::forget::MovingStrings;
use crate::model::{Event, SessionId, Strings, Symbol};
use crate::parse::Direction;

use super::dialogue::{Protects, SLACK_MS};
use super::same_peer;

/// Connections that Sendmail keeps by default.
const BY_DEFAULT: usize = 2;
/// Connections remembered: more than a site has reason to keep.
const MOST: usize = 16;
/// Longest idle time of a connection, in milliseconds. Sendmail's default is five minutes.
const IDLE_MS: i64 = 30 * 60 * 1000;

/// The connections, the one used last at the end.
#[derive(Clone, Debug)]
pub(super) struct Kept(Vec<Connection>);

#[derive(Clone, Copy, Debug)]
struct Connection {
    peer: Symbol,
    protects: Protects,
    /// In milliseconds since 1970-01-01 UTC.
    used_at: i64,
}

impl Connection {
    /// Lines that name no peer are tied by the process alone.
    fn is_of(&self, event: &Event, strings: &Strings) -> bool {
        let nameless = self.peer.is_none() || event.peer.is_none();
        nameless || same_peer(strings, self.peer, event.peer)
    }
}

impl Kept {
    pub(super) const EMPTY: Self = Self(Vec::new());

    /// TLS was set up, or failed, on a new connection with the peer of `event`; `session` is 0 where it failed.
    pub(super) fn begin(&mut self, event: &Event, session: SessionId, strings: &Strings) {
        self.0.retain(|known| !known.is_of(event, strings));
        self.push(event, Protects::by(session));
    }

    /// Whether TLS protects the connection on which `event` happened.
    pub(super) fn used(&mut self, event: &Event, strings: &Strings) -> Protects {
        let known = self.0.iter().rposition(|known| known.is_of(event, strings));
        let Some(at) = known else {
            self.push(event, Protects::No);
            return Protects::No;
        };
        let known = self.0.remove(at);
        let others = self.0.len() - at;
        let is_out = event.direction() == Some(Direction::Out);
        let idle = event.time() - SLACK_MS - known.used_at;
        // It may have been replaced by another one, in clear; and the system uses process IDs again.
        let unclear = idle > IDLE_MS || is_out && others >= BY_DEFAULT;
        let protects = match known.protects {
            Protects::Yes(_) if unclear => Protects::Unclear,
            known => known,
        };
        let peer = if event.peer.is_none() {
            known.peer
        } else {
            // The TLS line may lack the address: from here on the peer is known by both.
            event.peer
        };
        self.push(&Event { peer, ..*event }, protects);
        protects
    }

    fn push(&mut self, event: &Event, protects: Protects) {
        if self.0.len() == MOST {
            self.0.remove(0);
        }
        self.0.push(Connection {
            peer: event.peer,
            protects,
            used_at: event.time(),
        });
    }

    /// Copy with the strings of another model.
    pub(super) fn moved(&self, strings: &mut MovingStrings<'_>) -> Self {
        let moved = self.0.iter().map(|known| Connection {
            peer: strings.peer(known.peer),
            ..*known
        });
        Self(moved.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Endpoint;
    use crate::parse::Peer;

    /// A line about a host at a second.
    fn line(strings: &mut Strings, host: &str, ip: &str, second: u32) -> Event {
        let peer = Peer {
            name: host.as_bytes(),
            ip: ip.as_bytes(),
            ..Peer::default()
        };
        let mut packed = Vec::new();
        Endpoint::pack(&peer, &mut packed);
        let mut event = Event {
            seconds: second,
            peer: strings.peers.intern(&packed),
            ..Event::default()
        };
        event.set_direction(Direction::Out);
        event
    }

    #[test]
    fn two_hosts_are_kept_and_more_may_be() {
        let mut strings = Strings::default();
        let [a, b, c] = ["a", "b", "c"].map(|host| line(&mut strings, host, "", 0));
        let mut kept = Kept::EMPTY;
        kept.begin(&a, 1, &strings);
        assert_eq!(kept.used(&a, &strings), Protects::Yes(1));
        kept.begin(&b, 2, &strings);
        assert_eq!(kept.used(&b, &strings), Protects::Yes(2));
        // A third host, and the first one again: the second is the one that was used longest ago.
        assert_eq!(kept.used(&a, &strings), Protects::Yes(1));
        assert_eq!(kept.used(&c, &strings), Protects::No);
        assert_eq!(kept.used(&a, &strings), Protects::Yes(1));
        assert_eq!(kept.used(&b, &strings), Protects::Unclear);
        // Whatever it is now, it is the same connection.
        assert_eq!(kept.used(&b, &strings), Protects::Unclear);
        kept.begin(&b, 3, &strings);
        assert_eq!(kept.used(&b, &strings), Protects::Yes(3));
        kept.begin(&b, 0, &strings);
        assert_eq!(kept.used(&b, &strings), Protects::No);
    }

    #[test]
    fn a_name_is_known_by_its_address_once_that_is_told() {
        let mut strings = Strings::default();
        let named = line(&mut strings, "a", "", 0);
        let [one, other] = ["192.0.2.1", "192.0.2.2"].map(|ip| line(&mut strings, "a", ip, 0));
        let mut kept = Kept::EMPTY;
        kept.begin(&named, 1, &strings);
        assert_eq!(kept.used(&one, &strings), Protects::Yes(1));
        assert_eq!(kept.used(&other, &strings), Protects::No);
        assert_eq!(kept.used(&one, &strings), Protects::Yes(1));
    }

    #[test]
    fn an_idle_connection_may_have_been_closed() {
        let mut strings = Strings::default();
        let [now, soon, late] = [0, 1700, 3600].map(|at| line(&mut strings, "a", "", at));
        let mut kept = Kept::EMPTY;
        kept.begin(&now, 1, &strings);
        assert_eq!(kept.used(&soon, &strings), Protects::Yes(1));
        assert_eq!(kept.clone().used(&late, &strings), Protects::Unclear);
        for host in 0..2 * MOST {
            let other = line(&mut strings, &format!("other{host}"), "", 1700);
            kept.used(&other, &strings);
        }
        assert_eq!(kept.0.len(), MOST);
    }
}
