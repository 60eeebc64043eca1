//! H11 character sets, H14 lines, H15 damage that was mended.

use super::{Case, Findings, Subject, plain};
use crate::text::fill;

/// RFC 5322 section 2.1.1.
const LONGEST_LINE: usize = 998;

pub(super) fn find(case: &Case<'_>, found: &mut Findings) {
    charsets(case, found);
    lines(case, found);
    damage(case, found);
}

/// Quoted-printable is for bodies (RFC 2045 section 6.7). In a header it is damage: what we read is not what
/// is written there.
fn damage(case: &Case<'_>, found: &mut Findings) {
    if case.facts.mended {
        let summary = case.lang.pick(
            "The header was quoted-printable text; it is shown mended.",
            "Der Header war mit Quoted-Printable kodiert und wird berichtigt gezeigt.",
        );
        found.info("H15", Subject::Message, summary.to_owned(), b"");
        return;
    }
    for (subject, hop) in case.numbered().filter(|(_, hop)| hop.doubts.mended) {
        let summary = case.lang.pick(
            "Quoted-printable signs in the TLS remark of this hop were mended.",
            "Zeichen von Quoted-Printable in der TLS-Angabe dieses Hops wurden berichtigt.",
        );
        found.info("H15", subject, summary.to_owned(), hop.by);
    }
}

fn charsets(case: &Case<'_>, found: &mut Findings) {
    let (facts, lang) = (case.facts, case.lang);
    let mut add = |summary: String, quote: &[u8]| {
        found.info("H11", Subject::Message, summary, quote);
    };
    for charset in facts.charsets.iter().filter(|name| is_legacy(name)) {
        let template = lang.pick(
            "The text uses the legacy character set {charset}.",
            "Der Text benutzt den veralteten Zeichensatz {charset}.",
        );
        let summary = fill(template, &[("charset", &plain(charset.as_bytes()))]);
        add(summary, charset.as_bytes());
    }
    if facts.charsets.is_empty() && facts.eight_bit_body {
        let unnamed = lang.pick(
            "The body has bytes above ASCII, but names no character set.",
            "Der Inhalt hat Bytes außerhalb von ASCII, nennt aber keinen Zeichensatz.",
        );
        add(unnamed.to_owned(), b"");
    }
    if let Some(name) = facts.eight_bit_fields.first() {
        let more = facts.eight_bit_fields.len() - 1;
        let template = match more {
            0 => lang.pick(
                "Raw bytes above ASCII in the field {name}.",
                "Bytes außerhalb von ASCII stehen unkodiert im Feld {name}.",
            ),
            _ => lang.pick(
                "Raw bytes above ASCII in the field {name} and {more} more.",
                "Bytes außerhalb von ASCII stehen unkodiert im Feld {name} und in {more} weiteren.",
            ),
        };
        let name = name.as_bytes();
        let values = [("name", &*plain(name)), ("more", &*more.to_string())];
        add(fill(template, &values), name);
    }
}

/// ISO 8859 and the Windows code pages, under any of their names. Names are lower case.
fn is_legacy(charset: &str) -> bool {
    [
        "iso-8859-",
        "iso8859-",
        "iso_8859-",
        "windows-125",
        "cp125",
        "latin",
    ]
    .iter()
    .any(|start| charset.starts_with(start))
}

fn lines(case: &Case<'_>, found: &mut Findings) {
    let (faults, lang) = (case.facts.lines, case.lang);
    let mut add = |summary: String| found.warning("H14", Subject::Message, summary, b"");
    if faults.longest > LONGEST_LINE {
        let template = lang.pick(
            "A header line has {bytes} bytes; {most} are allowed.",
            "Eine Zeile des Headers hat {bytes} Bytes; erlaubt sind {most}.",
        );
        let (bytes, most) = (faults.longest.to_string(), LONGEST_LINE.to_string());
        add(fill(template, &[("bytes", &bytes), ("most", &most)]));
    }
    if faults.bare_cr {
        let inside = lang.pick(
            "The header has a carriage return inside a line.",
            "Im Header steht ein Wagenrücklauf (CR) mitten in einer Zeile.",
        );
        add(inside.to_owned());
    }
    if faults.bare_lf {
        let alone = lang.pick(
            "Some header lines end with a line feed alone.",
            "Einige Zeilen des Headers enden nur mit einem Zeilenvorschub (LF).",
        );
        add(alone.to_owned());
    }
}
