//! Answers questions about rows on a thread of its own, the newest first.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use crate::ingest::Progress;
use crate::insight::Coverage;
use crate::insight::posture::Level;
use crate::model::{AsOf, GradeBook, Model, Zone};
use crate::query::eval::{Breaks, Index, Scene, Table};

use super::app::{Answer, Event, Question, Setup};
use super::findings::{Findings, FindingsCache};
use super::overview::Overview;
use super::peers::{Peers, PeersCache};

/// Handle of the thread that answers.
pub(super) struct Worker {
    questions: Sender<Question>,
    newest: Arc<AtomicU64>,
}

impl Worker {
    /// Starts the thread; `tell` gets its answers, and its progress with one that takes long.
    pub(super) fn start(
        setup: &Setup,
        findings_cache: Arc<Mutex<FindingsCache>>,
        tell: impl Fn(Event) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (questions, receiver) = channel();
        let newest = Arc::new(AtomicU64::new(0));
        let thread_state = WorkerThread {
            model: Arc::clone(&setup.model),
            zone: setup.zone,
            newest: Arc::clone(&newest),
            progress: Arc::clone(&setup.progress),
            grades: None,
            coverage: None,
            index: Index::default(),
            renewals: 0,
            prepared: None,
            peers: PeersCache::default(),
            findings_cache,
            as_of_findings: setup.as_of_findings,
            last: Vec::new(),
        };
        thread::Builder::new()
            .name("query".into())
            .spawn(move || thread_state.work(&receiver, &tell))?;
        Ok(Self { questions, newest })
    }

    /// Drops the question under way; the next one is asked anew.
    pub(super) fn drop_question(&self) {
        self.newest.store(0, Ordering::Relaxed);
    }

    /// Asks a question. An older one under way is dropped.
    pub(super) fn ask(&self, question: Question) {
        self.newest.store(question.ticket, Ordering::Relaxed);
        // The worker only ends with the program.
        let _ = self.questions.send(question);
    }
}

/// What the thread works with, and what it keeps from answer to answer.
struct WorkerThread {
    model: Arc<RwLock<Model>>,
    zone: Zone,
    newest: Arc<AtomicU64>,
    progress: Arc<Progress>,
    /// Grades, and the [`Model::generation`] that they are about.
    grades: Option<(u64, Arc<GradeBook>)>,
    /// What the logs do not say of TLS, with the same.
    coverage: Option<(u64, Arc<Coverage>)>,
    /// Index that makes filters fast.
    index: Index,
    /// [`Model::renewals`] that the numbers in the index belong to.
    renewals: u32,
    /// [`Model::generation`] for which the index has what most filters need.
    prepared: Option<u64>,
    /// Postures of the last answers.
    peers: PeersCache,
    /// Findings, shared with the thread that writes evidence.
    findings_cache: Arc<Mutex<FindingsCache>>,
    /// The day whose rules findings are found by.
    as_of_findings: AsOf,
    /// The last question about each table, when it was answered, and how long that took.
    last: Vec<(Question, Instant, Duration)>,
}

/// While a load goes on, answering the same question again takes at most one part in this many of the
/// time: the loader needs the processors more.
const SHARE: u32 = 8;

/// How often a waiting worker looks for a newer question.
const LOOK: Duration = Duration::from_millis(20);

/// How long the worker holds the lock on the model at a stretch where it can help it: the loader waits for the lock,
/// and drawing waits for the loader.
const STRETCH: Duration = Duration::from_millis(8);

impl WorkerThread {
    fn work(mut self, questions: &Receiver<Question>, tell: &impl Fn(Event)) {
        while let Some(question) = self.next(questions) {
            if let Some(found) = self.answer(&question, tell) {
                tell(Event::Answer(found));
            }
        }
    }

    /// The next question. Until it comes the index is made ready for it.
    fn next(&mut self, questions: &Receiver<Question>) -> Option<Question> {
        loop {
            match questions.try_recv() {
                Ok(question) => return Some(question),
                Err(TryRecvError::Disconnected) => return None,
                // What is loaded later changes it again.
                Err(TryRecvError::Empty) if !self.progress.is_done() || self.is_ready() => {
                    return questions.recv().ok();
                }
                Err(TryRecvError::Empty) => {}
            }
        }
    }

    /// Works on the index for a while, unless a question comes; true when the index is ready.
    fn is_ready(&mut self) -> bool {
        let asked = self.newest.load(Ordering::Relaxed);
        let begun = Instant::now();
        let shared = Arc::clone(&self.model);
        let model = shared.read().unwrap_or_else(PoisonError::into_inner);
        self.forget_old_numbers(&model);
        if self.prepared == Some(model.generation) {
            return true;
        }
        let breaks = Breaks {
            cancelled: &|| self.newest.load(Ordering::Relaxed) != asked,
            rests: &|| begun.elapsed() > STRETCH,
        };
        if self.index.prepare(&model, breaks).is_some() {
            self.prepared = Some(model.generation);
        }
        false
    }

    /// Answers, unless a newer question comes. The lock on the model is given away now and then meanwhile.
    fn answer(&mut self, question: &Question, tell: &impl Fn(Event)) -> Option<Answer> {
        let newest = Arc::clone(&self.newest);
        let stale = || newest.load(Ordering::Relaxed) != question.ticket;
        self.let_the_loader_work(question);
        let begun = Instant::now();
        let mut told = None;
        while !stale() {
            if let Some(answer) = self.try_to_answer(question, &stale) {
                self.last.retain(|(last, ..)| last.table != question.table);
                self.last
                    .push((question.clone(), Instant::now(), begun.elapsed()));
                return Some(answer);
            }
            let share = self.index.reading().map(percent);
            if let Some(percent) = share.filter(|_| share != told) {
                let ticket = question.ticket;
                tell(Event::Reading { ticket, percent });
                told = share;
            }
        }
        None
    }

