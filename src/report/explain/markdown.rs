//! An explanation as Markdown. What strangers wrote is escaped: it can neither format nor link.

use std::fmt::{self, Write};

use super::parts::{Part, TRUST_LINE, Told};
use crate::text::markdown::escape;
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
