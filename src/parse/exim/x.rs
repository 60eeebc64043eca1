//! Parts of an `X=` that can be trusted at the end of a line.

use crate::tls::Statement;

/// The statement of an `X=` that ends the line and may have been cut: the version is complete if a colon
/// follows it, and the rest only if the number of bits is plausible.
pub(super) fn as_last_word<'a>(statement: Statement<'a>, raw: &[u8]) -> Statement<'a> {
    // Usual numbers of effective bits, and the numbers of bytes written by old GnuTLS builds.
    const WHOLE: [u16; 14] = [14, 16, 21, 24, 32, 40, 56, 64, 80, 112, 128, 168, 192, 256];
    let whole = raw.ends_with(b"*")
        || !statement.group.is_empty()
        || statement.bits.is_none_or(|bits| WHOLE.contains(&bits));
    let has_bits = memchr::memchr_iter(b':', raw).nth(1).is_some() && !raw.ends_with(b":");
    if whole && has_bits {
        return statement;
    }
    Statement {
        cipher: b"",
        bits: None,
        ..statement
    }
}

#[cfg(test)]
mod tests {
    use crate::tls::parse_x;

    use super::*;

    #[test]
    fn what_may_be_cut_is_not_believed() {
        for (raw, cipher, bits) in [
            ("TLS1.2:AES128-SHA:128", "AES128-SHA", Some(128)),
            ("TLS1.2:AES128-SHA:12", "", None),
            ("TLS1.2:AES128-SHA:", "", None),
            ("TLS1.2:AES128-S", "", None),
            (
                "TLS1.x:ke-RSA-AES256-SHAnnn:xxx",
                "ke-RSA-AES256-SHAnnn",
                None,
            ),
            ("TLS1.3:(AES_256_GCM:256*", "(AES_256_GCM", Some(256)),
        ] {
            let read = parse_x(raw.as_bytes()).expect(raw);
            let last = as_last_word(read, raw.as_bytes());
            assert_eq!((last.cipher, last.bits), (cipher.as_bytes(), bits), "{raw}");
            assert_eq!(last.version, read.version, "{raw}");
        }
    }
}
