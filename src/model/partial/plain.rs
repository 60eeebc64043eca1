//! The fast path for lines in a usual form, which consist of common words and a few fields. The words are parsed once
//! per part, into a template for the events of all lines that have them.

use crate::model::marks::Mark;
use crate::model::message::Begin;
use crate::model::refusal::is_tls_failure;
use crate::model::{
    Clock, Endpoint, Event, Interner, MessageId, ProtocolId, Protocols, Remark, Symbol,
};
use crate::parse::{Form, Kind, Plain, Words};

use super::{Message, Partial, Tie};

#[derive(Default)]
pub(super) struct Templates {
    texts: Interner,
    /// Templates by the symbol of their words, minus 1.
    all: Vec<Template>,
    /// Index of the template for completions, the most common form.
    completed: Option<usize>,
}

/// Parsed words of a line, which mean the same in all lines that have them.
#[derive(Clone, Copy)]
struct Template {
    form: Form,
    /// Event without time, mark, message and addresses.
    event: Event,
    remark: Remark,
    /// Protocol of an arrival.
    protocol: ProtocolId,
    tls_failed: bool,
}

impl Templates {
    /// Number of bytes of the longest words that get a template. Longer ones hardly ever come again.
    const MAX_WORDS: usize = 4096;

    /// Index of the template of these words.
    fn find(&self, words: &Words<'_>) -> Option<usize> {
        if words.form == Form::Completion {
            return self.completed;
        }
        let index = self.texts.find(words.text)?.0.checked_sub(1)? as usize;
        let template = self.all.get(index)?;
        (template.form == words.form).then_some(index)
    }

    /// Stores a template; gives its index. It replaces one for the same words in another form.
    fn store(&mut self, words: Words<'_>, template: Template) -> Option<usize> {
        let index = self.texts.intern(words.text).0.checked_sub(1)? as usize;
        match self.all.get_mut(index) {
            Some(known) => *known = template,
            None => self.all.push(template),
        }
        if words.form == Form::Completion {
            self.completed = Some(index);
        }
        Some(index)
    }

    pub(super) fn expect(&mut self, number: usize) {
        self.texts.expect(number);
        self.all.reserve(number);
    }

    pub(super) fn clear(&mut self) {
        self.texts.clear();
        self.all.clear();
        self.completed = None;
    }
}

impl Partial {
    /// Adds one line in a usual form, with `line` as in [`Partial::take`]. False, with nothing added, for a line that
    /// needs the full parser.
    pub fn take_plain(&mut self, plain: &Plain<'_>, line: u32, clock: &mut Clock) -> bool {
        let Some(index) = self.template(plain) else {
            return false;
        };
        let address = self.strings.addresses.intern(plain.address);
        let peer = if plain.peer.is_empty() {
            None
        } else {
            // Not through the cache of recent hosts: a client seldom comes again soon, so it costs more than it saves.
            Endpoint::pack(&plain.peer, &mut self.scratch);
            Some(self.strings.peers.intern(&self.scratch))
        };
        let parent = plain.parent_address;
        let parent = if parent.is_empty() || parent == plain.address {
            Symbol::NONE
        } else {
            self.strings.addresses.intern(parent)
        };
        let message = self.add_to_message(plain, address, index);
        self.lines.push(self.next_event(), line);
        let Some(template) = self.templates.all.get(index) else {
            return false;
        };
        // Filled in place: building the event first and copying it costs measurable time.
        let event = self.events.push_mut(template.event);
        event.set_time(clock.utc_seconds(&plain.stamp), plain.stamp.millis);
        event.set_flag(plain.flag);
        event.address = address;
        event.message = message;
        if let Some(peer) = peer {
            event.peer = peer;
        }
        if !parent.is_none() {
            event.remark = self.strings.remarks.intern(Remark {
                parent,
                ..template.remark
            });
        }
        true
    }

