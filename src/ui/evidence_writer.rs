//! Writes evidence texts on a thread of its own: files are hashed for them, which may take seconds.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::thread;
use std::time::SystemTime;

use crate::ingest::Progress;
use crate::insight::findings::{Finding, Place};
use crate::insight::posture::{Level, Posture};
use crate::model::{AsOf, Model, Zone, organisation};
use crate::query::eval::Table;
use crate::report::Form;
use crate::report::evidence::{self, Case, Extent, Source};
use crate::report::mask::Mask;
use crate::report::rows::Facts;
use crate::text::Clean;

use super::app::{Event, EvidenceAnswer, EvidenceRequest, EvidenceText, Missing, Setup};
use super::findings::{Findings, FindingsCache};

/// Handle of the thread that writes evidence texts.
pub(super) struct EvidenceWriter {
    requests: Sender<EvidenceRequest>,
}

impl EvidenceWriter {
    /// Starts the thread; `tell` gets each [`EvidenceAnswer`] as an event.
    pub(super) fn start(
        setup: &Setup,
        findings_cache: Arc<Mutex<FindingsCache>>,
        tell: impl Fn(Event) + Send + 'static,
    ) -> io::Result<Self> {
        let (requests, receiver) = channel();
        let mut thread_state = WriterThread {
            model: Arc::clone(&setup.model),
            progress: Arc::clone(&setup.progress),
            findings_cache,
            as_of: setup.as_of_findings,
            zone: setup.zone,
            mask: setup.mask.clone(),
            bundled: !setup.cases.all.is_empty(),
            hashed: HashMap::new(),
        };
        thread::Builder::new()
            .name("evidence".into())
            .spawn(move || {
                while let Ok(request) = receiver.recv() {
                    let written = thread_state.write(&request);
                    tell(Event::Evidence(Box::new(EvidenceAnswer {
                        request,
                        written,
                    })));
                }
            })?;
        Ok(Self { requests })
    }

    /// Has the thread write a text.
    pub(super) fn write(&self, request: EvidenceRequest) {
        // The thread only ends with the program.
        let _ = self.requests.send(request);
    }
}

/// What the thread works with.
struct WriterThread {
    model: Arc<RwLock<Model>>,
    progress: Arc<Progress>,
    findings_cache: Arc<Mutex<FindingsCache>>,
    /// The day whose rules findings are found by.
    as_of: AsOf,
    zone: Zone,
    /// Mask over people in every text, whether the screen is masked or not.
    mask: Mask,
    /// The inputs are bundled with the program: a file of the same name on disk is not what was read.
    bundled: bool,
    /// Files that were hashed, by path, with the size and the modification time they had then.
    hashed: HashMap<PathBuf, (u64, Option<SystemTime>, Source)>,
}

impl WriterThread {
    fn write(&mut self, request: &EvidenceRequest) -> Result<EvidenceText, Missing> {
        let shared = Arc::clone(&self.model);
        let extent = Extent::of(&self.progress);
        let model = of_request(&shared, request)?;
        let findings = self.findings(request, &model);
        let chosen = chosen(request, &model, &findings);
        if chosen.is_empty() {
            return Err(Missing::NoFinding);
        }
        let told: Vec<&Finding> = chosen
            .into_iter()
            .filter(|finding| request.addressee.is_told(finding))
            .collect();
        if told.is_empty() {
            return Err(Missing::NotForThem);
        }
        // Only of files that the text names the hash is told.
        let paths: Vec<(PathBuf, bool)> = concerned(&model, &told);
        // Nobody waits for the model meanwhile. What grows behind the findings changes none of their numbers.
        drop(model);
        let sources: Vec<Source> = paths
            .into_iter()
            .map(|(path, concerned)| {
                if concerned && !self.bundled {
                    self.hashed_source(&path)
                } else {
                    Source::unhashed(&path)
                }
            })
            .collect();
        let model = of_request(&shared, request)?;
        let Some(grades) = &findings.grades else {
            return Err(Missing::NoFinding);
        };
        let case = Case {
            facts: &Facts::new(&model, grades, ""),
            findings: &told,
            extent: &extent,
            sources: &sources,
            lang: request.lang,
            zone: self.zone,
            mask: Some(&self.mask),
            replay: &request.replay,
        };
        let text = case.text(request.addressee, Form::Text);
        Ok(EvidenceText {
            findings: told.len(),
            blanks: evidence::blanks(&text, request.lang),
            stage: extent.stage,
            text: Clean::block(text),
        })
    }

