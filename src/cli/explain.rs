//! `hopgrade explain`: one message as text.

use super::Done;
use super::args::Explain;
use super::choices::TextFormat;
use super::failure::Failure;
use super::inputs::Inputs;
use super::judging::Judging;
use super::load::{Loaded, load, options};
use super::locale::lang;
use super::output::Output;
use crate::model::{MessageId, Model};
use crate::report::mask::Mask;
use crate::report::stories::MessageStories;
use crate::report::{Form, explain};
use crate::text::{Clean, Lang, human};

/// IDs that are offered instead of one that is not there.
const OFFERED: usize = 3;

pub(super) fn run(args: &Explain) -> Result<Done, Failure> {
    let refusal =
        "explain tells what is there now; the explorer and `hopgrade export events` follow";
    args.reading.refuse_follow(refusal)?;
    let mut inputs = Inputs::find(&args.reading.paths)?;
    let output = Output::open(args.output.as_deref(), &mut inputs)?;
    let options = options(&args.reading);
    let loaded = load(
        &mut inputs,
        options,
        Judging::of_today(&args.view),
        args.reading.stats,
    )?;
    let id = bare(&args.id);
    let found = Found::of(&loaded.model, id.as_bytes());
    if found.is_empty() {
        return Err(Failure::NotFound(unknown(&loaded.model, id)));
    }
    let text = told(&loaded, &found, args);
    output.write(|out| out.write_all(text.as_bytes()))?;
    Ok(loaded.done)
}

/// An ID as people paste it: `<a@example.org>`, ` 1j69ZJ-0001iL-S3:`.
fn bare(id: &str) -> &str {
    id.trim()
        .trim_end_matches([':', ','])
        .trim_matches(['<', '>'])
}

/// The rows that are the message: its log entries and its loaded mails.
#[derive(Default)]
struct Found {
    messages: Vec<u32>,
    mails: Vec<u32>,
}

impl Found {
    fn of(model: &Model, id: &[u8]) -> Self {
        if id.is_empty() {
            return Self::default();
        }
        let (ids, message_id) = (&model.strings.message_ids, MessageId::of(id));
        let mut messages = model.messages_of_queue_id(id);
        for (number, message) in (0_u32..).zip(model.messages.iter()) {
            if ids.get(message.message_id) == message_id {
                messages.push(number);
            }
        }
        let mut mails = Vec::new();
        for (row, mail) in (0_u32..).zip(&model.mails) {
            if mail.message_id().as_bytes() == id || mail.hops.iter().any(|hop| hop.queue_id == id)
            {
                mails.push(row);
            }
        }
        mails.extend(
            messages
                .iter()
                .flat_map(|&number| model.mails_of_message(number)),
        );
        messages.extend(mails.iter().flat_map(|&row| model.messages_of_mail(row)));
        for rows in [&mut messages, &mut mails] {
            rows.sort_unstable();
            rows.dedup();
        }
        model.by_journey(&mut messages);
        Self { messages, mails }
    }

    const fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.mails.is_empty()
    }
}

fn told(loaded: &Loaded, found: &Found, args: &Explain) -> String {
    let grades = &loaded.grades;
    let lang = match args.format {
        // Programs are told the same wherever they run.
        TextFormat::Ndjson => Lang::En,
        TextFormat::Prose(_) => lang(args.lang),
    };
    let mask = args.view.mask.then(Mask::of_this_run);
    let (messages, mails) = (&found.messages, &found.mails);
    let stories = MessageStories::of(&loaded.model, grades, messages, mails, lang, mask.as_ref());
    let write = match args.format {
        TextFormat::Prose(Form::Text) => explain::text,
        TextFormat::Prose(Form::Markdown) => explain::markdown,
        TextFormat::Prose(Form::Html) => explain::html,
        TextFormat::Ndjson => explain::ndjson,
    };
    write(stories.as_stories(), loaded.zone, grades)
}

/// What to say of an ID that is not there; IDs that begin so, or differ by case only, are offered.
fn unknown(model: &Model, id: &str) -> String {
    let alike = |own: &[u8]| {
        let head = own.get(..id.len());
        !id.is_empty() && head.is_some_and(|head| head.eq_ignore_ascii_case(id.as_bytes()))
    };
    let queue_ids = model.messages.iter().map(|message| model.queue_id(message));
    let near = queue_ids.filter(|own| alike(own)).take(OFFERED);
    let offered: Vec<String> = near.map(|own| Clean::line(own).to_string()).collect();
    let hint = if offered.is_empty() {
        "`hopgrade export messages --format table` lists the IDs".to_owned()
    } else {
        format!("there is {}", offered.join(", "))
    };
    format!(
        "no message has the queue ID or Message-ID {id:?} (looked at {} log messages and {} message files); {hint}",
        human::count(model.messages.len().into()),
        human::count(model.mails.len() as u64)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_taken_as_people_paste_it() {
        for pasted in [
            "1j69ZJ-0001iL-S3",
            " 1j69ZJ-0001iL-S3: ",
            "<1j69ZJ-0001iL-S3>,",
        ] {
            assert_eq!(bare(pasted), "1j69ZJ-0001iL-S3");
        }
    }
}