    /// Appends the next event to the list of its message; gives the number of the message.
    fn add_to_message(&mut self, plain: &Plain<'_>, address: Symbol, index: usize) -> u32 {
        let template = self.templates.all.get(index);
        let Some(template) = template.filter(|_| !plain.queue_id.is_empty()) else {
            return Event::NO_MESSAGE;
        };
        let completes = template.event.kind == Kind::Completion;
        let origin = template.event.origin;
        let (protocol, tls_failed) = (template.protocol, template.tls_failed);
        let arrives = plain.words.form.arrives();
        let begins = if arrives { Begin::IfArrived } else { Begin::No };
        let at = self.next_event();
        let number = self.message_of(plain.queue_id, begins, origin);
        self.link(number, at);
        let message = &mut self.messages[number as usize];
        message.mark(Mark::Completed, completes);
        message.mark(Mark::TlsFailed, tls_failed);
        if arrives {
            message.arrival = at;
            message.sender = address;
            message.protocol = protocol;
            message.message_id = self
                .strings
                .message_ids
                .add(MessageId::of(plain.message_id));
            message.size = Message::short_size(plain.size.unwrap_or(0));
            self.tie(at, plain.reference, Tie::BounceOf);
        }
        number
    }

    /// Index of the template of a line's words; `None` when the line needs the full parser.
    fn template(&mut self, plain: &Plain<'_>) -> Option<usize> {
        let known = self.templates.find(&plain.words);
        if known.is_some() || plain.words.text.len() > Templates::MAX_WORDS {
            return known;
        }
        let fact = plain.read_words()?;
        let (mut event, mut remark) = (Event::default(), Remark::default());
        self.fill_event(&fact, &mut event, &mut remark);
        event.remark = self.strings.remarks.intern(remark);
        let protocol = self.strings.protocols.number(fact.protocol);
        if protocol == Protocols::OTHER {
            return None;
        }
        let template = Template {
            form: plain.words.form,
            event,
            remark,
            protocol,
            tls_failed: is_tls_failure(fact.kind, fact.trouble),
        };
        self.templates.store(plain.words, template)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Zone;
    use crate::parse::{Grammar, Mta, Reader, Scratch};

    /// Messages that come, go, are put off and refused, twice over and with the same words in other lines.
    const LOG: &str = r#"
2026-03-02 00:00:01 1vwqhd-003OrO-2C <= <> H=mx1.example.org [192.0.2.1] P=esmtps X=TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256 CV=no S=10 id=1@example.org T="a" for b@example.net
2026-03-02 00:00:02 1vwqhe-003OrO-2C <= a@example.org H=(helo) [2001:db8::1]:4711 P=esmtps X=TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256 CV=no S=99999999999 for c@example.net
2026-03-02 00:00:02 1vwqhe-003OrO-2C => b <b@example.net> R=virtual T=lmtp C="250 2.0.0 <b@example.net> Saved"
2026-03-02 00:00:02 1vwqhd-003OrO-2C => c <c@example.net> R=virtual T=lmtp C="250 2.0.0 other"
2026-03-02 00:00:02.123 +0100 1vwqhd-003OrO-2C => c <c> R=virtual T=lmtp
2026-03-02 00:00:03 1vwqhd-003OrO-2C => c@example.net R=dnslookup T=smtp H=mx.example.net [192.0.2.2]* X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes C="250 ok" DT=0s
2026-03-02 00:00:03 1vwqhd-003OrO-2C -> d@example.net R=dnslookup T=smtp H=mx.example.net [192.0.2.2]* X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes C="250 ok" DT=0s
2026-03-02 00:00:03 1vwqhd-003OrO-2C => d@example.net R=dnslookup T=smtp H=mx.example.net [192.0.2.2]* X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes
2026-03-02 00:00:04 1vwqhe-003OrO-2C == e@example.net R=dnslookup T=smtp defer (-53): retry time not reached for any host
2026-03-02 00:00:05 1vwqhd-003OrO-2C == f@example.net <e@example.net> R=dnslookup T=smtp defer (-53): retry time not reached for any host
2026-03-02 00:00:05 1vwqhd-003OrO-2C => f@example.net R=dnslookup T=smtp defer (-53): retry time not reached for any host
2026-03-02 00:00:06 1vwqhd-003OrO-2C H=mx.example.net [192.0.2.2]: a TLS session is required, but the server did not offer TLS support
2026-03-02 00:00:06 1vwqhd-003OrO-2C == f@example.net R=dnslookup T=smtp defer (-38) H=mx.example.net [192.0.2.2]: a TLS session is required, but the server did not offer TLS support
2026-03-02 00:00:06 H=mx.example.net [192.0.2.2]: a TLS session is required, but the server did not offer TLS support
2026-03-02 00:00:06 1vwqhd-003OrO-2C H=mx.example.net [192.0.2.2]: a TLS session is required, but the server did not offer TLS support
2026-03-02 00:00:07 1vwqhe-003OrO-2C Completed
2026-03-02 00:00:07 1vwqhd-003OrO-2C Completed
2026-03-02 00:00:08 1vwqhd-003OrO-2C <= a@example.org H=mx1.example.org [192.0.2.1] P=esmtp S=11 for b@example.net
2026-03-02 00:00:08 1vwqhd-003OrO-2C Completed
2026-03-02 00:00:08 1vwqhf-003OrO-2C <= <> R=1vwqhd-003OrO-2C U=mail P=local S=4019 T="failed" from <> for a@example.org
2026-03-02 00:00:08 1vwqhg-003OrO-2C <= a@example.org U=root P=local S=1 for a@example.org
2026-03-02 00:00:09 SMTP connection from [192.0.2.1]:9374 (TCP/IP connection count = 28)
2026-03-02 00:00:09 SMTP connection from mx1.example.org [192.0.2.1]:9374 closed by DROP in ACL
2026-03-02 00:00:09 no host name found for IP address 192.0.2.1
2026-03-02 00:00:09 cwd=/var/spool/exim 3 args: exim -Mc 1vwqhd-003OrO-2C
2026-03-02 00:00:10 1vwqhd-003OrO-2C H=mx.example.net [192.0.2.2] rejected RCPT <x@example.net>: relay not permitted"#;

    /// Events and messages of a part, with their symbols resolved.
    fn contents(part: &Partial) -> Vec<String> {
        let strings = &part.strings;
        let show = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
        let events = part.events.iter().map(|event| {
            let remark = strings.remarks.get(event.remark);
            let texts = [
                strings.addresses.get(event.address),
                strings.peers.get(event.peer),
                strings.texts.get(remark.text),
                strings.addresses.get(remark.parent),
            ];
            let event = Event {
                address: Symbol::NONE,
                peer: Symbol::NONE,
                remark: 0,
                ..*event
            };
            let others = (remark.errno, remark.trouble);
            format!("{event:?} {others:?} {:?}", texts.map(show))
        });
        let messages = part.messages.iter().map(|message| {
            let texts = [
                strings.addresses.get(message.sender),
                &*strings.message_ids.get(message.message_id).text(),
                strings.protocols.get(message.protocol),
            ];
            let message = crate::model::Message {
                sender: Symbol::NONE,
                message_id: Symbol::NONE,
                protocol: 0,
                ..*message
            };
            format!("{message:?} {:?}", texts.map(show))
        });
        let origins = part
            .origins
            .all()
            .iter()
            .map(|origin| format!("{origin:?}"));
        let links = part.links.iter().map(|link| format!("{link:?}"));
        events.chain(messages).chain(origins).chain(links).collect()
    }

    #[test]
    fn lines_in_halves_give_the_same_part_as_whole_ones() {
        let reader = Reader::own_log(Grammar::of(Mta::Exim).unwrap());
        let clock = Clock::new(Zone::parse("UTC").unwrap());
        let (mut halves, mut whole) = (Partial::new(b""), Partial::new(b""));
        let mut taken = 0;
        // The second time around all words are known, and the parts are used again.
        for repeats in [1, 3] {
            halves.clear();
            whole.clear();
            let mut clocks = [clock.clone(), clock.clone()];
            let lines = std::iter::repeat_n(LOG.trim().lines(), repeats).flatten();
            for (number, line) in (0..).zip(lines) {
                let (line, mut plain) = (line.as_bytes(), Plain::default());
                let mut scratch = Scratch::new();
                let outcome = reader.read(line, b"", &mut scratch);
                whole.take(&outcome, line, number, &mut clocks[0]);
                if reader.glance(line, &mut plain)
                    && halves.take_plain(&plain, number, &mut clocks[1])
                {
                    taken += 1;
                } else {
                    halves.take(&outcome, line, number, &mut clocks[1]);
                }
            }
            halves.judge();
            whole.judge();
            assert_eq!(contents(&halves), contents(&whole));
        }
        // Not taken: a delivery that was cut, one with the words of a deferral, a rejection, and what happened on a
        // connection where no message ID stands.
        assert_eq!(taken, 4 * (LOG.trim().lines().count() - 4));
    }
}
