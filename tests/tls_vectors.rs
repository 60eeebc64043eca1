//! The `tls` layer against the tables it was made from: every suite in every profile, every spelling,
//! and Exim's strings with all that they say.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use hopgrade::tls::{
    Grade, Notation, Profile, Session, SessionFlags, Statement, Suite, Version, parse_x, resolve,
    suites,
};

type Record = HashMap<String, String>;

fn shared() -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared"));
    if path.is_dir() {
        return Some(path.join("domain"));
    }
    eprintln!("skipped: ../shared is absent");
    None
}

/// The records of a table, by column.
fn table(path: &Path) -> Vec<Record> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn find(value: &str) -> &'static Suite {
    suites().iter().find(|suite| suite.value == value).unwrap()
}

#[test]
fn every_suite_has_the_grade_of_the_tables_in_every_profile() {
    let Some(domain) = shared() else { return };
    let mut records: HashMap<String, Record> = HashMap::new();
    for file in ["ciphers.csv", "ciphers-extra.csv"] {
        for record in table(&domain.join(file)) {
            let of_suite = records.entry(record["value"].clone()).or_default();
            of_suite.extend(record);
        }
    }
    assert_eq!(records.len(), 433);
    assert_eq!(suites().len(), 433);
    for (profile, on, column) in [
        ("default", "2026-11-23", "grade_default"),
        ("default", "2026-11-23", "grade_rfc10015"),
        ("default", "2023-06-01", "grade_rfc9325"),
        ("default", "2019-01-01", "grade_rfc7525"),
        ("bsi", "2026-11-23", "grade_bsi"),
        ("nist", "2026-11-23", "grade_nist"),
        ("strict", "2026-11-23", "grade_strict"),
    ] {
        let profile = Profile::named(profile).unwrap();
        for (value, record) in &records {
            let grading = profile.grade_suite(find(value), day(on));
            let expected = &record[column];
            assert_eq!(grading.grade.to_string(), *expected, "{value} {column}");
        }
    }
}

#[test]
fn every_reason_of_the_tables_is_given() {
    let Some(domain) = shared() else { return };
    for record in table(&domain.join("ciphers.csv")) {
        for part in record["reason"].split(' ') {
            let (profile, codes) = part.split_once(':').unwrap();
            let profile = Profile::named(profile).unwrap();
            let grading = profile.grade_suite(find(&record["value"]), day("2026-11-23"));
            // The registry recommends nothing of suites that it does not have.
            let foreign = record["iana"].is_empty();
            let told = |code: &&str| *code != "OK" && !(foreign && *code == "IANA_N");
            for code in codes.split('+').filter(told) {
                // The tables write ANON beside a worse reason and ANON_KX where it decides.
                let given = grading
                    .reasons
                    .iter()
                    .any(|own| own.trim_end_matches("_KX") == code.trim_end_matches("_KX"));
                assert!(given, "{} {part}: {:?}", record["value"], grading.reasons);
            }
        }
    }
}

#[test]
fn every_fact_of_the_tables_is_kept() {
    let Some(domain) = shared() else { return };
    for record in table(&domain.join("ciphers.csv")) {
        let suite = find(&record["value"]);
        for (column, own) in [
            ("iana", suite.iana),
            ("openssl", suite.openssl),
            ("gnutls", suite.gnutls),
            ("enc", suite.enc),
            ("bits", &suite.bits.to_string()),
            ("mode", suite.mode),
            ("mac", suite.mac),
        ] {
            assert_eq!(record[column], own, "{suite:?} {column}");
        }
        let yes_no = |yes| if yes { "yes" } else { "no" };
        assert_eq!(record["aead"], yes_no(suite.has("AEAD")), "{suite:?}");
        // Names of the form OLD_TLS_... were not taken apart there.
        if record["kx"] != "OLD" {
            assert_eq!(record["kx"], suite.kx, "{suite:?}");
            assert_eq!(record["auth"], suite.auth, "{suite:?}");
            assert_eq!(
                record["forward_secrecy"],
                yes_no(suite.has("FS")),
                "{suite:?}"
            );
        }
    }
}

