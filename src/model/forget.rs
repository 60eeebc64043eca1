//! Forgets the oldest, so that what is loaded stays within a limit.
//!
//! A model without its older half is built beside the model, which can be read meanwhile; then it takes its
//! place at once. All numbers of messages, events, mails and strings are other ones then: those who hold such
//! numbers ask [`Kept`] for the new ones. Files keep their numbers, and lines theirs.

mod choice;
mod moving;
#[cfg(test)]
mod tests;

use std::mem;

use crate::parse::{Framing, Reader};
use crate::source::LineSet;

use super::{Event, Link, Message, Model, NotUnderstood};

use choice::Choice;
pub(super) use moving::MovingStrings;

/// Lines that a record of several lines may have; of a longer one the rest cannot be shown any more.
const RECORD_LINES: u32 = 512;

/// What was forgotten, all in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Lines that told something.
    pub lines: u64,
    /// Messages of logs.
    pub messages: u64,
    /// Loaded mails.
    pub mails: u64,
    /// Times of the oldest and the newest of it, in milliseconds since 1970-01-01 UTC. Of what is younger than
    /// that nothing was forgotten.
    pub span: Option<(i64, i64)>,
}

impl Forgotten {
    fn add_time(&mut self, time: i64) {
        let (first, last) = self.span.unwrap_or((time, time));
        self.span = Some((first.min(time), last.max(time)));
    }
}

/// What stayed: by new number, the old one.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    messages: Vec<u32>,
    mails: Vec<u32>,
}

impl Kept {
    /// The new number of a message; `None` when it was forgotten.
    pub fn message(&self, old: u32) -> Option<u32> {
        place(&self.messages, old)
    }

    /// The new row of a mail; `None` when it was forgotten.
    pub fn mail(&self, old: u32) -> Option<u32> {
        place(&self.mails, old)
    }

    /// The old numbers of the messages, in their new order.
    pub fn messages(&self) -> &[u32] {
        &self.messages
    }
}

fn place(kept: &[u32], old: u32) -> Option<u32> {
    let place = kept.binary_search(&old).ok()?;
    u32::try_from(place).ok()
}

/// A model without its older half, which has no files yet; and what leads there.
pub struct Renewal {
    model: Model,
    kept: Kept,
    /// Lines of each file that are still wanted.
    lines: Vec<LineSet>,
}

impl Model {
    /// Builds what stays when the older half is forgotten. Messages must have been settled.
    ///
    /// What is not over stays, unless too much is not over. Nothing is forgotten that is younger than anything
    /// that is, but for such messages.
    pub fn without_older_half(&self) -> Renewal {
        let choice = Choice::of(self);
        let mut strings = MovingStrings::new(&self.strings);
        let mut new = Self {
            sessions: self.sessions.clone(),
            reasons: self.reasons.clone(),
            forgotten: self.forgotten,
            generation: self.generation + 1,
            renewals: self.renewals + 1,
            newest: self.newest,
            merged: self.merged,
            inner: self.inner.clone(),
            ..Self::default()
        };
        new.origins.clone_from(&self.origins);
        for origin in &mut new.origins {
            origin.host = strings.word(origin.host);
            origin.program = strings.word(origin.program);
        }
        for (number, origin) in (0..).zip(&new.origins) {
            new.by_writer.insert(origin.bits(), number);
        }
        let mut kept = Kept::default();
        let messages = new.take_messages(self, &choice, &mut strings, &mut kept);
        let events = new.take_events(self, &choice, &mut strings, &messages);
        new.relink(self, &events);
        new.take_mails(self, &choice, &mut kept);
        let links = self.links.iter().filter_map(|link| {
            let message = *messages.get(link.message as usize)?;
            let other = (message != Event::NO_MESSAGE).then(|| strings.key(link.other))?;
            Some(Link {
                message,
                other,
                ..*link
            })
        });
        new.links = links.collect();
        let then = i64::from(choice.horizon.0) * 1000;
        new.dialogues = self
            .dialogues
            .since_then(then, &events, &messages, &mut strings);
        let known = self.rejections.iter();
        let young = known.filter(|(_, rejection)| rejection.seconds >= choice.horizon.0);
        new.rejections = young.map(|(hash, rejection)| (*hash, *rejection)).collect();
        new.strings = strings.arrived();
        new.classify_new_peers();
        new.not_understood = new.still_listed(self);
        let wanted = new.lines_wanted(self, &kept);
        Renewal {
            model: new,
            kept,
            lines: wanted,
        }
    }

    /// Puts what stays in the place of the model, which was not changed since. Gives what stayed, and the old
    /// model, which is large: dropping it takes a while.
    pub fn renew(&mut self, renewal: Renewal) -> (Kept, Self) {
        let Renewal { model, kept, lines } = renewal;
        let mut old = mem::replace(self, model);
        self.files = mem::take(&mut old.files);
        for file in &mut self.files {
            file.first_event = 0;
        }
        self.text = mem::take(&mut old.text);
        self.ours = mem::take(&mut old.ours);
        let mails = mem::take(&mut old.mails);
        let mails = (0_u32..)
            .zip(mails)
            .filter(|(row, _)| kept.mail(*row).is_some());
        self.mails = mails.map(|(_, mail)| mail).collect();
        self.text.keep(&lines);
        (kept, old)
    }

