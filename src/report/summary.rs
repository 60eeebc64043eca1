//! What was loaded, in a screenful: for `hopgrade PATH` where no screen is.

mod inputs;
mod messages;

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use super::mask::Mask;
use super::rows::{Facts, RowId};
use super::{forgotten, moment, shell};
use crate::insight::Coverage;
use crate::insight::posture::Postures;
use crate::model::{Mail, Status, Zone};
use crate::parse::Direction;
use crate::text::{Clean, Lang, human, pad_right, width};
use crate::tls::Grade;
use messages::{HEADER_ONLY, Listed, grade, status, worst_messages};

/// Files that are listed.
const FILES: usize = 5;
/// Peers and messages that are listed.
const LISTED: usize = 5;
/// Cells of the longest name that keeps the columns behind it aligned.
const NAME: usize = 40;

/// What a summary is about.
pub struct Summary<'a> {
    /// What was loaded, and its grades.
    pub facts: &'a Facts<'a>,
    /// The messages that count; all of them without a filter.
    pub selected: &'a [RowId],
    /// The remote hosts, with the contacts that count.
    pub hosts: &'a Postures,
    /// The filter that selected them; may be empty.
    pub filter: &'a str,
    /// The zone of the times.
    pub zone: Zone,
    /// The paths given, for the commands that show more.
    pub inputs: &'a [String],
}

