//! Extracts the enhanced status code (RFC 3463) and the queue ID from SMTP replies.
//!
//! The peer controls the text, so nothing else is taken from it.

use memchr::memrchr_iter;

use super::bytes::{angle, between, from, split_once, to};

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reply<'a> {
    /// Reply from its code on; empty when there is none.
    pub(super) text: &'a [u8],
    /// `5.7.1`.
    pub(super) enhanced_status: &'a [u8],
}

/// Extracts the reply of an error text: `SMTP error from remote mail server after CMD: reply`.
pub(super) fn of_error(text: &[u8]) -> Reply<'_> {
    let reply = after_command(text).unwrap_or(text);
    // Exim up to 4.84 names the host before the reply.
    let reply = match reply.strip_prefix(b"host ") {
        Some(named) => split_once(named, b"]: ").map_or(reply, |(_, reply)| reply),
        None => reply,
    };
    match status(reply) {
        Some(enhanced_status) => Reply {
            text: reply,
            enhanced_status,
        },
        None => Reply::default(),
    }
}

/// Text after the command in `... after RCPT TO:<a@b>: 550 ...`. The quoted local part of an address in the
/// command may contain `: `.
pub(super) fn after_command(text: &[u8]) -> Option<&[u8]> {
    const STARTS: [&[u8]; 5] = [
        b"SMTP error from remote mail server after ",
        b"SMTP error from remote mailer after ",
        b"LMTP error after ",
        b"PRDR error after ",
        b"SMTP timeout after ",
    ];
    let command = STARTS.iter().find_map(|start| text.strip_prefix(*start))?;
    let (head, tail) = split_once(command, b":")?;
    let after = match angle(tail) {
        Some((_, after)) if head.ends_with(b"RCPT TO") || head.ends_with(b"MAIL FROM") => after,
        _ => from(command, head.len()),
    };
    split_once(after, b": ").map(|(_, reply)| reply)
}

/// Enhanced status code after the reply code, empty for none. `None` when the text is no reply.
pub(super) fn status(reply: &[u8]) -> Option<&[u8]> {
    let (code, rest) = reply.split_first_chunk::<3>()?;
    if !matches!(code, [b'2'..=b'5', b'0'..=b'9', b'0'..=b'9']) {
        return None;
    }
    let [b' ' | b'-', rest @ ..] = rest else {
        return rest.is_empty().then_some(b"");
    };
    Some(enhanced(rest, code.first().copied().unwrap_or_default()))
}

/// `class.subject.detail` at the start of the text, if its class is that of the reply code.
fn enhanced(text: &[u8], class: u8) -> &[u8] {
    let end = text
        .iter()
        .position(|byte| !byte.is_ascii_digit() && *byte != b'.')
        .unwrap_or(text.len());
    let found = to(text, end);
    let mut parts = found.split(|byte| *byte == b'.');
    let short = |part: Option<&[u8]>| part.is_some_and(|part| (1..=3).contains(&part.len()));
    let whole = parts.next() == Some(&[class])
        && short(parts.next())
        && short(parts.next())
        && parts.next().is_none();
    if whole { found } else { b"" }
}

/// Queue ID in a positive reply (the value of `C="..."`, escaped as logged), in one of the known forms: `OK id=ID`
/// (Exim), `queued as ID` (Postfix, Zimbra, Haraka), `queued on HOST as ID` (Yandex),
/// `ID Message accepted for delivery` (Sendmail, OpenSMTPD, Proofpoint), `[InternalId=ID, ...` (Exchange),
/// `ID - gsmtp` (Google), `ok 123 qp ID` (qmail).
///
/// `with_code` is false for Sendmail, which logs replies without their code.
pub(super) fn queue_id(reply: &[u8], with_code: bool) -> &[u8] {
    if with_code && status(reply).is_none() {
        return b"";
    }
    let text = last_line(reply);
    let text = if with_code { from(text, 4) } else { text };
    let mut words = text.split(|byte| *byte == b' ');
    let (mut before, mut last) = (b"".as_slice(), b"".as_slice());
    while let Some(word) = words.next() {
        let found = match word {
            b"as" if last == b"queued" || before == b"on" => words.next(),
            b"qp" => words.next(),
            b"Message" if words.clone().next() == Some(b"accepted") => Some(last),
            b"-" if words.clone().next() == Some(b"gsmtp") => Some(last),
            _ => word
                .strip_prefix(b"id=")
                .or_else(|| word.strip_prefix(b"[InternalId=")),
        };
        if let Some(found) = found {
            return identifier(found);
        }
        (before, last) = (last, word);
    }
    b""
}

