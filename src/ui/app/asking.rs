//! Questions about rows, and their answers: typing and loading never wait for them.

use std::sync::Arc;

use super::{Answer, App, Effect, Question};
use crate::query::eval::Table;

/// What was asked last.
#[derive(Default)]
pub(super) struct Asked {
    /// Counts up: only the answer to the newest question is taken.
    ticket: u64,
    /// The answer is under way.
    waiting: bool,
    /// The state of the model that it was asked about.
    generation: u64,
}

impl App {
    /// True while something moves by itself: loading, or an answer under way.
    pub fn is_busy(&self) -> bool {
        self.awaits_answer()
            || !self.setup.progress.is_done()
            || self.asked.generation != self.generation()
    }

    /// True while an answer is under way.
    pub const fn awaits_answer(&self) -> bool {
        self.asked.waiting
    }

    fn generation(&self) -> u64 {
        self.model().generation
    }

    pub(super) fn tick(&mut self) -> Vec<Effect> {
        if self.asked.waiting || self.asked.generation == self.generation() {
            return Vec::new();
        }
        self.ask_all()
    }

    /// Asks for the rows of every table anew.
    pub(super) fn ask_all(&mut self) -> Vec<Effect> {
        self.asked.waiting = true;
        self.asked.generation = self.generation();
        self.asked.ticket += 1;
        [Table::Messages, Table::Chains]
            .map(|table| Effect::Ask(self.question(table)))
            .into()
    }

    fn question(&self, table: Table) -> Question {
        let list = match table {
            Table::Messages => &self.messages,
            Table::Chains => &self.chains,
        };
        Question {
            ticket: self.asked.ticket,
            table,
            query: self.filter.query(),
            sort: list.sort,
            profile: self.profile(),
            as_of: self.setup.as_of,
        }
    }

    pub(super) fn answer(&mut self, answer: Answer) -> Vec<Effect> {
        if answer.ticket != self.asked.ticket {
            return Vec::new();
        }
        let height = self.list_height();
        let first_rows = self.messages.total == 0 && self.chains.total == 0;
        let list = match answer.table {
            Table::Messages => &mut self.messages,
            Table::Chains => &mut self.chains,
        };
        list.take(answer.rows, answer.total, height);
        let regraded = !Arc::ptr_eq(&self.grades, &answer.grades);
        self.grades = answer.grades;
        if answer.table == Table::Chains {
            // The chains are asked for last.
            self.asked.waiting = false;
            if first_rows && self.messages.total == 0 && self.chains.total > 0 {
                self.table = Table::Chains;
            }
        }
        // New grades also come with everything that was loaded since.
        self.reopen().filter(|_| regraded).into_iter().collect()
    }
}
