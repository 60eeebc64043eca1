//! Answers questions about rows on a thread of its own, the newest first.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use crate::ingest::Progress;
use crate::insight::Coverage;
use crate::model::{GradeBook, Model, Zone};
use crate::query::eval::Scene;

use super::app::{Answer, Question};

/// The way to the worker.
pub(super) struct Worker {
    questions: Sender<Question>,
    newest: Arc<AtomicU64>,
}

impl Worker {
    /// Starts the worker; `answer` gets its answers.
    pub(super) fn start(
        model: Arc<RwLock<Model>>,
        zone: Zone,
        progress: Arc<Progress>,
        answer: impl Fn(Answer) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (questions, receiver) = channel();
        let newest = Arc::new(AtomicU64::new(0));
        let desk = Desk {
            model,
            zone,
            newest: Arc::clone(&newest),
            progress,
            grades: None,
            coverage: None,
            last: Vec::new(),
        };
        thread::Builder::new()
            .name("query".into())
            .spawn(move || desk.work(&receiver, answer))?;
        Ok(Self { questions, newest })
    }

    /// Drops the question under way; the next one is asked anew.
    pub(super) fn drop_question(&self) {
        self.newest.store(0, Ordering::Relaxed);
    }

    /// Asks. An older question under way is dropped.
    pub(super) fn ask(&self, question: Question) {
        self.newest.store(question.ticket, Ordering::Relaxed);
        // The worker only ends with the program.
        let _ = self.questions.send(question);
    }
}

struct Desk {
    model: Arc<RwLock<Model>>,
    zone: Zone,
    newest: Arc<AtomicU64>,
    progress: Arc<Progress>,
    /// The last grades and the state of the model they hold for.
    grades: Option<(u64, Arc<GradeBook>)>,
    /// What the logs do not say, likewise.
    coverage: Option<(u64, Arc<Coverage>)>,
    /// The last question about each table, when it was answered, and how long that took.
    last: Vec<(Question, Instant, Duration)>,
}

/// While a load goes on, answering the same question again takes at most one part in this many of the
/// time: the loader needs the processors more.
const SHARE: u32 = 8;

/// How often a waiting worker looks for a newer question.
const LOOK: Duration = Duration::from_millis(20);

impl Desk {
    fn work(mut self, questions: &Receiver<Question>, answer: impl Fn(Answer)) {
        while let Ok(question) = questions.recv() {
            if let Some(found) = self.answer(&question) {
                answer(found);
            }
        }
    }

    fn answer(&mut self, question: &Question) -> Option<Answer> {
        let stale = || self.newest.load(Ordering::Relaxed) != question.ticket;
        self.let_the_loader_work(question);
        if stale() {
            return None;
        }
        let begun = Instant::now();
        let shared = Arc::clone(&self.model);
        let model = shared.read().unwrap_or_else(PoisonError::into_inner);
        let grades = self.grades_for(question, &model);
        let coverage = self.coverage_of(&model);
        let newest = &self.newest;
        let scene = Scene {
            model: &model,
            grades: &grades,
            zone: self.zone,
            cancelled: &|| newest.load(Ordering::Relaxed) != question.ticket,
        };
        let rows = scene.rows(question.table, &question.query, question.sort)?;
        let answer = Answer {
            ticket: question.ticket,
            table: question.table,
            rows: Arc::from(rows),
            total: scene.total(question.table),
            grades,
            coverage,
            generation: model.generation,
        };
        self.last.retain(|(last, ..)| last.table != question.table);
        self.last
            .push((question.clone(), Instant::now(), begun.elapsed()));
        Some(answer)
    }

    /// Waits before the same question is answered again for what was loaded meanwhile; a question that
    /// a person asked is answered at once.
    fn let_the_loader_work(&self, question: &Question) {
        let same = |last: &Question| {
            last.table == question.table
                && last.query == question.query
                && last.sort == question.sort
                && Arc::ptr_eq(&last.profile, &question.profile)
        };
        let Some((_, answered, took)) = self.last.iter().find(|(last, ..)| same(last)) else {
            return;
        };
        while answered.elapsed() < *took * SHARE
            && (!self.progress.is_done() || self.progress.following.is_on())
            && self.newest.load(Ordering::Relaxed) == question.ticket
        {
            thread::sleep(LOOK);
        }
    }

    fn coverage_of(&mut self, model: &Model) -> Arc<Coverage> {
        if let Some((generation, coverage)) = &self.coverage
            && *generation == model.generation
        {
            return Arc::clone(coverage);
        }
        let coverage = Arc::new(Coverage::of(model));
        self.coverage = Some((model.generation, Arc::clone(&coverage)));
        coverage
    }

    fn grades_for(&mut self, question: &Question, model: &Model) -> Arc<GradeBook> {
        let fits = |generation: u64, book: &GradeBook| {
            generation == model.generation
                && Arc::ptr_eq(book.profile(), &question.profile)
                && book.as_of() == question.as_of
        };
        if let Some((generation, book)) = &self.grades
            && fits(*generation, book)
        {
            return Arc::clone(book);
        }
        let book = Arc::new(GradeBook::of(
            model,
            Arc::clone(&question.profile),
            question.as_of,
        ));
        self.grades = Some((model.generation, Arc::clone(&book)));
        book
    }
}
