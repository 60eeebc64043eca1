//! An explanation as Markdown. What strangers wrote is escaped: it can neither format nor link.

use std::fmt::{self, Write};

use super::parts::{Part, Told, trust_line};
use crate::text::Lang;
use crate::text::markdown::escape;
use crate::tls::Grade;

pub(super) fn write(parts: &[Part], lang: Lang) -> String {
    let mut out = String::new();
    for part in parts {
        // A String never refuses a write.
        let _ = write_part(&mut out, part, lang);
    }
    out
}

fn write_part(out: &mut String, part: &Part, lang: Lang) -> fmt::Result {
    match part {
        Part::Title { name, grades } => {
            if !out.is_empty() {
                out.push('\n');
            }
            let told = grades
                .iter()
                .map(|(grade, whose)| format!("{} ({whose})", badge(*grade, lang)));
            let told: Vec<String> = told.collect();
            writeln!(out, "# {}: {}\n", escape(name), told.join(", "))
        }
        Part::Paragraph(text) => writeln!(out, "{}", escape(text)),
        Part::Closing(text) => writeln!(out, "\n{}", escape(text)),
        Part::Heading(text) => writeln!(out, "\n## {}\n", escape(text)),
        Part::Day(day) => writeln!(out, "- **{day}**"),
        Part::Gap(gap) => writeln!(out, "  - *{}*", escape(gap)),
        Part::Step(step) => write_step(out, step, lang),
        Part::TrustLine => writeln!(out, "- *{}*", trust_line(lang)),
        Part::Fact { name, value } => writeln!(out, "- **{name}:** {}", escape(value)),
    }
}

fn badge(grade: Grade, lang: Lang) -> String {
    let (letter, mark) = (grade.letter().to_string(), grade.mark());
    format!(
        "**{} {}** {}",
        escape(&letter),
        escape(mark),
        grade.word_in(lang)
    )
}

fn write_step(out: &mut String, step: &Told, lang: Lang) -> fmt::Result {
    let badge = step
        .grade
        .map_or_else(String::new, |grade| format!("{}: ", badge(grade, lang)));
    let (clock, title) = (escape(&step.clock), escape(&step.title));
    writeln!(out, "  - {clock} {badge}{title}")?;
    for note in &step.notes {
        writeln!(out, "    - {}", escape(note))?;
    }
    Ok(())
}
