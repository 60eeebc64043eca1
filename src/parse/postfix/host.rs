//! Hosts as Postfix logs them: `name[ip]`, `name[ip]:port`, `[ip]:port`, `name[socket]`.
//!
//! Postfix validates host names, and writes `unknown` when there is none.

use crate::parse::Peer;
use crate::parse::bytes::{Set, from, near, near_any, to};

/// A host, and the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Named<'a> {
    /// Name, address and port. The address is empty when there is none in the brackets.
    pub(super) peer: Peer<'a>,
    /// Text after the host.
    pub(super) rest: &'a [u8],
}

/// Parses a host at the start of the text.
pub(super) fn named(text: &[u8]) -> Option<Named<'_>> {
    let open = near_any(text, *b"[ ,<").filter(|at| text.get(*at) == Some(&b'['))?;
    let name = to(text, open);
    let (ip, rest) = in_brackets(from(text, open + 1))?;
    let (port, rest) = port(rest);
    let peer = Peer {
        name: if name == b"unknown" { b"" } else { name },
        ip: ip.unwrap_or_default(),
        port,
        ..Peer::default()
    };
    Some(Named { peer, rest })
}

/// Parses a host name alone before `: ` at the start of the text: old releases name a server without its address.
pub(super) fn bare(text: &[u8]) -> Option<Named<'_>> {
    let end = near(text, b':')?;
    let (name, rest) = (to(text, end), from(text, end));
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let whole = !name.is_empty() && name.iter().all(plain) && rest.starts_with(b": ");
    whole.then(|| Named {
        peer: Peer {
            name,
            ..Peer::default()
        },
        rest,
    })
}

/// Text before the closing bracket if it is an IP address (not a socket or `unknown`), and the text after the
/// bracket.
#[inline]
fn in_brackets(inner: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    const PLAIN: Set = Set::of(b"0123456789abcdefABCDEF.:");
    let plain = inner.iter().position(|byte| !PLAIN.has(*byte))?;
    let (whole, close) = match inner.get(plain) {
        Some(b']') => (true, plain),
        after => (
            after == Some(&b'%'),
            plain + near(from(inner, plain), b']')?,
        ),
    };
    let is_ip = whole && near_any(to(inner, plain), *b".:").is_some();
    Some((is_ip.then_some(to(inner, close)), from(inner, close + 1)))
}

/// Parses `:25` after the brackets.
fn port(rest: &[u8]) -> (Option<u16>, &[u8]) {
    let Some(digits) = rest.strip_prefix(b":") else {
        return (None, rest);
    };
    let end = digits
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(digits.len());
    match crate::parse::bytes::number(to(digits, end)) {
        Some(port) => (Some(port), from(digits, end)),
        None => (None, rest),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::neighbours;
    use super::*;

    fn peer<'a>(name: &'a str, ip: &'a str, port: Option<u16>) -> Peer<'a> {
        Peer {
            name: name.as_bytes(),
            ip: ip.as_bytes(),
            port,
            ..Peer::default()
        }
    }

    #[test]
    fn an_address_is_told_by_its_end_as_step_by_step() {
        let stepwise = |text: &[u8]| {
            let end = text.iter().position(|byte| *byte == b'%');
            let address = to(text, end.unwrap_or(text.len()));
            let plain = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':');
            (address.contains(&b'.') || address.contains(&b':')) && address.iter().all(plain)
        };
        let all = [
            "192.0.2.1",
            "2001:db8::1",
            "fe80::1%eth0",
            "fe80%a:b",
            "unknown",
            "private/lmtp",
            "",
        ];
        for text in all.iter().flat_map(|text| neighbours(text.as_bytes())) {
            let inner = [&text, b"]:25".as_slice()].concat();
            let close = inner.iter().position(|byte| *byte == b']').unwrap();
            let ip = Some(&inner[..close]).filter(|ip| stepwise(ip));
            let expected = Some((ip, &inner[close + 1..]));
            assert_eq!(in_brackets(&inner), expected, "{text:?}");
        }
    }

    #[test]
    fn a_name_alone() {
        let found = bare(b"mx.example.org: TLSv1").expect("a host");
        assert_eq!(
            (found.peer, found.rest),
            (peer("mx.example.org", "", None), b": TLSv1".as_slice())
        );
        for text in [
            ": x",
            "mx.example.org",
            "mx.example.org:25: x",
            "a b: x",
            "a[192.0.2.1]: x",
        ] {
            assert_eq!(bare(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn hosts() {
        for (text, expected, rest) in [
            (
                "mx.example.org[192.0.2.1]:25: x",
                peer("mx.example.org", "192.0.2.1", Some(25)),
                ": x",
            ),
            ("unknown[2001:db8::1]", peer("", "2001:db8::1", None), ""),
            (
                "[192.0.2.1]:4711: x",
                peer("", "192.0.2.1", Some(4711)),
                ": x",
            ),
            ("unknown[unknown] x", peer("", "", None), " x"),
            ("a.example[private/lmtp]", peer("a.example", "", None), ""),
            (
                "a.example[fe80::1%eth0]: x",
                peer("a.example", "fe80::1%eth0", None),
                ": x",
            ),
            (
                "a.example[192.0.2.1]:99999",
                peer("a.example", "192.0.2.1", None),
                ":99999",
            ),
        ] {
            let found = named(text.as_bytes()).expect(text);
            assert_eq!(
                found,
                Named {
                    peer: expected,
                    rest: rest.as_bytes()
                },
                "{text}"
            );
        }
        for text in [
            "",
            "none",
            "a b[192.0.2.1]",
            "a[192.0.2.1",
            "<a[192.0.2.1]>",
            "local, x[192.0.2.1]",
        ] {
            assert_eq!(named(text.as_bytes()), None, "{text}");
        }
    }
}
