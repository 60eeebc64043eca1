//! IP addresses in comments and literals of a Received header.

use std::net::IpAddr;

/// Address and surrounding text: `USER@NAME [IP]:PORT REST`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Address<'a> {
    /// Address as text, without brackets, tag, zone or IPv4 mapping.
    pub(super) ip: &'a [u8],
    pub(super) port: Option<u16>,
    pub(super) ident: &'a [u8],
    pub(super) rdns: &'a [u8],
    /// `[local]`: the writer states that there was no network.
    pub(super) local: bool,
    /// Text after the address.
    pub(super) rest: &'a [u8],
}

/// Parses a comment or a name that contains an address.
pub(super) fn read(text: &[u8]) -> Option<Address<'_>> {
    match memchr::memchr(b'[', text) {
        Some(open) => bracketed(text, open),
        None => bare(text),
    }
}

fn bracketed(text: &[u8], open: usize) -> Option<Address<'_>> {
    let (before, inside) = text.split_at(open);
    let inside = inside.get(1..)?;
    let (inside, rest) = inside.split_at(memchr::memchr(b']', inside)?);
    let rest = rest.get(1..)?;
    let (ident, rdns) = user_and_name(last_word(before));
    if inside == b"local" {
        return Some(Address {
            local: true,
            rdns,
            ..Address::default()
        });
    }
    let (ip, inner_port) = ip_and_port(inside)?;
    let (outer_port, rest) = match rest.strip_prefix(b":") {
        Some(after) => {
            let digits = after
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            let (digits, rest) = after.split_at(digits);
            (port(digits), rest)
        }
        None => (None, rest),
    };
    Some(Address {
        ip,
        port: inner_port.or(outer_port),
        ident,
        rdns,
        local: false,
        rest,
    })
}

/// Parses `192.0.2.1`, `192.0.2.1:25`, `user@192.0.2.1 with login`, `192.0.2.1, HELO name`.
fn bare(text: &[u8]) -> Option<Address<'_>> {
    let end = text
        .iter()
        .position(u8::is_ascii_whitespace)
        .unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let word = word.strip_suffix(b",").unwrap_or(word);
    let (ident, host) = user_and_name(word);
    let (ip, port) = ip_and_port(host)?;
    Some(Address {
        ip,
        port,
        ident,
        rest,
        ..Address::default()
    })
}

fn last_word(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii();
    let start = text
        .iter()
        .rposition(u8::is_ascii_whitespace)
        .map_or(0, |blank| blank + 1);
    text.get(start..).unwrap_or_default()
}

/// Splits `user@name`. The user may contain `@`. Sendmail writes `IDENT:` before it.
fn user_and_name(word: &[u8]) -> (&[u8], &[u8]) {
    let Some(at) = memchr::memrchr(b'@', word) else {
        return (b"", word);
    };
    let user = word.get(..at).unwrap_or_default();
    let name = word.get(at + 1..).unwrap_or_default();
    (user.strip_prefix(b"IDENT:").unwrap_or(user), name)
}

/// Address and port in `IPv6:2001:db8::1`, `::ffff:192.0.2.1`, `fe80::1%14`, `192.0.2.1:25`, `192.0.2.1.25`.
fn ip_and_port(text: &[u8]) -> Option<(&[u8], Option<u16>)> {
    if let Some(ip) = ip(text) {
        return Some((ip, None));
    }
    let dots = memchr::memchr_iter(b'.', text).count();
    let split = match dots {
        3 => memchr::memrchr(b':', text)?,
        4 => memchr::memrchr(b'.', text)?,
        _ => return None,
    };
    let (host, number) = text.split_at(split);
    Some((ip(host)?, Some(port(number.get(1..)?)?)))
}

/// Text of an address without tag and zone; `None` for other text.
pub(super) fn ip(text: &[u8]) -> Option<&[u8]> {
    let text = super::clauses::strip_prefix(text, b"IPv6:").unwrap_or(text);
    let text = match memchr::memchr(b'%', text) {
        Some(zone) => text.get(..zone)?,
        None => text,
    };
    // RFC 4291 section 2.5.5.2: an IPv4-mapped IPv6 address stands for the IPv4 address.
    let text = match super::clauses::strip_prefix(text, b"::ffff:") {
        Some(v4) if memchr::memchr(b'.', v4).is_some() => v4,
        _ => text,
    };
    // Addresses are at most 45 bytes long, so longer text is not checked for UTF-8.
    if text.len() > 45 {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse::<IpAddr>().ok()?;
    Some(text)
}

pub(super) fn port(digits: &[u8]) -> Option<u16> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<(&str, Option<u16>, &str, &str)> {
        let found = read(text.as_bytes())?;
        let text = |bytes| std::str::from_utf8(bytes).unwrap();
        Some((
            text(found.ip),
            found.port,
            text(found.ident),
            text(found.rdns),
        ))
    }

    #[test]
    fn addresses_with_their_surroundings() {
        for (text, expected) in [
            ("[192.0.2.1]", ("192.0.2.1", None, "", "")),
            ("[192.0.2.1]:25 helo=x", ("192.0.2.1", Some(25), "", "")),
            (
                "[192.0.2.1:50387] helo=x",
                ("192.0.2.1", Some(50387), "", ""),
            ),
            ("[192.0.2.1.63559]", ("192.0.2.1", Some(63559), "", "")),
            (
                "a.example [IPv6:2001:db8::1]",
                ("2001:db8::1", None, "", "a.example"),
            ),
            ("[::ffff:192.0.2.1]", ("192.0.2.1", None, "", "")),
            ("[fe80::1%14]", ("fe80::1", None, "", "")),
            (
                "IDENT:bob@a.example [192.0.2.1] (may be forged)",
                ("192.0.2.1", None, "bob", "a.example"),
            ),
            ("T0ken+/@[192.0.2.1]", ("192.0.2.1", None, "T0ken+/", "")),
            (
                "account seiz [192.0.2.1] verified",
                ("192.0.2.1", None, "", "seiz"),
            ),
            ("192.0.2.1:23198", ("192.0.2.1", Some(23198), "", "")),
            (
                "a@b.example@192.0.2.1 with login",
                ("192.0.2.1", None, "a@b.example", ""),
            ),
            ("2001:db8::a2", ("2001:db8::a2", None, "", "")),
        ] {
            assert_eq!(parts(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_address() {
        for text in [
            "",
            "mail.example.org",
            "[mail.example.org]",
            "[",
            "192.0.2",
            "a@b",
            "8.17.1/8.17.1",
        ] {
            assert_eq!(parts(text), None, "{text}");
        }
        assert!(read(b"a.example [local]").unwrap().local);
    }
}
