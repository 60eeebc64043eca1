//! Carries the TLS session from the lines about a connection to the lines about its messages.
//!
//! Postfix, Sendmail and OpenSMTPD log TLS on a line that names no message. The session holds for the message
//! lines that follow in the same conversation, which is a process or a session ID. Events must come in log
//! order; a conversation may span chunks and the files of one rotation.
//!
//! - `dialogue`: the state of one conversation
//! - `open`: the table of open conversations
//! - `kept`: the connections that a process of Sendmail keeps open
//! - `failures`: hosts with which TLS failed for a message
//! - `silence`: what a missing TLS statement means
//! - `stating`: since when a writer states TLS at all
//! - `handing_in`: messages that were begun and not handed in
//! - `tlsproxy`: Postfix sessions that another process sets up
//! - `peer`: whether two lines name the same remote host
//! - `forget`: moves open conversations to a smaller model

mod dialogue;
mod failures;
mod forget;
mod handing_in;
mod kept;
mod open;
mod peer;
mod silence;
mod stating;
mod tlsproxy;

use hashbrown::HashMap;

use crate::parse::{Direction, Kind, Mta, Turn};
use crate::tls::{Session, Verify};

use super::event::Silence;
use super::partial::Step;
use super::{Event, Model, Origin, Symbol};
use dialogue::{Dialogue, TlsFailure, Used};
use failures::Failures;
use open::{Key, Open};
use silence::{absence_without_opening, was_plaintext};
use stating::Stating;
use tlsproxy::ProxySessions;

pub(super) use peer::same_peer;

/// Longest gap between two files of one host that still count as one log, in milliseconds.
const GAP_MS: i64 = 10 * 60 * 1000;

/// Number of remark lines kept for one TLS session. Usually there are a few; a peer could cause any number.
const MAX_REMARKS: usize = 8;

/// All open conversations of the loaded logs.
#[derive(Debug, Default)]
pub(super) struct Dialogues {
    open: Open,
    /// Time covered by each host's log, by host.
    logs: HashMap<Symbol, LogSpan>,
    proxied: ProxySessions,
    failures: Failures,
    stating: Stating,
}

/// Time that the log of one host covers without a gap, in milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug)]
struct LogSpan {
    file: u32,
    start: i64,
    last: i64,
}

impl Dialogues {
    /// Bytes held on the heap, without the lists inside single conversations.
    pub(super) fn heap_bytes(&self) -> usize {
        let open = self.open.heap_bytes() + self.logs.allocation_size();
        open + self.failures.heap_bytes() + self.stating.heap_bytes()
    }

    /// Notes that lines of a host were lost: a TLS line may be among them.
    pub(super) fn lines_were_lost(&mut self, host: Symbol) {
        self.stating.forget(host);
    }

    /// Notes a line of the host at `time`; gives the time since which its log has no gap.
    fn log_start(&mut self, origin: &Origin, time: i64) -> i64 {
        let log = self.logs.entry(origin.host).or_insert(LogSpan {
            file: origin.file,
            start: time,
            last: time,
        });
        if log.file != origin.file {
            log.file = origin.file;
            if (time - log.last).abs() > GAP_MS {
                log.start = time;
                self.stating.forget(origin.host);
            }
        }
        log.last = time;
        log.start
    }
}

/// Decision about an event of a conversation.
pub(super) enum Verdict {
    /// The event joins the model. The events in `evidence` go to its message first, then a downgrade event if
    /// `downgrade`.
    Keep { downgrade: bool, evidence: Vec<u32> },
    /// The event is left out: other events say the same.
    Drop,
}

impl Verdict {
    /// The event joins the model alone.
    pub(super) const KEPT: Self = Self::Keep {
        downgrade: false,
        evidence: Vec::new(),
    };
}

