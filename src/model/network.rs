//! Address ranges: which remote addresses count as inside.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use crate::tls::Network;

/// A range of addresses, such as `192.0.2.0/24`; a bare address is a range of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    address: IpAddr,
    prefix: u8,
}

/// Text that is no address range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no address range: give one such as 10.0.0.0/8 or 2001:db8::/32")]
pub struct CidrError(String);

impl Cidr {
    /// True when `address` lies in the range. IPv4-mapped IPv6 addresses count as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let shift = 32 - u32::from(self.prefix);
                (u64::from(own.to_bits()) >> shift) == (u64::from(other.to_bits()) >> shift)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let differing = own.to_bits() ^ other.to_bits();
                differing.leading_zeros() >= u32::from(self.prefix)
            }
            _ => false,
        }
    }
}

impl FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, CidrError> {
        let fail = || CidrError(text.to_owned());
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u8>().map_err(|_| fail())?)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().map_err(|_| fail())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(longest);
        if prefix > longest {
            return Err(fail());
        }
        Ok(Self { address, prefix })
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

/// Classifies an address; `inner` are the configured networks that count as inside besides the
/// private ranges (RFC 1918), unique local (RFC 4193), link-local and carrier-grade NAT (RFC 6598).
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
