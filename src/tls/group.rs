//! Key-exchange groups and their sizes.

use std::sync::OnceLock;

use serde::Deserialize;

use super::data::{DataError, Row, rows};

const GROUPS: &str = include_str!("../../assets/tls/groups.csv");

/// Smallest size of a prime in bits. A smaller number after a group name is the number of a group.
const SMALLEST_PRIME: u16 = 256;

/// Arithmetic of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// Elliptic curve.
    Ec,
    /// Finite field.
    Ffdh,
    /// Elliptic curve combined with a post-quantum mechanism.
    Hybrid,
}

/// A known group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// Name in `assets/tls/groups.csv`.
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Bits of the field or of the order of the curve, if the name shows them.
    pub(super) bits: Option<u16>,
}

#[derive(Deserialize)]
struct GroupRow {
    name: String,
    kind: Kind,
    bits: Option<u16>,
    aliases: String,
    /// Name and aliases, in the form in which they are compared.
    #[serde(skip)]
    keys: Vec<String>,
}

impl Group {
    /// Parses a group name: `x25519`, `P-256`, `prime256v1`, `FFDHE2048`, `CUSTOM1024`. A number alone is the
    /// size of a finite-field group.
    pub(super) fn parse(written: &str) -> Option<Self> {
        let key = key(written);
        if let Some(group) = find(&key) {
            return Some(group);
        }
        let key = key.strip_suffix("BITS").unwrap_or(&key);
        let family = key.trim_end_matches(|c: char| c.is_ascii_digit());
        let bits = key.strip_prefix(family)?.parse().ok();
        let bits = bits.filter(|bits| *bits >= SMALLEST_PRIME)?;
        let family = if family.is_empty() { "DH" } else { family };
        let group = find(family)?;
        (group.kind == Kind::Ffdh).then_some(Self {
            bits: Some(bits),
            ..group
        })
    }
}

fn find(key: &str) -> Option<Group> {
    let named = |row: &&GroupRow| row.keys.iter().any(|known| known == key);
    table().iter().find(named).map(|row| Group {
        name: &row.name,
        kind: row.kind,
        bits: row.bits,
    })
}

/// Form in which names are compared.
fn key(written: &str) -> String {
    written
        .chars()
        .filter(|c| !matches!(c, '-' | '_' | ' '))
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// Embedded table; a test loads it.
fn table() -> &'static [GroupRow] {
    static TABLE: OnceLock<Vec<GroupRow>> = OnceLock::new();
    TABLE.get_or_init(|| load(GROUPS).unwrap_or_default())
}

fn load(text: &str) -> Result<Vec<GroupRow>, DataError> {
    let with_keys = |Row { mut record, .. }: Row<GroupRow>| {
        let names = record
            .aliases
            .split_whitespace()
            .chain([record.name.as_str()]);
        record.keys = names.map(key).collect();
        record
    };
    let rows = rows("groups.csv", text)?;
    Ok(rows.into_iter().map(with_keys).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_loads() {
        assert_eq!(load(GROUPS).unwrap().len(), 40);
    }

    #[test]
    fn reads_every_spelling() {
        for (written, name, kind, bits) in [
            ("X25519", "X25519", Kind::Ec, Some(253)),
            ("x25519", "X25519", Kind::Ec, Some(253)),
            ("P-256", "SECP256R1", Kind::Ec, Some(256)),
            ("prime256v1", "SECP256R1", Kind::Ec, Some(256)),
            ("FFDHE2048", "FFDHE", Kind::Ffdh, Some(2048)),
            ("CUSTOM1024", "CUSTOM", Kind::Ffdh, Some(1024)),
            ("DHE (2048", "", Kind::Ffdh, None),
            ("1024", "DH", Kind::Ffdh, Some(1024)),
            ("2048 bits", "DH", Kind::Ffdh, Some(2048)),
            ("CUSTOM", "CUSTOM", Kind::Ffdh, None),
            ("X25519-MLKEM768", "X25519MLKEM768", Kind::Hybrid, None),
            ("X25519MLKEM768", "X25519MLKEM768", Kind::Hybrid, None),
            ("secp384r1", "SECP384R1", Kind::Ec, Some(384)),
        ] {
            let group = Group::parse(written);
            let expected = (!name.is_empty()).then_some(Group { name, kind, bits });
            assert_eq!(group, expected, "{written}");
        }
    }

    #[test]
    fn a_number_of_a_group_is_no_size() {
        for written in [
            "29",
            "MODP14",
            "DH-14",
            "",
            "X255",
            "99999999999",
            "X2551999",
        ] {
            assert_eq!(Group::parse(written), None, "{written}");
        }
    }
}
