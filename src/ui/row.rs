//! What a row of each table is: its sentence, its ID, its raw lines, its story and its detail.

use std::sync::Arc;

use crate::insight::findings::{Finding, FindingStory};
use crate::insight::posture::{Level, Posture, PostureStory};
use crate::model::{Mail, Message, Model};
use crate::query::eval::Table;
use crate::report::explain::{self, Stories};
use crate::report::overview::OverviewText;
use crate::report::peer;
use crate::report::rows::Kind;
use crate::report::sentence;
use crate::report::stories::MessageStories;
use crate::text::{Clean, Lang};

use super::app::{App, Detail, RawLine};
use super::joined::joined;
use super::raw;

/// The table of `hopgrade export` that has the rows of a table on screen.
pub(super) fn exported(app: &App, table: Table) -> Kind {
    match table {
        Table::Messages => Kind::Messages,
        Table::Hosts if app.level == Level::Domain => Kind::Domains,
        Table::Hosts => Kind::Hosts,
        Table::Chains => Kind::Hops,
        Table::Findings => Kind::Findings,
        Table::Overview => Kind::Events,
    }
}

/// A row of a table, with all that can be told of it. What is told of a row that is not there is empty. People in it
/// are not all masked yet.
pub(super) struct TableRow<'a> {
    /// The state: answers of the worker, zone, mask.
    pub app: &'a App,
    /// The model that the state is about.
    pub model: &'a Model,
    /// Which table.
    pub table: Table,
    /// The number of the row in it.
    pub row: u32,
}

impl TableRow<'_> {
    /// The row in one sentence, as one pastes it into a ticket.
    pub(super) fn sentence(&self) -> String {
        let zone = self.app.setup.zone;
        match self.table {
            Table::Messages | Table::Chains => {
                let context = sentence::Context {
                    model: self.model,
                    grades: &self.app.grades,
                    zone,
                    mask: self.app.mask(),
                };
                sentence::of(&context, self.table, self.row)
            }
            Table::Hosts => self.posture().map_or_else(String::new, |posture| {
                let name = peer::name(&posture, self.app.mask());
                sentence::posture(zone, &name, &posture)
            }),
            Table::Findings => {
                let finding = self.app.findings.get(self.row);
                finding.map_or_else(String::new, |finding| sentence::finding(zone, finding))
            }
            Table::Overview => self
                .overview()
                .map_or_else(String::new, |overview| overview.sentence()),
        }
    }

    /// Queue ID, Message-ID, name of a host, or ID of a finding.
    pub(super) fn id(&self) -> String {
        match self.table {
            Table::Messages => self.message().map_or_else(String::new, |message| {
                Clean::line(self.model.queue_id(message)).into()
            }),
            Table::Hosts => self
                .posture()
                .map_or_else(String::new, |posture| peer::name(&posture, self.app.mask())),
            Table::Chains => self.mail().map_or_else(String::new, |mail| {
                Clean::line(mail.message_id().as_bytes()).into()
            }),
            Table::Findings => {
                let finding = self.app.findings.get(self.row);
                finding.map_or_else(String::new, |finding| finding.id.clone())
            }
            Table::Overview => String::new(),
        }
    }

    /// The lines that the row was made from, as they were written.
    pub(super) fn raw(&self) -> Vec<RawLine> {
        let model = self.model;
        let lines = match self.table {
            Table::Messages => self
                .message()
                .map(|message| raw::of_message(model, message)),
            Table::Hosts => self
                .posture()
                .map(|posture| raw::of_posture(model, &self.app.peers.postures, &posture)),
            Table::Chains => self.mail().map(|mail| raw::of_mail(model, mail)),
            Table::Findings => self
                .finding()
                .map(|finding| raw::of_finding(model, finding)),
            Table::Overview => None,
        };
        lines.unwrap_or_default()
    }

    /// The story as text: all that the detail tells.
    pub(super) fn story(&self) -> String {
        if self.table == Table::Overview {
            let overview = self.overview();
            return overview.map_or_else(String::new, |overview| overview.text());
        }
        let detail = self.detail();
        if let Some(story) = &detail.posture {
            return self.app.posture_text(story).text();
        }
        if let Some(story) = &detail.finding {
            let replay = self.app.replay_of_findings();
            return self.app.finding_text(story, &replay).text();
        }
        let stories = Stories {
            timelines: &detail.timelines,
            journeys: &detail.journeys,
            chains: &detail.chains,
            lang: Lang::En,
        };
        explain::text(stories, self.app.setup.zone, &self.app.grades)
    }

    /// The stories of the row and of what it is joined with; people in them are masked when masking is on.
    pub(super) fn detail(&self) -> Detail {
        let joined = joined(self.model, self.table, self.row);
        let (messages, mails) = match self.table {
            Table::Messages => {
                let mails = joined.iter().filter(|(table, _)| *table == Table::Chains);
                (vec![self.row], mails.map(|(_, row)| *row).collect())
            }
            Table::Chains => (self.model.messages_of_mail(self.row), vec![self.row]),
            Table::Hosts | Table::Findings | Table::Overview => (Vec::new(), Vec::new()),
        };
        let mask = self.app.mask();
        let MessageStories {
            timelines,
            journeys,
            chains,
            ..
        } = MessageStories::of(
            self.model,
            &self.app.grades,
            &messages,
            &mails,
            Lang::En,
            mask,
        );
        Detail {
            table: self.table,
            row: self.row,
            timelines,
            journeys,
            chains,
            posture: self.posture_story(),
            finding: self.finding_story(),
            raw: self.app.wants_raw().then(|| self.raw()),
            joined,
        }
    }

    fn posture_story(&self) -> Option<PostureStory> {
        if self.table != Table::Hosts {
            return None;
        }
        let peers = &self.app.peers;
        let (posture, hosts) = peers.whole(self.model, self.row)?;
        let mut story = PostureStory::of(self.model, &peers.postures, posture, hosts);
        self.app.mask().inspect(|mask| mask.posture(&mut story));
        Some(story)
    }

    fn finding_story(&self) -> Option<FindingStory> {
        if self.table != Table::Findings {
            return None;
        }
        let mut story = FindingStory::of(self.model, self.finding()?);
        self.app.mask().inspect(|mask| mask.finding(&mut story));
        Some(story)
    }

    fn overview(&self) -> Option<OverviewText<'_>> {
        let overview = self.app.overview.as_deref()?;
        Some(self.app.overview_text(self.model, overview))
    }

    fn message(&self) -> Option<&Message> {
        self.model.messages.get(self.row)
    }

    fn mail(&self) -> Option<&Mail> {
        self.model.mails.get(self.row as usize)
    }

    fn posture(&self) -> Option<Arc<Posture>> {
        self.app.peers.get(self.model, self.row)
    }

    /// The finding, unless the model was renumbered since it was found.
    fn finding(&self) -> Option<&Finding> {
        self.app.findings.of_now(self.model, self.row)
    }
}
