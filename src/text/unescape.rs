//! Undoes the escapes that mail systems write into logs.

use std::borrow::Cow;

/// Decodes escapes of Exim such as `\303\274`, `\n` or `\"`. The result is untrusted and has to be sanitised.
///
/// Exim writes every unprintable byte as a backslash with three octal digits, or as one of `\n \r \t \b \v \f`.
/// Inside quotes (`T="..."`) it also escapes `"` and `\`. Any other backslash is left, because outside of quotes Exim
/// does not double it. Borrows when there is no backslash.
pub fn unescape_exim(bytes: &[u8]) -> Cow<'_, [u8]> {
    decode(bytes, exim_escape)
}

/// Decodes escapes of Sendmail, which writes `\\` for a backslash, `\t \n \r`, and three octal digits for other
/// unprintable bytes (libsm, `str2prt`). Borrows when there is no backslash.
pub fn unescape_sendmail(bytes: &[u8]) -> Cow<'_, [u8]> {
    decode(bytes, sendmail_escape)
}

/// Parses an escape after its backslash: the byte and the length of the escape.
type Escape = fn(&[u8]) -> Option<(u8, usize)>;

fn decode(bytes: &[u8], escape: Escape) -> Cow<'_, [u8]> {
    if !bytes.contains(&b'\\') {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&first, after)) = rest.split_first() {
        let (byte, used) = match first {
            b'\\' => escape(after).unwrap_or((first, 0)),
            _ => (first, 0),
        };
        out.push(byte);
        rest = after.get(used..).unwrap_or_default();
    }
    Cow::Owned(out)
}

fn sendmail_escape(after: &[u8]) -> Option<(u8, usize)> {
    let single = match after.first()? {
        b't' => b'\t',
        b'n' => b'\n',
        b'r' => b'\r',
        b'\\' => b'\\',
        _ => return octal(after.get(..3)?).map(|byte| (byte, 3)),
    };
    Some((single, 1))
}

fn exim_escape(after: &[u8]) -> Option<(u8, usize)> {
    let single = match after.first()? {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 0x08,
        b'v' => 0x0b,
        b'f' => 0x0c,
        &quoted @ (b'"' | b'\\') => quoted,
        _ => return octal(after.get(..3)?).map(|byte| (byte, 3)),
    };
    Some((single, 1))
}

/// Byte of three octal digits, at most `377`.
fn octal(digits: &[u8]) -> Option<u8> {
    digits.iter().try_fold(0u8, |value, digit| match digit {
        b'0'..=b'7' => value.checked_mul(8)?.checked_add(digit - b'0'),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn octal_and_letters_are_decoded() {
        assert_eq!(*unescape_exim(br"Gr\303\274\303\237e"), *"Grüße".as_bytes());
        assert_eq!(*unescape_exim(br"a\nb\tc\rd"), *b"a\nb\tc\rd");
        assert_eq!(*unescape_exim(br#"say \"hi\" \\303"#), *br#"say "hi" \303"#);
        assert_eq!(*unescape_exim(br"\000\377"), *b"\x00\xff");
    }

    #[test]
    fn what_is_no_escape_stays() {
        for text in [
            r"\",
            r"a\",
            r"\3",
            r"\38x",
            r"\400",
            r"\x41",
            r"DOMAIN\user",
        ] {
            assert_eq!(*unescape_exim(text.as_bytes()), *text.as_bytes(), "{text}");
        }
        assert!(matches!(unescape_exim(b"plain"), Cow::Borrowed(_)));
    }

    #[test]
    fn sendmail_escapes_less() {
        assert_eq!(
            *unescape_sendmail(br"j\303\274rgen\tA\\B"),
            *"jürgen\tA\\B".as_bytes()
        );
        for text in [r#"say \"hi\""#, r"\v", r"a\", r"\38x"] {
            assert_eq!(*unescape_sendmail(text.as_bytes()), *text.as_bytes());
        }
    }

    proptest! {
        #[test]
        fn what_exim_writes_comes_back(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let mut written = Vec::new();
            for &byte in &bytes {
                match byte {
                    b'"' | b'\\' => written.extend([b'\\', byte]),
                    b' '..=b'~' => written.push(byte),
                    b'\n' => written.extend(br"\n"),
                    _ => written.extend(format!("\\{byte:03o}").bytes()),
                }
            }
            prop_assert_eq!(&*unescape_exim(&written), bytes.as_slice());
        }
    }
}
