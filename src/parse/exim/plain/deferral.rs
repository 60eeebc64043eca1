//! `final [<original>] R=router T=transport defer (N): text`
//!
//! All that stands behind the recipient are words that many deferrals share.

use crate::parse::bytes::{from, near};
use crate::parse::exim::deferral::after_defer;
use crate::parse::{Fact, Flag, Form, Plain, Words};

use super::{Recipient, value, word};

pub(super) fn split<'a>(plain: &mut Plain<'a>, text: &'a [u8]) -> Option<()> {
    let (recipient, rest) = Recipient::read(text)?;
    plain.words = Words::of(Form::Deferral, rest);
    plain.flag = Some(Flag::Deferred);
    plain.address = recipient.last;
    plain.parent_address = recipient.first;
    Some(())
}

pub(super) fn read<'a>(fact: &mut Fact<'a>, words: &'a [u8]) -> Option<()> {
    let (router, fields) = word(from(words, 2));
    let (transport, defer) = word(fields.strip_prefix(b"T=")?);
    let said = defer.strip_prefix(b"defer")?;
    let usual = said.starts_with(b" (") && near(said, b'"').is_none();
    let (router, transport) = (value(router)?, value(transport)?);
    if !usual {
        return None;
    }
    fact.router = router;
    fact.transport = transport;
    after_defer(fact, said).ok()
}
