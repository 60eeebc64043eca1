//! Sanitises untrusted bytes for display.
//!
//! Everything that moves the cursor, changes the reading order, hides, or has no agreed width is shown as an
//! escape: `\n`, `\t`, `\x1b`, `\u{202e}`, and bytes that are not UTF-8 as `\xff`. Backslashes are left, so that
//! sanitising twice changes nothing.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::ops::Deref;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::width::width;

/// Bytes that are tested together for being printable ASCII.
const PIECE_BYTES: usize = 64;

/// Distance of tab stops in cells, as in terminals.
const TAB: usize = 8;

/// Characters to escape.
///
/// * `\p{C}`: controls (C0, DEL, C1), formats (bidi marks, overrides and isolates, zero-width
///   characters, soft hyphen, tags), private use and unassigned code points, whose width is anyone's
///   guess;
/// * line and paragraph separators;
/// * other invisible characters: fillers, variation selectors, joiners;
/// * combining marks without a base, or more than four in a row, which would run over other lines:
///   the longest regular sequences (Hebrew with accents) have four.
static HOSTILE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]",
        r"|[\p{M}\u{1160}-\u{11ff}\u{d7b0}-\u{d7ff}\u{ff9e}\u{ff9f}]{5,}",
        r"|^[\p{M}\u{1160}-\u{11ff}\u{d7b0}-\u{d7ff}]+",
    ))
    .ok()
});

/// One line that is safe to print. Line ends and tabs become `\n` and `\t`.
///
/// Borrows when nothing changes.
pub fn clean(bytes: &[u8]) -> Cow<'_, str> {
    if let Some(text) = plain(bytes) {
        return Cow::Borrowed(text);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return visible(text);
    }
    let mut out = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        out.push_str(&visible(chunk.valid()));
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    Cow::Owned(out)
}

/// Several lines that are safe to print: like [`clean`], but `\n` and `\r\n` end a line, and tabs become spaces up to
/// the next tab stop.
pub fn clean_block(bytes: &[u8]) -> Cow<'_, str> {
    if let Some(text) = plain(bytes) {
        return Cow::Borrowed(text);
    }
    if !bytes.iter().any(|&byte| byte == b'\n' || byte == b'\t') {
        return clean(bytes);
    }
    let mut out = String::with_capacity(bytes.len() + 16);
    for (nth, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
        if nth > 0 {
            out.push('\n');
        }
        push_line(&mut out, line.strip_suffix(b"\r").unwrap_or(line));
    }
    Cow::Owned(out)
}

/// Appends a line of a block with its tabs expanded.
fn push_line(out: &mut String, line: &[u8]) {
    let mut column = 0;
    for (nth, piece) in line.split(|&byte| byte == b'\t').enumerate() {
        if nth > 0 {
            let gap = TAB - column % TAB;
            out.extend(std::iter::repeat_n(' ', gap));
            column += gap;
        }
        let piece = clean(piece);
        column += width(&piece);
        out.push_str(&piece);
    }
}

/// The text if it is printable ASCII, as nearly every line is.
fn plain(bytes: &[u8]) -> Option<&str> {
    // Tests whole pieces without an early exit, which the compiler vectorises.
    let is_plain = |piece: &[u8]| {
        let fits = piece.iter().map(|byte| matches!(byte, b' '..=b'~'));
        fits.fold(true, |all, fits_here| all & fits_here)
    };
    let is_plain = bytes.chunks(PIECE_BYTES).all(is_plain);
    is_plain.then(|| std::str::from_utf8(bytes).ok()).flatten()
}

/// Valid UTF-8 with hostile characters escaped.
fn visible(text: &str) -> Cow<'_, str> {
    if plain(text.as_bytes()).is_some() {
        return Cow::Borrowed(text);
    }
    match HOSTILE.as_ref() {
        Some(hostile) => hostile.replace_all(text, |hit: &Captures<'_>| {
            escaped(hit.get(0).map_or("", |whole| whole.as_str()))
        }),
        // Without the regex only ASCII is trusted.
        None => Cow::Owned(escaped(text)),
    }
}

/// Escapes every character except printable ASCII.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for character in text.chars() {
        let _ = match character {
            '\n' => out.write_str("\\n"),
            '\r' => out.write_str("\\r"),
            '\t' => out.write_str("\\t"),
            ' '..='~' => out.write_char(character),
            '\0'..='\x7f' => write!(out, "\\x{:02x}", u32::from(character)),
            _ => write!(out, "\\u{{{:x}}}", u32::from(character)),
        };
    }
    out
}

/// Sanitised text; it can only be made by the sanitiser.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Clean(String);

impl Clean {
    /// One line; see [`clean`].
    pub fn line(bytes: impl AsRef<[u8]>) -> Self {
        Self(clean(bytes.as_ref()).into_owned())
    }

    /// Several lines; see [`clean_block`].
    pub fn block(bytes: impl AsRef<[u8]>) -> Self {
        Self(clean_block(bytes.as_ref()).into_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Clean {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Clean {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<Clean> for String {
    fn from(clean: Clean) -> Self {
        clean.0
    }
}

/// Lets views use the text without copying it.
impl<'a> From<&'a Clean> for Cow<'a, str> {
    fn from(clean: &'a Clean) -> Self {
        Cow::Borrowed(&clean.0)
    }
}

impl From<Clean> for Cow<'_, str> {
    fn from(clean: Clean) -> Self {
        Cow::Owned(clean.0)
    }
}

#[cfg(test)]
mod tests;
