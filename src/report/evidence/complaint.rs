//! A submission to an authority: fifteen fields, facts first.

use super::super::document::Block;
use super::facts::{self, Fact};
use super::texts::Texts;
use super::{Case, OWN_LOG, SHOWN, moment, place};
use crate::insight::findings::{Condition, Finding, Place};
use crate::insight::headers::Client;
use crate::model::{Evidence, Hop, Mail};
use crate::text::{clean, fill};
use crate::tls::{Network, StandingRule, TlsState};

/// The whole text.
pub(super) fn blocks(case: &Case<'_>, texts: &Texts) -> Vec<Block> {
    let mut writer = Writer {
        case,
        texts,
        facts: facts::of(case),
        blocks: vec![
            Block::Title(texts.complaint.title.clone()),
            Block::Text(texts.complaint.lead.clone()),
        ],
    };
    writer.plain("kind");
    writer.plain("reporter");
    writer.controller();
    writer.summary();
    writer.facts();
    writer.chains();
    writer.counts();
    writer.plain("data");
    writer.measures();
    writer.standards();
    writer.view();
    writer.limits();
    writer.plain("contact");
    writer.plain("request");
    writer.annexes();
    writer.blocks
}

struct Writer<'a> {
    case: &'a Case<'a>,
    texts: &'a Texts,
    /// The facts that are listed, and how many there are in all.
    facts: (Vec<Fact<'a>>, usize),
    blocks: Vec<Block>,
}

