//! Recognises messages, and headers pasted from them.

use super::fields::{is_cr_only, without_cr};

/// Names of fields, of which a header block must have one in its first lines.
const KNOWN: [&[u8]; 14] = [
    b"received",
    b"from",
    b"to",
    b"date",
    b"subject",
    b"message-id",
    b"return-path",
    b"delivered-to",
    b"envelope-to",
    b"mime-version",
    b"content-type",
    b"dkim-signature",
    b"authentication-results",
    b"x-originating-ip",
];

/// Number of lines examined.
const LINES: usize = 40;

/// True for a text that begins with header fields (RFC 5322 section 2.2), one of them a known one. Blank lines
/// and an mbox separator (`From `) may precede them.
pub fn looks_like_headers(head: &[u8]) -> bool {
    let end = if is_cr_only(head) { b'\r' } else { b'\n' };
    let lines = head.split(|&byte| byte == end).map(without_cr);
    let mut lines = lines
        .skip_while(|line| line.trim_ascii().is_empty())
        .peekable();
    lines.next_if(|line| line.starts_with(b"From ") || line.starts_with(b">From "));
    let (mut fields, mut other, mut known) = (0_usize, 0_usize, false);
    for line in lines.filter(|line| !line.is_empty()).take(LINES) {
        match field_name(line) {
            Some(name) => {
                fields += 1;
                known |= KNOWN
                    .iter()
                    .any(|known_name| known_name.eq_ignore_ascii_case(name));
            }
            None if line.starts_with(b" ") || line.starts_with(b"\t") => {}
            None if fields == 0 => return false,
            None => other += 1,
        }
        if known && fields >= 3 {
            break;
        }
    }
    known && fields > other
}

fn field_name(line: &[u8]) -> Option<&[u8]> {
    let colon = memchr::memchr(b':', line)?;
    let name = line.get(..colon)?.trim_ascii_end();
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
    (!name.is_empty() && name.iter().all(is_name)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_and_excerpts() {
        for text in [
            "Received: from a by b; x\nFrom: a@example.org\n\nbody",
            "\r\n\r\nReturn-Path: <>\r\nX: y\r\n",
            "From a@example.org Mon Feb  3 10:00:00 2020\nSubject: x\n",
            "Subject: only\rTo: b@example.org\r",
            "Received: from mail.example.org\n\tby mx.example.net\n\twith esmtps; x\n",
            "Received: from a by b; x\r\nX: a\rb\rc\rd\re\r\nFrom: a@example.org\r\n\r\n",
            "Received: from a by b; x\nX: a\rb\rc\rd\re\n",
            "X-Spam: no\nDKIM-Signature: v=1\n",
        ] {
            assert!(looks_like_headers(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn logs_and_other_text() {
        for text in [
            "2020-02-25 04:55:03 1j69ZJ-0001iL-S3 == a@example.org R=dnslookup defer (-38)\n",
            "Feb 25 04:55:03 mx postfix/smtpd[1]: connect from a[192.0.2.1]\n",
            "plain text\nFrom: a@example.org\n",
            "key: value\nother: value\n",
            "",
            "\n\n",
        ] {
            assert!(!looks_like_headers(text.as_bytes()), "{text}");
        }
    }
}
