//! Finds out whether an SMTP client logs TLS on every connection. Only then does a missing TLS line mean plaintext.
//!
//! Where Postfix reuses connections, `tlsproxy` does the handshake for the SMTP client. The client logs such
//! sessions at every TLS log level, so they do not prove that it logs the others. `tlsproxy` logs them at the
//! client's level: where it does, the client logs every session.

use crate::model::forget::MovingStrings;
use crate::model::origin::ReuseLog;
use crate::model::{Event, Model, Origin, Strings, Symbol};
use crate::parse::{Direction, Mta, Turn};
use crate::tls::Trouble;

use super::dialogue::SLACK_MS;
use super::same_peer;

/// Longest time that Postfix waits for STARTTLS and the handshake, in milliseconds.
const HANDSHAKE_MS: i64 = 5 * 60 * 1000;
/// Number of sessions remembered: more than the client processes of a host.
const MAX_SESSIONS: usize = 256;

/// What `tlsproxy` logged and the SMTP client has not yet, oldest first.
#[derive(Debug, Default)]
pub(super) struct ProxySessions {
    /// Sessions that are, or are being set up.
    open: Vec<ProxySession>,
    /// Those of which the handshake failed, with the time of that.
    failed: Vec<ProxySession>,
}

#[derive(Clone, Copy, Debug)]
struct ProxySession {
    host: Symbol,
    peer: Symbol,
    /// Time of the line, in milliseconds since 1970-01-01 UTC.
    time: i64,
    logged: bool,
}

impl ProxySessions {
    /// Copy with the strings of another model.
    pub(super) fn moved(&self, strings: &mut MovingStrings<'_>) -> Self {
        let mut moved = |sessions: &[ProxySession]| {
            let moved = sessions.iter().map(|session| ProxySession {
                host: strings.word(session.host),
                peer: strings.peer(session.peer),
                ..*session
            });
            moved.collect()
        };
        Self {
            open: moved(&self.open),
            failed: moved(&self.failed),
        }
    }

    fn connects(&mut self, host: Symbol, event: &Event) {
        let time = event.time();
        self.open
            .retain(|session| (time - session.time).abs() <= HANDSHAKE_MS);
        if self.open.len() >= MAX_SESSIONS {
            self.open.remove(0);
        }
        self.open.push(ProxySession {
            host,
            peer: event.peer,
            time,
            logged: false,
        });
    }

    fn secured(&mut self, strings: &Strings, host: Symbol, event: &Event) {
        let mut unlogged = self.open.iter_mut().filter(|session| !session.logged);
        if let Some(session) = unlogged.find(|session| session.is_with(strings, host, event)) {
            session.logged = true;
        }
    }

    /// The client logs a TLS session: true when `tlsproxy` logged it before, `None` when `tlsproxy` did not set
    /// it up.
    fn remove(&mut self, strings: &Strings, host: Symbol, event: &Event) -> Option<bool> {
        let fits = |session: &ProxySession| session.is_with(strings, host, event);
        let logged = (self.open.iter()).position(|session| session.logged && fits(session));
        let at = logged.or_else(|| self.open.iter().position(fits))?;
        Some(self.open.remove(at).logged)
    }

    /// A handshake failed. Those with clients of this host have no session.
    fn fails(&mut self, strings: &Strings, host: Symbol, event: &Event) {
        let is_open =
            |session: &ProxySession| !session.logged && session.is_with(strings, host, event);
        let Some(at) = self.open.iter().position(is_open) else {
            return;
        };
        let time = event.time();
        self.failed.retain(|session| session.is_near(time));
        if self.failed.len() < MAX_SESSIONS {
            let failed = self.open.remove(at);
            self.failed.push(ProxySession { time, ..failed });
        }
    }

    /// The server with which the handshake failed, where the line of the client does not name it; none where
    /// handshakes with several failed at that time.
    pub(super) fn failed_for(&mut self, strings: &Strings, host: Symbol, event: &Event) -> Symbol {
        let time = event.time();
        self.failed.retain(|session| session.is_near(time));
        let mut own = (self.failed.iter()).filter(|session| session.host == host);
        let Some(peer) = own.next().map(|session| session.peer) else {
            return Symbol::NONE;
        };
        if !own.all(|session| same_peer(strings, session.peer, peer)) {
            return Symbol::NONE;
        }
        self.told_of(strings, host, peer);
        peer
    }

    /// Notes that the line of the client itself names the server with which the handshake failed.
    pub(super) fn told(&mut self, strings: &Strings, host: Symbol, event: &Event) {
        if !self.failed.is_empty()
            && strings.remark(event).trouble == Some(Trouble::HandshakeFailed)
        {
            self.told_of(strings, host, event.peer);
        }
    }

    fn told_of(&mut self, strings: &Strings, host: Symbol, peer: Symbol) {
        let is_own =
            |session: &ProxySession| session.host == host && same_peer(strings, session.peer, peer);
        if let Some(at) = self.failed.iter().position(is_own) {
            self.failed.remove(at);
        }
    }
}

impl ProxySession {
    fn is_with(&self, strings: &Strings, host: Symbol, event: &Event) -> bool {
        self.host == host
            && (event.time() - self.time).abs() <= HANDSHAKE_MS
            && same_peer(strings, self.peer, event.peer)
    }

    /// Whether the client tells of it at `time`: at once.
    const fn is_near(&self, time: i64) -> bool {
        (time - self.time).abs() <= SLACK_MS
    }
}

impl Model {
    pub(super) fn proxied(&mut self, event: &Event, turn: Turn, origin: &Origin) {
        let sessions = &mut self.dialogues.proxied;
        match turn {
            Turn::Lends => sessions.connects(origin.host, event),
            Turn::NotLent => sessions.fails(&self.strings, origin.host, event),
            _ => sessions.secured(&self.strings, origin.host, event),
        }
    }

    /// Notes that the writer of `event` states TLS with next hosts, if the line proves that.
    pub(super) fn note_tls_statement(&mut self, event: &Event) {
        let origin = self.origins.get_mut(usize::from(event.origin));
        let outbound = event.direction() == Some(Direction::Out);
        let Some(origin) = origin.filter(|origin| outbound && !origin.mixed) else {
            return;
        };
        if origin.mta != Mta::Postfix {
            origin.states_outbound = true;
            return;
        }
        let sessions = &mut self.dialogues.proxied;
        let logged_by_proxy = if event.is_reused() {
            Some(false)
        } else {
            sessions.remove(&self.strings, origin.host, event)
        };
        match (logged_by_proxy, origin.reuse_log) {
            (Some(true), _) | (_, ReuseLog::ClientAndProxy) => {
                origin.reuse_log = ReuseLog::ClientAndProxy;
            }
            (Some(false), _) => origin.reuse_log = ReuseLog::ClientOnly,
            (None, _) => {}
        }
        // Where the client reuses connections, a session that seems to be its own may be one of a `tlsproxy`
        // whose lines are missing.
        origin.shows.outbound = origin.reuse_log != ReuseLog::ClientOnly;
        origin.states_outbound = origin.shows.outbound;
    }
}
