//! Lines without a queue ID: `SMTP connection from [ip]:port (...)`, `no host name found for IP address ip`, `cwd=...`
//!
//! The shared words are the beginning of the line; the client is parsed for each line.

use crate::parse::bytes::to;
use crate::parse::exim::host;
use crate::parse::{Direction, Fact, Form, Kind, Peer, Plain, Words};

use super::word;

/// Beginnings of lines of the daemon.
const DAEMON: [&[u8]; 3] = [b"cwd=", b"Start queue run: ", b"End queue run: "];

/// Beginnings of lines about a client, which comes next.
const CLIENT: [&[u8]; 3] = [
    b"SMTP connection from ",
    b"SMTP command timeout on connection from ",
    b"unexpected disconnection while reading SMTP command from ",
];

/// Text after a client that contains neither further data of the client nor a sender.
const AFTER_CLIENT: [&[u8]; 3] = [b" (TCP/IP connection count = ", b" closed by ", b" D="];

const NO_NAME: &[u8] = b"no host name found for IP address ";

pub(super) fn split<'a>(plain: &mut Plain<'a>, text: &'a [u8]) -> Option<()> {
    let begins = |beginning: &&&[u8]| text.starts_with(beginning);
    let found = match text.first()? {
        b'c' | b'E' => DAEMON.iter().find(begins),
        b'S' => DAEMON.iter().chain(&CLIENT).find(begins),
        b'u' => CLIENT.iter().find(begins),
        b'n' => Some(&NO_NAME).filter(begins),
        _ => None,
    };
    let (words, rest) = text.split_at_checked(found?.len())?;
    let form = if words.ends_with(b"from ") || words == NO_NAME {
        Form::Client
    } else {
        Form::Daemon
    };
    if form == Form::Client {
        plain.peer = if words == NO_NAME {
            address(rest)?
        } else {
            client(rest)?
        };
    }
    plain.words = Words::of(form, words);
    plain.text = text;
    Some(())
}

pub(super) fn read(fact: &mut Fact<'_>, words: &[u8]) {
    fact.direction = Some(Direction::In);
    fact.kind = if words == NO_NAME {
        Kind::Note
    } else {
        Kind::Session
    };
}

/// Parses an address that is the whole text.
fn address(text: &[u8]) -> Option<Peer<'_>> {
    let (ip, rest) = word(text);
    let peer = Peer {
        ip,
        ..Peer::default()
    };
    (!ip.is_empty() && rest.is_empty()).then_some(peer)
}

/// Parses `[name ][ip][:port]` and one of the common continuations.
fn client(text: &[u8]) -> Option<Peer<'_>> {
    let (name, at) = match text.first()? {
        b'(' => return None,
        b'[' => (to(text, 0), text),
        _ => word(text),
    };
    let (ip, rest) = host::bracket(at)?;
    let (port, rest) = host::port(rest);
    let usual = rest.is_empty() || AFTER_CLIENT.iter().any(|next| rest.starts_with(next));
    usual.then_some(Peer {
        name,
        helo: b"",
        ip,
        port,
        reused: false,
    })
}