    fn findings(&self, request: &EvidenceRequest, model: &Model) -> Arc<Findings> {
        let mut findings_cache =
            (self.findings_cache.lock()).unwrap_or_else(PoisonError::into_inner);
        findings_cache.of(model, &request.profile, self.as_of)
    }

    /// A file with its hash; one that did not change is not read again.
    fn hashed_source(&mut self, path: &Path) -> Source {
        let Ok(now) = fs::metadata(path) else {
            return Source::unhashed(path);
        };
        let now = (now.len(), now.modified().ok());
        if let Some((length, time, source)) = self.hashed.get(path)
            && (*length, *time) == now
        {
            return source.clone();
        }
        let source = Source::hashed(path);
        self.hashed
            .insert(path.to_owned(), (now.0, now.1, source.clone()));
        source
    }
}

/// The model, unless its rows have been renumbered since the request.
fn of_request<'a>(
    model: &'a RwLock<Model>,
    request: &EvidenceRequest,
) -> Result<RwLockReadGuard<'a, Model>, Missing> {
    let model = model.read().unwrap_or_else(PoisonError::into_inner);
    if model.renewals == request.renewals {
        Ok(model)
    } else {
        Err(Missing::Forgotten)
    }
}

/// The findings about the rows of a request, each once.
fn chosen<'a>(
    request: &EvidenceRequest,
    model: &Model,
    findings: &'a Findings,
) -> Vec<&'a Finding> {
    let has = |row: &u32| request.rows.contains(row);
    let all = findings.all.iter();
    match request.table {
        Table::Findings => {
            let rows = request.rows.iter();
            rows.filter_map(|&row| findings.get(row)).collect()
        }
        Table::Messages => all
            .filter(|finding| finding.messages.iter().any(has))
            .collect(),
        Table::Chains => all
            .filter(|finding| matches!(&finding.place, Place::Mail(row, _) if has(row)))
            .collect(),
        Table::Hosts => {
            let level = request.peers.postures.level;
            let rows = request.rows.iter();
            let peers: Vec<Arc<Posture>> = rows
                .filter_map(|&row| request.peers.get(model, row))
                .collect();
            let of_one = |finding: &&Finding| peers.iter().any(|own| is_about(finding, own, level));
            all.filter(of_one).collect()
        }
        // Its hosts come as rows of hosts.
        Table::Overview => Vec::new(),
    }
}

/// True where a finding is about a host, or about a host of a domain.
fn is_about(finding: &Finding, peer: &Posture, level: Level) -> bool {
    let name = match level {
        Level::Domain => organisation(&finding.subject),
        _ => &finding.subject,
    };
    finding.direction == Some(peer.direction) && name.eq_ignore_ascii_case(&peer.name)
}

/// All files, and whether a finding rests on them.
fn concerned(model: &Model, findings: &[&Finding]) -> Vec<(PathBuf, bool)> {
    let mut files: Vec<u32> = Vec::new();
    for finding in findings {
        files.extend(finding.lines(model).into_iter().map(|(file, _)| file));
    }
    files.sort_unstable();
    files.dedup();
    let all = (0_u32..).zip(&model.files);
    all.map(|(number, file)| (file.path.clone(), files.binary_search(&number).is_ok()))
        .collect()
}
