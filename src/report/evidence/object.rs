//! Evidence for programs: one JSON object for each finding.

use std::io::{self, Write};

use serde_json::json;

use super::facts::{self, Fact};
use super::{Case, OWN_LOG, moment};
use crate::insight::findings::{Finding, Reused};
use crate::text::{Lang, clean};
use crate::tls::{Verify, Version};

/// The keys of an object, in the order in which they are written.
pub const KEYS: [&str; 16] = [
    "attested",
    "command",
    "command_masked",
    "count",
    "facts",
    "facts_total",
    "id",
    "met",
    "missing",
    "reasons",
    "reused",
    "rule",
    "rules",
    "severity",
    "summary",
    "unit",
];

/// The keys of a fact in it.
pub const FACT_KEYS: [&str; 18] = [
    "bits",
    "caveat",
    "cipher",
    "cipher_iana",
    "class",
    "direction",
    "lines",
    "local",
    "peer",
    "queue_id",
    "result",
    "sha256",
    "source",
    "time",
    "tls_version",
    "verbatim",
    "verify",
    "zone",
];

impl Case<'_> {
    /// One JSON object for each finding, with its facts: codes, the same in every language, and one sentence in
    /// English as in the table of findings.
    pub fn ndjson(&self, out: &mut dyn Write) -> io::Result<()> {
        for finding in self.findings {
            let alone = Case {
                findings: &[finding],
                ..*self
            };
            let (facts, total) = facts::of(&alone);
            let facts: Vec<_> = facts.iter().map(|fact| self.object(fact)).collect();
            let recount = finding.recount(self.facts.model);
            let rules: Vec<serde_json::Value> = finding
                .references
                .iter()
                .map(|rule| json!({ "id": rule.id, "since": rule.in_force_from.to_string() }))
                .collect();
            let object = json!({
                "id": finding.id,
                "rule": finding.rule.id,
                "severity": finding.severity.name(),
                "summary": self.summary_in(finding, Lang::En),
                "attested": finding.evidence.name(),
                "count": finding.count,
                "unit": finding.unit.name(),
                "command": self.command(recount.table, &recount.filter, finding),
                "command_masked": self.hides(&recount.filter, finding),
                "reasons": recount.reasons,
                "reused": self.reused(&recount.reused),
                "met": self.met(finding),
                "missing": self.missing(),
                "rules": rules,
                "facts": facts,
                "facts_total": total,
            });
            writeln!(out, "{object}")?;
        }
        Ok(())
    }

    fn object(&self, fact: &Fact<'_>) -> serde_json::Value {
        let session = fact.session;
        let cipher = session.map(|own| clean(own.cipher.as_bytes()));
        let iana = session.map(|own| own.cipher_iana().collect::<Vec<_>>());
        json!({
            "time": moment::exact(fact.time),
            "local": fact.local.time,
            "zone": fact.local.zone,
            "caveat": fact.local.caveat,
            "direction": fact.direction,
            "queue_id": fact.queue_id,
            "peer": fact.peer,
            "result": fact.outcome,
            "tls_version": session.and_then(|own| own.version).map(Version::name),
            "cipher": cipher.filter(|cipher| !cipher.is_empty()),
            "cipher_iana": iana.unwrap_or_default(),
            "bits": session.and_then(|own| own.bits),
            "verify": session.and_then(|own| own.verify).map(Verify::name),
            "verbatim": fact.verbatim,
            "source": self.place(fact.line),
            "sha256": self.hash(fact.line.0),
            "lines": fact.lines.iter().map(|&line| self.place(line)).collect::<Vec<_>>(),
            "class": OWN_LOG,
        })
    }

    /// Queue IDs of several messages, and where each of these begins.
    fn reused(&self, reused: &[Reused]) -> Vec<serde_json::Value> {
        let begins = |own: &Reused| -> Vec<String> {
            let lines = own.begins.iter();
            lines.map(|&line| self.place(line)).collect()
        };
        let all = reused.iter();
        all.map(|own| json!({ "queue_id": own.queue_id.as_str(), "begins": begins(own) }))
            .collect()
    }

    /// What else the same messages met, and how to count it.
    fn met(&self, finding: &Finding) -> Option<serde_json::Value> {
        let met = finding.recount_met(self.facts.model)?;
        let command = |filter: &str| self.command("events", filter, finding);
        Some(json!({
            "waits": finding.waits,
            "waits_command": command(&met.waits),
            "clear": finding.clear,
            "clear_command": command(&met.clear),
            "clear_inside": finding.clear_inside,
            "clear_inside_command": command(&met.clear_inside),
            "untold": finding.untold,
            "untold_command": command(&met.untold),
            "unsure": finding.unsure,
            "unsure_inside": finding.unsure_inside,
            "with_siblings": met.with_siblings,
        }))
    }

    /// What no number here counts.
    fn missing(&self) -> Vec<serde_json::Value> {
        let forgotten = &self.facts.model.forgotten;
        self.extent.missing(forgotten, |text| self.masked(text))
    }
}