/// Names that two suites share. Without a version the registered suite is meant.
const SHARED_NAMES: [&str; 8] = [
    "NULL",
    "NULL-MD5",
    "EXP-RC4-MD5",
    "RC4-MD5",
    "EXP-RC2-CBC-MD5",
    "DES-CBC-SHA",
    "DES-CBC3-SHA",
    "ECDHE-RSA-CHACHA20-POLY1305",
];

#[test]
fn every_spelling_resolves_to_its_suite() {
    let Some(domain) = shared() else { return };
    let aliases = table(&domain.join("cipher-aliases.csv"));
    assert_eq!(aliases.len(), 1738);
    for record in aliases {
        let (alias, value) = (&record["alias"], &record["value"]);
        let suite = find(value);
        let collides = SHARED_NAMES.contains(&alias.as_str()) && suite.iana.is_empty();
        let version = collides.then_some(suite.first);
        let resolved = resolve(alias.as_bytes(), version);
        let values: Vec<_> = resolved.suites.iter().map(|s| s.value).collect();
        // The draft suite of this name is never meant: both need TLS 1.2, and one was standardised.
        let expected = if collides && suite.first == Version::Tls12 {
            "0xCC,0xA8"
        } else {
            value
        };
        assert_eq!(values, [expected], "{alias}");
    }
}

#[test]
fn every_vector_says_what_it_should() {
    let Some(domain) = shared() else { return };
    let vectors = table(&domain.join("cipher-vectors.csv"));
    assert_eq!(vectors.len(), 50);
    let default = Profile::named("default").unwrap();
    for vector in vectors {
        let raw = &vector["raw"];
        let statement = parse_x(raw.as_bytes()).unwrap();
        let session = Session::from_statement(&statement);
        let join = |words: Vec<&str>| words.join(" ");
        let grades: Vec<_> = session
            .suites
            .iter()
            .map(|suite| default.grade_suite(suite, day("2026-11-23")).grade)
            .map(|grade: Grade| grade.to_string())
            .collect();
        let values = session.suites.iter().map(|suite| suite.value);
        for (column, own) in [
            ("dialect", dialect(statement.cipher, &session).to_owned()),
            (
                "proto",
                session.version.unwrap().name().replace("SSLv", "SSL"),
            ),
            ("values", join(values.collect())),
            ("iana", join(session.cipher_iana().collect())),
            ("bits", session.bits.unwrap().to_string()),
            ("group", session.group.clone().unwrap_or_default()),
            ("sig", session.signature.clone().unwrap_or_default()),
            ("flags", join(session.flags.names().collect())),
            ("suite_grade_default", grades.join(" ")),
        ] {
            assert_eq!(vector[column], own, "{raw} {column}");
        }
        assert!(
            !session.flags.contains(SessionFlags::VERSION_IMPLIED),
            "{raw}"
        );
    }
}

/// The name that the vectors give a notation; OpenSSL prints registry names for TLS 1.3.
fn dialect(cipher: &[u8], session: &Session) -> &'static str {
    match resolve(cipher, session.version).notation.unwrap() {
        Notation::Iana | Notation::OpenSsl => "openssl",
        Notation::Gnutls => "gnutls-old",
        Notation::GnutlsDescription => "gnutls-desc",
    }
}

#[test]
fn labelled_headers_give_their_version_and_bits() {
    let Some(domain) = shared() else { return };
    let path = domain.join("../corpora/received-dialects.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let mut sessions = 0;
    for line in text.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let label = |name: &str| row["expected"][name].as_str().unwrap_or_default();
        if label("tls") != "yes" {
            continue;
        }
        let bits = label("bits_as_written").split('/').next();
        let session = Session::from_statement(&Statement {
            version: label("tls_version_as_written").as_bytes(),
            cipher: label("cipher").as_bytes(),
            bits: bits.and_then(|bits| bits.parse().ok()),
            ..Statement::default()
        });
        let version = session.version.map_or("", Version::name);
        assert_eq!(version, label("tls_version"), "{line}");
        assert_eq!(
            session.bits.map(u64::from),
            row["expected"]["bits"].as_u64(),
            "{line}"
        );
        assert_eq!(
            session.suites.is_empty(),
            label("cipher").is_empty(),
            "{line}"
        );
        sessions += 1;
    }
    assert!(sessions > 50, "{sessions}");
}
