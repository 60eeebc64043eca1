//! An explanation as a page: what happened and the facts as tables.

use super::super::document::{Block, html};
use super::parts::{Part, Told, trust_line};
use crate::text::Lang;
use crate::tls::Grade;

pub(super) fn write(parts: Vec<Part>, lang: Lang) -> String {
    let mut page = Page {
        lang,
        ..Page::default()
    };
    for part in parts {
        page.take(part);
    }
    page.end_table();
    html(&page.blocks, lang.tag())
}

/// The heads of the tables, and how many cells their rows have.
const fn steps(lang: Lang) -> &'static [&'static str] {
    lang.pick(&["Time", "Grade", "What"], &["Zeit", "Bewertung", "Was"])
}

const fn facts(lang: Lang) -> &'static [&'static str] {
    lang.pick(&["Fact", "Value"], &["Angabe", "Wert"])
}

#[derive(Default)]
struct Page {
    lang: Lang,
    blocks: Vec<Block>,
    /// The table that is being filled.
    head: &'static [&'static str],
    rows: Vec<Vec<String>>,
    /// The day of the next step, where it is another.
    day: Option<String>,
}

impl Page {
    fn take(&mut self, part: Part) {
        match part {
            Part::Title { name, grades } => {
                let told = grades.iter();
                let told = told.map(|(grade, whose)| format!("{} ({whose})", self.badge(*grade)));
                let told: Vec<String> = told.collect();
                self.block(Block::Title(format!("{name}: {}", told.join(", "))));
            }
            Part::Paragraph(text) | Part::Closing(text) => self.block(Block::Text(text)),
            Part::Heading(text) => self.block(Block::Heading(text)),
            Part::TrustLine => self.block(Block::Text(trust_line(self.lang).to_owned())),
            Part::Day(day) => self.day = Some(day),
            Part::Gap(gap) => self.row(steps(self.lang), vec![String::new(), String::new(), gap]),
            Part::Step(step) => self.step(&step),
            Part::Fact { name, value } => {
                self.row(facts(self.lang), vec![name.to_owned(), value]);
            }
        }
    }

    fn step(&mut self, step: &Told) {
        let day = self.day.take();
        let time = day.into_iter().chain([step.clock.clone()]);
        let grade = step
            .grade
            .map_or_else(String::new, |grade| self.badge(grade));
        let what = [&step.title].into_iter().chain(&step.notes);
        let what: Vec<&str> = what.map(String::as_str).collect();
        let time: Vec<String> = time.collect();
        self.row(
            steps(self.lang),
            vec![time.join("\n"), grade, what.join("\n")],
        );
    }

    fn row(&mut self, head: &'static [&'static str], row: Vec<String>) {
        if self.head != head {
            self.end_table();
            self.head = head;
        }
        self.rows.push(row);
    }

    fn block(&mut self, block: Block) {
        self.end_table();
        self.blocks.push(block);
    }

    fn end_table(&mut self) {
        if !self.rows.is_empty() {
            self.blocks.push(Block::Table {
                head: self.head.iter().map(|name| (*name).to_owned()).collect(),
                rows: std::mem::take(&mut self.rows),
            });
        }
    }

    fn badge(&self, grade: Grade) -> String {
        let word = grade.word_in(self.lang);
        format!("{} {} {word}", grade.letter(), grade.mark())
    }
}
