//! mta-lab: what real servers wrote, in every form in which it was kept, against what a tap on the wire saw.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::ciphers::{Ciphers, same_suite};
use crate::common::{cell, export};
use crate::raw::{self, Leg, Said};
use crate::statement::{Statement, Verdict};
use crate::status;
use crate::table::Row;
use crate::wire::{Connection, Truth};

/// One log in one form.
pub struct Form {
    pub mta: &'static str,
    pub name: String,
    pub path: PathBuf,
    /// The same entries in a form that says everything, for [`raw::legs`].
    plain: PathBuf,
    zone: &'static str,
    /// Entries of a later run of the same scenarios: time and queue IDs are not those of the truth.
    rerun: bool,
}

impl Form {
    /// `journalctl -o cat` leaves out when and by whom a line was written.
    fn is_nameless(&self) -> bool {
        self.path.ends_with("journalctl.cat")
    }
}

const JOURNALS: [&str; 12] = [
    "cat",
    "export",
    "json",
    "json-pretty",
    "short",
    "short-full",
    "short-iso",
    "short-iso-precise",
    "short-precise",
    "short-unix",
    "verbose",
    "with-unit",
];

/// Every form of every log, in the order of the table.
pub fn forms(lab: &Path) -> Vec<Form> {
    let mut forms = Vec::new();
    for (mta, file, zone) in [
        // That server's clock showed Central European Time.
        ("ex493o", "mainlog", "Europe/Berlin"),
        ("ex496", "mainlog", "UTC"),
        ("ex4100", "mainlog", "UTC"),
        ("pf37", "postfix.log", "UTC"),
        ("pf37q", "postfix.log", "UTC"),
    ] {
        let path = lab.join("logs").join(mta).join(file);
        forms.push(Form {
            mta,
            name: format!("{mta} plain"),
            plain: path.clone(),
            path,
            zone,
            rerun: false,
        });
    }
    for mta in ["ex496", "ex4100", "pf311", "os79", "sm817"] {
        for shape in ["traditional", "iso", "rfc5424"] {
            let folder = lab.join("syslog");
            forms.push(Form {
                mta,
                name: format!("{mta} syslog {shape}"),
                path: folder.join(format!("{mta}.{shape}.log")),
                plain: folder.join(format!("{mta}.iso.log")),
                zone: "UTC",
                rerun: false,
            });
        }
    }
    for shape in JOURNALS {
        let folder = lab.join("journald");
        forms.push(Form {
            mta: "pf37",
            name: format!("pf37 journal {shape}"),
            path: folder.join(format!("journalctl.{shape}")),
            plain: folder.join("journalctl.short"),
            zone: "UTC",
            rerun: true,
        });
    }
    forms
}

pub struct Lab {
    pub truth: Truth,
    pub ciphers: Ciphers,
}

impl Lab {
    pub fn open(corpora: &Path) -> Self {
        Self {
            truth: Truth::read(&corpora.join("mta-lab")),
            ciphers: Ciphers::read(&corpora.join("..")),
        }
    }

    /// The line of the table about one form.
    pub fn score(&self, form: &Form) -> Row {
        let mut row = Row::new("mta-lab", form.name.clone());
        let log = fs::read(&form.plain).expect("a readable log");
        let log = String::from_utf8_lossy(&log);
        let events = match export("events", &["--tz", form.zone], &[&form.path]) {
            Ok(events) => events,
            Err(reason) if form.is_nameless() => {
                // That is as good as anything: without programs and times nothing can be told.
                row.main.rightly = raw::legs(form.mta, &log).len();
                row.note = format!("refused: {reason}");
                return row;
            }
            Err(reason) => return row.unread(reason),
        };
        let mut scoring = Scoring {
            lab: self,
            form,
            log: &log,
            whole_seconds: !events
                .iter()
                .any(|event| cell(event, "time").get(20..23) != Some("000")),
            row,
            unplaced: Vec::new(),
            either: 0,
            by_pair: 0,
        };
        let rest = scoring.legs(&events);
        for event in rest {
            scoring.further(event, &events);
        }
        scoring.finish()
    }
}

