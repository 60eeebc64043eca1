//! Writes evidence texts on a thread of its own: files are hashed for them, which may take seconds.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::thread;
use std::time::SystemTime;

use crate::insight::findings::{Finding, Place};
use crate::insight::posture::{Level, Posture};
use crate::model::{AsOf, Model, Zone, organisation};
use crate::query::eval::Table;
use crate::report::Form;
use crate::report::evidence::{self, Case, Source};
use crate::report::mask::Mask;
use crate::report::rows::Facts;
use crate::text::Clean;

use super::app::{Event, Letter, Missing, Order, Setup, Written};
use super::findings::{Catalogue, Findings};

/// The way to the clerk.
pub(super) struct Clerk {
    orders: Sender<Order>,
}

impl Clerk {
    /// Starts the clerk; `tell` gets what was written.
    pub(super) fn start(
        setup: &Setup,
        catalogue: Arc<Mutex<Catalogue>>,
        tell: impl Fn(Event) + Send + 'static,
    ) -> io::Result<Self> {
        let (orders, receiver) = channel();
        let mut desk = Desk {
            model: Arc::clone(&setup.model),
            catalogue,
            as_of: setup.as_of_findings,
            zone: setup.zone,
            mask: setup.mask.clone(),
            bundled: !setup.cases.all.is_empty(),
            hashed: HashMap::new(),
        };
        thread::Builder::new()
            .name("evidence".into())
            .spawn(move || {
                while let Ok(order) = receiver.recv() {
                    let written = desk.write(&order);
                    tell(Event::Letter(Box::new(Letter { order, written })));
                }
            })?;
        Ok(Self { orders })
    }

    /// Has a text written.
    pub(super) fn write(&self, order: Order) {
        // The clerk only ends with the program.
        let _ = self.orders.send(order);
    }
}

struct Desk {
    model: Arc<RwLock<Model>>,
    catalogue: Arc<Mutex<Catalogue>>,
    /// By the rules of which day findings are found.
    as_of: AsOf,
    zone: Zone,
    /// Over people in every text, whether the screen is masked or not.
    mask: Mask,
    /// The inputs come with the program: no file of their names is theirs.
    bundled: bool,
    /// Files that were hashed, with the size and the time they had then.
    hashed: HashMap<PathBuf, (u64, Option<SystemTime>, Source)>,
}

impl Desk {
    fn write(&mut self, order: &Order) -> Result<Written, Missing> {
        let shared = Arc::clone(&self.model);
        let model = of_order(&shared, order)?;
        let findings = self.findings(order, &model);
        let chosen = chosen(order, &model, &findings);
        if chosen.is_empty() {
            return Err(Missing::NoFinding);
        }
        let told: Vec<&Finding> = chosen
            .into_iter()
            .filter(|finding| order.addressee.is_told(finding))
            .collect();
        if told.is_empty() {
            return Err(Missing::NotForThem);
        }
        let paths: Vec<(PathBuf, bool)> = concerned(&model, &told);
        // Nobody waits for the model meanwhile. What grows behind the findings changes none of their numbers.
        drop(model);
        let sources: Vec<Source> = paths
            .into_iter()
            .map(|(path, concerned)| self.source(&path, concerned))
            .collect();
        let model = of_order(&shared, order)?;
        let Some(grades) = &findings.grades else {
            return Err(Missing::NoFinding);
        };
        let case = Case {
            facts: &Facts::new(&model, grades, ""),
            findings: &told,
            sources: &sources,
            lang: order.lang,
            zone: self.zone,
            mask: Some(&self.mask),
            replay: &order.replay,
        };
        let text = case.text(order.addressee, Form::Text);
        Ok(Written {
            findings: told.len(),
            blanks: evidence::blanks(&text, order.lang),
            text: Clean::block(text),
        })
    }

    fn findings(&self, order: &Order, model: &Model) -> Arc<Findings> {
        let mut catalogue = (self.catalogue.lock()).unwrap_or_else(PoisonError::into_inner);
        catalogue.of(model, &order.profile, self.as_of)
    }

    /// A file, hashed where the text names it; one that did not change is not read again.
    fn source(&mut self, path: &Path, concerned: bool) -> Source {
        if !concerned || self.bundled {
            return Source::unhashed(path);
        }
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

/// The model, unless its rows have other numbers by now than those of the order.
fn of_order<'a>(
    model: &'a RwLock<Model>,
    order: &Order,
) -> Result<RwLockReadGuard<'a, Model>, Missing> {
    let model = model.read().unwrap_or_else(PoisonError::into_inner);
    if model.renewals == order.renewals {
        Ok(model)
    } else {
        Err(Missing::Forgotten)
    }
}

/// The findings about the rows of an order, each once.
fn chosen<'a>(order: &Order, model: &Model, findings: &'a Findings) -> Vec<&'a Finding> {
    let has = |row: &u32| order.rows.contains(row);
    let all = findings.all.iter();
    match order.table {
        Table::Findings => {
            let rows = order.rows.iter();
            rows.filter_map(|&row| findings.get(row)).collect()
        }
        Table::Messages => all
            .filter(|finding| finding.messages.iter().any(has))
            .collect(),
        Table::Chains => all
            .filter(|finding| matches!(&finding.place, Place::Mail(row, _) if has(row)))
            .collect(),
        Table::Hosts => {
            let level = order.peers.postures.level;
            let rows = order.rows.iter();
            let peers: Vec<Arc<Posture>> = rows
                .filter_map(|&row| order.peers.get(model, row))
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
