//! What is known of every message, in a form that is gone through quickly.

use crate::model::{Event, Model, Status, Symbol, TlsShown};
use crate::parse::Kind;
use crate::query::Member;
use crate::tls::TlsState;

use super::Breaks;
use super::events::is_leg_or_refusal;

/// Events between two looks at whether to stop.
const BETWEEN_LOOKS: u32 = 1 << 16;

/// What the events of each message add up to. It grows with the model.
#[derive(Debug, Default)]
pub(super) struct Columns {
    taken: Taken,
    /// Lines were dated anew so many times.
    redated: u32,
    spans: Vec<Span>,
    /// One bit for each kind.
    kinds: Vec<u16>,
}

/// Times of the first and the last event of a message.
#[derive(Clone, Copy, Debug)]
struct Span {
    first: u32,
    last: u32,
    first_millis: u16,
    last_millis: u16,
}

impl Span {
    const NONE: Self = Self {
        first: u32::MAX,
        last: 0,
        first_millis: 0,
        last_millis: 0,
    };

    fn take(&mut self, event: &Event) {
        let at = (event.seconds, event.millis());
        if at < (self.first, self.first_millis) {
            (self.first, self.first_millis) = at;
        }
        if at >= (self.last, self.last_millis) {
            (self.last, self.last_millis) = at;
        }
    }

    fn times(self) -> (i64, i64) {
        let millis = |seconds: u32, millis: u16| i64::from(seconds) * 1000 + i64::from(millis);
        (
            millis(self.first, self.first_millis),
            millis(self.last, self.last_millis),
        )
    }
}

/// How much of a model was taken in.
#[derive(Clone, Copy, Debug, Default)]
struct Taken {
    events: u32,
    amendments: usize,
}

impl Taken {
    /// Hands over every event that is new, or was changed, and belongs to a message; `None` when cancelled. What
    /// was handed over then is not again.
    fn catch_up(
        &mut self,
        model: &Model,
        breaks: Breaks<'_>,
        mut take: impl FnMut(usize, &Event),
    ) -> Option<()> {
        let mut hand_over = |number: u32| {
            let event = model.events.get(number);
            if let Some(event) = event.filter(|event| event.message != Event::NO_MESSAGE) {
                take(event.message as usize, event);
            }
        };
        while self.events < model.events.len() {
            breaks.go_on()?;
            let end = model.events.len().min(self.events + BETWEEN_LOOKS);
            (self.events..end).for_each(&mut hand_over);
            self.events = end;
        }
        let amended = model.amended();
        let news = amended.get(self.amendments..).unwrap_or_default();
        news.iter().copied().for_each(hand_over);
        self.amendments = amended.len();
        Some(())
    }
}

impl Columns {
    /// Takes in what the model has got since the last call; `None` when cancelled.
    pub(super) fn catch_up(&mut self, model: &Model, breaks: Breaks<'_>) -> Option<()> {
        if self.redated != model.redated() {
            *self = Self {
                redated: model.redated(),
                ..Self::default()
            };
        }
        let messages = model.messages.len() as usize;
        self.spans.resize(messages, Span::NONE);
        self.kinds.resize(messages, 0);
        let (spans, kinds) = (&mut self.spans, &mut self.kinds);
        self.taken.catch_up(model, breaks, |message, event| {
            if let Some((span, kinds)) = spans.get_mut(message).zip(kinds.get_mut(message)) {
                span.take(event);
                *kinds |= 1 << event.kind.index();
            }
        })
    }

    /// Times of the first and the last event, as [`Model::span_of`] gives them.
    pub(super) fn span(&self, message: u32) -> (i64, i64) {
        let span = self.spans.get(message as usize).copied();
        span.filter(|span| span.first <= span.last)
            .map_or((0, 0), Span::times)
    }

    /// The kinds of its events.
    pub(super) fn kinds(&self) -> &[u16] {
        &self.kinds
    }

    /// Bytes held on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.spans.capacity() * size_of::<Span>() + self.kinds.capacity() * size_of::<u16>()
    }
}

/// The states of TLS that the events of each message have, one bit for each. What a line without a statement means
/// can change, see [`Model::tls_state`]: then all are asked again.
#[derive(Debug, Default)]
pub(super) struct States {
    taken: Taken,
    shows: Vec<TlsShown>,
    masks: Vec<u8>,
}

impl States {
    /// Takes in what the model has got since the last call; `None` when cancelled.
    pub(super) fn catch_up(&mut self, model: &Model, breaks: Breaks<'_>) -> Option<()> {
        let known = self.shows.iter().copied();
        let shows = || model.origins.iter().map(|origin| origin.shows);
        let changed = known.zip(shows()).any(|(known, now)| known != now);
        if changed || self.taken.amendments != model.amended().len() {
            *self = Self::default();
            self.taken.amendments = model.amended().len();
        }
        self.shows.clear();
        self.shows.extend(shows());
        self.masks.resize(model.messages.len() as usize, 0);
        let masks = &mut self.masks;
        self.taken.catch_up(model, breaks, |message, event| {
            if let Some(mask) = masks
                .get_mut(message)
                .filter(|_| is_leg_or_refusal(model, event))
            {
                *mask |= 1 << model.tls_state(event).index();
            }
        })
    }

    /// The states of each message.
    pub(super) fn masks(&self) -> &[u8] {
        &self.masks
    }

    /// Bytes held on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.masks.capacity()
    }
}

/// The sets of kinds and of states have room.
const _: () = assert!(<Kind as Member>::ALL.len() <= 16 && <TlsState as Member>::ALL.len() <= 8);

/// What stands in the messages themselves; taken anew whenever the model changed.
#[derive(Debug, Default)]
pub(super) struct Facts {
    generation: Option<u64>,
    senders: Vec<Symbol>,
    statuses: Vec<Status>,
}

impl Facts {
    /// Takes in what the messages are now.
    pub(super) fn catch_up(&mut self, model: &Model) {
        if self.generation == Some(model.generation) {
            return;
        }
        self.generation = Some(model.generation);
        self.senders.clear();
        self.statuses.clear();
        for message in model.messages.iter() {
            self.senders.push(message.sender);
            self.statuses.push(message.status);
        }
    }

    /// The envelope sender of each message.
    pub(super) fn senders(&self) -> &[Symbol] {
        &self.senders
    }

    /// The status of each message.
    pub(super) fn statuses(&self) -> &[Status] {
        &self.statuses
    }

    /// Bytes held on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.senders.capacity() * size_of::<Symbol>() + self.statuses.capacity()
    }
}
