//! An explanation as plain text: aligned, the answer first.

use std::fmt::{self, Write};

use super::parts::{Part, Told};
use crate::text::{pad_right, width};
use crate::tls::Grade;

/// Cells of the longest badge: `E o  plain inside`.
const BADGE: usize = 17;
/// Cells of a name in the list of facts.
const NAME: usize = 12;
/// Cells of a time with its offset: `04:55:03 +0100`.
const CLOCK: usize = 14;
/// Where the words of a step begin.
const MARGIN: usize = 4 + CLOCK + 2 + BADGE + 2;

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
                .map(|(grade, whose)| format!("   {} ({whose})", badge(*grade)));
            writeln!(out, "{name}{}", told.collect::<String>())
        }
        Part::Paragraph(text) => writeln!(out, "{text}"),
        Part::Heading(text) | Part::Closing(text) => writeln!(out, "\n{text}"),
        Part::Day(day) => writeln!(out, "  {day}"),
        Part::Gap(gap) => writeln!(out, "{:MARGIN$}{gap}", ""),
        Part::Step(step) => write_step(out, step),
        Part::TrustLine => writeln!(
            out,
            "  -- above: stated by others, not observed by us -- below: our own server --"
        ),
        Part::Fact { name, value } => writeln!(out, "  {}{value}", pad_right(name, NAME)),
    }
}

fn badge(grade: Grade) -> String {
    format!("{} {:<2} {}", grade.letter(), grade.mark(), grade.word())
}

fn write_step(out: &mut String, step: &Told) -> fmt::Result {
    let head = match step.grade {
        Some(grade) => format!("    {}  {}", pad_right(&step.clock, CLOCK), badge(grade)),
        None => format!("    {}", step.clock),
    };
    if width(&head) + 2 > MARGIN {
        writeln!(out, "{head}\n{:MARGIN$}{}", "", step.title)?;
    } else {
        writeln!(out, "{}{}", pad_right(&head, MARGIN), step.title)?;
    }
    for note in &step.notes {
        writeln!(out, "{:MARGIN$}{note}", "")?;
    }
    Ok(())
}
