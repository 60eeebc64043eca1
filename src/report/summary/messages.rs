//! The messages that are worth a look first.

use std::cmp::Reverse;
use std::fmt;

use super::super::mask::Mask;
use super::super::rows::{Facts, RowId};
use crate::insight::recall;
use crate::model::{Event, Mail, Message, OnLine, Status};
use crate::query::eval::is_bad;
use crate::text::Clean;
use crate::tls::Grade;

/// The state of a message that only its own headers tell of.
pub(super) const HEADER_ONLY: &str = "header only";

/// Whom a listed message is about.
pub(super) enum About {
    /// The first recipient of a message.
    Recipient(Clean),
    /// The From header of a mail.
    From(Clean),
}

impl About {
    fn hide(&mut self, mask: &Mask) {
        match self {
            Self::Recipient(address) => *address = Clean::line(mask.address(address)),
            Self::From(mailboxes) => *mailboxes = Clean::line(mask.mailboxes(mailboxes)),
        }
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Recipient(text) | Self::From(text)) = self;
        f.write_str(text)
    }
}

/// A message that is listed.
pub(super) struct Listed {
    pub(super) grade: Grade,
    /// When it was last heard of; `None` for a mail whose headers tell no time.
    pub(super) time: Option<i64>,
    /// Queue ID or Message-ID; of a mail without one its file.
    pub(super) name: Clean,
    /// The name is an ID that `hopgrade explain` takes.
    pub(super) has_id: bool,
    pub(super) status: &'static str,
    /// The grade is that of a hop we did not see.
    pub(super) claimed: bool,
    /// Whom it is about.
    pub(super) about: About,
}

impl Listed {
    pub(super) fn hide(&mut self, mask: &Mask) {
        if self.name.contains('@') {
            self.name = Clean::line(mask.address(&self.name));
            self.has_id = false;
        }
        self.about.hide(mask);
    }
}

/// The messages graded C or worse or refused: the worst first, among equals the newest, and those without a time last.
pub(super) fn worst_messages(facts: &Facts<'_>, selected: &[RowId], most: usize) -> Vec<Listed> {
    let graded = selected.iter().map(|&id| (worst_grade(facts, id), id));
    let mut bad: Vec<(Grade, RowId)> = graded.filter(|(grade, _)| is_bad(*grade)).collect();
    bad.sort_by_key(|&(grade, _)| Reverse(grade));
    // Reading a time takes long, so it is done only for messages that may be listed.
    let last = bad.get(most.saturating_sub(1)).map(|(grade, _)| *grade);
    bad.truncate(bad.partition_point(|(grade, _)| last <= Some(*grade)));
    let timed = bad.into_iter();
    let mut timed: Vec<(Grade, Option<i64>, RowId)> = timed
        .map(|(grade, id)| (grade, time(facts, id), id))
        .collect();
    timed.sort_by_key(|&(grade, time, _)| Reverse((grade, time)));
    timed.truncate(most);
    let worst = timed.into_iter();
    worst
        .map(|(grade, time, id)| listed(facts, grade, time, id))
        .collect()
}

fn listed(facts: &Facts<'_>, grade: Grade, time: Option<i64>, id: RowId) -> Listed {
    let (name, about) = named(facts, id);
    let has_id = !name.is_empty();
    let file =
        mail(facts, id).map(|mail| facts.model.path(mail.file).as_os_str().as_encoded_bytes());
    Listed {
        grade,
        time,
        name: Clean::line(if has_id {
            &name
        } else {
            file.unwrap_or_default()
        }),
        has_id,
        status: status(facts, id),
        claimed: grade != self::grade(facts, id),
        about,
    }
}

pub(super) fn status(facts: &Facts<'_>, id: RowId) -> &'static str {
    match message(facts, id) {
        Some(message) => message.status().name(),
        None if mail(facts, id).is_some() => HEADER_ONLY,
        None => Status::Unknown.name(),
    }
}

/// What we witnessed.
pub(super) fn grade(facts: &Facts<'_>, id: RowId) -> Grade {
    match (id, mail(facts, id)) {
        (RowId::Message(number), _) => facts.grades.message(number).grade,
        (_, Some(mail)) => mail.grades(facts.grades).witnessed,
        _ => Grade::Unknown,
    }
}

/// What others claim counts as well: it is worth a look.
fn worst_grade(facts: &Facts<'_>, id: RowId) -> Grade {
    let claimed = mail(facts, id).and_then(|mail| mail.grades(facts.grades).claimed);
    grade(facts, id).worst(claimed.unwrap_or_default())
}

fn message<'a>(facts: &Facts<'a>, id: RowId) -> Option<&'a Message> {
    match id {
        RowId::Message(number) => facts.model.messages.get(number),
        _ => None,
    }
}

fn mail<'a>(facts: &Facts<'a>, id: RowId) -> Option<&'a Mail> {
    match id {
        RowId::Mail(number) => facts.model.mails.get(number as usize),
        _ => None,
    }
}

fn time(facts: &Facts<'_>, id: RowId) -> Option<i64> {
    match message(facts, id) {
        Some(message) => Some(facts.model.span_of(message).1),
        None => mail(facts, id).and_then(Mail::time),
    }
}

/// ID, and whom it is about.
fn named(facts: &Facts<'_>, id: RowId) -> (Vec<u8>, About) {
    let model = facts.model;
    if let Some(mail) = mail(facts, id) {
        let from = About::From(Clean::line(mail.from()));
        return (mail.message_id().into(), from);
    }
    let Some(message) = message(facts, id) else {
        return (Vec::new(), About::Recipient(Clean::default()));
    };
    let read = |event: &Event| recall(model, event, OnLine::of).ok().flatten();
    let recipients = model.recipients_of(message, read);
    let first = recipients.into_iter().next().unwrap_or_default();
    (
        model.queue_id(message),
        About::Recipient(Clean::line(first)),
    )
}
