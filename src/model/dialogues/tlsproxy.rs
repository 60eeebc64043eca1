//! Finds out whether an SMTP client logs TLS on every connection. Only then does a missing TLS line mean plaintext.
//!
//! Where Postfix reuses connections, `tlsproxy` does the handshake for the SMTP client. The client logs such
//! sessions at every TLS log level, so they do not prove that it logs the others. `tlsproxy` logs them at the
//! client's level: where it does, the client logs every session.

use crate::model::forget::MovingStrings;
use crate::model::origin::ReuseLog;
use crate::model::{Event, Model, Origin, Strings, Symbol};
use crate::parse::{Direction, Mta, Turn};

use super::same_peer;

/// Longest time that Postfix waits for STARTTLS and the handshake, in milliseconds.
const HANDSHAKE_MS: i64 = 5 * 60 * 1000;
/// Number of sessions remembered: more than the client processes of a host.
const MAX_SESSIONS: usize = 256;

/// Sessions of `tlsproxy` that the SMTP client has not logged yet, oldest first.
#[derive(Debug, Default)]
pub(super) struct ProxySessions(Vec<ProxySession>);

#[derive(Clone, Copy, Debug)]
struct ProxySession {
    host: Symbol,
    peer: Symbol,
    /// Time of the connect line, in milliseconds since 1970-01-01 UTC.
    time: i64,
    logged: bool,
}

impl ProxySessions {
    /// Copy with the strings of another model.
    pub(super) fn moved(&self, strings: &mut MovingStrings<'_>) -> Self {
        let moved = self.0.iter().map(|session| ProxySession {
            host: strings.word(session.host),
            peer: strings.peer(session.peer),
            ..*session
        });
        Self(moved.collect())
    }

    fn connects(&mut self, host: Symbol, event: &Event) {
        let time = event.time();
        self.0
            .retain(|session| (time - session.time).abs() <= HANDSHAKE_MS);
        if self.0.len() >= MAX_SESSIONS {
            self.0.remove(0);
        }
        self.0.push(ProxySession {
            host,
            peer: event.peer,
            time,
            logged: false,
        });
    }

    fn secured(&mut self, strings: &Strings, host: Symbol, event: &Event) {
        let mut unlogged = self.0.iter_mut().filter(|session| !session.logged);
        if let Some(session) = unlogged.find(|session| session.is_with(strings, host, event)) {
            session.logged = true;
        }
    }

    /// The client logs a TLS session: true when `tlsproxy` logged it before, `None` when `tlsproxy` did not set
    /// it up.
    fn remove(&mut self, strings: &Strings, host: Symbol, event: &Event) -> Option<bool> {
        let fits = |session: &ProxySession| session.is_with(strings, host, event);
        let logged = (self.0.iter()).position(|session| session.logged && fits(session));
        let at = logged.or_else(|| self.0.iter().position(fits))?;
        Some(self.0.remove(at).logged)
    }
}

impl ProxySession {
    fn is_with(&self, strings: &Strings, host: Symbol, event: &Event) -> bool {
        self.host == host
            && (event.time() - self.time).abs() <= HANDSHAKE_MS
            && same_peer(strings, self.peer, event.peer)
    }
}

impl Model {
    pub(super) fn proxied(&mut self, event: &Event, turn: Turn, origin: &Origin) {
        let sessions = &mut self.dialogues.proxied;
        if turn == Turn::Lends {
            sessions.connects(origin.host, event);
        } else {
            sessions.secured(&self.strings, origin.host, event);
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
