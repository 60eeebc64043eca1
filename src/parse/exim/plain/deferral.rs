//! `final [<original>] R=router T=transport defer (N): text`
//!
//! The shared words are everything after the recipient.

use crate::parse::bytes::{from, near};
use crate::parse::exim::deferral::after_defer;
use crate::parse::{Fact, Flag, Form, Plain, Words};

use super::{Recipient, value, word};

pub(super) fn split<'a>(plain: &mut Plain<'a>, text: &'a [u8]) -> Option<()> {
    let (recipient, rest) = Recipient::read(text)?;
    plain.words = Words::of(Form::Deferral, rest);
    plain.flag = Some(Flag::Deferred);
    plain.address = recipient.final_recipient;
    plain.parent_address = recipient.original;
    Some(())
}

pub(super) fn read<'a>(fact: &mut Fact<'a>, words: &'a [u8]) -> Option<()> {
    let (router, fields) = word(from(words, 2));
    let (transport, defer) = word(fields.strip_prefix(b"T=")?);
    let after_defer_word = defer.strip_prefix(b"defer")?;
    let usual = after_defer_word.starts_with(b" (") && near(after_defer_word, b'"').is_none();
    let (router, transport) = (value(router)?, value(transport)?);
    if !usual {
        return None;
    }
    fact.router = router;
    fact.transport = transport;
    after_defer(fact, after_defer_word).ok()
}
