//! Words that a shape keeps: common words of mail logs.
//!
//! Names of people and places are excluded, even if they are words as well (`may`, `mark`, `long`).

use std::collections::HashSet;
use std::sync::LazyLock;

/// In lower case.
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| LIST.split_ascii_whitespace().collect());

const LIST: &str = include_str!("../../../assets/log-words.txt");

/// Headers whose content is written by a person.
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

/// True for a word to keep, in any letter case.
pub(super) fn is_common(word: &[u8]) -> bool {
    let word = word.to_ascii_lowercase();
    std::str::from_utf8(&word).is_ok_and(|word| COMMON.contains(word))
}

/// True for the name of a header that is written by a person.
pub(super) fn is_header(name: &[u8]) -> bool {
    let names = HEADERS.iter().map(|header| header.as_bytes());
    let mut names = names.filter(|header| header.eq_ignore_ascii_case(name));
    // `from:` and `to:` in lower case are words of the log.
    names.next().is_some() && name.first().is_some_and(u8::is_ascii_uppercase) || name == b"subject"
}
