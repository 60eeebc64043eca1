//! Ties what lines say of a connection to the messages that went over it.
//!
//! Postfix, Sendmail and OpenSMTPD tell of TLS on a line of its own that names no message. It holds for the
//! message lines of the same conversation (process or session) that follow it. Events must come in the order
//! of the log; conversations may span chunks and the files of one rotation.

use hashbrown::HashMap;

use crate::parse::{Direction, Kind, Mta, Turn};

use super::event::Silence;
use super::partial::{Step, is_tls_failure};
use super::{Event, Model, Origin, SessionId, Strings, Symbol};

/// Stamps of whole seconds, and a little for the log's way to the disk.
const SLACK_MS: i64 = 2_000;
/// An inbound connection is seldom older than this when it hands over its first message.
const EARLY_MS: i64 = 10 * 60 * 1000;
/// Files of one host that follow each other without a gap of this length are one log.
const GAP_MS: i64 = 10 * 60 * 1000;

/// All conversations that may still go on.
#[derive(Debug, Default)]
pub(super) struct Dialogues {
    open: HashMap<u64, Dialogue>,
    /// Since when the log of a host is there without a gap.
    logs: HashMap<Symbol, Log>,
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
    /// With whom.
    peer: Symbol,
    /// For which message it was used.
    message: u32,
    /// With whom TLS failed.
    failed: Symbol,
    /// Lines about TLS that no message has taken up yet.
    untaken: Vec<u32>,
    /// What it carried without a statement about TLS.
    carried: Vec<u32>,
    /// Whether it carried anything.
    used: bool,
}

impl Dialogue {
    const fn new(opened: bool) -> Self {
        Self {
            opened,
            session: 0,
            peer: Symbol::NONE,
            message: Event::NO_MESSAGE,
            failed: Symbol::NONE,
            untaken: Vec::new(),
            carried: Vec::new(),
            used: false,
        }
    }

    /// Whether the TLS session holds for a leg of a message.
    fn holds_for(&self, event: &Event, mta: Mta, strings: &Strings) -> bool {
        // A process of Postfix sets up TLS anew for each message, or says that it uses a connection again.
        let for_one = mta == Mta::Postfix && event.direction() == Some(Direction::Out);
        let free = self.message == Event::NO_MESSAGE || self.message == event.message;
        self.session != 0 && (free || !for_one) && same_peer(strings, self.peer, event.peer)
    }
}

impl Dialogues {
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
    pub(super) fn converse(&mut self, event: &mut Event, step: Step, number: u32) -> Verdict {
        let Some(origin) = self.origins.get(usize::from(event.origin)).copied() else {
            return Verdict::KEPT;
        };
        let since = self.dialogues.since(&origin, event.time());
        match step.turn {
            Turn::Alone => Verdict::KEPT,
            Turn::Opens => {
                let new = Dialogue::new(true);
                self.dialogues.open.insert(step.dialogue, new);
                Verdict::Drop
            }
            Turn::Secured => {
                let dialogue = self.dialogue(step.dialogue);
                dialogue.session = event.session;
                dialogue.peer = event.peer;
                dialogue.message = Event::NO_MESSAGE;
                dialogue.failed = Symbol::NONE;
                dialogue.untaken = vec![number];
                if let Some(origin) = self.origins.get_mut(usize::from(event.origin)) {
                    origin.told_outbound |= event.direction() == Some(Direction::Out);
                }
                Verdict::KEPT
            }
            Turn::Failed => {
                let dialogue = self.dialogue(step.dialogue);
                dialogue.session = 0;
                dialogue.failed = event.peer;
                dialogue.untaken.push(number);
                Verdict::KEPT
            }
            Turn::Carries => self.carried(event, step, number, &origin, since),
            Turn::Closes => self.closed(event, step.dialogue),
        }
    }

    fn dialogue(&mut self, key: u64) -> &mut Dialogue {
        let open = &mut self.dialogues.open;
        open.entry(key).or_insert_with(|| Dialogue::new(false))
    }

