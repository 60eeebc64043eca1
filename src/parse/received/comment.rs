//! Parses TLS in comments of Received headers, in the forms of all writers.

use super::clauses::{starts_with, strip_prefix};
use crate::tls::{Statement, Verify, Version};

/// TLS according to a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CommentSays<'a> {
    /// TLS was in use.
    Tls(Statement<'a>),
    /// TLS was not used, as the comment states.
    Plain,
}

/// Parses a comment; `None` when it is not about TLS.
pub(super) fn read(text: &[u8]) -> Option<CommentSays<'_>> {
    if let Some(rest) = strip_prefix(text, b"using ") {
        return using(rest.trim_ascii()).map(CommentSays::Tls);
    }
    if let Some(rest) = strip_prefix(text, b"over ") {
        return over(rest);
    }
    if let Some(rest) = behind_label(text) {
        return courier(rest).map(CommentSays::Tls);
    }
    if let Some(statement) = pairs(text) {
        return Some(CommentSays::Tls(statement));
    }
    words(text)
}

/// Postfix: `using TLSv1.3 with cipher C (256/256 bits) key-exchange X25519 server-signature ...`.
fn using(text: &[u8]) -> Option<Statement<'_>> {
    let mut words = Words(text);
    let version = words.next()?;
    if !is_version(version) && !is_bare(version) {
        return None;
    }
    let mut statement = Statement {
        version: named(version),
        ..Statement::default()
    };
    while let Some(word) = words.next() {
        if word.eq_ignore_ascii_case(b"verified") {
            // Sendmail 8.11.
            statement.verify = words.next().and_then(verify);
        } else if word.eq_ignore_ascii_case(b"cipher") {
            statement.cipher = suite(words.next()?)?;
            statement.bits = words.0.trim_ascii_start().strip_prefix(b"(").and_then(bits);
        } else if word.eq_ignore_ascii_case(b"key-exchange") {
            statement.group = group(&mut words);
        }
    }
    Some(statement)
}

/// `X25519`, or `ECDHE (P-256)` with the group in parentheses.
fn group<'a>(words: &mut Words<'a>) -> &'a [u8] {
    let name = words.next().unwrap_or_default();
    let Some(inner) = words.0.trim_ascii_start().strip_prefix(b"(") else {
        return name;
    };
    let end = memchr::memchr(b')', inner).unwrap_or(inner.len());
    inner.get(..end).unwrap_or(name)
}

/// Sendmail, Google, Microsoft, Haraka: `version=TLS1_2, cipher=C, bits=256/256, verify=NO`.
///
/// Of a repeated key the first one counts, and text after a quote is ignored, because ecelerity quotes the
/// subject of the client certificate. `version=NONE cipher=NONE` is no session.
fn pairs(text: &[u8]) -> Option<Statement<'_>> {
    let text = memchr::memchr(b'"', text).map_or(Some(text), |quote| text.get(..quote))?;
    let mut statement = Statement::default();
    let (mut any, mut said) = (false, false);
    for pair in text
        .split(|byte| byte.is_ascii_whitespace() || *byte == b',')
        .filter(|pair| !pair.is_empty())
    {
        let equals = memchr::memchr(b'=', pair);
        let (key, value) = pair.split_at(equals.unwrap_or(pair.len()));
        let value = unquoted(value);
        if key.eq_ignore_ascii_case(b"version") && equals.is_some() {
            if statement.version.is_empty() && (is_version(value) || is_bare(value)) {
                statement.version = named(value);
                said = true;
            }
            any = true;
        } else if key.eq_ignore_ascii_case(b"cipher") && equals.is_some() {
            if statement.cipher.is_empty() && !is_nothing(value) {
                statement.cipher = suite(value).unwrap_or_default();
                said |= !statement.cipher.is_empty();
            }
            any = true;
        } else if key.eq_ignore_ascii_case(b"bits") {
            statement.bits = statement.bits.or_else(|| bits(value));
        } else if key.eq_ignore_ascii_case(b"verify") {
            statement.verify = statement.verify.or_else(|| verify(value));
        } else if !any {
            // The pairs come first. `authenticated bits=0` or an address is no TLS statement.
            return None;
        }
    }
    said.then_some(statement)
}

/// True for placeholders without a cipher suite: `NONE`, `(NONE)`, `0`.
fn is_nothing(value: &[u8]) -> bool {
    let value = value.strip_suffix(b",").unwrap_or(value);
    let value = value.strip_prefix(b"(").unwrap_or(value);
    let value = value.strip_suffix(b")").unwrap_or(value);
    value.iter().all(|byte| b"-.?0".contains(byte))
        || [&b"none"[..], b"null", b"no", b"unknown"]
            .iter()
            .any(|nothing| nothing.eq_ignore_ascii_case(value))
}

