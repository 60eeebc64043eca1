//! Parses the text after the time stamp of a syslog line: `host tag[pid]: text` and its variants.

use crate::parse::bytes::{Set, between, from, near, near_any, number, split_once, to, word};
use crate::parse::{Entry, Stamp};

/// What is needed to recognise a line as a syslog line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// Nothing more: only syslog writes this time stamp.
    Stamp,
    /// `host tag[pid]: `, because other programs write this time stamp as well.
    Tag,
}

/// Length in bytes from which rsyslog cuts a repeated text.
const REPEATED_BYTES: usize = 800;

const FACILITIES: [&[u8]; 14] = [
    b"mail",
    b"kern",
    b"user",
    b"daemon",
    b"auth",
    b"security",
    b"syslog",
    b"lpr",
    b"news",
    b"uucp",
    b"cron",
    b"authpriv",
    b"ftp",
    b"ntp",
];

const SEVERITIES: [&[u8]; 11] = [
    b"emerg", b"panic", b"alert", b"crit", b"err", b"error", b"warn", b"warning", b"notice",
    b"info", b"debug",
];

/// True for the name of a severity in any letter case. Some programs other than syslog write it in place of the host.
pub(super) fn is_severity(word: &[u8]) -> bool {
    SEVERITIES
        .iter()
        .any(|severity| word.eq_ignore_ascii_case(severity))
}

/// True for `mail.info` (`BusyBox`, `OpenWrt`) or `mail:info` (AIX).
pub(super) fn is_priority(word: &[u8]) -> bool {
    // Every severity ends in a letter, so the last byte rules out most words.
    if !word.last().is_some_and(u8::is_ascii_lowercase) {
        return false;
    }
    let Some(at) = near_any(word, *b".:") else {
        return false;
    };
    let (facility, severity) = (to(word, at), from(word, at + 1));
    let local = matches!(facility, [b'l', b'o', b'c', b'a', b'l', b'0'..=b'7']);
    (local || FACILITIES.contains(&facility)) && SEVERITIES.contains(&severity)
}

/// True for `<mail.info>` or `<2.6>`, as written by FreeBSD's `syslogd -v`.
fn is_bracketed_priority(word: &[u8]) -> bool {
    between(word, b"<", b">").is_some()
}

#[derive(Debug, PartialEq, Eq)]
struct Tag<'a> {
    program: &'a [u8],
    pid: &'a [u8],
    /// False for `name[pid] text`.
    colon: bool,
    text: &'a [u8],
}

/// Parses `tag[pid]: text` or `tag: text`. A tag contains no space, and no colon before a space.
fn tag(rest: &[u8]) -> Option<Tag<'_>> {
    let mut at = 0;
    loop {
        at += near_any(from(rest, at), *b" :[")?;
        let (program, behind) = (to(rest, at), from(rest, at + 1));
        match rest.get(at) {
            Some(b':') if matches!(behind.first(), None | Some(b' ')) => {
                return (!program.is_empty()).then_some(Tag {
                    program,
                    pid: b"",
                    colon: true,
                    text: behind,
                });
            }
            Some(b'[') if !program.is_empty() => {
                if let Some((pid, colon, text)) = pid(behind) {
                    return Some(Tag {
                        program,
                        pid,
                        colon,
                        text,
                    });
                }
            }
            Some(b' ') => return None,
            _ => {}
        }
        at += 1;
    }
}

/// Parses `pid]: ` or `pid] `; returns the pid, whether there is a colon, and the rest.
fn pid(text: &[u8]) -> Option<(&[u8], bool, &[u8])> {
    const PLAIN: Set =
        Set::of(b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.:-");
    let end = near(to(text, 33), b']')?;
    let (pid, behind) = (to(text, end), from(text, end + 1));
    match behind {
        _ if pid.is_empty() || !PLAIN.holds_all(pid) => None,
        [b':', text @ ..] => Some((pid, true, text)),
        [] | [b' ', ..] => Some((pid, false, behind)),
        _ => None,
    }
}

/// Name of the host in a label; syslog-ng chains labels as `source@host/relay`.
fn host_of(label: &[u8]) -> &[u8] {
    let first = to(label, near(label, b'/').unwrap_or(label.len()));
    let at = first.iter().rposition(|byte| *byte == b'@');
    from(first, at.map_or(0, |at| at + 1))
}

/// Parses the text after the time stamp and its space.
pub(super) fn open(stamp: Stamp, rest: &[u8], proof: Proof) -> Option<Entry<'_>> {
    let rest = match rest.first() {
        Some(b'<') => skip(rest, is_bracketed_priority),
        _ => rest,
    };
    let (host, tag) = origin(rest)?;
    let Some(tag) = tag else {
        return (proof == Proof::Stamp).then(|| Entry {
            stamp,
            host: host_of(host),
            text: from(word(rest).1, 1),
            ..Entry::default()
        });
    };
    let sure = || tag.colon && number::<u64>(tag.pid).is_some();
    if proof == Proof::Tag && !sure() {
        return None;
    }
    // `2026-11-23 07:33:40 info exim[12]: text`: a severity in place of the host, as by metalog.
    let unnamed = proof == Proof::Tag && is_severity(host);
    let host = if unnamed { b"" } else { host };
    let text = tag.text.strip_prefix(b" ").unwrap_or(tag.text);
    Some(Entry {
        stamp,
        host: host_of(host),
        program: tag.program,
        pid: tag.pid,
        text: unrepeated(without_msgid(text)),
    })
}

