//! An explanation as plain text: aligned, the answer first.

use std::fmt::{self, Write};

use super::parts::{Part, Told, trust_line};
use crate::text::{Lang, pad_right, width};
use crate::tls::Grade;

/// Cells of a time with its offset: `04:55:03 +0100`.
const CLOCK: usize = 14;

/// Where the words of a step begin: behind the longest badge, `E o  plain inside` or `E o  Klartext intern`.
const fn margin(lang: Lang) -> usize {
    4 + CLOCK + 2 + lang.pick(17, 20) + 2
}

/// Cells of a name in the list of facts.
const fn name_cells(lang: Lang) -> usize {
    lang.pick(12, 15)
}

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
                .map(|(grade, whose)| format!("   {} ({whose})", badge(*grade, lang)));
            writeln!(out, "{name}{}", told.collect::<String>())
        }
        Part::Paragraph(text) => writeln!(out, "{text}"),
        Part::Heading(text) | Part::Closing(text) => writeln!(out, "\n{text}"),
        Part::Day(day) => writeln!(out, "  {day}"),
        Part::Gap(gap) => writeln!(out, "{:1$}{gap}", "", margin(lang)),
        Part::Step(step) => write_step(out, step, lang),
        Part::TrustLine => writeln!(
            out,
            "  -- {} --",
            trust_line(lang).replacen("; ", " -- ", 1)
        ),
        Part::Fact { name, value } => {
            writeln!(out, "  {}{value}", pad_right(name, name_cells(lang)))
        }
    }
}

fn badge(grade: Grade, lang: Lang) -> String {
    let word = grade.word_in(lang);
    format!("{} {:<2} {word}", grade.letter(), grade.mark())
}

fn write_step(out: &mut String, step: &Told, lang: Lang) -> fmt::Result {
    let margin = margin(lang);
    let head = match step.grade {
        Some(grade) => format!(
            "    {}  {}",
            pad_right(&step.clock, CLOCK),
            badge(grade, lang)
        ),
        None => format!("    {}", step.clock),
    };
    if width(&head) + 2 > margin {
        writeln!(out, "{head}\n{:margin$}{}", "", step.title)?;
    } else {
        writeln!(out, "{}{}", pad_right(&head, margin), step.title)?;
    }
    for note in &step.notes {
        writeln!(out, "{:margin$}{note}", "")?;
    }
    Ok(())
}
