//! Address ranges, and which remote addresses count as inside.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use crate::tls::Network;

/// A network by address and prefix length. A single address has the full length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    v6: bool,
    /// Address bits, aligned to the left; zero beyond the prefix.
    bits: u128,
    len: u8,
}

impl Cidr {
    /// The network with a prefix of `len` bits that contains `ip`; `None` when the address has fewer bits. An
    /// IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2) counts as its IPv4 address.
    pub fn new(ip: IpAddr, len: u8) -> Option<Self> {
        let (ip, len) = match (ip, ip.to_canonical()) {
            (IpAddr::V6(_), IpAddr::V4(v4)) if len >= 96 => (IpAddr::V4(v4), len - 96),
            _ => (ip, len),
        };
        let (v6, bits) = left_aligned(ip);
        let longest = if v6 { 128 } else { 32 };
        (len <= longest).then_some(Self {
            v6,
            bits: bits & mask(len),
            len,
        })
    }

    /// True when the network contains `ip`.
    pub fn contains(self, ip: IpAddr) -> bool {
        let (v6, bits) = left_aligned(ip.to_canonical());
        v6 == self.v6 && bits & mask(self.len) == self.bits
    }

    /// True when `text` is an address in the network. `IPv6:` before and `%zone` after the address are ignored.
    pub fn matches(self, text: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(text) else {
            return false;
        };
        let literal = text
            .get(..5)
            .is_some_and(|tag| tag.eq_ignore_ascii_case("ipv6:"));
        let text = if literal { &text[5..] } else { text };
        let text = text.split_once('%').map_or(text, |(ip, _)| ip);
        text.parse().is_ok_and(|ip| self.contains(ip))
    }

    /// True when the network contains every address of `other`.
    pub fn covers(self, other: Self) -> bool {
        self.v6 == other.v6 && self.len <= other.len && other.bits & mask(self.len) == self.bits
    }

    fn is_address(self) -> bool {
        self.len == if self.v6 { 128 } else { 32 }
    }
}

/// Text that is no address range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no address range: give one such as 10.0.0.0/8 or 2001:db8::/32")]
pub struct CidrError(String);

impl FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, CidrError> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let read = || {
            let address: IpAddr = address.trim().parse().ok()?;
            let longest = if address.is_ipv4() { 32 } else { 128 };
            Self::new(
                address,
                length.map_or(Some(longest), |length| length.parse().ok())?,
            )
        };
        read().ok_or_else(|| CidrError(text.to_owned()))
    }
}

impl fmt::Display for Cidr {
    /// Writes the form that the filter `ip=` reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.v6 {
            write!(f, "{}", Ipv6Addr::from(self.bits))?;
        } else {
            let leading = u32::try_from(self.bits >> 96).unwrap_or_default();
            write!(f, "{}", Ipv4Addr::from(leading))?;
        }
        if self.is_address() {
            Ok(())
        } else {
            write!(f, "/{}", self.len)
        }
    }
}

fn left_aligned(ip: IpAddr) -> (bool, u128) {
    match ip {
        IpAddr::V4(ip) => (false, u128::from(u32::from(ip)) << 96),
        IpAddr::V6(ip) => (true, u128::from(ip)),
    }
}

fn mask(len: u8) -> u128 {
    u128::MAX.checked_shl(128 - u32::from(len)).unwrap_or(0)
}

/// Classifies an address. Inside are the configured networks `inner`, private ranges (RFC 1918), unique local (RFC
/// 4193) and link-local addresses, and carrier-grade NAT (RFC 6598).
pub fn classify(address: Option<IpAddr>, inner: &[Cidr]) -> Network {
    let Some(address) = address.map(|address| address.to_canonical()) else {
        return Network::Unknown;
    };
    if address.is_loopback() {
        return Network::Loopback;
    }
    let private = match address {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            v4.is_private() || v4.is_link_local() || (first == 100 && second & 0xc0 == 64)
        }
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local(),
    };
    if private || inner.iter().any(|range| range.contains(address)) {
        Network::Inside
    } else {
        Network::Outside
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(address: &str, inner: &[Cidr]) -> Network {
        classify(address.parse().ok(), inner)
    }

    #[test]
    fn classes_of_addresses() {
        for (address, wanted) in [
            ("127.0.0.1", Network::Loopback),
            ("::1", Network::Loopback),
            ("::ffff:127.0.0.1", Network::Loopback),
            ("10.1.2.3", Network::Inside),
            ("172.20.27.137", Network::Inside),
            ("192.168.0.1", Network::Inside),
            ("100.64.0.1", Network::Inside),
            ("169.254.1.1", Network::Inside),
            ("fd00::1", Network::Inside),
            ("fe80::1", Network::Inside),
            ("172.32.0.1", Network::Outside),
            ("100.128.0.1", Network::Outside),
            ("194.25.134.17", Network::Outside),
            ("2001:db8::1", Network::Outside),
            ("nowhere", Network::Unknown),
        ] {
            assert_eq!(network(address, &[]), wanted, "{address}");
        }
    }

    #[test]
    fn ranges() {
        let range: Cidr = "192.0.2.0/24".parse().unwrap();
        assert_eq!(network("192.0.2.77", &[range]), Network::Inside);
        assert_eq!(network("192.0.3.1", &[range]), Network::Outside);
        let all: Cidr = "0.0.0.0/0".parse().unwrap();
        assert!(all.contains("203.0.113.1".parse().unwrap()));
        let six: Cidr = "2001:db8::/32".parse().unwrap();
        assert!(six.contains("2001:db8:1::1".parse().unwrap()));
        assert!(!six.contains("2001:db9::1".parse().unwrap()));
        assert_eq!(six.to_string(), "2001:db8::/32");
        for bad in ["192.0.2.0/33", "x/8", "", "192.0.2.0/"] {
            assert!(bad.parse::<Cidr>().is_err(), "{bad}");
        }
    }
}
