//! One conversation: what its lines state so far, and whether its TLS session protected a leg.

use crate::model::event::Silence;
use crate::model::partial::Step;
use crate::model::{Event, SessionId, Sessions, Strings, Symbol};
use crate::parse::{Direction, Mta};
use crate::tls::Verify;

use super::kept::Kept;
use super::same_peer;

/// Tolerance between two stamps of whole seconds, in milliseconds: one second of rounding, one of log delay.
pub(super) const SLACK_MS: i64 = 2_000;
/// Tolerance where at least one stamp has milliseconds.
const FINE_SLACK_MS: i64 = 500;

/// One conversation with a peer. Times are in milliseconds since 1970-01-01 UTC.
#[derive(Clone, Debug)]
pub(super) struct Dialogue {
    /// True when the log holds its opening line.
    pub(super) opened: bool,
    pub(super) session: SessionId,
    /// True when the connection was opened for an earlier message and is used again.
    pub(super) reused: bool,
    /// Peer of the TLS session.
    pub(super) peer: Symbol,
    /// Time of the TLS handshake; with OpenSMTPD, of the latest use.
    pub(super) used_at: i64,
    /// Message that used the TLS session last.
    pub(super) message: u32,
    pub(super) failure: TlsFailure,
    /// Peer and direction that the opening line states.
    pub(super) opener: (Symbol, Option<Direction>),
    /// Events about TLS that belong to no message yet: the next message line takes them.
    pub(super) pending: Vec<u32>,
    /// Remarks that came before the line about their TLS session.
    pub(super) remarks: Vec<u32>,
    /// Messages that came in, or were begun: the closing line may state TLS for them, or that they were not handed in.
    pub(super) arrivals: Vec<u32>,
    pub(super) used: Used,
    /// Event and line number of the opening line. The event joins the model only where no other line of the
    /// conversation says more.
    pub(super) opening: Option<(Event, u32)>,
    pub(super) last_seen: i64,
    /// The connections of a process of Sendmail; empty with the others.
    pub(super) kept: Kept,
}

/// Whether a message, or a refused one, went over a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Used {
    No,
    Yes,
    /// A command was refused because the client did not use TLS.
    InVain,
}

/// Whether TLS failed in a conversation, and with which peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TlsFailure {
    None,
    With(Symbol),
    /// The line names no peer: the failure is about the peer of the next line.
    NextPeer,
}

impl TlsFailure {
    pub(super) fn is_with(self, strings: &Strings, peer: Symbol) -> bool {
        match self {
            Self::None => false,
            Self::With(failed) => same_peer(strings, failed, peer),
            Self::NextPeer => true,
        }
    }
}

/// Whether a TLS session of a conversation protected a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protects {
    Yes(SessionId),
    No,
    /// The connection may have been replaced meanwhile: nothing is concluded.
    Unclear,
}

impl Protects {
    /// `session` is 0 for none.
    pub(super) const fn by(session: SessionId) -> Self {
        match session {
            0 => Self::No,
            session => Self::Yes(session),
        }
    }
}

impl Dialogue {
    /// A conversation of which no line is known.
    pub(super) const fn blank() -> Self {
        Self {
            opened: false,
            session: 0,
            reused: false,
            peer: Symbol::NONE,
            used_at: 0,
            message: Event::NO_MESSAGE,
            failure: TlsFailure::None,
            opener: (Symbol::NONE, None),
            pending: Vec::new(),
            remarks: Vec::new(),
            arrivals: Vec::new(),
            used: Used::No,
            opening: None,
            last_seen: 0,
            kept: Kept::EMPTY,
        }
    }

    /// Peer with which TLS was set up, or failed.
    pub(super) const fn tls_peer(&self) -> Symbol {
        match self.failure {
            TlsFailure::With(peer) => peer,
            TlsFailure::None | TlsFailure::NextPeer => self.peer,
        }
    }

    /// True for a TLS session that no message has used yet.
    pub(super) const fn is_unclaimed(&self) -> bool {
        self.session != 0 && self.message == Event::NO_MESSAGE
    }

    /// True when the log says no more of the connection than that it opened.
    pub(super) const fn is_unused(&self) -> bool {
        matches!(self.used, Used::No) && self.pending.is_empty()
    }

    /// Tolerance between the stamps of the TLS line and of `event`, in milliseconds.
    const fn slack(&self, event: &Event) -> i64 {
        if event.millis() == 0 && self.used_at % 1000 == 0 {
            SLACK_MS
        } else {
            FINE_SLACK_MS
        }
    }

    /// Whether the lines name the same peer. Lines that name none are tied by the conversation alone.
    pub(super) fn is_with(&self, event: &Event, strings: &Strings) -> bool {
        let nameless = self.peer.is_none() || event.peer.is_none();
        nameless || same_peer(strings, self.peer, event.peer)
    }

    fn protects(&mut self, event: &Event, step: Step, mta: Mta, strings: &Strings) -> Protects {
        if mta == Mta::Sendmail {
            return self.kept.used(event, strings);
        }
        if self.session == 0 || !self.is_with(event, strings) {
            return Protects::No;
        }
        if mta == Mta::Postfix && event.direction() == Some(Direction::Out) {
            // The client does a new handshake for each message unless both its TLS line and the delivery line
            // say that the connection is reused. A reused connection that proves dead is replaced by a new one.
            let began = event.time() - i64::from(step.open_for.unwrap_or(0)) - self.slack(event);
            let free = self.message == Event::NO_MESSAGE || self.message == event.message;
            let recent = step.open_for.is_none() || began <= self.used_at;
            if !(free && recent && self.reused == event.is_reused()) {
                return Protects::No;
            }
        }
        Protects::Yes(self.session)
    }

    /// True when a proxy opened the connection and told of the client of `event` (Postfix: XCLIENT). How that client
    /// reached the proxy is not in this log.
    pub(super) fn is_proxied(&self, event: &Event, strings: &Strings) -> bool {
        let (opener, direction) = self.opener;
        direction == Some(Direction::In)
            && !opener.is_none()
            && !event.peer.is_none()
            && !same_peer(strings, opener, event.peer)
    }

    /// Fills in the peer from the opening line where the line of `event` names none.
    pub(super) fn fill_peer(&self, event: &mut Event) {
        if event.peer.is_none() {
            let (peer, direction) = self.opener;
            event.peer = peer;
            if direction == Some(Direction::Local) {
                event.set_direction(Direction::Local);
            }
        }
    }

    /// Fills in the TLS session where the line of `event` states none, or states no protocol version.
    pub(super) fn fill_session(
        &mut self,
        event: &mut Event,
        step: Step,
        mta: Mta,
        sessions: &mut Sessions,
        strings: &Strings,
    ) {
        let stated = sessions.get(event.session);
        let dane = stated.is_some_and(|session| session.verify == Some(Verify::Dane));
        let is_complete = stated.is_some_and(|session| session.version.is_some());
        if is_complete || event.absence() == Silence::Clear || event.is_ambiguous() {
            return;
        }
        match self.protects(event, step, mta, strings) {
            Protects::Yes(session) => {
                event.session = if dane {
                    sessions.verified_as(session, Verify::Dane)
                } else {
                    session
                };
                self.note_use(event, mta);
            }
            Protects::Unclear => event.set_absence(Silence::Mute),
            Protects::No => {}
        }
    }

    /// Notes that the TLS session was used for the leg of `event`.
    const fn note_use(&mut self, event: &Event, mta: Mta) {
        self.message = event.message;
        // With Postfix, the next connection of the process may follow at once.
        if !matches!(mta, Mta::Postfix) {
            self.used_at = event.time();
        }
    }
}
