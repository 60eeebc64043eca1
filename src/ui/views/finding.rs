//! The detail of a finding: the answer, what was counted and by whom it is said, rules, evidence, what to do.

use ratatui::text::{Line, Span};

use crate::insight::findings::{FindingStory, Place};
use crate::model::AsOf;
use crate::report::evidence::Addressee;
use crate::text::{Clean, Lang, pad_right, width};
use crate::tls::Grade;
use crate::ui::widgets::wrapped;
use crate::ui::{Action, App};

use super::{findings, plain, section, story};

/// Columns of a finding as text.
const TEXT: usize = 100;

/// Queue IDs that are named; all of them are one key away.
const MOST_IDS: usize = 6;

/// The story in lines of at most `columns` cells.
pub fn lines(app: &App, told: &FindingStory, columns: usize) -> Vec<Line<'static>> {
    let mut lines = facts(app, told, columns);
    lines.extend(recount(app, told, columns));
    lines.extend(next(app, told, columns));
    lines
}

/// The story as plain text, without the keys; a command stays on its line.
pub fn text(app: &App, told: &FindingStory) -> String {
    let mut lines = facts(app, told, TEXT);
    lines.extend(recount(app, told, usize::from(u16::MAX)));
    plain(&lines)
}

fn facts(app: &App, told: &FindingStory, columns: usize) -> Vec<Line<'static>> {
    let mut lines = vec![title(app, told, columns)];
    lines.extend(wrapped(&told.headline, 1, 0, columns, app.theme().text()));
    lines.push(Line::default());
    let figures = figures(app, told);
    let figures: Vec<_> = figures.iter().map(|(name, value)| (*name, value)).collect();
    lines.extend(story::named(app, &figures, columns));
    lines.extend(rules(app, told, columns));
    lines.extend(evidence(app, told, columns));
    lines
}

fn title(app: &App, told: &FindingStory, columns: usize) -> Line<'static> {
    let theme = app.theme();
    let severity = findings::severity(theme, told.finding.severity);
    let room = columns.saturating_sub(width(&severity.content) + 3);
    let name = crate::text::truncate_middle(&told.finding.subject, room.max(8)).into_owned();
    let gap = columns.saturating_sub(width(&name) + width(&severity.content) + 2);
    Line::from(vec![
        Span::styled(format!(" {name}"), theme.title()),
        Span::raw(" ".repeat(gap.max(1))),
        severity,
    ])
}

fn figures(app: &App, told: &FindingStory) -> Vec<(&'static str, Clean)> {
    let own = &told.finding;
    let mut labels = Vec::new();
    let mut add = |name, value: String| {
        if !value.is_empty() {
            labels.push((name, Clean::line(value)));
        }
    };
    if let Some(counted) = told.counted() {
        add("Counted", format!("{}: {counted}", own.times(Lang::En)));
    }
    add("Said by", told.says().to_owned());
    add("First", moment(app, own.first));
    if own.last != own.first {
        add("Last", moment(app, own.last));
    }
    if own.grade != Grade::Unknown {
        let (letter, mark, word) = (own.grade.letter(), own.grade.mark(), own.grade.word());
        let day = match app.setup.as_of_findings {
            AsOf::Event => ", as judged on the day",
            AsOf::Day(_) => "",
        };
        add("Grade", format!("{letter} {mark} {word}{day}"));
    }
    add("TLS", told.tls.join("; "));
    let addresses = own.addresses.iter().filter(|one| **one != own.subject);
    add(
        "Address",
        addresses.map(Clean::as_str).collect::<Vec<_>>().join(", "),
    );
    let ids = told.queue_ids.iter().take(MOST_IDS);
    let ids: Vec<&str> = ids.map(Clean::as_str).collect();
    let more = own.messages.len().saturating_sub(ids.len());
    let more = match more {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    add("Messages", ids.join(" ") + &more);
    add("Header", own.quote.to_string());
    add("ID", own.id.clone());
    labels
}

/// A moment in the zone of the person, and in UTC.
fn moment(app: &App, time: Option<i64>) -> String {
    time.map_or_else(String::new, |time| {
        let local = app.setup.zone.local(time);
        let utc = local.to_utc();
        let form = if utc.date_naive() == local.date_naive() {
            "%H:%M:%S"
        } else {
            "%Y-%m-%d %H:%M:%S"
        };
        let (local, utc) = (local.format("%Y-%m-%d %H:%M:%S %z"), utc.format(form));
        format!("{local} ({utc} UTC)")
    })
}

fn rules(app: &App, told: &FindingStory, columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let mut lines = section(app, "Rules in force on the day").to_vec();
    if told.finding.references.is_empty() {
        let none = "none that the program knows: this is no matter of a rule";
        lines.extend(wrapped(none, 3, 0, columns, theme.dim()));
    }
    for rule in &told.finding.references {
        let head = format!(
            "{}, {}, since {}",
            rule.document, rule.version, rule.in_force_from
        );
        lines.extend(wrapped(&head, 3, 2, columns, theme.text()));
        lines.extend(wrapped(&rule.requirement, 5, 0, columns, theme.dim()));
    }
    lines
}

fn evidence(app: &App, told: &FindingStory, columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let mut lines = section(app, "Where it stands").to_vec();
    let widest = told.lines.iter().map(|line| width(&line.place)).max();
    for line in &told.lines {
        let place = pad_right(&line.place, widest.unwrap_or(0));
        let text = format!("{place}   {}", moment(app, line.time));
        lines.extend(wrapped(text.trim_end(), 3, 2, columns, theme.text()));
    }
    if told.more > 0 {
        let more = format!("and {} more", told.more);
        lines.extend(wrapped(&more, 3, 0, columns, theme.dim()));
    }
    lines
}

fn recount(app: &App, told: &FindingStory, columns: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let mut lines = section(app, "To count it again").to_vec();
    let recount = &told.recount;
    let command = app
        .replay_of_findings()
        .export(recount.table, &recount.filter);
    lines.extend(wrapped(&command, 3, 2, columns, theme.text()));
    if !recount.reasons.is_empty() {
        let only = format!(
            "only rows with {} among their reasons",
            recount.reasons.join(" or ")
        );
        lines.extend(wrapped(&only, 3, 0, columns, theme.dim()));
    }
    lines
}

/// What one can do, and by which key.
fn next(app: &App, told: &FindingStory, columns: usize) -> Vec<Line<'static>> {
    let behind = match told.finding.place {
        Place::Mail(..) => "the chain of hops that it stands in",
        Place::Events(_) => "the messages behind it",
    };
    let of_host = "everything of this host, in every view";
    let for_them = Addressee::Postmaster.is_told(&told.finding);
    let offers = [
        (Action::Open, behind, true),
        (Action::Raw, "the lines as they were written", true),
        (Action::Evidence, "the evidence as a text to send", true),
        (Action::CopyNote, "copy a note to its postmaster", for_them),
        (Action::SameHost, of_host, told.finding.direction.is_some()),
    ];
    let mut lines = section(app, "What one can do").to_vec();
    for (action, what, fits) in offers {
        if fits {
            let keymap = &app.setup.keymap;
            let keys = keymap.keys_of(crate::ui::Scope::Detail, action);
            let Some(key) = keys.first() else { continue };
            let head = Span::styled(format!("   {} ", pad_right(key, 6)), app.theme().key());
            let text = wrapped(what, 10, 0, columns, app.theme().text());
            lines.extend(text.into_iter().map(|line| {
                let rest = line.spans.into_iter().skip(1);
                [head.clone()].into_iter().chain(rest).collect()
            }));
        }
    }
    lines
}