    /// Gives the new number of each old message.
    fn take_messages(
        &mut self,
        old: &Self,
        choice: &Choice,
        strings: &mut MovingStrings<'_>,
        kept: &mut Kept,
    ) -> Vec<u32> {
        let mut numbers = Vec::with_capacity(old.messages.len() as usize);
        for (number, message) in (0..).zip(old.messages.iter()) {
            if !choice.keeps_message(number) {
                self.forgotten.messages += 1;
                numbers.push(Event::NO_MESSAGE);
                continue;
            }
            kept.messages.push(number);
            let message = Message {
                key: strings.key(message.key),
                host: strings.word(message.host),
                sender: strings.address(message.sender),
                message_id: strings.message_id(message.message_id),
                protocol: strings.protocol(message.protocol),
                ..*message
            };
            let before = self.latest(message.host, message.key);
            let number = self.messages.push(message);
            self.note_latest(number, before);
            numbers.push(number);
        }
        numbers
    }

    /// Gives the new number of each old event; [`Event::LAST`] for what is forgotten.
    fn take_events(
        &mut self,
        old: &Self,
        choice: &Choice,
        strings: &mut MovingStrings<'_>,
        messages: &[u32],
    ) -> Vec<u32> {
        let mut numbers = Vec::with_capacity(old.events.len() as usize);
        let mut line_before = None;
        for event in old.events.iter() {
            let line = old.events.line(&event);
            if choice.keeps_event(&event) {
                let message = messages.get(event.message as usize).copied();
                let event = Event {
                    message: message.unwrap_or(Event::NO_MESSAGE),
                    next: Event::LAST,
                    ..strings.event(&event)
                };
                numbers.push(self.events.push(event, line));
                continue;
            }
            numbers.push(Event::LAST);
            self.forgotten.add_time(event.time());
            // A line may tell of several facts.
            let line = Some((event.origin, line));
            self.forgotten.lines += u64::from(line != line_before);
            line_before = line;
        }
        numbers
    }

    /// Gives the events of each message, and their order, the new numbers.
    fn relink(&mut self, old: &Self, events: &[u32]) {
        let new = |old: u32| events.get(old as usize).copied().unwrap_or(Event::LAST);
        for event in old.events.iter() {
            self.events.set_next(new(event.number), new(event.next));
        }
        for number in 0..self.messages.len() {
            if let Some(message) = self.messages.get_mut(number) {
                message.first = new(message.first);
                message.last = new(message.last);
                if message.has_arrival() {
                    message.arrival = match new(message.arrival) {
                        Event::LAST => message.first,
                        arrival => arrival,
                    };
                }
            }
        }
    }

    fn take_mails(&mut self, old: &Self, choice: &Choice, kept: &mut Kept) {
        for (row, mail) in (0..).zip(&old.mails) {
            if choice.keeps_mail(row, mail) {
                kept.mails.push(row);
                self.mail_bytes += mail.heap_bytes();
                continue;
            }
            self.forgotten.mails += 1;
            if let Some(time) = mail.time() {
                self.forgotten.add_time(time);
            }
        }
    }

    /// Lines that were not understood carry no time: those that stand before all that stays of their file go
    /// with what stood around them. They stay counted.
    fn still_listed(&self, old: &Self) -> Vec<NotUnderstood> {
        let mut first = vec![None; old.files.len()];
        for event in self.events.iter().filter(|event| {
            event.message == Event::NO_MESSAGE
                || self
                    .messages
                    .get(event.message)
                    .is_some_and(Message::is_completed)
        }) {
            let file = self.file_number(&event) as usize;
            if let Some(first) = first.get_mut(file) {
                let line = self.events.line(&event);
                *first = Some(first.map_or(line, |first: u32| first.min(line)));
            }
        }
        let mut told = vec![false; old.files.len()];
        for origin in &self.origins {
            if let Some(told) = told.get_mut(origin.file as usize) {
                *told = true;
            }
        }
        let stays = |line: &&NotUnderstood| match first.get(line.file as usize) {
            Some(Some(first)) => line.line >= *first,
            _ => told.get(line.file as usize) == Some(&false),
        };
        old.not_understood.iter().filter(stays).copied().collect()
    }

    /// The lines that somebody may still want to see, by file.
    fn lines_wanted(&self, old: &Self, kept: &Kept) -> Vec<LineSet> {
        let more: Vec<u32> = old
            .files
            .iter()
            .map(|file| lines_behind(file.reader))
            .collect();
        let mut wanted = vec![LineSet::default(); old.files.len()];
        let mut want = |file: u32, first: u32, last: u32| {
            let more = more.get(file as usize).copied().unwrap_or(0);
            if let Some(lines) = wanted.get_mut(file as usize) {
                lines.insert(first, last.saturating_add(more));
            }
        };
        for event in self.events.iter() {
            let line = self.events.line(&event);
            want(self.file_number(&event), line, line);
        }
        for line in &self.not_understood {
            want(line.file, line.line, line.line);
        }
        let mails = kept
            .mails
            .iter()
            .filter_map(|row| old.mails.get(*row as usize));
        for mail in mails {
            want(mail.file, mail.first_line, mail.last_line);
        }
        wanted
    }
}

/// Lines behind the one on which a record begins that may belong to it, or are looked at with it.
fn lines_behind(reader: Option<Reader>) -> u32 {
    match reader {
        None => 0,
        Some(reader) if reader.framing == Framing::Lines => reader.looks_ahead(),
        Some(_) => RECORD_LINES,
    }
}