impl Summary<'_> {
    /// The whole text; `mask` hides people.
    pub fn text(&self, mask: Option<&Mask>) -> String {
        let mut out = String::new();
        // A String never refuses a write.
        let _ = self.write(&mut out, mask);
        out
    }

    fn write(&self, out: &mut String, mask: Option<&Mask>) -> fmt::Result {
        let model = self.facts.model;
        let files = (0..).zip(model.files.iter()).zip(model.text.files());
        for ((number, file), text) in files.take(FILES) {
            writeln!(out, "{}", inputs::loaded(model, number, file, text.lines()))?;
        }
        let more = model.files.len().saturating_sub(FILES) as u64;
        if more > 0 {
            writeln!(out, "and {}", human::counted(more, "more file"))?;
        }
        self.write_times(out)?;
        if let Some(left_out) = forgotten::sentence(&model.forgotten, self.zone) {
            writeln!(out, "{left_out}")?;
        }
        inputs::write_not_understood(out, model)?;
        self.write_to_export(out)?;
        for sentence in Coverage::of(model).sentences(Lang::En) {
            writeln!(out, "{sentence}")?;
        }
        self.write_counts(out)?;
        self.write_peers(out, mask)?;
        let mut listed = worst_messages(self.facts, self.selected, LISTED);
        if let Some(mask) = mask {
            for own in &mut listed {
                own.hide(mask);
            }
        }
        self.write_messages(out, &listed)?;
        self.write_more(out, &listed)
    }

    fn write_times(&self, out: &mut String) -> fmt::Result {
        let model = self.facts.model;
        let events = model.times();
        let mails = || model.mails.iter();
        let first = events.map(|(first, _)| first).into_iter();
        let first = first.chain(mails().filter_map(Mail::first_time)).min();
        let last = events.map(|(_, last)| last).into_iter();
        let last = last.chain(mails().filter_map(Mail::time)).max();
        match first.zip(last) {
            Some((first, last)) => writeln!(
                out,
                "from {} to {} ({})",
                moment::plain(self.zone, first),
                moment::plain(self.zone, last),
                self.zone.name()
            ),
            None => writeln!(out, "nothing in it has a time"),
        }
    }

    /// The command that lists what was not understood.
    fn write_to_export(&self, out: &mut String) -> fmt::Result {
        if self.facts.model.reasons.total() == 0 {
            return Ok(());
        }
        let paths = shell::arguments(self.inputs);
        writeln!(
            out,
            "  hopgrade export not-understood{paths}   (lists them)"
        )
    }

    fn write_counts(&self, out: &mut String) -> fmt::Result {
        let (mut statuses, mut grades) = (BTreeMap::new(), BTreeMap::new());
        for &id in self.selected {
            *statuses.entry(status(self.facts, id)).or_insert(0) += 1;
            *grades.entry(grade(self.facts, id)).or_insert(0) += 1;
        }
        let messages = human::counted(self.selected.len() as u64, "message");
        match self.filter {
            "" => writeln!(out, "\n{messages}")?,
            filter => writeln!(out, "\n{messages} with {}", Clean::line(filter))?,
        }
        let known = Status::ALL.into_iter().map(Status::name);
        let statuses = known.chain([HEADER_ONLY]).filter_map(|name| {
            let count = statuses.get(name)?;
            Some(format!("{name} {}", human::count(*count)))
        });
        let grades = Grade::ALL.into_iter().filter_map(|grade| {
            let count = grades.get(&grade)?;
            Some(format!("{} {}", grade.named(), human::count(*count)))
        });
        for (title, told) in [
            ("by status", statuses.collect::<Vec<_>>()),
            ("by grade", grades.collect()),
        ] {
            if !told.is_empty() {
                writeln!(out, "  {title:<9}  {}", told.join(", "))?;
            }
        }
        Ok(())
    }

    fn write_peers(&self, out: &mut String, mask: Option<&Mask>) -> fmt::Result {
        let model = self.facts.model;
        let worst = self.hosts.worst(model, LISTED);
        if worst.is_empty() {
            return Ok(());
        }
        writeln!(out, "\nworst peers")?;
        for own in &worst {
            let Some(host) = self.hosts.briefs().get(own.place as usize) else {
                continue;
            };
            let name = self.hosts.name(model, own.place);
            let (way, name) = match (host.direction(), mask) {
                (Direction::In, Some(mask)) => ("from", mask.host(&name)),
                (Direction::In, None) => ("from", name.to_string()),
                _ => ("to", name.to_string()),
            };
            let now = match host.latest {
                latest if latest == own.grade => String::new(),
                latest => format!(", now {} {}", latest.letter(), latest.word()),
            };
            let (count, of) = (human::count(own.count.into()), human::count(own.of.into()));
            let (badge, word) = (own.grade.badge(), own.grade.word());
            writeln!(
                out,
                "  {badge}  {way:<4} {name}: {count} of {of} {word}{now}"
            )?;
        }
        Ok(())
    }

    fn write_messages(&self, out: &mut String, listed: &[Listed]) -> fmt::Result {
        if listed.is_empty() {
            return writeln!(
                out,
                "\nno message is graded C or worse, and none was refused"
            );
        }
        writeln!(out, "\nworst messages")?;
        let state = |own: &Listed| {
            let claimed = if own.claimed { ", claimed" } else { "" };
            format!("{}{claimed}", own.status)
        };
        let name = listed.iter().map(|own| width(&own.name)).max();
        let status = listed.iter().map(|own| state(own).len()).max();
        let (name, status) = (name.unwrap_or(0).min(NAME), status.unwrap_or(0));
        let times: Vec<String> = listed.iter().map(|own| self.time(own)).collect();
        let widest = times.iter().map(|time| width(time)).max().unwrap_or(0);
        for (own, time) in listed.iter().zip(&times) {
            let (badge, time) = (own.grade.badge(), pad_right(time, widest));
            let state = state(own);
            let (name, state) = (pad_right(&own.name, name), pad_right(&state, status));
            let line = format!("  {badge}  {time}  {name}  {state}  {}", own.about);
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    fn time(&self, listed: &Listed) -> String {
        let time = listed.time.map(|time| moment::plain(self.zone, time));
        time.unwrap_or_else(|| moment::NONE.to_owned())
    }

    fn write_more(&self, out: &mut String, listed: &[Listed]) -> fmt::Result {
        writeln!(out, "\nmore:")?;
        let paths = shell::arguments(self.inputs);
        let with_id = listed.iter().find(|own| own.has_id);
        if let Some(first) = with_id {
            let id = shell::quote(first.name.as_bytes());
            writeln!(out, "  hopgrade explain {id}{paths}")?;
        }
        let filter = match self.filter {
            "" => String::new(),
            filter => format!(" --where {}", shell::quote(filter.as_bytes())),
        };
        writeln!(
            out,
            "  hopgrade{filter}{paths}   (on a terminal: the explorer)"
        )
    }
}