/// Value after `=`, and after `3D`, which is `=` in quoted-printable.
fn unquoted(value: &[u8]) -> &[u8] {
    let value = value.strip_prefix(b"=").unwrap_or(value);
    match value.strip_prefix(b"3D") {
        Some(rest) if !rest.is_empty() => rest,
        _ => value,
    }
}

/// True for quoted-printable damage: `cipher=3DTLS_...`.
pub(super) fn is_damaged(text: &[u8]) -> bool {
    memchr::memmem::find(text, b"=3D").is_some() && pairs(text).is_some()
}

/// Sendmail: `OK` is a trusted chain, `FAIL` an untrusted one, `NO` no certificate, `NOT` none requested.
fn verify(value: &[u8]) -> Option<Verify> {
    match value {
        b"OK" => Some(Verify::Trusted),
        b"FAIL" => Some(Verify::Unverified),
        b"NO" => Some(Verify::Anonymous),
        _ => None,
    }
}

/// Text after `TLS:` or `SSL:`, at the start or after a comma. Courier writes it after the login.
fn behind_label(text: &[u8]) -> Option<&[u8]> {
    let labels = [&b"TLS:"[..], b"SSL:"];
    if let Some(rest) = labels.iter().find_map(|label| strip_prefix(text, label)) {
        return Some(rest);
    }
    if !starts_with(text, b"AUTH") {
        return None;
    }
    labels.iter().find_map(|label| {
        let at = memchr::memmem::rfind(text, label)?;
        let behind_comma = text.get(..at)?.trim_ascii().ends_with(b",");
        behind_comma.then(|| text.get(at + label.len()..))?
    })
}

/// Courier: `TLSv1/SSLv3,128bits,RC4-MD5`.
fn courier(text: &[u8]) -> Option<Statement<'_>> {
    let mut parts = text.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    let version = parts.next().filter(|word| is_version(word))?;
    let mut statement = Statement {
        version,
        ..Statement::default()
    };
    for part in parts {
        if part.ends_with(b"bits") {
            statement.bits = bits(part);
        } else if statement.cipher.is_empty() {
            statement.cipher = suite(part).unwrap_or_default();
        }
    }
    Some(statement)
}

/// chasquid: `over TLS-1.3-TLS_AES_128_GCM_SHA256`, `over plain text!`, and after the kind of port:
/// `over submission, TLS-1.3, envelope from ...`, where the sender is text of the peer.
fn over(text: &[u8]) -> Option<CommentSays<'_>> {
    let mut parts = text.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    let first = parts.next()?;
    let is_port = is_one_of(first, &[b"SMTP", b"submission", b"submission+TLS"]);
    let said = if is_port { parts.next()? } else { first };
    if starts_with(said, b"plain") {
        return Some(CommentSays::Plain);
    }
    let (version, rest) = said.split_at_checked(7)?;
    Version::parse(version)?;
    Some(CommentSays::Tls(Statement {
        version,
        cipher: rest.strip_prefix(b"-").and_then(suite).unwrap_or_default(),
        ..Statement::default()
    }))
}

/// s/qmail: `with TLSv1.3: C [256/256] DN=none`.
pub(super) fn crypted(text: &[u8]) -> Option<Statement<'_>> {
    let mut words = Words(strip_prefix(text, b"with ")?);
    let version = words.next()?.strip_suffix(b":")?;
    let cipher = suite(words.next()?)?;
    let strength = words.next().unwrap_or_default();
    is_version(version).then(|| Statement {
        version,
        cipher,
        bits: strength.strip_prefix(b"[").and_then(bits),
        ..Statement::default()
    })
}

/// Short forms: `TLSv1.2:C:256`, `TLS1.3`, `TLS`, `TLSv1:C encrypted`, `C encrypted, authenticated`, `TLS1.3 C`,
/// `TLSv1.3, C`, `Cipher SSLv3:C:128`, `tls_cipher TLS-1.0:C:32`, `TLS_AES_128_GCM_SHA256`.
fn words(text: &[u8]) -> Option<CommentSays<'_>> {
    let text = strip_prefix(text, b"Cipher ")
        .or_else(|| strip_prefix(text, b"tls_cipher "))
        .unwrap_or(text);
    let mut words = Words(text);
    let first = words.next()?;
    let first = first.strip_suffix(b",").unwrap_or(first);
    let second = words.next().unwrap_or_default();
    if is_encrypted(first) && second.is_empty() {
        return None;
    }
    if is_encrypted(second) && first.eq_ignore_ascii_case(b"not")
        || starts_with(first, b"unencrypted")
    {
        return Some(CommentSays::Plain);
    }
    let closed = second.is_empty() || is_encrypted(second);
    if first.contains(&b':') {
        return colons(first).filter(|_| closed).map(CommentSays::Tls);
    }
    let mut statement = Statement::default();
    if is_version(first) {
        statement.version = first;
        if !closed {
            statement.cipher = suite(second).filter(|word| is_compound(word))?;
            if words.next().is_some_and(|third| !is_encrypted(third)) {
                return None;
            }
        }
    } else if is_bare(first) {
        if !closed {
            return None;
        }
    } else if is_encrypted(second) || (second.is_empty() && is_iana_name(first)) {
        statement.cipher = suite(first)?;
    } else {
        return None;
    }
    Some(CommentSays::Tls(statement))
}

