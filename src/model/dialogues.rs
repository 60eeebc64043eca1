//! Ties what lines say of a connection to the messages that went over it.
//!
//! Postfix, Sendmail and OpenSMTPD tell of TLS on a line of its own that names no message. It holds for the
//! message lines of the same conversation (process or session) that follow it. Events must come in the order
//! of the log; conversations may span chunks and the files of one rotation.

mod failures;
mod forget;
mod lent;
mod open;
mod peer;
mod silence;

use hashbrown::HashMap;

use crate::parse::{Direction, Kind, Mta, Turn};
use crate::tls::Verify;

use super::event::Silence;
use super::partial::Step;
use super::{Event, Model, Origin, SessionId, Sessions, Strings, Symbol};
use failures::Failures;
use lent::Loans;
use open::{Key, Open};
use silence::{is_clear, unopened};

pub(super) use peer::same_peer;

/// Stamps of whole seconds, and a little for the log's way to the disk.
const SLACK_MS: i64 = 2_000;
/// The same for stamps that tell more than the second.
const FINE_SLACK_MS: i64 = 500;
/// Sendmail keeps a connection that it does not use for five minutes unless told otherwise.
const IDLE_MS: i64 = 30 * 60 * 1000;
/// Files of one host that follow each other without a gap of this length are one log.
const GAP_MS: i64 = 10 * 60 * 1000;

/// Lines of remarks that are kept for one TLS session. Usually there are a few; a peer could cause any number.
const REMARKS: usize = 8;

/// All conversations that may still go on.
#[derive(Debug, Default)]
pub(super) struct Dialogues {
    open: Open,
    /// Since when the log of a host is there without a gap.
    logs: HashMap<Symbol, Log>,
    loans: Loans,
    failures: Failures,
}

#[derive(Clone, Copy, Debug)]
struct Log {
    file: u32,
    since: i64,
    last: i64,
}

