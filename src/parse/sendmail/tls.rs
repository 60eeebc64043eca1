//! TLS: `STARTTLS=` lines, protocols, refusals.

use super::fields::{bits, next, rfind, until_comma};
use super::{note, relay};
use crate::parse::bytes::{contains, from, number, split_once, to, word};
use crate::parse::{Direction, Fact, Kind, Turn};
use crate::tls::{Statement, Trouble, Verify};

/// Length at which `_FFR_LOG_MORE` cuts the cipher: a name of this length may be incomplete.
const CUT_CIPHER: usize = 20;

/// Parses `STARTTLS=server|client, ...`: a session, a failure, or a message about certificates and files.
pub(super) fn line<'a>(fact: &mut Fact<'a>, body: &'a [u8], rest: &'a [u8], pid: &'a [u8]) {
    note(fact, body);
    let (side, rest) = until_comma(rest);
    let direction = match side {
        b"server" => Direction::In,
        b"client" => Direction::Out,
        _ => return,
    };
    if let Some((peer, statement)) = session(rest, direction) {
        fact.kind = Kind::Session;
        fact.peer = relay::peer(peer);
        fact.tls = Some(statement);
        fact.turn = Turn::Secured;
    } else if let Some(trouble) = failure(rest) {
        fact.kind = Kind::TlsFailed;
        fact.trouble = Some(trouble);
        fact.turn = Turn::Failed;
        if let Some(at) = rfind(rest, b", relay=") {
            fact.peer = relay::peer(from(rest, at + b", relay=".len()));
        }
    } else {
        return;
    }
    fact.direction = Some(direction);
    fact.dialogue = pid;
}

/// Parses `, relay=H, version=V, verify=V, cipher=C, bits=u/a`. No remote text follows the host, so the last
/// `version=` counts. Older releases have other fields at the end.
fn session(rest: &[u8], direction: Direction) -> Option<(&[u8], Statement<'_>)> {
    let rest = rest.strip_prefix(b", relay=")?;
    let at = rfind(rest, b", version=")?;
    let peer = to(rest, at);
    let mut tail = from(rest, at);
    let mut statement = Statement::default();
    while let Some((key, value, rest)) = next(tail) {
        match key {
            b"version" => statement.version = value,
            b"cipher" => statement.cipher = value,
            b"bits" => statement.bits = bits(value),
            b"verify" => statement.verify = verify(value, direction),
            _ => {}
        }
        tail = rest;
    }
    let named = !statement.version.is_empty() && !statement.cipher.is_empty();
    (named && tail.is_empty()).then_some((peer, statement))
}

/// Meaning of the `{verify}` macro. `OK` is a trusted chain; names are compared only by rulesets. A missing or
/// bad client certificate says nothing about the protection of the mail.
fn verify(word: &[u8], direction: Direction) -> Option<Verify> {
    match word {
        b"OK" => Some(Verify::Trusted),
        b"TRUSTED" if direction == Direction::Out => Some(Verify::Dane),
        b"FAIL" | b"DANE_FAIL" if direction == Direction::Out => Some(Verify::Unverified),
        b"NO" if direction == Direction::Out => Some(Verify::Anonymous),
        _ => None,
    }
}

/// Parses `, error: connect failed=-1, reason=...`, and the same for `accept`. Other errors are about local files.
fn failure(rest: &[u8]) -> Option<Trouble> {
    let error = rest.strip_prefix(b", error: ")?;
    let failed = error.starts_with(b"connect failed=") || error.starts_with(b"accept failed=");
    let reason = split_once(error, b", reason=").map_or(b"".as_slice(), |(_, reason)| reason);
    failed.then(|| {
        if reason.starts_with(b"certificate verify failed") {
            Trouble::ValidationFailure
        } else {
            Trouble::HandshakeFailed
        }
    })
}

/// True when `proto=` implies TLS (RFC 3848, RFC 6531), as logged from 8.17 on.
pub(super) fn implies_tls(protocol: &[u8]) -> bool {
    let bare = protocol.strip_prefix(b"UTF8").unwrap_or(protocol);
    matches!(
        bare,
        b"ESMTPS" | b"ESMTPSA" | b"SMTPS" | b"SMTPSA" | b"LMTPS" | b"LMTPSA"
    )
}

