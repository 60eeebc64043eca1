//! The top line: where one is, what is loaded, by which profile, in which zone.

use std::cmp::Reverse;
use std::path::Path;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::insight::posture::Level;
use crate::query::eval::Table;
use crate::text::{human, truncate_middle, width};
use crate::ui::{Action, App};

/// Between two facts.
const BETWEEN: &str = " · ";

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let theme = app.theme();
    let hosts = match app.level {
        Level::Domain => "Domains",
        _ => "Hosts",
    };
    let mut spans = vec![Span::styled(" hopgrade  ", theme.title())];
    for (table, action, name) in [
        (Table::Messages, Action::Messages, "Messages"),
        (Table::Hosts, Action::Hosts, hosts),
        (Table::Chains, Action::Chains, "Chains"),
        (Table::Findings, Action::Findings, "Findings"),
        (Table::Overview, Action::Overview, "Overview"),
    ] {
        let style = if table == app.table {
            theme.accent()
        } else {
            theme.dim()
        };
        spans.push(Span::styled(format!(" {} {name} ", app.key(action)), style));
    }
    let left: usize = spans.iter().map(|span| width(&span.content)).sum();
    let room = usize::from(area.width).saturating_sub(left + 1);
    let status = status(app, room.saturating_sub(2));
    spans.push(Span::raw(" ".repeat(room.saturating_sub(width(&status)))));
    spans.push(Span::styled(status, theme.dim()));
    frame.render_widget(Paragraph::new(Line::from(spans)), area);
}

/// The facts that fit, in reading order.
fn status(app: &App, room: usize) -> String {
    let mut facts = facts(app);
    loop {
        let texts: Vec<&str> = facts.iter().map(|(_, text)| text.as_str()).collect();
        let line = texts.join(BETWEEN);
        if width(&line) <= room {
            return line;
        }
        let least = facts
            .iter()
            .enumerate()
            .max_by_key(|(_, (weight, _))| Reverse(*weight));
        let Some(least) = least.map(|(nth, _)| nth) else {
            return line;
        };
        facts.remove(least);
    }
}

/// Every fact in reading order, with its weight: the lightest goes first when room is short.
fn facts(app: &App) -> Vec<(u8, String)> {
    let model = app.model();
    let mut facts = Vec::new();
    let mut add = |weight, text: String| facts.push((weight, text));
    match model.files.as_slice() {
        [] => {}
        [only] => add(1, file_name(&only.path)),
        [first, rest @ ..] => add(1, format!("{} +{}", file_name(&first.path), rest.len())),
    }
    let mut count = |weight, number: u64, one: &str, many: &str| {
        if number > 0 {
            let noun = if number == 1 { one } else { many };
            add(weight, format!("{} {noun}", human::count(number)));
        }
    };
    // One mail system on one host is what people expect.
    let hosts = model.hosts(None).len() as u64;
    count(6, if hosts > 1 { hosts } else { 0 }, "host", "hosts");
    count(5, u64::from(model.messages.len()), "message", "messages");
    count(4, model.mails.len() as u64, "mail", "mails");
    let not_understood = format!("not understood ({})", app.key(Action::NotUnderstood));
    count(8, model.reasons.total(), &not_understood, &not_understood);
    let systems: Vec<&str> = model
        .mail_systems(None)
        .into_iter()
        .map(crate::parse::Mta::name)
        .collect();
    if systems.len() > 1 {
        add(3, systems.join(", "));
    }
    if app.setup.progress.following.is_on() {
        add(10, "following".to_owned());
    }
    if model.forgotten.span.is_some() {
        add(11, "oldest left out".to_owned());
    }
    if app.masked {
        add(9, "masked".to_owned());
    }
    add(7, app.profile().name.clone());
    add(2, app.setup.zone.name());
    facts
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    truncate_middle(&crate::text::clean(name.as_encoded_bytes()), 24).into_owned()
}