struct Scoring<'a> {
    lab: &'a Lab,
    form: &'a Form,
    log: &'a str,
    whole_seconds: bool,
    row: Row,
    unplaced: Vec<String>,
    either: usize,
    by_pair: usize,
}

impl<'a> Scoring<'a> {
    /// Each leg that stands in the log, with the event that tells of it. Returns the other events.
    fn legs<'e>(&mut self, events: &'e [Value]) -> Vec<&'e Value> {
        let mut used = vec![false; events.len()];
        for leg in raw::legs(self.form.mta, self.log) {
            let event = events
                .iter()
                .enumerate()
                .find(|(at, event)| !used[*at] && tells(event, &leg));
            if let Some((at, event)) = event {
                used[at] = true;
                self.leg(&leg, event);
            } else if self.form.is_nameless() {
                self.row.main.unsaid();
            } else {
                let what = format!("no event for {leg:?}");
                self.row.main.missed(what);
            }
        }
        let rest = events.iter().zip(used).filter(|(_, used)| !used);
        rest.map(|(event, _)| event).collect()
    }

    fn leg(&mut self, leg: &Leg, event: &Value) {
        let Some(candidates) = self.place(event, Connection::can_carry) else {
            return;
        };
        let statement = Statement::of(event);
        match statement.against(&candidates) {
            Verdict::Right if statement.is_yes() && statement.version.is_empty() => {
                match leg.said {
                    Said::Session => self.row.main.missed(format!("version, {}", what(event))),
                    _ => self.row.main.right(),
                }
            }
            Verdict::Right => self.row.main.right(),
            Verdict::Unsaid if leg.said == Said::Nothing => self.row.main.unsaid(),
            Verdict::Unsaid => {
                let fault = format!("{} though the log says {:?}", what(event), leg.said);
                self.row.main.missed(fault);
            }
            Verdict::Wrong => self.row.main.wrong(contradiction(event, &candidates)),
        }
        let far = |one: &&'a Connection| -> &'a str {
            if leg.outbound {
                &one.server
            } else {
                &one.client
            }
        };
        let far = candidates.first().map_or("", far);
        let peer = self.row.aside("peer");
        peer.compare(|| what(event), far, cell(event, "peer_ip"));
        self.cipher(event, &candidates);
    }

    /// What other events say of TLS: attempts that failed or were put off, refusals, downgrades.
    fn further(&mut self, event: &Value, events: &[Value]) {
        let network = matches!(cell(event, "direction"), "in" | "out");
        let stated = matches!(cell(event, "tls"), "yes" | "no" | "refused");
        if !network || !stated {
            return;
        }
        let Some(candidates) = self.place(event, |_| true) else {
            return;
        };
        let right = if cell(event, "tls") == "refused" {
            self.was_refused(event, &candidates, events)
        } else {
            Statement::of(event).against(&candidates) == Verdict::Right
        };
        let tally = self.row.aside("attempts");
        if right {
            tally.right();
        } else {
            tally.wrong(contradiction(event, &candidates));
        }
        self.cipher(event, &candidates);
    }

    /// TLS was not had on one of the connections, and nothing was sent over it.
    fn was_refused(&self, event: &Value, on: &[&Connection], events: &[Value]) -> bool {
        let delivered = |outcome: &str| outcome.starts_with("delivered");
        let denied = on.iter().any(|one| {
            let scenario = self.lab.truth.of_id(&one.scenario);
            let outcome = scenario.map_or("", |scenario| cell(scenario, "outcome"));
            // A certificate that was not accepted leaves a session on the wire, and no mail in it.
            let unused = one.version.is_some() && !delivered(outcome);
            one.tls_denied || one.handshake_failed || unused
        });
        let also_sent = events.iter().any(|other| {
            cell(other, "kind") == "delivery"
                && cell(other, "queue_id") == cell(event, "queue_id")
                && cell(other, "peer_ip") == cell(event, "peer_ip")
                && self.candidates(other, Connection::can_carry).len() == 1
                && on.len() == 1
        });
        denied && !also_sent
    }

    fn cipher(&mut self, event: &Value, candidates: &[&Connection]) {
        if !cell(event, "cipher").is_empty() {
            let told = || contradiction(event, candidates);
            let tally = self.row.aside("cipher");
            same_suite(tally, &self.lab.ciphers, event, candidates, told);
        }
        let group = cell(event, "group");
        let mut seen = candidates
            .iter()
            .filter(|one| !one.group.is_empty())
            .peekable();
        if !group.is_empty() && seen.peek().is_some() {
            let equal = seen.any(|one| one.group.eq_ignore_ascii_case(group));
            let tally = self.row.aside("group");
            if equal {
                tally.right();
            } else {
                tally.wrong(format!("{group}, {}", contradiction(event, candidates)));
            }
        }
    }

    /// Counts how a statement was placed; `None` where it was not.
    fn place(
        &mut self,
        event: &Value,
        fit: fn(&Connection) -> bool,
    ) -> Option<Vec<&'a Connection>> {
        let nameless = cell(event, "peer_ip").is_empty() && cell(event, "peer_name").is_empty();
        let mut found = if nameless && event["direction"] == "in" {
            self.inbound(event)
        } else {
            self.candidates(event, fit)
        };
        if found.is_empty() {
            found = self.alike(event, fit);
            self.by_pair += usize::from(!found.is_empty());
        }
        if found.is_empty() {
            self.unplaced.push(what(event));
            return None;
        }
        self.either += usize::from(distinct(&found) > 1);
        Some(found)
    }

    /// Client and server of the connection that an event is about.
    fn ends<'e>(&'e self, event: &'e Value) -> (&'e str, &'e str) {
        let truth = &self.lab.truth;
        let own = truth.ip(&format!("mail.{}.example", self.form.mta));
        let peer = match cell(event, "peer_ip") {
            "" => truth.ip(cell(event, "peer_name")),
            ip => ip,
        };
        match cell(event, "direction") {
            "in" => (peer, own),
            _ => (own, peer),
        }
    }

    /// The connection that brought a message in, by its queue ID alone: for arrivals without a peer.
    fn inbound(&self, event: &Value) -> Vec<&'a Connection> {
        let truth = &self.lab.truth;
        let own = truth.ip(&format!("mail.{}.example", self.form.mta));
        let scenario = self.scenario(cell(event, "queue_id"));
        let mut found = truth.of_server(own);
        found.retain(|one| Some(one.scenario.as_str()) == scenario.as_deref());
        found
    }

    /// The connections that an event can be about, by its ends and its time: those of its own scenario
    /// before those of others.
    fn candidates(&self, event: &Value, fit: fn(&Connection) -> bool) -> Vec<&'a Connection> {
        let truth = &self.lab.truth;
        let (client, server) = self.ends(event);
        let mut found = if self.form.rerun {
            truth.between(client, server)
        } else {
            let time = chrono::DateTime::parse_from_rfc3339(cell(event, "time"));
            let millis = time.expect("a time").timestamp_millis();
            #[allow(clippy::cast_precision_loss, reason = "milliseconds of this age")]
            let from = millis as f64 / 1000.0;
            let width = if self.whole_seconds { 1.0 } else { 0.001 };
            truth.open_at(client, server, from, from + width)
        };
        found.retain(|one| fit(one));
        let scenario = self.scenario(cell(event, "queue_id"));
        let of_it = |one: &&&Connection| Some(one.scenario.as_str()) == scenario.as_deref();
        let of_it: Vec<&Connection> = found.iter().filter(of_it).copied().collect();
        if !of_it.is_empty() {
            of_it
        } else if self.form.rerun && distinct(&found) > 1 {
            Vec::new()
        } else {
            found
        }
    }

    /// The tap was not read for retries after the end of a scenario. The receivers of the laboratory do the
    /// same each time: where every other connection between the two hosts was alike, this one was too, and a
    /// receiver that never came to TLS with anybody did not here.
    fn alike(&self, event: &Value, fit: fn(&Connection) -> bool) -> Vec<&'a Connection> {
        let truth = &self.lab.truth;
        let (client, server) = self.ends(event);
        if !truth.is_receiver(server) {
            return Vec::new();
        }
        let mut pair = truth.between(client, server);
        pair.retain(|one| fit(one));
        if distinct(&pair) == 1 {
            return pair;
        }
        let mut all = truth.of_server(server);
        all.retain(|one| fit(one));
        if pair.is_empty() && distinct(&all) == 1 && all.iter().all(|one| one.version.is_none()) {
            return all;
        }
        Vec::new()
    }

    fn scenario(&self, queue_id: &str) -> Option<String> {
        if let Some(scenario) = self.lab.truth.of_queue_id(self.form.mta, queue_id) {
            return Some(cell(scenario, "id").to_owned());
        }
        // The later run names its messages after the scenarios that it repeats.
        let start = format!("{queue_id}: message-id=<jd-");
        let rest = self.log.split(start.as_str()).nth(1)?;
        let name = rest.split('.').next()?;
        let name = if name == "bounce" { "rcpt-5xx" } else { name };
        Some(format!("{}/{name}", self.form.mta))
    }

    fn finish(mut self) -> Row {
        if !self.form.rerun {
            let options = ["--tz", self.form.zone];
            match export("messages", &options, &[&self.form.path]) {
                Ok(messages) => self.status(&messages),
                Err(reason) => self.row.unread = Some(reason),
            }
        }
        let mut note = Vec::new();
        if self.by_pair > 0 {
            note.push(format!("by alike connections {}", self.by_pair));
        }
        if self.either > 0 {
            note.push(format!("either of two {}", self.either));
        }
        if !self.unplaced.is_empty() {
            note.push(format!("unplaced {}", self.unplaced.len()));
        }
        self.row.note = note.join(", ");
        self.row.unplaced = self.unplaced;
        self.row
    }

    /// What became of each message, and that a peer's words were not taken for the server's.
    fn status(&mut self, messages: &[Value]) {
        for scenario in self.lab.truth.scenarios() {
            let queue_id = cell(scenario, "queue_id");
            if scenario["mta"] != self.form.mta || queue_id.is_empty() {
                continue;
            }
            let message = messages.iter().find(|one| one["queue_id"] == queue_id);
            if self.log.contains(queue_id) {
                let by_hand = status::by_hand(self.log, queue_id);
                status::compare(self.row.aside("status"), scenario, message, by_hand);
            }
            if let Some(message) = message
                && status::is_forged(scenario)
            {
                status::compare_forged(self.row.aside("forged"), scenario, message);
            }
        }
    }
}

