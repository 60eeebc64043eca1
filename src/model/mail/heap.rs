//! Heap size of loaded mails.

use crate::parse::message::{Mailbox, MessageFacts, NamedValue};
use crate::tls::Session;

use super::{Hop, JudgedHop, Mail};

impl Mail {
    /// Bytes held on the heap, without the struct itself.
    pub fn heap_bytes(&self) -> usize {
        let judged = |hop: &JudgedHop| held(&hop.contradictions);
        facts(&self.facts)
            + held(&self.hops)
            + self.hops.iter().map(hop).sum::<usize>()
            + held(&self.chain.hops)
            + self.chain.hops.iter().map(judged).sum::<usize>()
    }
}

fn held<T>(list: &Vec<T>) -> usize {
    list.capacity() * size_of::<T>()
}

fn hop(hop: &Hop) -> usize {
    let texts = [
        &hop.from_name,
        &hop.from_helo,
        &hop.from_ip,
        &hop.by,
        &hop.with,
        &hop.queue_id,
        &hop.recipient,
        &hop.raw,
    ];
    texts.into_iter().map(held).sum::<usize>() + hop.session.as_ref().map_or(0, session)
}

fn session(session: &Session) -> usize {
    let names = [&session.group, &session.signature];
    let names = names.into_iter().flatten().map(String::capacity);
    session.cipher.capacity() + names.sum::<usize>()
}

fn facts(facts: &MessageFacts) -> usize {
    let lists = [
        &facts.delivered_to,
        &facts.charsets,
        &facts.eight_bit_fields,
    ];
    let texts = [&facts.date_text, &facts.message_id_text];
    let strings = [&facts.subject, &facts.return_path];
    held(&facts.hops)
        + facts.hops.iter().map(held).sum::<usize>()
        + mailboxes(&facts.from)
        + mailboxes(&facts.to)
        + named(&facts.software)
        + named(&facts.clients)
        + named(&facts.accounts)
        + lists.into_iter().map(words).sum::<usize>()
        + texts.into_iter().flatten().map(held).sum::<usize>()
        + strings
            .into_iter()
            .flatten()
            .map(String::capacity)
            .sum::<usize>()
        + facts.message_id.capacity()
}

fn words(list: &Vec<String>) -> usize {
    held(list) + list.iter().map(String::capacity).sum::<usize>()
}

fn mailboxes(list: &Vec<Mailbox>) -> usize {
    let texts = |one: &Mailbox| one.name.capacity() + one.address.capacity();
    held(list) + list.iter().map(texts).sum::<usize>()
}

fn named(list: &Vec<NamedValue>) -> usize {
    let texts = |one: &NamedValue| one.name.capacity() + one.value.capacity();
    held(list) + list.iter().map(texts).sum::<usize>()
}