/// One conversation with a peer.
#[derive(Clone, Debug)]
struct Dialogue {
    /// Its beginning was seen.
    opened: bool,
    /// The TLS session that was set up; 0 for none.
    session: SessionId,
    /// It was set up for another message, and the connection was kept.
    kept: bool,
    /// With whom.
    peer: Symbol,
    /// When it was set up; with Sendmail, when it was used last.
    used_at: i64,
    /// For which message it was used.
    message: u32,
    /// With whom TLS failed.
    failed: Failed,
    /// Who is at the other end, and how, where the line that opened it says so.
    from: (Symbol, Option<Direction>),
    /// Lines about TLS that no message has taken up yet.
    untaken: Vec<u32>,
    /// Remarks on a TLS session that is not yet told of.
    remarks: Vec<u32>,
    /// What it carried without a statement about TLS.
    carried: Vec<u32>,
    /// Whether it carried anything.
    used: bool,
    /// What the line that opened it says, and which line that is: all that is known of a connection of which nothing
    /// more is told.
    opening: Option<(Event, u32)>,
    /// When it was heard of last, in milliseconds since 1970-01-01 UTC.
    seen: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failed {
    No,
    With(Symbol),
    /// The line names nobody: with the host of the next line.
    Next,
}

impl Failed {
    fn with(self, strings: &Strings, peer: Symbol) -> bool {
        match self {
            Self::No => false,
            Self::With(failed) => same_peer(strings, failed, peer),
            Self::Next => true,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Hold {
    Yes,
    No,
    /// Perhaps: nothing may be concluded.
    Unclear,
}

impl Dialogue {
    const fn new(opened: bool) -> Self {
        Self {
            opened,
            session: 0,
            kept: false,
            peer: Symbol::NONE,
            used_at: 0,
            message: Event::NO_MESSAGE,
            failed: Failed::No,
            from: (Symbol::NONE, None),
            untaken: Vec::new(),
            remarks: Vec::new(),
            carried: Vec::new(),
            used: false,
            opening: None,
            seen: 0,
        }
    }

    /// With whom TLS was set up, or failed.
    const fn about(&self) -> Symbol {
        match self.failed {
            Failed::With(peer) => peer,
            Failed::No | Failed::Next => self.peer,
        }
    }

    /// Whether nothing more was told of it than that it opened.
    const fn is_unused(&self) -> bool {
        !self.used && self.untaken.is_empty()
    }

    /// How far the stamps of the TLS line and of another may be off.
    const fn slack(&self, event: &Event) -> i64 {
        if event.millis() == 0 && self.used_at % 1000 == 0 {
            SLACK_MS
        } else {
            FINE_SLACK_MS
        }
    }

    /// Whether the TLS session is that of the connection by which a leg of a message went.
    fn holds_for(&self, event: &Event, step: Step, mta: Mta, strings: &Strings) -> Hold {
        // Where the lines of a conversation name nobody, the conversation itself ties them.
        let nameless = self.peer.is_none() || event.peer.is_none();
        let same = nameless || same_peer(strings, self.peer, event.peer);
        if self.session == 0 || !same {
            return Hold::No;
        }
        let began = event.time() - i64::from(step.open_for.unwrap_or(0)) - self.slack(event);
        let idle = began - self.used_at;
        match (mta, event.direction()) {
            // A process sets up TLS anew for each message, or says that it uses a connection again; so does the
            // line of the delivery. A connection that was found dead after all is replaced by a new one.
            (Mta::Postfix, Some(Direction::Out)) => {
                let free = self.message == Event::NO_MESSAGE || self.message == event.message;
                let recent = step.open_for.is_none() || idle <= 0;
                let holds = free && recent && self.kept == event.is_reused();
                if holds { Hold::Yes } else { Hold::No }
            }
            // A connection may be kept for further messages, and a process number may come again.
            (Mta::Sendmail, _) if idle > IDLE_MS => Hold::Unclear,
            _ => Hold::Yes,
        }
    }

    /// Fills in who is at the other end, where the line does not tell.
    fn fill_peer(&self, event: &mut Event) {
        if event.peer.is_none() {
            let (peer, direction) = self.from;
            event.peer = peer;
            if direction == Some(Direction::Local) {
                event.set_direction(Direction::Local);
            }
        }
    }

    /// Fills in the TLS session by which a leg of a message went, where its line does not tell all of it.
    fn fill_session(
        &mut self,
        event: &mut Event,
        step: Step,
        mta: Mta,
        sessions: &mut Sessions,
        strings: &Strings,
    ) {
        let own = sessions.get(event.session);
        let dane = own.is_some_and(|session| session.verify == Some(Verify::Dane));
        let says_all = own.is_some_and(|session| session.version.is_some());
        if says_all || event.absence() == Silence::Clear || event.is_ambiguous() {
            return;
        }
        match self.holds_for(event, step, mta, strings) {
            Hold::Yes => {
                event.session = if dane {
                    sessions.verified_as(self.session, Verify::Dane)
                } else {
                    self.session
                };
                self.take(event, mta);
            }
            Hold::Unclear => event.set_absence(Silence::Mute),
            Hold::No => {}
        }
    }

    /// Notes that its TLS session was used for a leg of a message.
    fn take(&mut self, event: &Event, mta: Mta) {
        self.message = event.message;
        match mta {
            // Another connection of the process may follow at once.
            Mta::Postfix => {}
            // The line about TLS may name the host alone: from here on its address counts as well.
            Mta::Sendmail if !event.peer.is_none() => {
                self.peer = event.peer;
                self.used_at = event.time();
            }
            _ => self.used_at = event.time(),
        }
    }
}

impl Dialogues {
    /// Bytes held on the heap, but for the lists of single conversations.
    pub(super) fn heap_bytes(&self) -> usize {
        self.open.heap_bytes() + self.logs.allocation_size() + self.failures.heap_bytes()
    }

    /// Notes that a host wrote a line then; gives since when its log is there without a gap.
    fn since(&mut self, origin: &Origin, time: i64) -> i64 {
        let log = self.logs.entry(origin.host).or_insert(Log {
            file: origin.file,
            since: time,
            last: time,
        });
        if log.file != origin.file {
            log.file = origin.file;
            if (time - log.last).abs() > GAP_MS {
                log.since = time;
            }
        }
        log.last = time;
        log.since
    }
}

/// What becomes of an event that plays a part in a conversation.
pub(super) enum Verdict {
    /// It is kept; before it come a downgrade if `downgrade`, and the lines about TLS in `evidence`, which are
    /// its message's from now on.
    Keep { downgrade: bool, evidence: Vec<u32> },
    /// It says nothing that is not told by others.
    Drop,
}

impl Verdict {
    /// It is kept as it is.
    pub(super) const KEPT: Self = Self::Keep {
        downgrade: false,
        evidence: Vec::new(),
    };
}

impl Model {
    /// Takes the next event with a part in a conversation; `number` is what its number will be. Fills in what
    /// the conversation says of it.
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
        let since = self.dialogues.since(&origin, event.time());
        let key = (step.dialogue, since);
        match step.turn {
            Turn::Alone => {}
            Turn::Opens => return self.opened(event, line, key, origin.mta),
            Turn::Secured => self.secured(event, key, number),
            Turn::Lends | Turn::Lent => self.lent(event, step.turn, &origin),
            Turn::Remarks => self.remarked(event, key, number),
            Turn::Failed => self.failed(event, key, number),
            Turn::Carries => return self.carried(event, step, number, &origin, since),
            Turn::Closes => return self.closed(event, key),
        }
        Verdict::KEPT
    }

    fn dialogue(&mut self, key: Key, time: i64) -> &mut Dialogue {
        let dialogue = self.dialogues.open.get(key);
        dialogue.seen = time;
        dialogue
    }

    fn opened(&mut self, event: &Event, line: u32, key: Key, mta: Mta) -> Verdict {
        let new = Dialogue {
            from: (event.peer, event.direction()),
            opening: Some((*event, line)),
            seen: event.time(),
            ..Dialogue::new(true)
        };
        let (own, before) = self.dialogues.open.begin(key, new);
        let Some(before) = before else {
            return Verdict::Drop;
        };
        if mta == Mta::OpenSmtpd {
            // It connects again under the same session when TLS has failed.
            if before.failed != Failed::No {
                own.failed = before.failed;
                own.untaken = before.untaken;
            }
        } else if before.is_unused()
            && let Some((lost, line)) = before.opening
        {
            // A process that died told no end, and its number has come again.
            self.events.push(lost, line);
        }
        Verdict::Drop
    }

    /// TLS was set up.
    fn secured(&mut self, event: &mut Event, key: Key, number: u32) {
        let dialogue = self.dialogue(key, event.time());
        dialogue.session = event.session;
        dialogue.kept = event.is_reused();
        if event.peer.is_none() {
            event.peer = dialogue.from.0;
        }
        dialogue.peer = event.peer;
        dialogue.used_at = event.time();
        dialogue.message = Event::NO_MESSAGE;
        dialogue.failed = Failed::No;
        dialogue.untaken = std::mem::take(&mut dialogue.remarks);
        dialogue.untaken.push(number);
        self.told(event);
    }

    /// A remark on the TLS session that was told of, or on the one that will be.
    fn remarked(&mut self, event: &mut Event, key: Key, number: u32) {
        let dialogue = self.dialogue(key, event.time());
        let after = dialogue.session != 0 || dialogue.failed != Failed::No;
        let remarks = if after && !dialogue.untaken.is_empty() {
            if event.peer.is_none() {
                event.peer = dialogue.about();
            }
            &mut dialogue.untaken
        } else {
            &mut dialogue.remarks
        };
        if remarks.len() < REMARKS {
            remarks.push(number);
        }
    }

    /// TLS was wanted and not had.
    fn failed(&mut self, event: &mut Event, key: Key, number: u32) {
        let dialogue = self.dialogue(key, event.time());
        dialogue.session = 0;
        if event.peer.is_none() {
            event.peer = match dialogue.peer {
                Symbol::NONE => dialogue.from.0,
                peer => peer,
            };
        }
        dialogue.failed = match event.peer {
            Symbol::NONE => Failed::Next,
            peer => Failed::With(peer),
        };
        if event.message == Event::NO_MESSAGE {
            dialogue.untaken.push(number);
        }
    }

    fn carried(
        &mut self,
        event: &mut Event,
        step: Step,
        number: u32,
        origin: &Origin,
        since: i64,
    ) -> Verdict {
        let dialogue = self.dialogues.open.get((step.dialogue, since));
        dialogue.used = true;
        dialogue.seen = event.time();
        dialogue.fill_peer(event);
        dialogue.fill_session(event, step, origin.mta, &mut self.sessions, &self.strings);
        if event.session == 0 && event.direction() == Some(Direction::In) {
            dialogue.carried.push(number);
        }
        let failed = dialogue.failed.with(&self.strings, event.peer);
        if dialogue.failed == Failed::Next {
            dialogue.failed = Failed::With(event.peer);
        }
        let ours = event.message != Event::NO_MESSAGE;
        let evidence = if ours && (failed || dialogue.session != 0 && event.session != 0) {
            std::mem::take(&mut dialogue.untaken)
        } else {
            Vec::new()
        };
        let opened = dialogue.opened;
        if event.session == 0 && event.absence() == Silence::Telling && !opened {
            let arrived = self.arrived_since(event.message, since);
            event.set_absence(unopened(event, step, origin.mta, since, arrived));
        }
        let downgrade = event.kind == Kind::Delivery
            && event.direction() == Some(Direction::Out)
            && event.session == 0
            && is_clear(event, origin)
            && (failed || self.failed_before(event));
        Verdict::Keep {
            downgrade,
            evidence,
        }
    }

    /// Whether the arrival of a message was told of since then.
    fn arrived_since(&self, message: u32, since: i64) -> bool {
        let arrival = self.messages.get(message).map(|own| own.arrival);
        let arrival = arrival.and_then(|arrival| self.events.get(arrival));
        arrival.is_some_and(|arrival| {
            arrival.kind == Kind::Arrival && arrival.message == message && arrival.time() >= since
        })
    }

    /// Keeps the lines that opened a connection of which the file told nothing more.
    pub(super) fn keep_openings(&mut self, file: u32) {
        let origins = &self.origins;
        let of_file = |event: &Event| {
            let origin = origins.get(usize::from(event.origin));
            origin.is_some_and(|origin| origin.file == file)
        };
        let open = self.dialogues.open.iter_mut();
        let unused = open.filter(|dialogue| dialogue.is_unused());
        let openings =
            unused.filter_map(|dialogue| dialogue.opening.take_if(|(own, _)| of_file(own)));
        let mut openings: Vec<(Event, u32)> = openings.collect();
        openings.sort_by_key(|(_, line)| *line);
        for (event, line) in openings {
            self.events.push(event, line);
        }
    }

    /// The end of a connection may tell that TLS was in use for all that went over it.
    fn closed(&mut self, event: &mut Event, key: Key) -> Verdict {
        let Some(dialogue) = self.dialogues.open.end(key) else {
            return Verdict::KEPT;
        };
        if event.message != Event::NO_MESSAGE {
            return Verdict::KEPT;
        }
        let tells = event.session != 0 && dialogue.session == 0;
        if tells {
            for number in dialogue.carried {
                // What was refused may have come before STARTTLS.
                if let Some(carried) = self.events.get(number)
                    && carried.kind == Kind::Arrival
                    && carried.session == 0
                    && carried.absence() != Silence::Clear
                    && !carried.is_ambiguous()
                {
                    self.events
                        .change(number, |carried| carried.session = event.session);
                    event.message = carried.message;
                    self.amend(number);
                }
            }
            return Verdict::KEPT;
        }
        if dialogue.used {
            Verdict::Drop
        } else {
            Verdict::KEPT
        }
    }
}

#[cfg(test)]
mod tests;
