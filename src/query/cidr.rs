//! Parses IP addresses and networks in filters.

use std::net::IpAddr;

use super::value::{Read, Unread};
use crate::model::Cidr;

/// Meaning of `::` at the end, as in `2001:db8::`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TrailingColons {
    /// Zeros: the text is a whole address.
    Address,
    /// The end of the leading parts: the text is the network `2001:db8::/32`.
    Prefix,
}

/// Parses `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`, or the leading parts of an address: `192.0.2` is
/// `192.0.2.0/24`, and `2001:db8:` is `2001:db8::/32`.
pub(super) fn read(text: &str, trailing: TrailingColons) -> Read<Cidr> {
    if let Some((ip, len)) = text.split_once('/') {
        return read_network(ip, len);
    }
    match text.parse::<IpAddr>() {
        Ok(ip) if trailing == TrailingColons::Address || !text.ends_with("::") || text == "::" => {
            Cidr::new(ip, if ip.is_ipv4() { 32 } else { 128 }).ok_or_else(Unread::default)
        }
        _ if text.contains(':') => v6_prefix(text),
        _ => v4_prefix(text),
    }
}

fn read_network(ip: &str, len: &str) -> Read<Cidr> {
    let Ok(ip) = ip.parse::<IpAddr>() else {
        return Err(Unread::default());
    };
    if len.is_empty() {
        return Err(Unread::unfinished());
    }
    let digits = len.bytes().all(|b| b.is_ascii_digit());
    let longest = if ip.is_ipv4() { 32 } else { 128 };
    let len = len.parse().ok().filter(|_| digits);
    len.and_then(|len| Cidr::new(ip, len))
        .ok_or_else(|| Unread::hinted(format!("the length of this network is 0 to {longest}")))
}

/// Leading octets of an IPv4 address. Up to four hex digits may also be the beginning of an IPv6 address.
fn v4_prefix(text: &str) -> Read<Cidr> {
    let hex = (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit());
    let parts = text.strip_suffix('.').unwrap_or(text).split('.');
    let octets: Option<Vec<u8>> = parts.map(octet).collect();
    match octets.as_deref() {
        Some([a]) => network_v4([*a, 0, 0, 0], 8),
        Some([a, b]) => network_v4([*a, *b, 0, 0], 16),
        Some([a, b, c]) => network_v4([*a, *b, *c, 0], 24),
        _ if hex => Err(Unread::unfinished()),
        _ => Err(Unread::default()),
    }
}

fn octet(part: &str) -> Option<u8> {
    let digits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let plain = part == "0" || !part.starts_with('0');
    part.parse().ok().filter(|_| digits && plain)
}

fn network_v4(octets: [u8; 4], len: u8) -> Read<Cidr> {
    Cidr::new(IpAddr::from(octets), len).ok_or_else(Unread::default)
}

/// Leading groups of an IPv6 address.
fn v6_prefix(text: &str) -> Read<Cidr> {
    let groups = text.strip_suffix("::").or_else(|| text.strip_suffix(':'));
    let mut parts = [0_u16; 8];
    let mut count = 0_u8;
    for part in groups.unwrap_or(text).split(':') {
        let hex = (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_hexdigit());
        let slot = parts.get_mut(usize::from(count)).filter(|_| hex);
        let value = u16::from_str_radix(part, 16).map_err(|_| unfinished_if(part.is_empty()))?;
        *slot.ok_or_else(Unread::default)? = value;
        count += 1;
    }
    Cidr::new(IpAddr::from(parts), count * 16).ok_or_else(Unread::default)
}

fn unfinished_if(unfinished: bool) -> Unread {
    Unread {
        unfinished,
        hint: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(text: &str) -> Cidr {
        read(text, TrailingColons::Prefix).unwrap_or_else(|unread| panic!("{text}: {unread:?}"))
    }

    #[test]
    fn addresses_networks_and_leading_parts() {
        for (text, shown) in [
            ("192.0.2.1", "192.0.2.1"),
            ("192.0.2.77/24", "192.0.2.0/24"),
            ("192.0.2", "192.0.2.0/24"),
            ("192.0.", "192.0.0.0/16"),
            ("10", "10.0.0.0/8"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("2001:db8::/32", "2001:db8::/32"),
            ("2001:DB8:", "2001:db8::/32"),
            ("2001:db8::", "2001:db8::/32"),
            ("2001:db8::1", "2001:db8::1"),
            ("2001:db8:0:1", "2001:db8:0:1::/64"),
            ("::1", "::1"),
            ("::", "::"),
            ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
            ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
        ] {
            assert_eq!(net(text).to_string(), shown, "{text}");
            assert_eq!(
                read(shown, TrailingColons::Address),
                Ok(net(text)),
                "{shown}"
            );
        }
    }

    #[test]
    fn membership_is_by_bits_not_by_text() {
        let range = net("192.0.2");
        assert!(range.matches(b"192.0.2.200") && !range.matches(b"192.0.20.1"));
        assert!(range.matches(b"::ffff:192.0.2.3"));
        let range = net("2001:db8::/32");
        assert!(range.matches(b"IPv6:2001:0DB8:0:0::5") && range.matches(b"2001:db8::1%eth0"));
        assert!(!range.matches(b"192.0.2.1") && !range.matches(b"") && !range.matches(b"\xff"));
        assert!(net("0.0.0.0/0").matches(b"198.51.100.1"));
    }

    #[test]
    fn coverage_is_by_length_and_bits() {
        assert!(net("192.0.0.0/16").covers(net("192.0.2.1")));
        assert!(!net("192.0.2.1").covers(net("192.0.0.0/16")));
        assert!(!net("0.0.0.0/0").covers(net("::1")));
    }

    #[test]
    fn what_is_no_address() {
        for text in ["192.0.2.0/", "2001", "fe", ":", "300"] {
            assert!(
                read(text, TrailingColons::Prefix).unwrap_err().unfinished,
                "{text}"
            );
        }
        for text in [
            "192.0.2.0/33",
            "192.0.2/24",
            "1.2.3.4.5",
            "01.2.3",
            "2001:db8:zz",
            "mx1",
            "",
            "1:2:3:4:5:6:7:8:9",
            "192.0.2.0/+8",
            "+1.2",
            "2001:+db8",
        ] {
            assert!(
                !read(text, TrailingColons::Prefix).unwrap_err().unfinished,
                "{text}"
            );
        }
    }
}