impl Writer<'_> {
    fn heading(&mut self, name: &str) {
        let title = self.texts.section(name).to_owned();
        self.blocks.push(Block::Heading(title));
    }

    fn say(&mut self, name: &str, values: &[(&str, &str)]) {
        let text = fill(&self.texts.say(name), values);
        self.blocks.push(Block::Text(text));
    }

    /// A field that only a person can fill in.
    fn plain(&mut self, name: &str) {
        self.heading(name);
        self.say(name, &[]);
    }

    fn controller(&mut self) {
        self.heading("controller");
        let mut peers: Vec<String> = Vec::new();
        // Who is named by a header that anybody may have written is no more than named.
        let counts = |finding: &&&Finding| {
            matches!(finding.place, Place::Events(_))
                || matches!(finding.evidence, Evidence::Own | Evidence::Peer)
        };
        for finding in self.case.findings.iter().filter(counts) {
            let peer = self.case.masked_naming(&finding.peer, &finding.clients);
            if !peer.is_empty() && !peers.contains(&peer) {
                peers.push(peer);
            }
        }
        let peers = if peers.is_empty() {
            self.texts.none.clone()
        } else {
            peers.join(", ")
        };
        self.say("controller", &[("peers", &peers)]);
    }

    fn summary(&mut self) {
        self.heading("summary");
        let items = self.case.findings.iter().map(|finding| {
            let day = |time: Option<i64>| time.map_or_else(String::new, moment::utc_day);
            let (first, last) = (day(finding.first), day(finding.last));
            let span = if first == last {
                first
            } else {
                format!("{first}/{last}")
            };
            let class = self.class(finding);
            let (id, summary) = (&finding.id, self.case.summary(finding));
            format!("{summary} [{class}; {span}; {id}]")
        });
        let items = items.collect();
        self.blocks.push(Block::List(items));
        self.say("days", &[]);
    }

    /// Whose statement a finding rests on.
    fn class(&self, finding: &Finding) -> &str {
        match finding.place {
            Place::Events(_) => self.texts.class(OWN_LOG),
            Place::Mail(..) => self.texts.class(finding.evidence.name()),
        }
    }

    fn facts(&mut self) {
        self.heading("facts");
        let (facts, total) = &self.facts;
        if facts.is_empty() {
            self.say("no_facts", &[]);
            return;
        }
        let names = [
            "number",
            "utc",
            "local",
            "direction",
            "queue_id",
            "peer",
            "result",
            "source",
            "class",
        ];
        let rows = (1..)
            .zip(facts)
            .map(|(number, fact)| self.fact(number, fact));
        let rows: Vec<Vec<String>> = rows.collect();
        let left = total - rows.len();
        let head = self.texts.columns(&names);
        self.blocks.push(Block::Table { head, rows });
        if left > 0 {
            let more = fill(&self.texts.more, &[("n", &left.to_string())]);
            self.blocks.push(Block::Text(more));
        }
        self.say("rows", &[]);
        self.say("classes", &[]);
    }

    fn fact(&self, number: usize, fact: &Fact<'_>) -> Vec<String> {
        let result = fact.result(self.texts);
        let result = if fact.verbatim.is_empty() {
            result
        } else {
            let verbatim = self.texts.result("verbatim");
            format!("{result}; {verbatim}: \"{}\"", fact.verbatim)
        };
        vec![
            number.to_string(),
            moment::rfc3339(fact.time),
            fact.local.told(self.texts),
            self.texts.direction(fact.direction).to_owned(),
            fact.queue_id.clone(),
            fact.peer.clone(),
            result,
            self.case.places(&fact.lines),
            self.texts.class(OWN_LOG).to_owned(),
        ]
    }

    fn chains(&mut self) {
        self.heading("chain");
        let mails = facts::mails(self.case.facts.model, self.case.findings);
        if mails.is_empty() {
            self.say("no_chain", &[]);
        }
        for mail in &mails {
            self.chain(mail);
        }
        if !mails.is_empty() {
            self.say("classes", &[]);
        }
    }

    fn chain(&mut self, mail: &Mail) {
        let place = self.case.place((mail.file, mail.first_line));
        self.blocks.push(Block::Text(place));
        let head = self
            .texts
            .columns(&["hop", "from", "by", "time", "tls", "class"]);
        let own = mail
            .hops
            .iter()
            .position(|hop| hop.evidence == Evidence::Own);
        let line = own.unwrap_or(mail.hops.len());
        let clients: Vec<Client> = mail.hops.iter().map(Client::of).collect();
        let rows = |from: usize, hops: &[Hop]| -> Vec<Vec<String>> {
            let numbered = (from + 1..).zip(hops);
            numbered
                .map(|(number, hop)| self.hop(number, hop, &clients))
                .collect()
        };
        let (above, below) = mail.hops.split_at(line);
        let (above, below) = (rows(0, above), rows(line, below));
        for (rows, ends_at_line) in [(above, true), (below, false)] {
            if !rows.is_empty() {
                let head = head.clone();
                self.blocks.push(Block::Table { head, rows });
                if ends_at_line {
                    let line = self.texts.trust_line.clone();
                    self.blocks.push(Block::Text(line));
                }
            }
        }
    }

    fn hop(&self, number: usize, hop: &Hop, clients: &[Client]) -> Vec<String> {
        let name = clean(hop.witnessed_name());
        let ip = clean(&hop.from_ip);
        let from = if ip.is_empty() {
            name.into_owned()
        } else {
            format!("{name} [{ip}]").trim_start().to_owned()
        };
        let time = hop.time.map_or_else(String::new, |time| {
            let delay = hop
                .delay
                .map_or_else(String::new, |delay| format!(" ({delay:+} s)"));
            format!("{}{delay}", moment::rfc3339(time))
        });
        vec![
            number.to_string(),
            self.case.masked_naming(&from, clients),
            self.case.without_clients(&clean(&hop.by), clients),
            time,
            self.tls(hop),
            self.texts.class(hop.evidence.name()).to_owned(),
        ]
    }

    fn tls(&self, hop: &Hop) -> String {
        let state = match (hop.tls, &hop.session, hop.network) {
            (TlsState::Yes, Some(session), _) => return facts::session(self.texts, session),
            // Nothing left the host, so nothing was in clear.
            (TlsState::No | TlsState::NotStated, _, Network::Loopback) => "loopback",
            (state, ..) => state.name(),
        };
        let result = self.texts.result(state);
        match &*clean(&hop.with) {
            "" => result.to_owned(),
            with => format!("{result} ({with})"),
        }
    }

    fn counts(&mut self) {
        self.heading("counts");
        let findings = self.case.findings;
        let first = findings.iter().filter_map(|finding| finding.first).min();
        let last = findings.iter().filter_map(|finding| finding.last).max();
        if let Some((first, last)) = first.zip(last) {
            let (first, last) = (moment::rfc3339(first), moment::rfc3339(last));
            self.say("period", &[("first", &first), ("last", &last)]);
        }
        self.left_out();
        let (logs, headers): (Vec<&Finding>, Vec<&Finding>) = findings
            .iter()
            .copied()
            .partition(|finding| matches!(finding.place, Place::Events(_)));
        for finding in logs {
            self.count(finding);
        }
        self.headers(&headers);
    }

    /// What the numbers leave out: there was no room for it, or it was not read.
    fn left_out(&mut self) {
        let forgotten = &self.case.facts.model.forgotten;
        if let Some((first, last)) = forgotten.span {
            let values = [
                ("lines", forgotten.lines.to_string()),
                ("messages", forgotten.messages.to_string()),
                ("mails", forgotten.mails.to_string()),
                ("first", moment::rfc3339(first)),
                ("last", moment::rfc3339(last)),
            ];
            let values = values
                .each_ref()
                .map(|(name, value)| (*name, value.as_str()));
            self.say("left_out", &values);
        }
        let (case, texts) = (self.case, self.texts);
        let told = case.extent.told(texts, |text| case.masked(text));
        self.blocks.extend(told.into_iter().map(Block::Text));
    }

    /// `tls-refused-3f9k2m1a (warning): 2`.
    fn number(&self, finding: &Finding) -> String {
        let severity = self.texts.severity(finding.severity.name());
        format!("{} ({severity}): {}", finding.id, finding.count)
    }

    fn count(&mut self, finding: &Finding) {
        let model = self.case.facts.model;
        let recount = finding.recount(model);
        let definition = self
            .texts
            .say(&format!("definition_{}", recount.unit.name()));
        let text = format!("{}\n{definition}:", self.number(finding));
        self.blocks.push(Block::Text(text));
        self.command(recount.table, &recount.filter, finding);
        for reused in recount.reused.iter().take(SHOWN) {
            let values = [
                ("id", reused.queue_id.as_str()),
                ("n", &reused.begins.len().to_string()),
                ("lines", &self.case.places(&reused.begins)),
            ];
            self.say("reused", &values);
        }
        if !recount.reasons.is_empty() {
            self.say("only_reasons", &[("reasons", &recount.reasons.join(", "))]);
        }
        if let Some(met) = finding.recount_met(model) {
            let mut also = |name: &str, number: u32, unsure: u32, filter: &str| {
                let values = [number, number - unsure, unsure].map(|own| own.to_string());
                let [number, sure, unsure] = &values;
                self.say(name, &[("n", number), ("sure", sure), ("unsure", unsure)]);
                self.command("events", filter, finding);
            };
            also("waits", finding.waits, 0, &met.waits);
            let name = if finding.unsure > 0 {
                "clear_unsure"
            } else {
                "clear"
            };
            also(name, finding.clear, finding.unsure, &met.clear);
            if finding.clear_inside > 0 {
                let (number, unsure) = (finding.clear_inside, finding.unsure_inside);
                let name = if unsure > 0 {
                    "clear_inside_unsure"
                } else {
                    "clear_inside"
                };
                also(name, number, unsure, &met.clear_inside);
            }
            if finding.untold > 0 {
                also("untold", finding.untold, 0, &met.untold);
            }
            if met.with_siblings {
                self.say("with_siblings", &[]);
            }
        }
    }

    /// Findings in headers: their numbers, and each file's command once.
    fn headers(&mut self, findings: &[&Finding]) {
        if findings.is_empty() {
            return;
        }
        let numbers = findings.iter().map(|finding| self.number(finding));
        let numbers = numbers.collect();
        self.blocks.push(Block::List(numbers));
        let definition = self.texts.say("definition_header");
        self.blocks.push(Block::Text(format!("{definition}:")));
        let mut told: Vec<String> = Vec::new();
        for finding in findings {
            let recount = finding.recount(self.case.facts.model);
            if !told.contains(&recount.filter) {
                self.command(recount.table, &recount.filter, finding);
                told.push(recount.filter);
            }
        }
    }

    fn command(&mut self, table: &str, filter: &str, finding: &Finding) {
        let command = self.case.command(table, filter, finding);
        self.blocks.push(Block::Verbatim(command));
        if self.case.hides(filter, finding) {
            self.say("masked_command", &[]);
        }
    }

    fn measures(&mut self) {
        self.heading("measures");
        let any = |asked: fn(Condition) -> bool| {
            let mut findings = self.case.findings.iter();
            findings.any(|finding| asked(finding.rule.when))
        };
        let results = [
            ("refused", any(|when| when == Condition::Refused)),
            ("refused_quality", any(Condition::is_of_quality)),
        ];
        for (name, _) in results.into_iter().filter(|(_, any)| *any) {
            let result = self.texts.result(name);
            self.say(&format!("measures_{name}"), &[("result", result)]);
        }
        self.say("measures_none", &[]);
    }

    /// The rules that findings cite, each once, with the findings.
    fn cited(&self) -> Vec<(&'static StandingRule, Vec<&str>)> {
        let mut cited: Vec<(&StandingRule, Vec<&str>)> = Vec::new();
        for finding in self.case.findings {
            for &rule in &finding.references {
                match cited.iter_mut().find(|(own, _)| own.id == rule.id) {
                    Some((_, findings)) => findings.push(&finding.id),
                    None => cited.push((rule, vec![&finding.id])),
                }
            }
        }
        cited.sort_by_key(|(rule, _)| rule.in_force_from);
        cited
    }

    fn standards(&mut self) {
        self.heading("standards");
        match self.case.day() {
            None => self.say("standards_event", &[]),
            Some(day) => self.say("standards_day", &[("day", &day)]),
        }
        let rows = self.cited().into_iter().map(|(rule, findings)| {
            let [name, version, asks] = self.texts.rule(rule);
            vec![
                name.to_owned(),
                version.to_owned(),
                rule.in_force_from.to_string(),
                self.texts.scope(rule).to_owned(),
                asks.to_owned(),
                findings.join(", "),
            ]
        });
        let rows: Vec<Vec<String>> = rows.collect();
        if rows.is_empty() {
            self.say("no_standards", &[]);
            return;
        }
        let head = self
            .texts
            .columns(&["rule", "version", "since", "scope", "asks", "about"]);
        self.blocks.push(Block::Table { head, rows });
    }

    fn view(&mut self) {
        self.heading("view");
        let rules = self.cited();
        let cites = |start: &str| rules.iter().any(|(rule, _)| rule.id.starts_with(start));
        let (law, guidance) = (cites("gdpr-"), cites("dsk-"));
        self.say(if law { "view" } else { "no_standards" }, &[]);
        if guidance {
            self.say("view_dsk", &[]);
        }
    }

    fn limits(&mut self) {
        self.heading("limits");
        let limits = self.texts.list("limits").to_vec();
        self.blocks.push(Block::List(limits));
    }

    fn annexes(&mut self) {
        self.heading("annexes");
        let model = self.case.facts.model;
        let mut files: Vec<u32> = Vec::new();
        for finding in self.case.findings {
            files.extend(finding.lines(model).into_iter().map(|(file, _)| file));
        }
        let lines = self.facts.0.iter().flat_map(|fact| &fact.lines);
        files.extend(lines.map(|(file, _)| *file));
        files.sort_unstable();
        files.dedup();
        let no_hash = self.texts.say("no_hash");
        let rows = files.iter().map(|&file| {
            let hash = self.case.hash(file).unwrap_or(&no_hash);
            let path = self.case.path(&place::path(model, file));
            vec![path, hash.to_owned()]
        });
        let rows = rows.collect();
        let head = self.texts.columns(&["file", "hash"]);
        self.blocks.push(Block::Table { head, rows });
        self.say("hash_note", &[]);
        self.say("zone", &[("zone", &self.case.zone.name())]);
        let masked = if self.case.mask.is_some() {
            "masked"
        } else {
            "full"
        };
        self.say(masked, &[]);
        let as_of = self
            .case
            .day()
            .unwrap_or_else(|| self.texts.say("as_of_event"));
        let profile = clean(self.case.facts.grades.profile().name.as_bytes());
        let values = [
            ("program", concat!("hopgrade ", env!("CARGO_PKG_VERSION"))),
            ("profile", &profile),
            ("as_of", &as_of),
        ];
        self.say("made", &values);
    }
}
