//! `--mask`: people become pseudonyms, on the screen, in copies and in exports alike.
//!
//! A pseudonym is the same for the same person wherever it stands, as long as the key is the same. The
//! key of [`Mask::of_this_run`] is drawn anew each time, so two exports cannot be joined by it; whoever
//! needs that gives [`Mask::new`] a key of their own and keeps it secret.
//!
//! Kept on purpose: domains, mail hosts, queue IDs, times, and the role mailboxes of RFC 2142. Not
//! found: a login or a name in free text that has no domain behind it.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, DefaultHasher, Hasher};
use std::net::IpAddr;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::value::{Column, Holds, Table, Value};
use crate::insight::{ChainStory, Label, Timeline};
use crate::model::parse_ip;
use crate::text::Clean;

/// Length of a pseudonym in base-32 digits: 30 bits, so that a thousand people hardly ever share one.
const DIGITS: usize = 6;
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

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

/// What may tell of a person in free text: an address (a quoted local part counts), a peer as logs
/// write it (`name (helo) [ip]`), or an IP address alone, of which [`parse_ip`] has the last word.
static PERSONAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r#"(?P<address>(?:"(?:[^"\\]|\\.)*"|[^\s<>()\[\],;:"@]+)@(?:[\w-]+(?:\.[\w-]+)*|\[[^\]\s]*\]))"#,
        r"|(?:(?P<name>[\w.-]+)\s+)?(?:\((?P<helo>[^()\s]*)\)\s+)?\[(?P<ip>[0-9a-fA-F:.]+)\]",
        r"|(?P<bare>[0-9a-fA-F:]*:[0-9a-fA-F:.]+|\d+(?:\.\d+){3})(?P<network>/\d+)?",
    ))
    .ok()
});

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

    /// The pseudonym of a person, however upper and lower case are mixed: `p-7f3a2k`.
    fn pseudonym(&self, of: &str) -> String {
        let mut hasher = DefaultHasher::new();
        hasher.write(&self.key);
        hasher.write(of.to_lowercase().as_bytes());
        let mut rest = hasher.finish();
        let mut out = String::from("p-");
        for _ in 0..DIGITS {
            let digit = ALPHABET.get((rest % 32) as usize).copied();
            out.push(char::from(digit.unwrap_or(b'0')));
            rest /= 32;
        }
        out
    }

    /// An address, or a local user: the domain stays.
    pub fn address(&self, address: &str) -> String {
        let Some((local, domain)) = address.rsplit_once('@') else {
            // `:blackhole:` and its like are words of the mail system.
            return if address.is_empty() || address.starts_with(':') || is_role(address) {
                address.to_owned()
            } else {
                self.pseudonym(address)
            };
        };
        if is_role(local) || is_pseudonym(local) {
            return address.to_owned();
        }
        format!("{}@{domain}", self.pseudonym(address))
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

    /// Free text: addresses become pseudonyms, peers that look like clients keep only their network.
    pub fn text(&self, text: &str) -> String {
        let Some(personal) = PERSONAL.as_ref() else {
            return String::new();
        };
        let masked = personal.replace_all(text, |hit: &Captures<'_>| self.personal(hit));
        masked.into_owned()
    }

    fn personal(&self, hit: &Captures<'_>) -> String {
        let part = |name| hit.name(name).map_or("", |part| part.as_str());
        match (part("address"), part("ip"), part("bare")) {
            ("", "", bare) if part("network").is_empty() => self.ip(bare),
            ("", "", _) => hit[0].to_owned(),
            ("", ip, _) => self.peer(&hit[0], part("name"), part("helo"), ip),
            (address, ..) => self.address(address),
        }
    }

    /// A peer that was written as `whole`.
    fn peer(&self, whole: &str, name: &str, helo: &str, ip: &str) -> String {
        // A word without a dot is no host name: `from [192.0.2.1]`.
        let host = if name.contains('.') { name } else { "" };
        if !looks_like_client(host, ip) {
            return whole.to_owned();
        }
        let mut masked = whole.to_owned();
        if !host.is_empty() {
            masked = masked.replacen(host, &self.client_name(host), 1);
        }
        if !helo.is_empty() {
            masked = masked.replace(&format!("({helo})"), &format!("({})", self.pseudonym(helo)));
        }
        masked.replace(&format!("[{ip}]"), &format!("[{}]", self.ip(ip)))
    }

    /// The name of a host that handed us mail, on its own.
    pub fn host(&self, name: &str) -> String {
        if looks_like_client(name, "") {
            self.client_name(name)
        } else {
            name.to_owned()
        }
    }

    /// The story of a logged message.
    pub fn timeline(&self, story: &mut Timeline) {
        self.clean(&mut story.headline);
        for step in &mut story.steps {
            self.clean(&mut step.title);
            step.notes.iter_mut().for_each(|note| self.clean(note));
        }
        self.labels(&mut story.labels);
    }

    /// The story of a loaded mail.
    pub fn chain(&self, story: &mut ChainStory) {
        self.clean(&mut story.title);
        self.clean(&mut story.headline);
        for rung in &mut story.rungs {
            self.clean(&mut rung.from);
            rung.findings.iter_mut().for_each(|own| self.clean(own));
        }
        story.findings.iter_mut().for_each(|own| self.clean(own));
        self.labels(&mut story.labels);
    }

    /// What a person wrote goes; the rest is free text.
    fn labels(&self, labels: &mut Vec<Label>) {
        labels.retain(|label| label.name != "Subject");
        for label in labels {
            self.clean(&mut label.value);
        }
    }

    fn clean(&self, text: &mut Clean) {
        *text = Clean::line(self.text(text));
    }

    /// A table with every row masked.
    pub fn table<'a>(&'a self, table: Table<'a>) -> Table<'a> {
        let columns = table.columns;
        let rows = table.rows.map(move |mut row| {
            self.row(columns, &mut row);
            row
        });
        Table {
            columns,
            rows: Box::new(rows),
        }
    }

    /// A row of a table.
    pub fn row(&self, columns: &[Column], row: &mut [Value]) {
        let cell = |holds| {
            let at = columns.iter().position(|column| column.holds == holds);
            at.and_then(|at| row.get(at)).and_then(Value::as_str)
        };
        let direction = columns.iter().position(|own| own.name == "direction");
        let direction = direction.and_then(|at| row.get(at)).and_then(Value::as_str);
        let (name, ip) = (cell(Holds::Host), cell(Holds::Ip));
        // Tables without a direction speak of those who handed us a message.
        let inbound = direction.is_none_or(|direction| direction == "in");
        let client = inbound && looks_like_client(name.unwrap_or_default(), ip.unwrap_or_default());
        for (column, value) in columns.iter().zip(row) {
            self.cell(column.holds, value, client);
        }
    }

    fn cell(&self, holds: Holds, value: &mut Value, client: bool) {
        match value {
            Value::List(list) if holds == Holds::Addresses => {
                for address in list {
                    *address = Clean::line(self.address(address));
                }
            }
            Value::Text(text) => match holds {
                Holds::Subject => *value = Value::Null,
                Holds::Address | Holds::MessageId => *text = Clean::line(self.address(text)),
                Holds::Prose => *text = Clean::line(self.text(text)),
                Holds::Host if client => *text = Clean::line(self.client_name(text)),
                Holds::Helo if client => *text = Clean::line(self.pseudonym(text)),
                Holds::Ip if client => *text = Clean::line(self.ip(text)),
                _ => {}
            },
            _ => {}
        }
    }
}

fn is_role(local: &str) -> bool {
    ROLES.iter().any(|role| role.eq_ignore_ascii_case(local))
}

/// What is masked already stays as it is.
fn is_pseudonym(local: &str) -> bool {
    let digits = local.strip_prefix("p-").unwrap_or_default();
    digits.len() == DIGITS && digits.bytes().all(|digit| ALPHABET.contains(&digit))
}

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

#[cfg(test)]
mod tests {
    use super::*;

    const MASK: Mask = Mask::new([7; 16]);

    #[test]
    fn the_same_person_is_the_same_pseudonym_everywhere() {
        let alone = MASK.address("Anna@example.org");
        assert!(
            alone.starts_with("p-") && alone.ends_with("@example.org"),
            "{alone}"
        );
        assert_eq!(alone.len(), "p-".len() + DIGITS + "@example.org".len());
        let text = MASK.text("rejected <anna@example.org>: no");
        assert_eq!(text, format!("rejected <{alone}>: no"));
        assert_ne!(alone, MASK.address("anna@example.net"));
        assert_ne!(alone, Mask::new([8; 16]).address("anna@example.org"));
    }

    #[test]
    fn roles_and_words_of_the_mail_system_stay() {
        for kept in ["postmaster@example.org", ":blackhole:", "", "Mailer-Daemon"] {
            assert_eq!(MASK.address(kept), kept);
        }
        assert!(MASK.address("|/usr/bin/filter anna").starts_with("p-"));
        assert!(
            MASK.address("bounce+anna=example.org@example.net")
                .ends_with("@example.net")
        );
    }

    #[test]
    fn addresses_of_clients_are_cut_to_their_network() {
        assert_eq!(MASK.ip("192.0.2.77"), "192.0.2.0/24");
        assert_eq!(MASK.ip("2001:db8:1:2::3"), "2001:db8:1::/48");
        assert_eq!(MASK.ip("::1"), "::1");
        assert_eq!(MASK.ip("no address"), "no address");
    }

    #[test]
    fn free_text_keeps_mail_hosts_and_times() {
        for kept in [
            "2020-02-25 10:55:03 H=rx.example.org [192.0.2.77]:25: refused",
            "Exim 4.98.2 at 10:55:03, 5.7.1, 2 connections",
            "[127.0.0.1] and ::1",
        ] {
            assert_eq!(MASK.text(kept), kept);
        }
        let text = MASK.text("received from [192.0.2.77]:587, then 2001:db8:1:2::3");
        assert_eq!(
            text,
            "received from [192.0.2.0/24]:587, then 2001:db8:1::/48"
        );
        let client = MASK.text("H=p5b2f1a.dip0.example.net (annas-laptop) [192.0.2.77] P=esmtpsa");
        assert!(
            client.starts_with("H=p-") && client.ends_with(" [192.0.2.0/24] P=esmtpsa"),
            "{client}"
        );
        assert!(
            !client.contains("anna") && !client.contains("p5b2f1a"),
            "{client}"
        );
        for masked in [text, client, MASK.text("to anna@example.org")] {
            assert_eq!(MASK.text(&masked), masked);
        }
    }

    #[test]
    fn who_looks_like_a_client() {
        for (name, ip) in [
            ("", "192.0.2.77"),
            ("192.0.2.77", ""),
            ("p5b2f1a.dip0.example.net", "192.0.2.77"),
            ("host-192-0-2-77.example.net", "192.0.2.77"),
            ("77.2.0.192.in-addr.example.net", "192.0.2.77"),
            ("c000024d.example.net", "192.0.2.77"),
        ] {
            assert!(looks_like_client(name, ip), "{name} {ip}");
        }
        for name in ["mx1.example.org", "mail-out-07.example.org"] {
            assert!(!looks_like_client(name, "192.0.2.77"), "{name}");
        }
    }

    #[test]
    fn a_client_keeps_its_provider_only() {
        let masked = MASK.client_name("p5b2f1a.dip0.example.net");
        assert!(masked.ends_with(".example.net") && !masked.contains("p5b2f1a"));
        assert!(MASK.client_name("annas-laptop").starts_with("p-"));
    }

    #[test]
    fn a_row_is_masked_by_what_its_columns_hold() {
        let columns = [
            Column::new("direction", Holds::Word, 0),
            Column::new("peer_name", Holds::Host, 0),
            Column::new("peer_ip", Holds::Ip, 0),
            Column::new("subject", Holds::Subject, 0),
            Column::new("message_id", Holds::MessageId, 0),
        ];
        let row = |direction| {
            let texts = ["", "192.0.2.77", "A secret", "4711.anna@example.org"];
            let texts = texts.map(|text| Value::text(text.as_bytes()));
            let mut row: Vec<Value> = [Value::Word(direction)].into_iter().chain(texts).collect();
            MASK.row(&columns, &mut row);
            row
        };
        let inbound = row("in");
        assert_eq!(inbound[2].as_str(), Some("192.0.2.0/24"));
        assert_eq!(inbound[3], Value::Null);
        assert!(inbound[4].as_str().unwrap().ends_with("@example.org"));
        assert!(!inbound[4].as_str().unwrap().contains("anna"));
        assert_eq!(row("out")[2].as_str(), Some("192.0.2.77"));
    }
}
