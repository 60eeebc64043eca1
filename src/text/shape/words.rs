//! The words that a shape keeps: those of mail logs that name nobody.
//!
//! Names of people and places are no part of it, even where they are words as well (`may`, `mark`, `long`).

use std::collections::HashSet;
use std::sync::LazyLock;

/// In lower case.
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| LIST.split_ascii_whitespace().collect());

const LIST: &str = include_str!("../../../assets/log-words.txt");

/// Headers whose content a person wrote.
const HEADERS: [&str; 12] = [
    "subject",
    "from",
    "to",
    "cc",
    "bcc",
    "sender",
    "reply-to",
    "comments",
    "keywords",
    "organization",
    "x-mailer",
    "user-agent",
];

/// Whether it is a word that a shape keeps, in any letter case.
pub(super) fn is_common(word: &[u8]) -> bool {
    let word = word.to_ascii_lowercase();
    std::str::from_utf8(&word).is_ok_and(|word| COMMON.contains(word))
}

/// Whether it is the name of a header that a person fills in.
pub(super) fn is_header(name: &[u8]) -> bool {
    let names = HEADERS.iter().map(|own| own.as_bytes());
    let mut names = names.filter(|own| own.eq_ignore_ascii_case(name));
    // `from:` and `to:` in lower case are words of the log itself.
    names.next().is_some() && name.first().is_some_and(u8::is_ascii_uppercase) || name == b"subject"
}
