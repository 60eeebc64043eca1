//! Detects compression and foreign file formats by magic bytes.

/// Compression of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// RFC 1952.
    Gzip,
    /// The xz container.
    Xz,
    /// RFC 8878.
    Zstd,
    /// bzip2.
    Bzip2,
}

impl Compression {
    /// Recognises a format by the first bytes of a file.
    pub fn detect(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            // A skippable frame may come first: parallel compressors begin with one.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Self::Bzip2,
            _ => Self::None,
        }
    }

    /// Name of the format as used in error messages.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::None => "plain",
            Self::Gzip => "gzip",
            Self::Xz => "xz",
            Self::Zstd => "zstd",
            Self::Bzip2 => "bzip2",
        }
    }
}

/// A file format that is recognised, but not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// Name with its article: `a zip archive`.
    pub name: &'static str,
    /// What the user can do to have it read.
    pub advice: &'static str,
    /// Whether the file is one compressed text, such as a rotated log, and not a container of files.
    pub one_text: bool,
}

/// Magic bytes, their offset in the file, name, advice, and `one_text` (see [`Foreign`]).
type Signature = (&'static [u8], usize, &'static str, &'static str, bool);

const FOREIGN: [Signature; 12] = [
    (
        b"\x1f\x9d",
        0,
        "a file of compress (.Z)",
        "unpack it with uncompress or gzip -d",
        true,
    ),
    (
        b"\x1f\xa0",
        0,
        "a file of compress (.Z)",
        "unpack it with uncompress or gzip -d",
        true,
    ),
    (
        b"\x04\x22\x4d\x18",
        0,
        "an lz4 file",
        "pipe it in: lz4 -dc FILE | hopgrade -",
        true,
    ),
    (
        b"LZIP",
        0,
        "an lzip file",
        "pipe it in: lzip -dc FILE | hopgrade -",
        true,
    ),
    (
        b"\x89LZO\0",
        0,
        "an lzop file",
        "pipe it in: lzop -dc FILE | hopgrade -",
        true,
    ),
    (
        b"LPKSHHRH",
        0,
        "a journal of systemd",
        "export it: journalctl -o export --file FILE | hopgrade -",
        true,
    ),
    (
        b"PK\x03\x04",
        0,
        "a zip archive",
        "unpack it and give the files in it",
        false,
    ),
    (
        b"PK\x05\x06",
        0,
        "an empty zip archive",
        "there is nothing in it",
        false,
    ),
    (
        b"7z\xbc\xaf\x27\x1c",
        0,
        "a 7z archive",
        "unpack it and give the files in it",
        false,
    ),
    (
        b"Rar!\x1a\x07",
        0,
        "a rar archive",
        "unpack it and give the files in it",
        false,
    ),
    (
        b"ustar",
        257,
        "a tar archive",
        "unpack it (tar -xf FILE) and give the files in it",
        false,
    ),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        0,
        "a file of Outlook or Office",
        "save the message as .eml",
        false,
    ),
];

impl Foreign {
    /// Recognises a format by the first bytes of a file; 300 bytes are enough.
    pub fn detect(head: &[u8]) -> Option<Self> {
        let fits = |row: &&Signature| {
            head.get(row.1..)
                .is_some_and(|head| head.starts_with(row.0))
        };
        if let Some(&(_, _, name, advice, one_text)) = FOREIGN.iter().find(fits) {
            return Some(Self {
                name,
                advice,
                one_text,
            });
        }
        is_utf16(head).then_some(Self {
            name: "UTF-16 text without a byte order mark",
            advice: "convert it: iconv -f UTF-16LE -t UTF-8 FILE | hopgrade -",
            one_text: true,
        })
    }
}

/// True when every second byte of the first 64 is zero and the others are ASCII, as in UTF-16 text.
fn is_utf16(head: &[u8]) -> bool {
    let head = head.get(..head.len().min(64) & !1).unwrap_or_default();
    let (pairs, _) = head.as_chunks::<2>();
    let little = pairs.iter().all(|pair| matches!(pair, [1..=0x7f, 0]));
    let big = pairs.iter().all(|pair| matches!(pair, [0, 1..=0x7f]));
    pairs.len() >= 8 && (little || big)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_unpacked_is_named() {
        let named = |head: &[u8]| Foreign::detect(head).map(|foreign| foreign.name);
        let mut tar = vec![b'a'; 257];
        tar.extend_from_slice(b"ustar\x0000");
        assert_eq!(named(&tar), Some("a tar archive"));
        assert_eq!(named(b"PK\x03\x04\x14"), Some("a zip archive"));
        assert_eq!(named(b"\x1f\x9d\x90ab"), Some("a file of compress (.Z)"));
        assert_eq!(named(b"\x04\x22\x4d\x18\x60"), Some("an lz4 file"));
        let wide: Vec<u8> = "2026-03-01 00:00:00"
            .bytes()
            .flat_map(|byte| [byte, 0])
            .collect();
        assert_eq!(named(&wide), Some("UTF-16 text without a byte order mark"));
        assert_eq!(named(b"2026-03-01 00:00:00 1vw000-000000-00 <= a"), None);
        assert_eq!(named(&[0; 600]), None);
        assert_eq!(named(b""), None);
    }
}
