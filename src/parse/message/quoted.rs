//! Quoted-printable (RFC 2045 section 6.7) around header fields.
//!
//! Bounces carry the header of the message that they return as text, and text may be encoded. Where the
//! encoding is declared it is undone; where it was left behind (`cipher=3DTLS_...`, lines cut by `=`) it is
//! damage, and is mended.

use memchr::{memchr, memchr_iter};

/// How much of a body is kept behind a mended header.
const BODY: usize = 64 << 10;

/// Encoders cut lines before 77 bytes (RFC 2045), and have no reason to cut much earlier.
const CUT_LINES: std::ops::RangeInclusive<usize> = 72..=77;

/// Place behind the header block of a message: behind its blank line, or the end.
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

/// The message with its header mended, and the begin of its body. `None`: there is no damage.
pub(super) fn mend(message: &[u8]) -> Option<Vec<u8>> {
    let (header, body) = message.split_at_checked(header_end(message))?;
    if !is_damaged(header) {
        return None;
    }
    let mut mended = decode(header);
    mended.extend_from_slice(body.get(..BODY).unwrap_or(body));
    Some(mended)
}

/// True for text in which every equals sign is part of the encoding, and at least one cannot be anything
/// else. One sign that is not encoded proves that nobody encoded the text.
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

/// Undoes the encoding. What is not encoded properly stays as it is. Control characters become blanks: an
/// encoded line feed must not begin a field of its own.
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

/// The length of blanks and a line end, or of nothing where the text ends. No line has more blanks.
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

/// Two digits of an escape; encoders write capital letters.
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

    fn mended(text: &str) -> Option<String> {
        mend(text.as_bytes()).map(|text| String::from_utf8(text).unwrap())
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
            assert_eq!(mended(damaged).as_deref(), Some(whole));
        }
        let long = format!("A: {}=\nc\nB: d", "x".repeat(72));
        assert_eq!(mended(&long), Some(format!("A: {}c\nB: d", "x".repeat(72))));
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
            assert_eq!(mended(text), None, "{text}");
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
