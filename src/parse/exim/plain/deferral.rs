//! `final [<original>] R=router T=transport defer (N): text`

use crate::parse::bytes::{from, near};
use crate::parse::exim::Parsed;
use crate::parse::exim::deferral::after_defer;
use crate::parse::{Fact, Flag};

use super::{Recipient, value, word};

pub(super) fn read<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> Option<Parsed> {
    let (recipient, rest) = Recipient::read(text)?;
    let (router, fields) = word(from(rest, 2));
    let (transport, defer) = word(fields.strip_prefix(b"T=")?);
    let said = defer.strip_prefix(b"defer")?;
    let usual = said.starts_with(b" (") && near(said, b'"').is_none();
    let (router, transport) = (value(router)?, value(transport)?);
    if !usual {
        return None;
    }
    fact.flag = Some(Flag::Deferred);
    fact.address = recipient.last;
    fact.parent_address = recipient.first;
    fact.router = router;
    fact.transport = transport;
    Some(after_defer(fact, said))
}
