//! Who among the peers is a person's computer rather than a mail host.

use std::net::IpAddr;

use crate::model::parse_ip;

/// Labels by which providers name the addresses of their customers.
const CLIENT_WORDS: [&str; 14] = [
    "dyn",
    "dynamic",
    "dip",
    "dial",
    "dialin",
    "dsl",
    "adsl",
    "pool",
    "dhcp",
    "cable",
    "client",
    "customer",
    "ppp",
    "broadband",
];

/// True for a peer without a name, or whose name was made from its address: no mail server of anyone
/// who wants to be taken for one.
pub fn looks_like_client(name: &str, ip: &str) -> bool {
    let name = name.to_ascii_lowercase();
    if name.is_empty() || parse_ip(name.as_bytes()).is_some() {
        return true;
    }
    let mut words = name.split(['.', '-']);
    words.any(|word| CLIENT_WORDS.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit())))
        || holds_address(&name, ip)
}

/// True when the numbers of an IPv4 address stand in the name, in either order.
fn holds_address(name: &str, ip: &str) -> bool {
    let Some(IpAddr::V4(address)) = parse_ip(ip.as_bytes()) else {
        return false;
    };
    let numbers: Vec<u8> = name
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect();
    let mut octets = address.octets();
    let forward = numbers.windows(4).any(|four| four == octets);
    octets.reverse();
    let hex = format!("{:08x}", u32::from(address));
    forward || numbers.windows(4).any(|four| four == octets) || name.contains(&hex)
}
