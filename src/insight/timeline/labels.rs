//! The named facts below a timeline.

use super::super::{Label, LabelKind, codes, errno, recall};
use super::{Teller, lossy};
use crate::model::{Event, Lines, OnLine, names_recipient};
use crate::parse::{Kind, Mta};
use crate::text::Clean;

/// Codes and errors beyond this many are in the raw lines.
const MOST: usize = 4;

impl Teller<'_> {
    pub(super) fn labels(&self, numbers: &[u32]) -> Vec<Label> {
        let mut labels = Vec::new();
        let mut add = |kind, value: String| {
            if !value.is_empty() {
                labels.push(Label {
                    kind,
                    value: Clean::line(value),
                });
            }
        };
        add(LabelKind::From, self.address(self.message.sender));
        add(LabelKind::To, self.recipients());
        add(LabelKind::Subject, self.subject());
        add(
            LabelKind::MessageId,
            lossy(
                &self
                    .model
                    .strings
                    .message_ids
                    .get(self.message.message_id)
                    .text(),
            ),
        );
        let size = Lines::new(self.model).size_of(self.message);
        let size = size.map_or_else(String::new, |size| self.lang.bytes(size));
        add(LabelKind::Size, size);
        add(LabelKind::Route, self.route(numbers));
        add(LabelKind::Error, self.error(numbers));
        add(LabelKind::Status, self.status_codes(numbers));
        add(LabelKind::LoggedBy, self.writers(numbers));
        add(LabelKind::SeenIn, self.seen_in(numbers));
        labels
    }

    fn subject(&self) -> String {
        let Some(arrival) = self.event(self.message.arrival) else {
            return String::new();
        };
        let subject = recall(self.model, &arrival, |fact| {
            fact.mta.unescape(fact.subject).into_owned()
        });
        let subject = subject.ok().flatten().unwrap_or_default();
        String::from_utf8_lossy(&subject).into_owned()
    }

    fn recipients(&self) -> String {
        let read = |event: &Event| recall(self.model, event, OnLine::of).ok().flatten();
        let all = self.model.recipients_of(self.message, read);
        let all: Vec<String> = all.iter().map(|address| lossy(address)).collect();
        all.join(", ")
    }

    /// Exim's router and transport; of others what they have of the two.
    fn route(&self, numbers: &[u32]) -> String {
        let events = self.backwards(numbers);
        let mut outcomes = events.filter(|event| names_recipient(event.kind));
        let route = outcomes.find_map(|event| {
            let both = |fact: &crate::parse::Fact<'_>| (lossy(fact.router), lossy(fact.transport));
            let (router, transport) = recall(self.model, &event, both).ok().flatten()?;
            let parts = [router, transport];
            let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            (!parts.is_empty()).then(|| parts.join(" / "))
        });
        route.unwrap_or_default()
    }

    /// Exim's error numbers; nobody else writes them.
    fn error(&self, numbers: &[u32]) -> String {
        let mut said: Vec<String> = Vec::new();
        let remarks = self
            .backwards(numbers)
            .map(|event| self.model.remark(&event));
        for remark in remarks.filter(|remark| remark.errno != 0) {
            let text = self.model.strings.texts.get(remark.text);
            let meaning = errno::meaning(remark.errno, text, self.lang);
            let unknown = self
                .lang
                .pick("no plain meaning known", "keine Bedeutung bekannt");
            let line = format!("{} {}", remark.errno, meaning.unwrap_or(unknown));
            if !said.contains(&line) {
                said.push(line);
            }
        }
        said.join("; ")
    }

    /// The enhanced status codes of what did not succeed, latest first, in plain words.
    fn status_codes(&self, numbers: &[u32]) -> String {
        let mut said: Vec<String> = Vec::new();
        let troubled = self.backwards(numbers).filter(|event| {
            matches!(
                event.kind,
                Kind::Deferral | Kind::Failure | Kind::Rejection | Kind::TlsRefused
            )
        });
        for event in troubled.take(MOST * MOST) {
            let code = recall(self.model, &event, |fact| fact.enhanced_status.to_vec());
            let code = code.ok().flatten().unwrap_or_default();
            let Some(meaning) = codes::meaning(&code, self.lang) else {
                continue;
            };
            let line = format!("{} {meaning}", lossy(&code));
            if !said.contains(&line) && said.len() < MOST {
                said.push(line);
            }
        }
        said.join("; ")
    }

    /// Mail system and programs, with their host, where that is a question.
    fn writers(&self, numbers: &[u32]) -> String {
        let hosts = self.model.hosts(None).len();
        if hosts < 2 && self.model.mail_systems(None).len() < 2 {
            return String::new();
        }
        let mut mta: Option<Mta> = None;
        let mut programs: Vec<String> = Vec::new();
        for event in numbers.iter().filter_map(|&number| self.event(number)) {
            let Some(origin) = self.model.origin_of(&event) else {
                continue;
            };
            mta = mta.or(Some(origin.mta));
            let program = lossy(self.model.strings.words.get(origin.program));
            if !program.is_empty() && !programs.contains(&program) {
                programs.push(program);
            }
        }
        let mut told = mta.map_or_else(String::new, |mta| mta.name().to_owned());
        let host = lossy(self.model.strings.words.get(self.message.host));
        if !host.is_empty() {
            told = format!("{told} {} {host}", self.lang.pick("on", "auf"));
        }
        if programs.is_empty() {
            told
        } else {
            format!("{told} ({})", programs.join(", "))
        }
    }

    fn seen_in(&self, numbers: &[u32]) -> String {
        let mut ranges: Vec<(u32, u32, u32)> = Vec::new();
        for event in numbers.iter().filter_map(|&number| self.event(number)) {
            let number = self.model.file_number(&event);
            let line = self.model.events.line(&event);
            match ranges.iter_mut().find(|(file, ..)| *file == number) {
                Some((_, first, last)) => {
                    *first = line.min(*first);
                    *last = line.max(*last);
                }
                None => ranges.push((number, line, line)),
            }
        }
        let told = ranges.iter().map(|&(file, first, last)| {
            let path = self.model.path(file).display();
            if first == last {
                format!("{path} {} {first}", self.lang.pick("line", "Zeile"))
            } else {
                format!(
                    "{path} {} {first}-{last}",
                    self.lang.pick("lines", "Zeilen")
                )
            }
        });
        told.collect::<Vec<_>>().join(", ")
    }

    fn backwards(&self, numbers: &[u32]) -> impl Iterator<Item = Event> {
        let numbers = numbers.iter().rev();
        numbers.filter_map(|&number| self.event(number))
    }
}