impl Model {
    /// Takes the next event of a conversation and fills in its peer and TLS session. `number` is the number that
    /// the event gets if it joins the model.
    pub(super) fn converse(
        &mut self,
        event: &mut Event,
        line: u32,
        step: Step,
        number: u32,
    ) -> Verdict {
        let Some(origin) = self.origins.get(usize::from(event.origin)).copied() else {
            return Verdict::KEPT;
        };
        let log_start = self.dialogues.log_start(&origin, event.time());
        let key = (step.dialogue, log_start);
        match step.turn {
            Turn::Alone => {}
            Turn::Opens => return self.opened(event, line, key, origin.mta),
            Turn::Secured => self.secured(event, key, number, origin.mta),
            Turn::Lends | Turn::Lent | Turn::NotLent => self.proxied(event, step.turn, &origin),
            Turn::Verified => self.verified(event, key),
            Turn::Remarks => self.remarked(event, key, number),
            Turn::Failed => return self.failed(event, key, number, &origin),
            Turn::Carries => return self.carried(event, step, number, &origin, log_start),
            Turn::Closes => return self.closed(event, step, key, origin.mta),
            Turn::ClosesEmpty => return self.closed_empty(event, step, key, origin.mta),
            Turn::BreaksOff => self.broke_off(event, key),
            Turn::BreaksOffInContent => self.broke_off_in_content(event, key),
            Turn::Restarts => self.dialogues.stating.forget(origin.host),
        }
        Verdict::KEPT
    }

    fn dialogue(&mut self, key: Key, time: i64) -> &mut Dialogue {
        let dialogue = self.dialogues.open.get(key);
        dialogue.last_seen = time;
        dialogue
    }

    /// Begins a conversation. Its event is kept back until the end of the connection or of the file.
    fn opened(&mut self, event: &Event, line: u32, key: Key, mta: Mta) -> Verdict {
        let new = Dialogue {
            opened: true,
            opener: (event.peer, event.direction()),
            opening: Some((*event, line)),
            last_seen: event.time(),
            ..Dialogue::blank()
        };
        let (dialogue, before) = self.dialogues.open.begin(key, new);
        let Some(before) = before else {
            return Verdict::Drop;
        };
        if mta == Mta::OpenSmtpd {
            // OpenSMTPD connects again under the same session ID when TLS has failed.
            if before.failure != TlsFailure::None {
                dialogue.failure = before.failure;
                dialogue.pending = before.pending;
            }
        } else if before.is_unused()
            && let Some((lost, line)) = before.opening
        {
            // The process died without a closing line, and another one got its process ID.
            self.events.push(lost, line);
        }
        Verdict::Drop
    }

    fn secured(&mut self, event: &mut Event, key: Key, number: u32, mta: Mta) {
        let dialogue = self.dialogues.open.get(key);
        dialogue.last_seen = event.time();
        dialogue.session = event.session;
        dialogue.reused = event.is_reused();
        if event.peer.is_none() {
            event.peer = dialogue.opener.0;
        }
        dialogue.peer = event.peer;
        if mta == Mta::Sendmail {
            dialogue.kept.begin(event, event.session, &self.strings);
        }
        dialogue.used_at = event.time();
        dialogue.message = Event::NO_MESSAGE;
        dialogue.failure = TlsFailure::None;
        dialogue.pending = std::mem::take(&mut dialogue.remarks);
        dialogue.pending.push(number);
        self.note_tls_statement(event);
        self.settle_silent(event, key.0);
    }

    /// Adds what a check of the certificate said to the TLS session of a connection to a server.
    fn verified(&mut self, event: &mut Event, key: Key) {
        let result = self.sessions.get(std::mem::take(&mut event.session));
        let result = result.and_then(|stated| stated.verify);
        let Some(dialogue) = self.dialogues.open.known(key) else {
            if result == Some(Verify::Anonymous) {
                // It may be about a client.
                event.set_direction(None);
            }
            return;
        };
        dialogue.last_seen = event.time();
        if event.peer.is_none() {
            event.peer = dialogue.opener.0;
        }
        let before = dialogue.session;
        let unverified = |session: &Session| session.verify.is_none();
        let is_first = self.sessions.get(before).is_some_and(unverified);
        let Some(result) = result.filter(|_| is_first) else {
            return;
        };
        dialogue.session = self.sessions.verified_as(before, result);
        // The line about the session waits for its message.
        for &number in &dialogue.pending {
            let verified = |line: &mut Event| {
                if line.session == before {
                    line.session = dialogue.session;
                }
            };
            self.events.change(number, verified);
        }
    }

    /// A process of Postfix that states TLS with next hosts went without where it stated none before.
    fn settle_silent(&mut self, event: &Event, dialogue: u64) {
        let origin = self.origins.get(usize::from(event.origin));
        let is_client = |origin: &&Origin| origin.mta == Mta::Postfix && origin.states_outbound;
        let Some(origin) = origin.filter(is_client) else {
            return;
        };
        let stating = &mut self.dialogues.stating;
        for number in stating.states(origin, dialogue, event.time()) {
            let telling = |leg: &mut Event| leg.set_absence(Silence::Telling);
            self.events.change(number, telling);
            self.amend(number);
        }
    }

