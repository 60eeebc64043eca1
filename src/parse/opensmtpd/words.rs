//! Values common to all forms: results, TLS sessions, errors, refused commands.

use crate::parse::bytes::{angle, between, from, number, path, split_once, to};
use crate::parse::reply::status;
use crate::parse::{Absence, Direction, Fact, Kind, Turn};
use crate::tls::{Statement, Trouble, Verify};

use super::of_session;

/// `Ok`, `TempFail`, `PermFail`, `Loop`, and of the queue `Expire` and `Remove`.
pub(super) fn result(word: &[u8]) -> Option<Kind> {
    match word {
        b"Ok" => Some(Kind::Delivery),
        b"TempFail" => Some(Kind::Deferral),
        b"PermFail" | b"Loop" | b"Expire" | b"Expired" => Some(Kind::Failure),
        b"Remove" | b"Removed" => Some(Kind::Removed),
        _ => None,
    }
}

/// Parses the TLS session of a line about it: `TLSv1.3:TLS_AES_256_GCM_SHA384:256`, or `version=V, cipher=C, bits=N`.
pub(super) fn secured<'a>(fact: &mut Fact<'a>, ciphers: &'a [u8]) -> Option<()> {
    fact.tls = Some(statement(ciphers)?);
    fact.kind = Kind::Session;
    fact.turn = Turn::Secured;
    Some(())
}

fn statement(text: &[u8]) -> Option<Statement<'_>> {
    let (version, cipher, bits) = if let Some(rest) = text.strip_prefix(b"version=") {
        let (version, rest) = split_once(rest, b", cipher=")?;
        let (cipher, bits) = split_once(rest, b", bits=")?;
        (version, cipher, bits)
    } else {
        let (version, rest) = split_once(text, b":")?;
        let (cipher, bits) = split_once(rest, b":")?;
        (version, cipher, bits)
    };
    let token = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_graphic);
    (token(version) && token(cipher)).then(|| Statement {
        version,
        cipher,
        bits: number(bits),
        ..Statement::default()
    })
}

/// Sets what the check of a certificate said. Without `verify`, OpenSMTPD does not check that of a server, and calls it
/// `unverified`; `success` and `failure` of older releases are about its chain alone, not about names.
pub(super) fn checked(fact: &mut Fact<'_>, result: &[u8]) {
    let verify = match result {
        b"valid" => Verify::Verified,
        b"success" => Verify::Trusted,
        b"unverified" | b"failure" => Verify::Unverified,
        b"no certificate presented" => Verify::Anonymous,
        _ => return,
    };
    fact.kind = Kind::Note;
    fact.turn = Turn::Verified;
    fact.tls = Some(Statement {
        verify: Some(verify),
        ..Statement::default()
    });
}

/// Sets why an inbound session ended.
pub(super) fn closed<'a>(fact: &mut Fact<'a>, reason: &'a [u8]) {
    fact.text = reason;
    fact.kind = Kind::Session;
    fact.turn = Turn::Closes;
    let trouble = match reason {
        b"tls-accept-failed" => Some(Trouble::HandshakeFailed),
        b"no-client-cert" | b"cert-invalid" | b"cert-check-failed" | b"no-ca" => {
            Some(Trouble::ValidationFailure)
        }
        _ if reason.starts_with(b"io-error: handshake failed") => Some(Trouble::HandshakeFailed),
        _ => None,
    };
    if trouble.is_some() {
        fact.kind = Kind::TlsFailed;
        fact.trouble = trouble;
        fact.turn = Turn::Failed;
    }
}

/// Sets why an outbound session failed. After `... rejected: ` follows the reply of the peer.
pub(super) fn failed<'a>(fact: &mut Fact<'a>, reason: &'a [u8]) {
    fact.text = reason;
    fact.kind = Kind::Session;
    let io = reason.strip_prefix(b"IO Error: ").unwrap_or_default();
    let (kind, trouble) = if reason == b"TLS required but not supported by remote host" {
        (Kind::TlsRefused, Trouble::StarttlsNotSupported)
    } else if reason.starts_with(b"STARTTLS rejected: ") {
        (Kind::TlsRefused, Trouble::StarttlsFailed)
    } else if reason == b"opportunistic TLS failed, downgrading to plain"
        || reason == b"TLS failed, downgrading to plain"
        || io.starts_with(b"handshake failed")
    {
        let trouble = if io.ends_with(b"certificate verify failed")
            || io.starts_with(b"handshake failed: certificate verification failed")
        {
            Trouble::ValidationFailure
        } else {
            Trouble::HandshakeFailed
        };
        (Kind::TlsFailed, trouble)
    } else if matches!(
        reason,
        b"SSL certificate check failed" | b"tls-failure" | b"tls-connect-failed"
    ) {
        (Kind::TlsFailed, Trouble::HandshakeFailed)
    } else {
        return;
    };
    fact.kind = kind;
    fact.trouble = Some(trouble);
    fact.turn = Turn::Failed;
}

/// Sets a command that was refused, and the reply to it. The command is remote text, and the reply repeats
/// parts of it.
pub(super) fn refused<'a>(fact: &mut Fact<'a>, command: &'a [u8], reply: &'a [u8]) {
    fact.kind = Kind::Rejection;
    fact.turn = Turn::Carries;
    fact.text = reply;
    fact.enhanced_status = status(reply).unwrap_or_default();
    if reply.starts_with(b"530 ") && reply.ends_with(b"Must issue a STARTTLS command first") {
        fact.trouble = Some(Trouble::StarttlsNotUsed);
    }
    let verb = to(command, b"RCPT TO:".len());
    let written = from(command, b"RCPT TO:".len());
    if verb.eq_ignore_ascii_case(b"RCPT TO:") {
        fact.address = angle(written).map_or(b"", |(inner, _)| path(written, inner));
    } else if let Some(written) = mail_from(command) {
        fact.sender = angle(written).map_or(b"", |(inner, _)| path(written, inner));
    }
}

fn mail_from(command: &[u8]) -> Option<&[u8]> {
    let length = b"MAIL FROM:".len();
    let verb = to(command, length).eq_ignore_ascii_case(b"MAIL FROM:");
    verb.then(|| from(command, length))
}

/// Sets the session of an envelope that was sent, or found no session.
pub(super) fn sent<'a>(fact: &mut Fact<'a>, session: &'a [u8]) {
    fact.direction = Some(Direction::Out);
    of_session(fact, session);
    if fact.dialogue.is_empty() {
        fact.absence = Absence::Mute;
    } else {
        fact.turn = Turn::Carries;
    }
    fact.enhanced_status = status(fact.text).unwrap_or_default();
}

/// Sets the address of the envelope before aliasing. `<->` means that it is the same.
pub(super) fn before_aliases<'a>(fact: &mut Fact<'a>, written: &'a [u8]) {
    if written != b"-" && written != fact.address {
        fact.parent_address = written;
    }
}

/// Text of a quoted string.
pub(super) fn in_quotes(text: &[u8]) -> Option<&[u8]> {
    between(text, b"\"", b"\"")
}
