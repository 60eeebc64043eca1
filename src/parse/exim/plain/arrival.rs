//! `sender H=host P=protocol [X=] [CV=] [K] [A=] S=size [DKIM=] [id=] [T="subject"] [from <sender>] [for recipient ...]`

use crate::parse::bytes::{contains, from, number, quoted_end, to};
use crate::parse::exim::{host, tls};
use crate::parse::{Direction, Fact, Flag, Kind, Peer};

use super::{bracketed, next, value, word};

pub(super) fn read<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> Option<()> {
    let (sender, rest) = word(text);
    let (peer, rest) = caller(rest.strip_prefix(b"H=")?)?;
    // A second one anywhere would have to be weighed.
    if sender.is_empty() || sender.starts_with(b"\"") || contains(from(rest, 2), b"P=") {
        return None;
    }
    let tail = Tail::read(rest)?;
    fact.kind = Kind::Arrival;
    fact.flag = Some(Flag::Arrived);
    fact.direction = Some(Direction::In);
    fact.sender = sender;
    fact.peer = peer;
    fact.protocol = tail.protocol;
    fact.size = tail.size;
    fact.message_id = tail.message_id;
    fact.subject = tail.subject;
    fact.recipients = tail.recipients;
    fact.tls = tls::inbound(tail.protocol, tail.cipher, tail.verified);
    Some(())
}

/// `[name ][(helo) ][ip][:port]`, and what follows the space behind it, which has to be the protocol.
fn caller(text: &[u8]) -> Option<(Peer<'_>, &[u8])> {
    let (name, rest) = if matches!(text.first(), Some(b'(' | b'[')) {
        (b"".as_slice(), text)
    } else {
        word(text)
    };
    let (helo, rest) = match rest {
        [b'(', inner @ ..] => {
            let (helo, rest) = word(inner);
            (helo.strip_suffix(b")")?, rest)
        }
        _ => (b"".as_slice(), rest),
    };
    let (ip, rest) = host::bracket(rest)?;
    let (port, rest) = host::port(rest);
    let protocol = rest.strip_prefix(b" ")?;
    let usual = protocol.starts_with(b"P=") && !helo.contains(&b')');
    let peer = Peer {
        name,
        helo,
        ip,
        port,
        reused: false,
    };
    usual.then_some((peer, protocol))
}

/// What stands from the protocol on.
#[derive(Default)]
struct Tail<'a> {
    protocol: &'a [u8],
    cipher: Option<&'a [u8]>,
    verified: Option<bool>,
    size: Option<u64>,
    message_id: &'a [u8],
    subject: &'a [u8],
    recipients: &'a [u8],
    /// No TLS field can follow.
    past_tls: bool,
}

impl<'a> Tail<'a> {
    /// Reads from `P=` on; the size has to be there, because every whole line has it.
    fn read(text: &'a [u8]) -> Option<Self> {
        let (protocol, mut rest) = word(from(text, 2));
        let mut tail = Self {
            protocol: value(protocol)?,
            ..Self::default()
        };
        let mut sized = false;
        while !rest.is_empty() {
            let (word, after) = word(rest);
            rest = match word {
                [b'X', b'=', cipher @ ..] if tail.cipher.is_none() && !tail.past_tls => {
                    tail.cipher = Some(value(cipher)?);
                    after
                }
                b"CV=yes" | b"CV=no" if tail.verified.is_none() && !tail.past_tls => {
                    tail.verified = Some(word == b"CV=yes");
                    after
                }
                [b'S', b'=', size @ ..] if !sized => {
                    sized = true;
                    tail.past_tls = true;
                    tail.size = number(value(size)?);
                    after
                }
                b"for" if !after.is_empty() => {
                    tail.recipients = after;
                    b""
                }
                _ => tail.another(word, rest, after)?,
            };
        }
        sized.then_some(tail)
    }

    /// Takes a field that says nothing of TLS; gives what follows it.
    fn another(&mut self, word: &'a [u8], rest: &'a [u8], after: &'a [u8]) -> Option<&'a [u8]> {
        match word {
            b"K" | b"L" | b"PRDR" => return Some(after),
            [b'D', b'K', b'I', b'M', b'=', domain @ ..] => return value(domain).map(|_| after),
            [b'A', b'=', login @ ..] => {
                value(login)?;
            }
            [b'i', b'd', b'=', id @ ..] if self.message_id.is_empty() => {
                self.message_id = value(id)?;
            }
            [b'T', b'=', b'"', ..] if self.subject.is_empty() => {
                let quoted = from(rest, 2);
                let end = quoted_end(quoted)?;
                self.subject = from(to(quoted, end - 1), 1);
                self.past_tls = true;
                return next(from(quoted, end));
            }
            b"from" => {
                let (sender, after) = super::word(after);
                bracketed(sender)?;
                self.past_tls = true;
                return Some(after);
            }
            _ => return None,
        }
        self.past_tls = true;
        Some(after)
    }
}