    /// Notes a remark. It is about the TLS session of the line before, or else about the next one.
    fn remarked(&mut self, event: &mut Event, key: Key, number: u32) {
        let dialogue = self.dialogue(key, event.time());
        let after = dialogue.session != 0 || dialogue.failure != TlsFailure::None;
        let remarks = if after && !dialogue.pending.is_empty() {
            if event.peer.is_none() {
                event.peer = dialogue.tls_peer();
            }
            &mut dialogue.pending
        } else {
            &mut dialogue.remarks
        };
        if remarks.len() < MAX_REMARKS {
            remarks.push(number);
        }
    }

    fn failed(&mut self, event: &mut Event, key: Key, number: u32, origin: &Origin) -> Verdict {
        let Dialogues { open, proxied, .. } = &mut self.dialogues;
        let dialogue = open.get(key);
        dialogue.last_seen = event.time();
        dialogue.session = 0;
        let before = dialogue.tls_peer();
        let nameless = before.is_none() || event.peer.is_none();
        if origin.mta == Mta::Sendmail && !event.peer.is_none() {
            dialogue.kept.begin(event, 0, &self.strings);
        }
        // Postfix tells of the host before it tells of the message.
        let told = event.message != Event::NO_MESSAGE && !dialogue.pending.is_empty();
        if event.peer.is_none() {
            event.peer = match (dialogue.failure, dialogue.peer) {
                (TlsFailure::With(peer), _) if told => peer,
                // A session that the process had before was with another host.
                _ if origin.mta == Mta::Postfix => {
                    proxied.failed_for(&self.strings, origin.host, event)
                }
                // Sendmail names it on the next line only.
                _ if origin.mta == Mta::Sendmail && event.direction() == Some(Direction::Out) => {
                    Symbol::NONE
                }
                (_, Symbol::NONE) => dialogue.opener.0,
                (_, peer) => peer,
            };
        }
        let same = told && dialogue.failure.is_with(&self.strings, event.peer);
        dialogue.failure = match event.peer {
            // Postfix goes on with the same host or with the next one.
            Symbol::NONE if origin.mta == Mta::Postfix => TlsFailure::None,
            Symbol::NONE => TlsFailure::NextPeer,
            peer => TlsFailure::With(peer),
        };
        if event.message == Event::NO_MESSAGE {
            if !nameless && !same_peer(&self.strings, before, event.peer) {
                // What was said of another host is about an earlier connection.
                dialogue.pending = std::mem::take(&mut dialogue.remarks);
            }
            dialogue.pending.push(number);
        }
        let evidence = if same {
            std::mem::take(&mut dialogue.pending)
        } else {
            Vec::new()
        };
        Verdict::Keep {
            downgrade: false,
            evidence,
        }
    }

    /// Fills in the TLS session of a message line, and what its absence means. A delivery in plaintext after a
    /// TLS failure is a downgrade.
    fn carried(
        &mut self,
        event: &mut Event,
        step: Step,
        number: u32,
        origin: &Origin,
        log_start: i64,
    ) -> Verdict {
        let dialogue = self.dialogues.open.get((step.dialogue, log_start));
        if event.kind == Kind::Rejection && event.ends_connection() {
            event.set_ends_connection(dialogue.used != Used::InVain);
            dialogue.used = Used::InVain;
        } else if dialogue.used == Used::No {
            dialogue.used = Used::Yes;
        }
        dialogue.last_seen = event.time();
        dialogue.fill_peer(event);
        if dialogue.is_proxied(event, &self.strings) {
            event.set_absence(Silence::Mute);
        } else {
            dialogue.fill_session(event, step, origin.mta, &mut self.sessions, &self.strings);
        }
        if event.kind == Kind::Arrival && event.direction() == Some(Direction::In) {
            dialogue.arrivals.push(number);
        }
        let failed = dialogue.failure.is_with(&self.strings, event.peer);
        if dialogue.failure == TlsFailure::NextPeer {
            dialogue.failure = TlsFailure::With(event.peer);
        }
        let has_message = event.message != Event::NO_MESSAGE;
        let secured = dialogue.session != 0
            && event.session != 0
            && !dialogue.pending.is_empty()
            && dialogue.is_with(event, &self.strings);
        let evidence = if has_message && (failed || secured) {
            std::mem::take(&mut dialogue.pending)
        } else {
            Vec::new()
        };
        let opened = dialogue.opened;
        if event.session == 0 && event.absence() == Silence::Telling && !opened {
            let arrived = self.arrived_since(event.message, log_start);
            let silence = absence_without_opening(event, step, origin.mta, log_start, arrived);
            event.set_absence(silence);
        }
        if origin.mta == Mta::Postfix && event.direction() == Some(Direction::Out) {
            let began = event.time() - i64::from(step.open_for.unwrap_or(0));
            let leg = (step.dialogue, number);
            self.dialogues
                .proxied
                .told(&self.strings, origin.host, event);
            if event.absence() == Silence::Telling
                && event.session == 0
                && !self.dialogues.stating.covers(origin, leg, began)
            {
                event.set_absence(Silence::Mute);
            }
        }
        let downgrade = event.is_leg()
            && event.direction() == Some(Direction::Out)
            && event.session == 0
            && was_plaintext(event, origin)
            && (failed || self.failed_before(event));
        Verdict::Keep {
            downgrade,
            evidence,
        }
    }