/// The text without its first word, if that is `unwanted`.
fn skip(rest: &[u8], unwanted: fn(&[u8]) -> bool) -> &[u8] {
    let (first, behind) = word(rest);
    if unwanted(first) {
        behind.strip_prefix(b" ").unwrap_or(behind)
    } else {
        rest
    }
}

/// The host and, if there is one, the tag. Some programs leave out the host.
fn origin(rest: &[u8]) -> Option<(&[u8], Option<Tag<'_>>)> {
    // In most lines the first of these bytes is the space after the host.
    if let Some(end) = near_any(rest, *b" :[").filter(|end| rest.get(*end) == Some(&b' ')) {
        let host = to(rest, end);
        if !host.is_empty() && !is_priority(host) {
            return Some((host, behind_host(from(rest, end + 1))));
        }
    }
    let unnamed = skip(rest, is_priority);
    let (host, behind) = word(unnamed);
    // An IPv6 address as host may end in colons.
    if !host.ends_with(b"::")
        && let Some(tag) = tag(unnamed).filter(|tag| tag.colon)
    {
        return Some((b"", Some(tag)));
    }
    if host.is_empty() {
        return None;
    }
    let behind = behind.strip_prefix(b" ").unwrap_or(behind);
    Some((host, behind_host(behind)))
}

/// The tag after the host, and after a priority if there is one.
fn behind_host(text: &[u8]) -> Option<Tag<'_>> {
    tag(text).or_else(|| tag(skip(text, is_priority)))
}

/// Removes `[ID 801593 mail.info] `, which Solaris writes before the text.
fn without_msgid(text: &[u8]) -> &[u8] {
    let inner = text.strip_prefix(b"[ID ");
    let marked = inner.and_then(|inner| split_once(inner, b"] "));
    match marked {
        Some((mark, behind)) => {
            let (id, priority) = word(mark);
            let solaris = number::<u64>(id).is_some() && is_priority(from(priority, 1));
            if solaris { behind } else { text }
        }
        None => text,
    }
}

/// Text of `message repeated 3 times: [ text]`, to which rsyslog reduces equal texts; it counts as one entry. A
/// text that rsyslog may have cut is left as it is, because a missing part could change its meaning.
fn unrepeated(text: &[u8]) -> &[u8] {
    let folded = || {
        let rest = text.strip_prefix(b"message repeated ")?;
        let (count, rest) = word(rest);
        number::<u64>(count)?;
        let inner = between(rest, b" times: [", b"]")?;
        (inner.len() < REPEATED_BYTES).then(|| inner.strip_prefix(b" ").unwrap_or(inner))
    };
    folded().unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::bytes::tests::neighbours;

    /// One step after the other: a priority, the host, a priority, the tag.
    fn stepwise(rest: &[u8]) -> Option<(&[u8], Option<Tag<'_>>)> {
        let unnamed = skip(rest, is_priority);
        let (host, behind) = word(unnamed);
        let first = tag(unnamed).filter(|tag| tag.colon && !host.ends_with(b"::"));
        if first.is_some() {
            return Some((b"", first));
        }
        let behind = behind.strip_prefix(b" ").unwrap_or(behind);
        (!host.is_empty()).then(|| (host, tag(skip(behind, is_priority))))
    }

    #[test]
    fn the_usual_host_is_told_as_in_small_steps() {
        let all = [
            "mx1 postfix/smtpd[25994]: connect from a[192.0.2.1]",
            "mail.info mx1 exim[12]: x",
            "mx1 mail.info exim[12]: x",
            "mx1 mail:info exim[12]: x",
            "mail:info mx1 exim: x",
            "mail.info mail.info mail.info x: y",
            "2001:db8:: exim[1]: x",
            "mx1 last message repeated 3 times",
            "mx1 x[1] y: z",
            "mx1 mail.info",
            "exim[12]: x",
            "mx1: x",
            "mx1",
            " x: y",
            "",
        ];
        for rest in all.iter().flat_map(|rest| neighbours(rest.as_bytes())) {
            assert_eq!(
                origin(&rest),
                stepwise(&rest),
                "{:?}",
                rest.escape_ascii().to_string()
            );
        }
    }
}