/// TLS fields on message lines, as logged by builds with `_FFR_LOG_MORE1` and `_FFR_LOG_MORE2`
/// (`tls_verify=OK, tls_version=TLSv1.2, cipher=ECDHE-RSA-AES256-GCM`).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ExtraTlsFields<'a> {
    verify: &'a [u8],
    version: &'a [u8],
    cipher: &'a [u8],
}

impl<'a> ExtraTlsFields<'a> {
    /// Sets a field, if it is one of these.
    pub(super) fn take(&mut self, key: &[u8], value: &'a [u8]) {
        match key {
            b"tls_verify" => self.verify = value,
            b"tls_version" => self.version = value,
            b"cipher" => self.cipher = value,
            _ => {}
        }
    }

    /// TLS session, if there was one. With `NONE`, values of an earlier session may be logged.
    pub(super) fn statement(&self, direction: Direction) -> Option<Statement<'a>> {
        let known = |word: &[u8]| !matches!(word, b"" | b"NONE");
        let whole = self.cipher.len() < CUT_CIPHER;
        (known(self.verify) && known(self.version)).then(|| Statement {
            version: self.version,
            cipher: if whole { self.cipher } else { b"" },
            verify: verify(self.verify, direction),
            ..Statement::default()
        })
    }

    /// True when the line states that there was no TLS.
    pub(super) fn none(&self) -> bool {
        self.verify == b"NONE" && matches!(self.version, b"" | b"NONE")
    }
}

/// Whether a local ruleset (`tls_client`) refused a client because it did not use TLS.
pub(super) fn refusal_of_client(text: &[u8], verify: &[u8]) -> Option<Trouble> {
    match refusal(text, Some(verify))? {
        Trouble::StarttlsNotSupported | Trouble::PeerRequiresTls => Some(Trouble::StarttlsNotUsed),
        _ => None,
    }
}

/// Texts of a local ruleset about the certificate of a server.
const ABOUT_CERTIFICATE: [&[u8]; 8] = [
    b"authentication required",
    b"authentication failed",
    b"authentication failure ",
    b"not authenticated",
    b"no authentication requested",
    b"DANE check failed",
    b"CN ",
    b"Cert ",
];

/// Why a local ruleset refused a server: texts of `TLS_connection` and `TLS_req` in cf/m4/proto.m4, after an optional
/// `Deferred: ` and reply code. `verify` is the `{verify}` macro, where the line states it.
pub(super) fn refusal(text: &[u8], verify: Option<&[u8]>) -> Option<Trouble> {
    let text = text.strip_prefix(b"Deferred: ").unwrap_or(text);
    let (code, rest) = word(text);
    let code = number::<u16>(code).filter(|code| (400..600).contains(code))?;
    let rest = rest.strip_prefix(b" ")?;
    let (enhanced, message) = word(rest);
    let enhanced = enhanced
        .iter()
        .all(|byte| byte.is_ascii_digit() || *byte == b'.');
    let message = if enhanced {
        message.strip_prefix(b" ")?
    } else {
        rest
    };
    let starts = |beginning: &[u8]| message.starts_with(beginning);
    if let Some(bits) = message.strip_prefix(b"encryption too weak ") {
        return Some(too_weak(bits, verify));
    }
    match message {
        _ if code == 530 && contains(message, b"STARTTLS") => Some(Trouble::PeerRequiresTls),
        _ if starts(b"other side does not support STARTTLS") => Some(Trouble::StarttlsNotSupported),
        _ if starts(b"TLS handshake") => Some(Trouble::HandshakeFailed),
        // `TEMP`: the server answered STARTTLS with a 4xx reply.
        _ if starts(b"STARTTLS failed")
            || starts(b"STARTTLS temporarily not possible")
            || starts(b"authentication failure TEMP") =>
        {
            Some(Trouble::StarttlsFailed)
        }
        // Of a login, servers say the same with other codes.
        _ if matches!(code, 403 | 454 | 503) && ABOUT_CERTIFICATE.iter().any(|own| starts(own)) => {
            Some(Trouble::ValidationFailure)
        }
        _ => None,
    }
}

/// The cause behind `encryption too weak BITS less than BITS`. There are 0 bits where there is no TLS.
fn too_weak(bits: &[u8], verify: Option<&[u8]>) -> Trouble {
    match verify {
        Some(b"TEMP") => Trouble::StarttlsFailed,
        None | Some(b"" | b"NONE") if bits.starts_with(b"0 ") => Trouble::StarttlsNotSupported,
        _ => Trouble::TooWeak,
    }
}