/// The event is the arrival or delivery of that leg.
fn tells(event: &Value, leg: &Leg) -> bool {
    let (kind, direction) = if leg.outbound {
        ("delivery", "out")
    } else {
        ("arrival", "in")
    };
    event["queue_id"] == leg.queue_id.as_str()
        && event["kind"] == kind
        && event["direction"] == direction
        && (leg.ip.is_empty() || event["peer_ip"] == leg.ip.as_str())
}

fn distinct(candidates: &[&Connection]) -> usize {
    let kinds: BTreeSet<_> = candidates
        .iter()
        .map(|one| (one.version, one.cipher.as_str()))
        .collect();
    kinds.len()
}

fn what(event: &Value) -> String {
    format!(
        "line {} {} {} {} {}",
        event["line"],
        cell(event, "queue_id"),
        cell(event, "kind"),
        cell(event, "peer_name"),
        cell(event, "peer_ip"),
    )
}

fn contradiction(event: &Value, candidates: &[&Connection]) -> String {
    let wire: Vec<String> = candidates
        .iter()
        .map(|one| {
            let version = one.version.unwrap_or("none");
            format!("{} {version} {}", one.scenario, one.cipher)
        })
        .collect();
    format!(
        "{}: {} {}, wire {wire:?}",
        what(event),
        cell(event, "tls"),
        cell(event, "tls_version"),
    )
}
