//! `--mask`: people become pseudonyms, on the screen, in copies and in exports alike.
//!
//! A pseudonym is the same for the same person wherever it stands, as long as the key is the same, in every
//! release. The key of [`Mask::of_this_run`] is drawn anew each time, so two exports cannot be joined by it;
//! a user who needs that gives [`Mask::new`] a key and keeps it secret.
//!
//! Kept on purpose: domains, mail hosts, queue IDs, times, and the role mailboxes of RFC 2142. Not
//! found: a name in free text that has neither a domain behind it nor a word before it that says so.

mod client;
mod clients;
mod hmac;
mod mailboxes;
mod stories;
mod tables;
mod text;

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::net::IpAddr;

use crate::insight::headers::is_private_name;
use crate::model::parse_ip;
use crate::text::{base32, is_base32};
pub use client::looks_like_client;

/// Length of a pseudonym in base-32 digits: 30 bits, so that a thousand people hardly ever share one.
const DIGITS: usize = 6;

/// Mailboxes of a function, not of a person (RFC 2142), and the sender of bounces.
const ROLES: [&str; 8] = [
    "postmaster",
    "hostmaster",
    "webmaster",
    "abuse",
    "security",
    "noc",
    "support",
    "mailer-daemon",
];

/// Turns people into pseudonyms.
#[derive(Clone)]
pub struct Mask {
    key: [u8; 16],
}

impl Mask {
    /// A mask whose pseudonyms depend on `key` alone.
    pub const fn new(key: [u8; 16]) -> Self {
        Self { key }
    }

    /// A mask whose pseudonyms hold for this run of the program.
    pub fn of_this_run() -> Self {
        // Two states, each seeded by the system's random source.
        let half = || RandomState::new().build_hasher().finish().to_le_bytes();
        let mut key = [0; 16];
        key[..8].copy_from_slice(&half());
        key[8..].copy_from_slice(&half());
        Self { key }
    }

    /// The pseudonym of a person, however upper and lower case are mixed: `p-7f3a2k`. It is a keyed hash that a
    /// standard fixes: texts of other releases have the same for the same key.
    fn pseudonym(&self, of: &str) -> String {
        if is_pseudonym(of) {
            return of.to_owned();
        }
        let code = hmac::hmac(&self.key, of.to_lowercase().as_bytes());
        let [first, second, third, fourth, ..] = code;
        let number = u32::from_le_bytes([first, second, third, fourth]);
        format!("p-{}", base32(number.into(), DIGITS))
    }

    /// An address, or a local user: the domain stays.
    pub fn address(&self, address: &str) -> String {
        // What has spaces is no domain: nobody knows what it is.
        let parts = address.rsplit_once('@');
        let parts = parts.filter(|(_, domain)| !domain.contains(char::is_whitespace));
        let Some((local, domain)) = parts else {
            // `:blackhole:` and its like are words of the mail system.
            return if matches!(address, "" | "<>") || address.starts_with(':') || is_role(address) {
                address.to_owned()
            } else {
                self.pseudonym(address)
            };
        };
        if is_role(local) || is_pseudonym(local) {
            return address.to_owned();
        }
        format!("{}@{}", self.pseudonym(address), self.literal(domain))
    }

    /// A domain; an address in its place is cut to its network.
    fn literal(&self, domain: &str) -> String {
        let inside = domain
            .strip_prefix('[')
            .and_then(|own| own.strip_suffix(']'));
        let Some(inside) = inside else {
            return domain.to_owned();
        };
        let (tag, ip) = match inside.split_once("IPv6:") {
            Some(("", ip)) => ("IPv6:", ip),
            _ => ("", inside),
        };
        format!("[{tag}{}]", self.ip(ip))
    }

    /// A Message-ID. Its right side may be what a person's computer calls itself.
    pub fn message_id(&self, id: &str) -> String {
        let bare = id.trim_start_matches('<').trim_end_matches('>');
        match bare.rsplit_once('@') {
            Some((local, host)) if is_private_name(host) && !is_pseudonym(local) => {
                format!("{}@{}", self.pseudonym(bare), self.client_name(host))
            }
            _ => self.address(id),
        }
    }

    /// An address of the network it lies in: `192.0.2.0/24`, `2001:db8:1::/48`. Loopback stays.
    pub fn ip(&self, text: &str) -> String {
        match parse_ip(text.as_bytes()).map(|address| address.to_canonical()) {
            None => text.to_owned(),
            Some(address) if address.is_loopback() => text.to_owned(),
            Some(IpAddr::V4(address)) => {
                let [a, b, c, _] = address.octets();
                format!("{a}.{b}.{c}.0/24")
            }
            Some(IpAddr::V6(address)) => {
                let kept = u128::from(address) & (u128::MAX << 80);
                format!("{}/48", std::net::Ipv6Addr::from(kept))
            }
        }
    }

    /// The path of a file, or a text that holds one: folders and files named by an address or after their owner.
    pub fn path(&self, path: &str) -> String {
        let mut below_homes = false;
        let parts = path.split('/').map(|part| {
            let is_owner = std::mem::replace(&mut below_homes, matches!(part, "home" | "Users"));
            match part {
                owner if is_owner => self.address(owner),
                part if part.contains('@') => self.text(part),
                part => part.to_owned(),
            }
        });
        parts.collect::<Vec<_>>().join("/")
    }

    /// The name of a customer's address: what tells one customer from the next goes.
    fn client_name(&self, name: &str) -> String {
        if parse_ip(name.as_bytes()).is_some() {
            return self.ip(name);
        }
        let labels: Vec<&str> = name.split('.').collect();
        let telling = |label: &&str| label.bytes().any(|byte| byte.is_ascii_digit());
        let hidden = labels.iter().rposition(telling).map_or(1, |last| last + 1);
        let kept = labels.get(hidden..).unwrap_or_default();
        if kept.is_empty() {
            return self.pseudonym(name);
        }
        format!("{}.{}", self.pseudonym(name), kept.join("."))
    }

    /// The name of a host that handed us mail, on its own.
    pub fn host(&self, name: &str) -> String {
        if looks_like_client(name, "") {
            self.client_name(name)
        } else {
            name.to_owned()
        }
    }
}

fn is_role(local: &str) -> bool {
    ROLES.iter().any(|role| role.eq_ignore_ascii_case(local))
}

/// What is masked already stays as it is.
fn is_pseudonym(local: &str) -> bool {
    let digits = local.strip_prefix("p-").unwrap_or_default();
    digits.len() == DIGITS && is_base32(digits)
}

#[cfg(test)]
mod tests;
