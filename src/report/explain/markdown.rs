//! An explanation as Markdown. What strangers wrote is escaped: it can neither format nor link.

use std::fmt::{self, Write};

use super::parts::{Part, TRUST_LINE, Told};
use crate::tls::Grade;

pub(super) fn write(parts: &[Part]) -> String {
    let mut out = String::new();
    for part in parts {
        // A String never refuses a write.
        let _ = write_part(&mut out, part);
    }
    out
}

fn write_part(out: &mut String, part: &Part) -> fmt::Result {
    match part {
        Part::Title { name, grades } => {
            if !out.is_empty() {
                out.push('\n');
            }
            let told = grades
                .iter()
                .map(|(grade, whose)| format!("{} ({whose})", badge(*grade)));
            let told: Vec<String> = told.collect();
            writeln!(out, "# {}: {}\n", escape(name), told.join(", "))
        }
        Part::Paragraph(text) => writeln!(out, "{}", escape(text)),
        Part::Closing(text) => writeln!(out, "\n{}", escape(text)),
        Part::Heading(text) => writeln!(out, "\n## {}\n", escape(text)),
        Part::Day(day) => writeln!(out, "- **{day}**"),
        Part::Gap(gap) => writeln!(out, "  - *{}*", escape(gap)),
        Part::Step(step) => write_step(out, step),
        Part::TrustLine => writeln!(out, "- *{TRUST_LINE}*"),
        Part::Fact { name, value } => writeln!(out, "- **{name}:** {}", escape(value)),
    }
}

fn badge(grade: Grade) -> String {
    let (letter, mark) = (grade.letter().to_string(), grade.mark());
    format!("**{} {}** {}", escape(&letter), escape(mark), grade.word())
}

fn write_step(out: &mut String, step: &Told) -> fmt::Result {
    let badge = step
        .grade
        .map_or_else(String::new, |grade| format!("{}: ", badge(grade)));
    let (clock, title) = (escape(&step.clock), escape(&step.title));
    writeln!(out, "  - {clock} {badge}{title}")?;
    for note in &step.notes {
        writeln!(out, "    - {}", escape(note))?;
    }
    Ok(())
}

/// Every character that Markdown or HTML could act upon, behind a backslash (`CommonMark` 2.4), and
/// what some dialects make a link of by itself; runs of spaces become one, since they only align text.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        for character in word.chars() {
            let starts_block = out.is_empty() && "#+-".contains(character);
            if starts_block || r"\`*_[]<>|~&".contains(character) {
                out.push('\\');
            }
            out.push(character);
        }
    }
    out.replace("://", r"\://").replace("www.", r"www\.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_can_neither_link_nor_format() {
        assert_eq!(
            escape("<script> [x](http://h) *b*  `c`"),
            r"\<script\> \[x\](http\://h) \*b\* \`c\`"
        );
        assert_eq!(escape("+1 h at +0100"), r"\+1 h at +0100");
    }
}