/// Parses `VERSION:SUITE[:BITS[:more]]`.
fn colons(word: &[u8]) -> Option<Statement<'_>> {
    let mut parts = word.split(|byte| *byte == b':');
    let version = parts.next().filter(|word| is_version(word))?;
    let cipher = suite(parts.next()?)?;
    let (third, fourth) = (parts.next(), parts.next());
    if !third
        .unwrap_or_default()
        .iter()
        .all(u8::is_ascii_alphanumeric)
    {
        return None;
    }
    Some(Statement {
        version,
        cipher,
        bits: third.and_then(bits),
        // OpenSMTPD: whether the client certificate was verified. `NO` is also written without a certificate.
        verify: fourth
            .filter(|answer| answer.eq_ignore_ascii_case(b"YES"))
            .map(|_| Verify::Trusted),
        ..Statement::default()
    })
}

fn is_encrypted(word: &[u8]) -> bool {
    word.strip_suffix(b",")
        .unwrap_or(word)
        .eq_ignore_ascii_case(b"encrypted")
}

/// `TLS` or `SSL` alone: in use, version unknown.
fn is_bare(word: &[u8]) -> bool {
    word.eq_ignore_ascii_case(b"TLS") || word.eq_ignore_ascii_case(b"SSL")
}

fn named(version: &[u8]) -> &[u8] {
    if is_bare(version) { b"" } else { version }
}

/// True for a version, including those that name none: `TLSv1/SSLv3`, Exim's `UNKNOWN`, a masked `TLS1.x`.
fn is_version(word: &[u8]) -> bool {
    let digits = word.get(3..).unwrap_or_default();
    let numbered = matches!(
        digits,
        [b'1'..=b'3', ..] | [b'v' | b'V' | b'-' | b'_', b'1'..=b'3', ..]
    );
    let family = starts_with(word, b"TLS") || starts_with(word, b"SSL");
    (family && numbered && is_token(word) && word.len() <= 16) || word == b"UNKNOWN"
}

/// The word, if it may be the name of a cipher suite.
fn suite(word: &[u8]) -> Option<&[u8]> {
    let word = word.strip_suffix(b",").unwrap_or(word);
    (!word.is_empty() && is_token(word)).then_some(word)
}

/// Names of suites have several parts, unlike `refused` in `TLSv1.2 refused`.
fn is_compound(word: &[u8]) -> bool {
    memchr::memchr2(b'-', b'_', word).is_some()
}

/// True for `TLS_AES_128_GCM_SHA256`; nothing else in a header has this form.
fn is_iana_name(word: &[u8]) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    word.starts_with(b"TLS_")
        && word.iter().all(is_letter)
        && memchr::memchr_iter(b'_', word).count() >= 3
}

fn is_one_of(word: &[u8], words: &[&[u8]]) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

fn is_token(word: &[u8]) -> bool {
    word.iter()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_+./".contains(byte))
}

/// First number of `256/256 bits`, `128bits`, `256`.
fn bits(text: &[u8]) -> Option<u16> {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(text.get(..length)?).ok()?.parse().ok()
}

/// Certificate remarks of Postfix, in a comment of their own.
pub(super) fn certificate(text: &[u8]) -> Option<Verify> {
    if starts_with(text, b"Client did not present")
        || starts_with(text, b"Client certificate not present")
    {
        Some(Verify::Anonymous)
    } else if starts_with(text, b"Client CN") && text.ends_with(b"(verified OK)") {
        Some(Verify::Trusted)
    } else if starts_with(text, b"Client CN") && text.ends_with(b"(not verified)") {
        Some(Verify::Unverified)
    } else {
        None
    }
}

/// Iterator over the words of a comment; the field is the text not read yet.
struct Words<'a>(&'a [u8]);

impl<'a> Iterator for Words<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let text = self.0.trim_ascii_start();
        let length = text
            .iter()
            .position(u8::is_ascii_whitespace)
            .unwrap_or(text.len());
        let (word, rest) = text.split_at(length);
        self.0 = rest;
        (!word.is_empty()).then_some(word)
    }
}

#[cfg(test)]
mod tests;