/// Last line of a reply. Line ends are logged as `\n`, and inside `C=` as `\\n`.
fn last_line(reply: &[u8]) -> &[u8] {
    memrchr_iter(b'\\', reply)
        .find(|at| reply.get(at + 1) == Some(&b'n'))
        .map_or(reply, |at| from(reply, at + 2))
}

/// The ID without punctuation around it; empty when the text is no plausible ID.
fn identifier(text: &[u8]) -> &[u8] {
    let bare = between(text, b"<", b">").unwrap_or(text);
    let end = bare
        .iter()
        .position(|byte| matches!(byte, b',' | b';' | b')' | b']'))
        .unwrap_or(bare.len());
    let bare = to(bare, end);
    let bare = bare.strip_suffix(b".").unwrap_or(bare);
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if (4..=64).contains(&bare.len()) && bare.iter().all(plain) {
        bare
    } else {
        b""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queue_ids_of_known_servers() {
        for (reply, id) in [
            ("250 OK id=1xVOZ7-0002H8-1t", "1xVOZ7-0002H8-1t"),
            (
                r"250- 994 byte chunk, total 994\\n250 OK id=1xVOZ7-0002H8-1t",
                "1xVOZ7-0002H8-1t",
            ),
            (
                r"250- 994 byte chunk, total 994\n250 OK id=1xVOZ7-0002H8-1t",
                "1xVOZ7-0002H8-1t",
            ),
            ("250 2.0.0 Ok: queued as SINK42DD", "SINK42DD"),
            ("250 2.0.0 Ok: 1146 bytes queued as B8A351413", "B8A351413"),
            (
                "250 2.0.0 6AN7YFM0008683 Message accepted for delivery",
                "6AN7YFM0008683",
            ),
            (
                "250 2.0.0: 1a2b3c4d Message accepted for delivery",
                "1a2b3c4d",
            ),
            (
                "250 2.6.0 <x@example.org> [InternalId=4711, Hostname=x] Queued mail for delivery",
                "4711",
            ),
            (
                "250 2.0.0 OK  1593000000 x12si1234567qtn.45 - gsmtp",
                "x12si1234567qtn.45",
            ),
            ("250 ok 1593000000 qp 12345", "12345"),
            (
                "250 2.0.0 Ok: queued on mx1.example.net as 1593-abcd",
                "1593-abcd",
            ),
            (
                "250 Requested mail action okay, completed: id=1MYf-1abcde-00x",
                "1MYf-1abcde-00x",
            ),
            ("250 2.0.0 Ok: queued", ""),
            ("250 OK", ""),
            ("250 OK id=", ""),
            ("250 grid=1234", ""),
            ("queued as ABCD1234", ""),
            ("", ""),
        ] {
            assert_eq!(
                String::from_utf8_lossy(queue_id(reply.as_bytes(), true)),
                id,
                "{reply}"
            );
        }
    }

    #[test]
    fn enhanced_status_only_behind_a_reply_code() {
        for (text, status) in [
            ("250 2.0.0 Ok", "2.0.0"),
            ("550-5.1.1 gone", "5.1.1"),
            ("550 5.1.1", "5.1.1"),
            ("550 4.1.1 other class", ""),
            ("550 5.1", ""),
            ("550 192.0.2.1", ""),
            ("550 5.1.1.1", ""),
            ("5.1.1 gone", ""),
            ("x550 5.1.1", ""),
        ] {
            assert_eq!(
                String::from_utf8_lossy(of_error(text.as_bytes()).enhanced_status),
                status,
                "{text}"
            );
        }
    }

    #[test]
    fn the_reply_stands_behind_the_command() {
        let after = "SMTP error from remote mail server after ";
        for (text, status) in [
            (
                "RCPT TO:<a@example.org>: 550 5.1.1 <nobody>: no such user",
                "5.1.1",
            ),
            (
                "RCPT TO:<\"b: 550 5.7.1 x\"@example.org>: 450 4.2.0 greylisted",
                "4.2.0",
            ),
            ("pipelined MAIL FROM:<> SIZE=1552: 452 4.3.1 full", "4.3.1"),
            ("end of data: 554 5.7.1 no", "5.7.1"),
            (
                "initial connection: host mx.example.org [192.0.2.1]: 554 5.7.1 no",
                "5.7.1",
            ),
            ("pipelined DATA", ""),
        ] {
            let text = format!("{after}{text}");
            assert_eq!(
                String::from_utf8_lossy(of_error(text.as_bytes()).enhanced_status),
                status,
                "{text}"
            );
        }
    }
}