    fn carried(
        &mut self,
        event: &mut Event,
        step: Step,
        number: u32,
        origin: &Origin,
        since: i64,
    ) -> Verdict {
        let open = &mut self.dialogues.open;
        let dialogue = open
            .entry(step.dialogue)
            .or_insert_with(|| Dialogue::new(false));
        dialogue.used = true;
        let own = self.sessions.get(event.session);
        let says_all = own.is_some_and(|session| session.version.is_some());
        let takes = !says_all && event.absence() != Silence::Clear && !event.is_ambiguous();
        if takes && dialogue.holds_for(event, origin.mta, &self.strings) {
            event.session = dialogue.session;
            dialogue.message = event.message;
        }
        if event.session == 0 {
            if event.absence() == Silence::Telling && !dialogue.opened {
                event.set_absence(unopened(event, step, origin.mta, since));
            }
            if event.direction() == Some(Direction::In) {
                dialogue.carried.push(number);
            }
        }
        let same = same_peer(&self.strings, dialogue.failed, event.peer);
        let failed = !dialogue.failed.is_none() && same;
        let ours = event.message != Event::NO_MESSAGE;
        let evidence = if ours && (failed || dialogue.session != 0 && event.session != 0) {
            std::mem::take(&mut dialogue.untaken)
        } else {
            Vec::new()
        };
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

    /// Whether TLS with the same host failed for this message before.
    fn failed_before(&self, event: &Event) -> bool {
        let message = self.messages.get(event.message);
        message.is_some_and(|message| {
            message.tls_failed
                && self.events_of(message).any(|before| {
                    is_tls_failure(before.kind, before.trouble)
                        && same_peer(&self.strings, before.peer, event.peer)
                })
        })
    }

    /// The end of a connection may tell that TLS was in use for all that went over it.
    fn closed(&mut self, event: &mut Event, key: u64) -> Verdict {
        let Some(dialogue) = self.dialogues.open.remove(&key) else {
            return Verdict::KEPT;
        };
        let tells = event.session != 0 && dialogue.session == 0;
        if tells {
            for carried in dialogue.carried {
                if let Some(carried) = self.events.get_mut(carried)
                    && carried.session == 0
                    && carried.absence() != Silence::Clear
                    && !carried.is_ambiguous()
                {
                    carried.session = event.session;
                    event.message = carried.message;
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

/// Whether two lines speak of the same remote host: the same address, or the same name where one of them
/// gives no address.
pub(super) fn same_peer(strings: &Strings, a: Symbol, b: Symbol) -> bool {
    if a == b {
        return true;
    }
    let (a, b) = (strings.endpoint(a), strings.endpoint(b));
    match (a.ip, b.ip) {
        (b"", _) | (_, b"") => !a.name.is_empty() && a.name == b.name,
        (a, b) => a == b,
    }
}

/// Whether the writer says that a leg without a session was in clear, as far as it has been read.
fn is_clear(event: &Event, origin: &Origin) -> bool {
    match event.absence() {
        Silence::Clear => true,
        Silence::Telling => origin.told_outbound || origin.mta == Mta::OpenSmtpd,
        Silence::Mute | Silence::Early => false,
    }
}

/// What absence means on a connection whose beginning was not seen: it may have begun, and told of TLS,
/// before the log does.
fn unopened(event: &Event, step: Step, mta: Mta, since: i64) -> Silence {
    let outbound = event.direction() == Some(Direction::Out);
    let younger = |open_for: i64| event.time() - open_for - SLACK_MS >= since;
    match (mta, outbound, step.open_for) {
        // These two write a line when a connection begins.
        (Mta::OpenSmtpd, _, _) | (Mta::Postfix, false, _) => Silence::Mute,
        (_, true, Some(open_for)) if younger(i64::from(open_for)) => Silence::Telling,
        (_, true, Some(_)) => Silence::Mute,
        _ if younger(EARLY_MS) => Silence::Telling,
        (Mta::Sendmail, false, _) => Silence::Early,
        _ => Silence::Mute,
    }
}
