//! Decodes quoted-printable (RFC 2045 section 6.7) in header fields.
//!
//! Bounces contain the header of the returned message as text, which may be encoded. A declared encoding is
//! decoded; one that was left in a header (`cipher=3DTLS_...`, lines cut by `=`) is damage, and repaired.

use memchr::{memchr, memchr_iter};

/// Number of bytes of the body kept after a repaired header.
const BODY_BYTES: usize = 64 << 10;

/// Lengths at which encoders cut lines: at most 76 bytes (RFC 2045), and not much earlier.
const CUT_LINES: std::ops::RangeInclusive<usize> = 72..=77;

/// Offset of the body of a message: after the blank line, or the end.
pub(super) fn header_end(text: &[u8]) -> usize {
    let mut any = false;
    let mut start = 0;
    for end in memchr_iter(b'\n', text) {
        let line = text.get(start..end).unwrap_or_default();
        start = end + 1;
        let blank = line.iter().all(|byte| *byte == b'\r');
        if blank && any {
            return start;
        }
        any |= !blank;
    }
    text.len()
}

/// The message with its header repaired and the beginning of its body; `None` when it is not damaged.
pub(super) fn repair(message: &[u8]) -> Option<Vec<u8>> {
    let (header, body) = message.split_at_checked(header_end(message))?;
    if !is_damaged(header) {
        return None;
    }
    let mut repaired = decode(header);
    repaired.extend_from_slice(body.get(..BODY_BYTES).unwrap_or(body));
    Some(repaired)
}

/// True when every equals sign is part of the encoding, and at least one cannot be anything else. A single
/// unencoded equals sign proves that the text is not encoded.
fn is_damaged(text: &[u8]) -> bool {
    let mut certain = false;
    for at in memchr_iter(b'=', text) {
        let rest = text.get(at + 1..).unwrap_or_default();
        if let Some(cut) = line_end(rest) {
            let start = text
                .get(..at)
                .and_then(|before| memchr::memrchr(b'\n', before));
            let length = at - start.map_or(0, |end| end + 1) + 1;
            certain |= cut > 0 && CUT_LINES.contains(&length);
        } else if let Some(byte) = escape(rest) {
            let last = rest.get(2..).is_some_and(|rest| line_end(rest).is_some());
            certain |= byte == b'=' || (last && matches!(byte, b' ' | b'\t'));
        } else {
            return false;
        }
    }
    certain
}

/// Decodes a text. Invalid sequences are left unchanged. Control characters become blanks, so that an encoded
/// line feed cannot begin a field.
pub(super) fn decode(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr(b'=', rest) {
        let (before, behind) = rest.split_at(at);
        decoded.extend_from_slice(before);
        rest = behind.get(1..).unwrap_or_default();
        if let Some(cut) = line_end(rest) {
            rest = rest.get(cut..).unwrap_or_default();
        } else if let Some(byte) = escape(rest) {
            let is_control = byte.is_ascii_control() && byte != b'\t';
            decoded.push(if is_control { b' ' } else { byte });
            rest = rest.get(2..).unwrap_or_default();
        } else {
            decoded.push(b'=');
        }
    }
    decoded.extend_from_slice(rest);
    decoded
}

/// Length of blanks and a line end, or of blanks at the end of the text. Lines have a bounded number of blanks.
fn line_end(text: &[u8]) -> Option<usize> {
    const BLANKS: usize = 76;
    let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r');
    let blanks = text.iter().take(BLANKS).take_while(is_blank).count();
    match text.get(blanks) {
        Some(b'\n') => Some(blanks + 1),
        Some(_) => None,
        None => Some(blanks),
    }
}

/// Byte of the two hexadecimal digits of an escape, in upper case as encoders write them.
fn escape(text: &[u8]) -> Option<u8> {
    let digit = |byte: &u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    };
    Some(digit(text.first()?)? << 4 | digit(text.get(1)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repaired(text: &str) -> Option<String> {
        repair(text.as_bytes()).map(|text| String::from_utf8(text).unwrap())
    }

    #[test]
    fn damage_is_mended() {
        for (damaged, whole) in [
            (
                "A: version=3DTLS1_2, cipher=3DX\n\nb=3D",
                "A: version=TLS1_2, cipher=X\n\nb=3D",
            ),
            ("A: cipher=3DTLS_=\r\nAES\r\n", "A: cipher=TLS_AES\r\n"),
            ("A: b=20\n=09c\nD: e=09", "A: b \n\tc\nD: e\t"),
            ("S: =3D?utf-8?Q?=3DC3=3DBC?=3D", "S: =?utf-8?Q?=C3=BC?="),
            ("A: b=3Dc=0AD: e", "A: b=c D: e"),
        ] {
            assert_eq!(repaired(damaged).as_deref(), Some(whole));
        }
        let long = format!("A: {}=\nc\nB: d", "x".repeat(72));
        assert_eq!(
            repaired(&long),
            Some(format!("A: {}c\nB: d", "x".repeat(72)))
        );
    }

    #[test]
    fn what_only_looks_like_damage_stays() {
        for text in [
            "",
            "A: b",
            "S: 1+1=\nReceived: x",
            "S: =?utf-8?Q?=3D?=\nA: =3D",
            "D: v=1; b=3D",
            "A: boundary=20ab",
            "A: b=3d",
            "A: b\n\nc=3D",
        ] {
            assert_eq!(repaired(text), None, "{text}");
        }
    }

    #[test]
    fn headers_end_at_their_blank_line() {
        for (text, end) in [
            ("", 0),
            ("\n\nA: b\n\nc", 8),
            ("A: b\r\n\r\nc", 8),
            ("A: b", 4),
        ] {
            assert_eq!(header_end(text.as_bytes()), end, "{text:?}");
        }
    }
}
