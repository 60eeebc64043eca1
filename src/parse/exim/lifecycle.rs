//! State changes of a queue entry: completed, frozen, thawed, removed.

use crate::parse::{Fact, Kind};

use crate::parse::bytes::{angle, contains, split_once};

/// Parses a line with a message ID; false for other lines.
pub(super) fn read<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> bool {
    let Some(kind) = kind(text) else {
        return about_one_recipient(fact, text);
    };
    fact.kind = kind;
    true
}

fn kind(text: &[u8]) -> Option<Kind> {
    if is_completion(text) {
        return Some(Kind::Completion);
    }
    let starts = |beginnings: &[&[u8]]| {
        beginnings
            .iter()
            .any(|beginning| text.starts_with(beginning))
    };
    if text == b"Message is frozen"
        || text == b"Frozen"
        || starts(&[b"Frozen (", b"Frozen by ", b"frozen by ", b"*** Frozen"])
    {
        Some(Kind::Frozen)
    } else if starts(&[b"Unfrozen by ", b"unfrozen by "]) {
        Some(Kind::Thawed)
    } else if text.starts_with(b"cancelled by ") {
        // Of all recipients who still wait: by `exim -Mg`, a system filter or a time limit. The sender is told.
        Some(Kind::Failure)
    } else if starts(&[b"removed by ", b"Message removed because older than "]) {
        Some(Kind::Removed)
    } else {
        None
    }
}

/// `Completed` alone, or followed by the time on the queue only. Other text that starts with it is written by ACLs.
fn is_completion(text: &[u8]) -> bool {
    match text.strip_prefix(b"Completed") {
        Some([]) => true,
        Some([b' ', b'Q', b'T', b'=', time @ ..]) => {
            !time.is_empty()
                && time
                    .iter()
                    .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'.')
        }
        _ => false,
    }
}

/// Lines about one recipient that do not end the message: added by an administrator, error ignored; and "marked
/// delivered", by which an administrator drops a recipient (`exim -Mmd`).
fn about_one_recipient<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> bool {
    let named = [b"address <".as_slice(), b"recipient <"]
        .iter()
        .any(|beginning| text.starts_with(beginning));
    let dropped = named && contains(text, b"> marked delivered by ");
    if dropped || (named && contains(text, b"> added by ")) {
        let (_, rest) = split_once(text, b" ").unwrap_or_default();
        if let Some((address, _)) = angle(rest) {
            fact.address = address;
        }
    } else if let Some(address) = text.strip_suffix(b": error ignored") {
        fact.address = address;
    } else {
        return false;
    }
    fact.kind = if dropped { Kind::Discarded } else { Kind::Note };
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_kind(text: &str) -> Option<Kind> {
        let mut fact = Fact::default();
        read(&mut fact, text.as_bytes()).then_some(fact.kind)
    }

    #[test]
    fn reads_every_stage() {
        for (text, kind) in [
            ("Completed", Kind::Completion),
            ("Completed QT=3d", Kind::Completion),
            ("Completed QT=0.145s", Kind::Completion),
            ("Frozen", Kind::Frozen),
            ("Frozen (delivery error message)", Kind::Frozen),
            ("Frozen by the system filter: x", Kind::Frozen),
            ("frozen by root", Kind::Frozen),
            ("Message is frozen", Kind::Frozen),
            ("Unfrozen by errmsg timer", Kind::Thawed),
            ("unfrozen by root", Kind::Thawed),
            ("cancelled by timeout_frozen_after", Kind::Failure),
            ("removed by root", Kind::Removed),
            ("Message removed because older than 4w", Kind::Removed),
            (
                "address <a@example.org> marked delivered by root",
                Kind::Discarded,
            ),
            ("a@example.org: error ignored", Kind::Note),
        ] {
            assert_eq!(read_kind(text), Some(kind), "{text}");
        }
    }

    #[test]
    fn completed_stands_alone() {
        for text in [
            "Completed by me",
            "Completed QT=",
            "Completed QT=1s x",
            "Completed ",
            "completed",
            "x Completed",
            "Frozenly",
        ] {
            assert_eq!(read_kind(text), None, "{text}");
        }
    }

    #[test]
    fn names_the_recipient() {
        let mut fact = Fact::default();
        assert!(read(
            &mut fact,
            b"address <a@example.org> marked delivered by root"
        ));
        assert_eq!(fact.address, b"a@example.org");
        assert!(read(&mut fact, b"b@example.org: error ignored"));
        assert_eq!(fact.address, b"b@example.org");
    }
}
