//! The help, made from the keys in force, the field table and the grades.

use ratatui::text::{Line, Span};

use crate::query::FIELDS;
use crate::text::pad_right;
use crate::tls::Grade;
use crate::ui::App;
use crate::ui::action::ACTIONS;
use crate::ui::keymap::Scope;
use crate::ui::widgets::badge;

/// All lines of the help.
pub fn lines(app: &App) -> Vec<Line<'static>> {
    let theme = app.theme();
    let mut lines = vec![Line::styled("Keys", theme.title())];
    for info in ACTIONS {
        let mut keys = app.setup.keymap.keys_of(Scope::List, info.action);
        let in_detail = app.setup.keymap.keys_of(Scope::Detail, info.action);
        keys.extend(
            in_detail
                .into_iter()
                .filter(|key| !keys.contains(key))
                .collect::<Vec<_>>(),
        );
        if keys.is_empty() {
            continue;
        }
        lines.push(Line::from(vec![
            Span::styled(
                format!("  {} ", pad_right(&keys.join("  "), 22)),
                theme.key(),
            ),
            Span::styled(info.help, theme.text()),
        ]));
    }
    lines.push(Line::default());
    lines.push(Line::styled("Grades", theme.title()));
    for grade in Grade::ALL {
        lines.push(Line::from(vec![
            Span::raw("  "),
            badge(theme, grade),
            Span::styled(
                format!(" {} {}", pad_right(grade.word(), 14), meaning(grade)),
                theme.text(),
            ),
        ]));
    }
    lines.push(Line::default());
    lines.push(Line::styled("Filter", theme.title()));
    for text in [
        "words are found anywhere shown; terms side by side must all hold",
        "OR, NOT or -, ( ), \"quoted\", /regex/, field:value, field=value, < <= > >=",
        "field:a,b means a or b; the last good filter stays while one is mistyped",
    ] {
        lines.push(Line::styled(format!("  {text}"), theme.text()));
    }
    for info in FIELDS {
        lines.push(Line::from(vec![
            Span::styled(format!("  {} ", pad_right(info.name, 9)), theme.key()),
            Span::styled(format!("{} ", pad_right(info.help, 46)), theme.text()),
            Span::styled(info.example, theme.dim()),
        ]));
    }
    lines
}

const fn meaning(grade: Grade) -> &'static str {
    match grade {
        Grade::A => "the profile recommends protocol and suite",
        Grade::B => "encrypted, with a SHOULD NOT, phase-out or \"not listed\"",
        Grade::S => "encrypted is stated, its strength is not",
        Grade::C => "encrypted, the profile forbids it",
        Grade::D => "TLS in name only: practically broken",
        Grade::E => "cleartext to an inner address",
        Grade::F => "cleartext over any other network",
        Grade::Refused => "TLS was required, not had, nothing was sent",
        Grade::Local => "no network hop; never counts",
        Grade::Unknown => "no statement; neither good nor bad",
    }
}
