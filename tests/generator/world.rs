//! The people and the servers of the world in which the logs are written.

use super::random::Random;

/// The domain whose server writes the log.
pub const HOME: &str = "example.org";

const DOMAINS: usize = 6000;

const WORDS: [&str; 24] = [
    "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "harbour", "island", "juniper",
    "kestrel", "lagoon", "meadow", "nectar", "orchard", "prairie", "quarry", "river", "summit",
    "thicket", "upland", "valley", "willow", "yarrow",
];

const NAMES: [&str; 24] = [
    "anna", "bo", "carla", "dieter", "emma", "finn", "greta", "hanna", "ivo", "jana", "karl",
    "lena", "mia", "noah", "olga", "paul", "rosa", "sven", "tosa", "uwe", "vera", "willi", "info",
    "office",
];

/// Words that a subject is made of; some look like what a mail server writes itself.
const SUBJECTS: [&str; 20] = [
    "Invoice",
    "Re:",
    "minutes",
    "Completed",
    "backup",
    "rejected",
    "=> x@y.example",
    "\\\"urgent\\\"",
    "Gr\\303\\274\\303\\237e",
    "\\342\\202\\254 42",
    "H=fake.example [192.0.2.66]",
    "X=TLS1.0:RC4-MD5:128",
    "report",
    "draft",
    "C=\\\"250 OK\\\"",
    "for a@b.example",
    "defer (-1): no",
    "holiday",
    "S=1",
    "offer",
];

/// A mail domain, with its servers.
#[derive(Clone, Copy)]
pub struct Domain(usize);

/// A server, or whatever else speaks SMTP.
#[derive(Clone)]
pub struct Host {
    pub name: String,
    pub ip: String,
    /// What it offers; the same each time it is met.
    pub tls: Tls,
}

/// Version, cipher suite as OpenSSL calls it, and bits.
pub type Suite = (&'static str, &'static str, u32);

/// What a host has to offer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    Suite(Suite),
    /// It offers none.
    Absent,
    /// It offers it, and fails.
    Broken,
}

const MODERN: [Suite; 2] = [
    ("1.3", "TLS_AES_256_GCM_SHA384", 256),
    ("1.3", "TLS_AES_128_GCM_SHA256", 128),
];
const COMMON: [Suite; 3] = [
    ("1.2", "ECDHE-RSA-AES256-GCM-SHA384", 256),
    ("1.2", "ECDHE-ECDSA-AES128-GCM-SHA256", 128),
    ("1.2", "ECDHE-RSA-CHACHA20-POLY1305", 256),
];
const OLD: [Suite; 6] = [
    ("1.2", "AES256-SHA", 256),
    ("1.1", "ECDHE-RSA-AES256-SHA", 256),
    ("1", "ECDHE-RSA-AES256-SHA", 256),
    ("1", "DHE-RSA-AES256-SHA", 256),
    ("1", "DES-CBC3-SHA", 168),
    ("1", "RC4-SHA", 128),
];

impl Tls {
    fn of(number: usize) -> Self {
        match number % 100 {
            0..46 => Self::Suite(MODERN[number % 2]),
            46..84 => Self::Suite(COMMON[number % 3]),
            84..92 => Self::Suite(OLD[number % 6]),
            92..99 => Self::Absent,
            _ => Self::Broken,
        }
    }
}

impl Domain {
    pub fn name(self) -> String {
        let word = WORDS[self.0 % WORDS.len()];
        let top = ["example", "example.com", "example.net", "test.example"][self.0 / 7 % 4];
        format!("{word}{}.{top}", self.0 / WORDS.len())
    }

    /// One of its servers.
    pub fn server(self, chance: &mut Random) -> Host {
        let nth = chance.below(1 + self.0 % 3);
        let number = self.0 * 3 + nth;
        Host {
            name: format!("mx{}.{}", nth + 1, self.name()),
            ip: ip(number),
            tls: Tls::of(scatter(self.0) + nth / 2),
        }
    }

    /// One of its people. Few write much, many little.
    pub fn person(self, chance: &mut Random) -> String {
        let crowd = chance.below(40) + 1;
        let nth = chance.below(crowd);
        let name = NAMES[(self.0 + nth) % NAMES.len()];
        if nth < 3 {
            format!("{name}@{}", self.name())
        } else {
            format!("{name}.{}{nth}@{}", WORDS[nth % WORDS.len()], self.name())
        }
    }
}

/// The same number for the same domain, but not the next one for the next.
fn scatter(number: usize) -> usize {
    number.wrapping_mul(2_654_435_761) >> 7 & 0xffff
}

/// An address of the ranges that are kept for examples.
fn ip(number: usize) -> String {
    let last = number % 254 + 1;
    match number / 254 % 5 {
        0 => format!("192.0.2.{last}"),
        1 => format!("198.51.100.{last}"),
        2 => format!("203.0.113.{last}"),
        _ => format!("2001:db8:{:x}::{last:x}", number / 254),
    }
}

/// A domain; some are met far more often than others.
pub fn domain(chance: &mut Random) -> Domain {
    let crowd = chance.below(DOMAINS) + 1;
    Domain(chance.below(crowd))
}

/// Somebody whose mailbox is with us.
pub fn local(chance: &mut Random) -> String {
    let crowd = chance.below(300) + 1;
    let nth = chance.below(crowd);
    format!("{}{}@{HOME}", NAMES[nth % NAMES.len()], nth / NAMES.len())
}

/// A client at home or on the road, by name and address.
pub fn client(chance: &mut Random) -> Host {
    let number = chance.below(1000);
    Host {
        name: format!("dyn-{number:04}.dialup.example"),
        ip: ip(number),
        tls: Tls::of(number % 88),
    }
}

/// What a mail is about.
pub fn subject(chance: &mut Random) -> String {
    let words: Vec<&str> = (0..=chance.below(5))
        .map(|_| *chance.pick(&SUBJECTS))
        .collect();
    words.join(" ")
}

/// Letters that mean nothing.
pub fn token(chance: &mut Random, length: usize) -> String {
    super::queue_id::base62(chance.next(), length)
}