    /// The answer; `None` when the question is stale, or when the model was held long enough: ask again then.
    fn try_to_answer(
        &mut self,
        question: &Question,
        stale: &(dyn Fn() -> bool + Sync),
    ) -> Option<Answer> {
        let shared = Arc::clone(&self.model);
        let model = shared.read().unwrap_or_else(PoisonError::into_inner);
        self.forget_old_numbers(&model);
        let grades = self.grades_for(question, &model);
        let coverage = self.coverage_of(&model);
        let begun = Instant::now();
        let scene = Scene {
            model: &model,
            grades: &grades,
            index: &self.index,
            zone: self.zone,
            breaks: Breaks {
                cancelled: stale,
                rests: &|| begun.elapsed() > STRETCH,
            },
        };
        let selection = match question.table {
            Table::Messages | Table::Chains => Selection::of_model(&scene, question),
            Table::Hosts => Selection::of_hosts(&mut self.peers, &scene, &grades, question),
            Table::Findings => {
                let findings = self.findings_of(question, &model);
                Some(Selection::of_findings(findings, &scene, question))
            }
            Table::Overview => Selection::of_times(&mut self.peers, &scene, &grades, question),
        }?;
        let unreadable = scene.unreadable(question.table, &question.query)?;
        Some(Answer {
            ticket: question.ticket,
            table: question.table,
            rows: Arc::from(selection.rows),
            total: selection.total,
            not_searched: scene.messages_of(&unreadable).count(),
            peers: selection.peers,
            findings: selection.findings,
            overview: selection.overview,
            grades,
            coverage,
            generation: model.generation,
        })
    }

    /// Waits before the same question is answered again for what was loaded meanwhile; a question that
    /// a person asked is answered at once.
    fn let_the_loader_work(&self, question: &Question) {
        let same = |last: &Question| {
            last.table == question.table
                && last.query == question.query
                && last.sort == question.sort
                && last.level == question.level
                && last.columns == question.columns
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

    /// Drops the index of a model that was renumbered since.
    fn forget_old_numbers(&mut self, model: &Model) {
        if self.renewals != model.renewals {
            self.renewals = model.renewals;
            self.index = Index::default();
            self.prepared = None;
        }
    }

    fn findings_of(&self, question: &Question, model: &Model) -> Arc<Findings> {
        let mut findings_cache =
            (self.findings_cache.lock()).unwrap_or_else(PoisonError::into_inner);
        findings_cache.of(model, &question.profile, self.as_of_findings)
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
        if let Some((generation, book)) = &mut self.grades
            && Arc::ptr_eq(book.profile(), &question.profile)
            && book.as_of() == question.as_of
        {
            if *generation != model.generation {
                *generation = model.generation;
                Arc::make_mut(book).refresh(model);
            }
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

/// The rows of a table that a question selects, and what is behind them.
#[derive(Default)]
struct Selection {
    rows: Vec<u32>,
    /// Rows of the table in all.
    total: u32,
    peers: Option<Arc<Peers>>,
    findings: Option<Arc<Findings>>,
    overview: Option<Arc<Overview>>,
}

/// The selections of the tables; `None` when the scene was cancelled, or its model held long enough.
impl Selection {
    /// Messages or loaded mails.
    fn of_model(scene: &Scene<'_>, question: &Question) -> Option<Self> {
        Some(Self {
            rows: scene.rows(question.table, &question.query, question.sort)?,
            total: scene.total(question.table),
            ..Self::default()
        })
    }

    /// Remote hosts or domains.
    fn of_hosts(
        listings: &mut PeersCache,
        scene: &Scene<'_>,
        grades: &Arc<GradeBook>,
        question: &Question,
    ) -> Option<Self> {
        let (all, selected) = listings.both(scene, grades, question.level, &question.query)?;
        Some(Self {
            rows: selected.rows(scene.model, question.sort),
            total: all.count(),
            peers: Some(selected),
            ..Self::default()
        })
    }

    fn of_findings(findings: Arc<Findings>, scene: &Scene<'_>, question: &Question) -> Self {
        Self {
            rows: findings.rows(scene, &question.query, question.sort),
            total: findings.count(),
            findings: Some(findings),
            ..Self::default()
        }
    }

    /// The stretches of time of the overview.
    fn of_times(
        listings: &mut PeersCache,
        scene: &Scene<'_>,
        grades: &Arc<GradeBook>,
        question: &Question,
    ) -> Option<Self> {
        let (all, selected) = listings.both(scene, grades, Level::Host, &question.query)?;
        let overview = Overview {
            histogram: selected.figures.histogram(scene.zone, question.columns),
            peers: selected,
        };
        Some(Self {
            rows: overview.rows(),
            total: all.figures.all(),
            overview: Some(Arc::new(overview)),
            ..Self::default()
        })
    }
}

/// The share of `done` in `all`, from 0 to 100.
fn percent((done, all): (u32, u32)) -> u8 {
    let percent = u64::from(done) * 100 / u64::from(all.max(1));
    u8::try_from(percent).unwrap_or(100)
}
