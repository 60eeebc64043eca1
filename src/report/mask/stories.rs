//! The mask over stories.

use super::{Mask, looks_like_client};
use crate::insight::findings::{Finding, FindingStory, Place, SubjectKind};
use crate::insight::posture::PostureStory;
use crate::insight::{ChainStory, JourneyStory, Label, LabelKind, Timeline};
use crate::parse::Direction;
use crate::text::{Clean, Lang};

impl Mask {
    /// The story of a logged message.
    pub fn timeline(&self, story: &mut Timeline) {
        self.clean(&mut story.headline);
        for step in &mut story.steps {
            for text in [&mut step.title].into_iter().chain(&mut step.notes) {
                *text = Clean::line(self.text(&self.without(text, &step.local_users)));
            }
            for user in &mut step.local_users {
                *user = Clean::line(self.address(user));
            }
        }
        self.labels(&mut story.labels);
    }

    /// The story of a journey: hosts of ours and queue IDs, which are kept.
    pub fn journey(&self, story: &mut JourneyStory) {
        for station in &mut story.stations {
            self.clean(&mut station.host);
            station.notes.iter_mut().for_each(|note| self.clean(note));
        }
        for reference in &mut story.references {
            self.clean(&mut reference.text);
        }
    }

    /// The story of a loaded mail.
    pub fn chain(&self, story: &mut ChainStory) {
        for end in [&mut story.from, &mut story.to] {
            *end = Clean::line(self.mailboxes(end));
        }
        self.clean(&mut story.headline);
        let clients = std::mem::take(&mut story.clients);
        let clean = |text: &mut Clean| *text = Clean::line(self.text_naming(text, &clients));
        for rung in &mut story.rungs {
            clean(&mut rung.from);
            rung.by = Clean::line(self.without_clients(&rung.by, &clients));
            rung.findings.iter_mut().for_each(clean);
        }
        story.findings.iter_mut().for_each(clean);
        self.labels(&mut story.labels);
    }

    /// The story of a posture; names of hosts are masked where they are shown.
    pub fn posture(&self, story: &mut PostureStory) {
        for (text, _) in &mut story.refusals {
            self.clean(text);
        }
    }

    /// The story of a finding; a person's computer is not named in it.
    pub fn finding(&self, story: &mut FindingStory) {
        story.recount.filter = self.recount(&story.recount.filter, &story.finding);
        story.headline = Clean::line(self.summary(&story.finding, Lang::En));
        let own = &mut story.finding;
        if is_client(own) {
            let address = own.addresses.first().map(|ip| self.ip(ip));
            let shown = address.unwrap_or_else(|| self.client_name(&own.subject));
            own.subject = Clean::line(shown);
            for address in &mut own.addresses {
                *address = Clean::line(self.ip(address));
            }
        } else {
            own.subject = Clean::line(self.subject(own));
        }
        for line in &mut story.lines {
            line.place = Clean::line(self.path(&line.place));
        }
        for text in [&mut own.peer, &mut own.detail, &mut own.quote] {
            *text = Clean::line(self.text_naming(text, &own.clients));
        }
        own.clients.clear();
    }

    /// The filter that counts a finding again. A person's computer is not named in it: it tells then what to
    /// look for, not where.
    pub fn recount(&self, filter: &str, about: &Finding) -> String {
        if matches!(about.place, Place::Mail(..)) {
            return self.path(filter);
        }
        if !is_client(about) {
            return filter.to_owned();
        }
        let hidden = self.subject(about);
        self.text(&filter.replace(about.subject.as_str(), &hidden))
    }

    /// What a finding is about: a person's computer is not named.
    pub fn subject(&self, finding: &Finding) -> String {
        if is_client(finding) {
            self.client_name(&finding.subject)
        } else if finding.kind == SubjectKind::Host {
            finding.subject.to_string()
        } else {
            self.path(&finding.subject)
        }
    }

    fn labels(&self, labels: &mut Vec<Label>) {
        labels.retain_mut(|label| {
            let shown = self.label(label.kind, &label.value);
            label.value = Clean::line(shown.as_deref().unwrap_or_default());
            shown.is_some()
        });
    }

    /// What is shown of a label; `None` for what a person wrote.
    pub(super) fn label(&self, kind: LabelKind, value: &str) -> Option<String> {
        match kind {
            LabelKind::Subject => None,
            LabelKind::From => Some(self.address(value)),
            LabelKind::MessageId => Some(self.message_id(value)),
            LabelKind::To => {
                let each = value.split(", ").map(|address| self.address(address));
                Some(each.collect::<Vec<_>>().join(", "))
            }
            LabelKind::SeenIn => Some(self.path(value)),
            LabelKind::Size
            | LabelKind::Hops
            | LabelKind::Route
            | LabelKind::Error
            | LabelKind::Status
            | LabelKind::LoggedBy
            | LabelKind::Note => Some(self.text(value)),
        }
    }

    /// A text in which these local users become pseudonyms, wherever they stand as a word of their own.
    fn without(&self, text: &str, users: &[Clean]) -> String {
        let mut text = text.to_owned();
        for user in users {
            text = with_word(&text, user, &self.address(user));
        }
        text
    }

    fn clean(&self, text: &mut Clean) {
        *text = Clean::line(self.text(text));
    }
}

/// True where a finding is about a person's computer.
fn is_client(finding: &Finding) -> bool {
    let address = finding.addresses.first().map_or("", |address| address);
    finding.kind == SubjectKind::Host
        && finding.direction == Some(Direction::In)
        && looks_like_client(&finding.subject, address)
}

/// A text with `new` in place of every `word` that is not part of a longer one.
pub(super) fn with_word(text: &str, word: &str, new: &str) -> String {
    let joins = |c: char| c.is_alphanumeric() || matches!(c, '@' | '_' | '-' | '=' | '+');
    let pieces: Vec<&str> = text.split(word).collect();
    let mut out = String::new();
    for (nth, piece) in pieces.iter().enumerate() {
        out += piece;
        let Some(behind) = pieces.get(nth + 1) else {
            break;
        };
        let doubled = behind.is_empty() && nth + 2 < pieces.len();
        let before = out.ends_with(joins) || out.ends_with('.');
        let alone = !before && !doubled && !behind.starts_with(joins);
        out += if alone { new } else { word };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_user_goes_where_the_name_is_a_word() {
        for (text, expected) in [
            ("failed for bo", "failed for *"),
            ("bo: quota of bo, used up.", "*: quota of *, used up."),
            (
                "bobo, abo, bo@example.org, x-bo and mx.bo",
                "bobo, abo, bo@example.org, x-bo and mx.bo",
            ),
            ("bo,bo", "*,*"),
        ] {
            assert_eq!(with_word(text, "bo", "*"), expected);
        }
    }
}
