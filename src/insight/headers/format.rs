//! H11 character sets, H14 lines, H15 damage that was mended.

use super::{Case, Findings, Subject, plain};

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
        let summary = "The header was quoted-printable text; it is shown mended.".to_owned();
        found.info("H15", Subject::Message, summary, b"");
        return;
    }
    for (subject, hop) in case.numbered().filter(|(_, hop)| hop.doubts.mended) {
        let summary = "Quoted-printable signs in the TLS remark of this hop were mended.";
        found.info("H15", subject, summary.to_owned(), hop.by);
    }
}

fn charsets(case: &Case<'_>, found: &mut Findings) {
    let facts = case.facts;
    let mut add = |summary: String, quote: &[u8]| {
        found.info("H11", Subject::Message, summary, quote);
    };
    for charset in facts.charsets.iter().filter(|name| is_legacy(name)) {
        let summary = format!(
            "The text uses the legacy character set {}.",
            plain(charset.as_bytes())
        );
        add(summary, charset.as_bytes());
    }
    if facts.charsets.is_empty() && facts.eight_bit_body {
        add(
            "The body has bytes above ASCII, but names no character set.".to_owned(),
            b"",
        );
    }
    if let Some(name) = facts.eight_bit_fields.first() {
        let others = match facts.eight_bit_fields.len() - 1 {
            0 => String::new(),
            count => format!(" and {count} more"),
        };
        let name = name.as_bytes();
        let summary = format!(
            "Raw bytes above ASCII in the field {}{others}.",
            plain(name)
        );
        add(summary, name);
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
    let faults = case.facts.lines;
    let mut add = |summary: String| found.warning("H14", Subject::Message, summary, b"");
    if faults.longest > LONGEST_LINE {
        add(format!(
            "A header line has {} bytes; {LONGEST_LINE} are allowed.",
            faults.longest
        ));
    }
    if faults.bare_cr {
        add("The header has a carriage return inside a line.".to_owned());
    }
    if faults.bare_lf {
        add("Some header lines end with a line feed alone.".to_owned());
    }
}