    /// Whether the log shows the arrival of a message at or after `since`, in milliseconds.
    fn arrived_since(&self, message: u32, since: i64) -> bool {
        let arrival = self.messages.get(message).map(|message| message.arrival);
        let arrival = arrival.and_then(|arrival| self.events.get(arrival));
        arrival.is_some_and(|arrival| {
            arrival.kind == Kind::Arrival && arrival.message == message && arrival.time() >= since
        })
    }

    /// Adds the opening lines of connections about which the file says nothing more.
    pub(super) fn keep_openings(&mut self, file: u32) {
        let origins = &self.origins;
        let of_file = |event: &Event| {
            let origin = origins.get(usize::from(event.origin));
            origin.is_some_and(|origin| origin.file == file)
        };
        let open = self.dialogues.open.iter_mut();
        let unused = open.filter(|dialogue| dialogue.is_unused());
        let openings =
            unused.filter_map(|dialogue| dialogue.opening.take_if(|(event, _)| of_file(event)));
        let mut openings: Vec<(Event, u32)> = openings.collect();
        openings.sort_by_key(|(_, line)| *line);
        for (event, line) in openings {
            self.events.push(event, line);
        }
    }

    /// Ends a conversation. The closing line may state TLS for all messages of the connection.
    fn closed(&mut self, event: &mut Event, step: Step, key: Key, mta: Mta) -> Verdict {
        let Some(mut dialogue) = self.dialogues.open.end(key) else {
            return Verdict::KEPT;
        };
        if event.message != Event::NO_MESSAGE {
            // The TLS line before may be about the connection that Postfix gives up.
            let is_it = match (event.kind, event.peer) {
                // It says of a certificate that it did not pass, and not whose it is.
                (Kind::TlsFailed, Symbol::NONE) if dialogue.is_unclaimed() => {
                    event.peer = dialogue.peer;
                    true
                }
                (_, Symbol::NONE) => false,
                (Kind::Note, _) => {
                    dialogue.fill_session(event, step, mta, &mut self.sessions, &self.strings);
                    event.session != 0
                }
                _ => event.session != 0,
            };
            let evidence = if is_it { dialogue.pending } else { Vec::new() };
            return Verdict::Keep {
                downgrade: false,
                evidence,
            };
        }
        let states_tls = event.session != 0 && dialogue.session == 0;
        if states_tls {
            for number in std::mem::take(&mut dialogue.arrivals) {
                if let Some(arrival) = self.events.get(number)
                    && arrival.session == 0
                    && !dialogue.is_proxied(&arrival, &self.strings)
                    && (event.peer.is_none() || same_peer(&self.strings, arrival.peer, event.peer))
                    && arrival.absence() != Silence::Clear
                    && !arrival.is_ambiguous()
                {
                    self.events
                        .change(number, |arrival| arrival.session = event.session);
                    event.message = arrival.message;
                    self.amend(number);
                }
            }
            return Verdict::KEPT;
        }
        if dialogue.used == Used::No {
            Verdict::KEPT
        } else {
            Verdict::Drop
        }
    }
}

#[cfg(test)]
mod tests;
