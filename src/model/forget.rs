//! Drops the older half of a model to stay within a memory limit.
//!
//! [`Model::without_older_half`] builds a smaller model beside the current one, which stays readable, and
//! [`Model::renew`] swaps the two. The numbers of messages, events, mails and strings change: [`Kept`] gives the
//! new ones. Files and lines keep their numbers.
//!
//! - `choice`: which messages, events and mails stay
//! - `moving`: copies the strings that are still in use

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

/// Number of lines kept of a record that spans several lines. The rest of a longer record cannot be shown any more.
const RECORD_LINES: u32 = 512;

/// Totals of what was forgotten since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Log lines with events.
    pub lines: u64,
    /// Messages of logs.
    pub messages: u64,
    /// Loaded mails.
    pub mails: u64,
    /// Times of the oldest and the newest forgotten event or mail, in milliseconds since 1970-01-01 UTC.
    pub span: Option<(i64, i64)>,
}

impl Forgotten {
    fn add_time(&mut self, time: i64) {
        let (first, last) = self.span.unwrap_or((time, time));
        self.span = Some((first.min(time), last.max(time)));
    }
}

/// Old numbers of what stayed, by new number.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    messages: Vec<u32>,
    mails: Vec<u32>,
}

impl Kept {
    /// New number of a message; `None` when it was forgotten.
    pub fn message(&self, old: u32) -> Option<u32> {
        index_of(&self.messages, old)
    }

    /// New row of a mail; `None` when it was forgotten.
    pub fn mail(&self, old: u32) -> Option<u32> {
        index_of(&self.mails, old)
    }

    /// Old numbers of the messages, in their new order.
    pub fn messages(&self) -> &[u32] {
        &self.messages
    }
}

fn index_of(kept: &[u32], old: u32) -> Option<u32> {
    let index = kept.binary_search(&old).ok()?;
    u32::try_from(index).ok()
}

/// A model without its older half, ready to replace the current one.
pub struct Renewal {
    /// The smaller model, still without files, text and mails.
    model: Model,
    kept: Kept,
    /// Lines whose text is still needed, by file.
    lines: Vec<LineSet>,
}

impl Model {
    /// Builds a model without the older half. [`Model::settle`] must have been called.
    ///
    /// The split is by time, except that messages that are still in the queue stay, unless they are too many.
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
        new.take_origins(self, &mut strings);
        let mut kept = Kept::default();
        let messages = new.take_messages(self, &choice, &mut strings, &mut kept);
        let events = new.take_events(self, &choice, &mut strings, &messages);
        new.relink(self, &events);
        new.take_mails(self, &choice, &mut kept);
        new.take_links(self, &mut strings, &messages);
        let since = i64::from(choice.horizon.0) * 1000;
        new.dialogues = self
            .dialogues
            .retained(since, &events, &messages, &mut strings);
        let known = self.rejections.iter();
        let young = known.filter(|(_, rejection)| rejection.seconds >= choice.horizon.0);
        new.rejections = young.map(|(hash, rejection)| (*hash, *rejection)).collect();
        new.strings = strings.into_strings();
        new.classify_new_peers();
        new.not_understood = new.retained_not_understood(self);
        let needed = new.needed_lines(self, &kept);
        Renewal {
            model: new,
            kept,
            lines: needed,
        }
    }

    /// Replaces this model, unchanged since [`Model::without_older_half`], by the smaller one. Gives the new numbers
    /// and the old model: dropping it takes a while, so the caller may want to do that on another thread.
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

    /// Copies all origins, under the same numbers.
    fn take_origins(&mut self, old: &Self, strings: &mut MovingStrings<'_>) {
        self.origins.clone_from(&old.origins);
        for origin in &mut self.origins {
            origin.host = strings.word(origin.host);
            origin.program = strings.word(origin.program);
        }
        for (number, origin) in (0..).zip(&self.origins) {
            self.by_writer.insert(origin.hash(), number);
        }
    }

    /// Copies the messages that stay; gives the new number of each old one, [`Event::NO_MESSAGE`] for a forgotten one.
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

    /// Copies the events that stay; gives the new number of each old one, [`Event::LAST`] for a forgotten one.
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
            // Several events may come from one line.
            let line = Some((event.origin, line));
            self.forgotten.lines += u64::from(line != line_before);
            line_before = line;
        }
        numbers
    }

    /// Renumbers the event lists of the messages.
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

    /// Copies the links of the messages that stay.
    fn take_links(&mut self, old: &Self, strings: &mut MovingStrings<'_>, messages: &[u32]) {
        let links = old.links.iter().filter_map(|link| {
            let message = *messages.get(link.message as usize)?;
            let other = (message != Event::NO_MESSAGE).then(|| strings.key(link.other))?;
            Some(Link {
                message,
                other,
                ..*link
            })
        });
        self.links = links.collect();
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

    /// Lines that were not understood and stay listed. They have no time: those before the first event that stays
    /// of their file are dropped, but still counted.
    fn retained_not_understood(&self, old: &Self) -> Vec<NotUnderstood> {
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
        let mut has_events = vec![false; old.files.len()];
        for origin in &self.origins {
            if let Some(has_events) = has_events.get_mut(origin.file as usize) {
                *has_events = true;
            }
        }
        let stays = |line: &&NotUnderstood| match first.get(line.file as usize) {
            Some(Some(first)) => line.line >= *first,
            _ => has_events.get(line.file as usize) == Some(&false),
        };
        old.not_understood.iter().filter(stays).copied().collect()
    }

    /// Lines whose text may still be shown, by file.
    fn needed_lines(&self, old: &Self, kept: &Kept) -> Vec<LineSet> {
        let following: Vec<u32> = old
            .files
            .iter()
            .map(|file| lines_behind(file.reader))
            .collect();
        let mut needed = vec![LineSet::default(); old.files.len()];
        let mut need = |file: u32, first: u32, last: u32| {
            let following = following.get(file as usize).copied().unwrap_or(0);
            if let Some(lines) = needed.get_mut(file as usize) {
                lines.insert(first, last.saturating_add(following));
            }
        };
        for event in self.events.iter() {
            let line = self.events.line(&event);
            need(self.file_number(&event), line, line);
        }
        for line in &self.not_understood {
            need(line.file, line.line, line.line);
        }
        let mails = kept
            .mails
            .iter()
            .filter_map(|row| old.mails.get(*row as usize));
        for mail in mails {
            need(mail.file, mail.first_line, mail.last_line);
        }
        needed
    }
}

/// Number of lines behind the first one of a record that may belong to it, or that its grammar looks at.
fn lines_behind(reader: Option<Reader>) -> u32 {
    match reader {
        None => 0,
        Some(reader) if reader.framing == Framing::Lines => reader.looks_ahead(),
        Some(_) => RECORD_LINES,
    }
}
