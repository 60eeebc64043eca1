//! Raw lines, as written, with where they stand.

use ratatui::text::{Line, Span};

use crate::text::{Clean, width};
use crate::ui::App;
use crate::ui::app::DetailState;

use super::story::person;

/// The lines of a detail's raw view; `shift` columns scrolled to the right.
pub(super) fn lines(app: &App, detail: &DetailState) -> Vec<Line<'static>> {
    let theme = app.theme();
    let raw = &detail.content.raw;
    let place = raw.iter().map(|line| width(&line.place)).max().unwrap_or(0);
    let mut lines = Vec::new();
    for line in raw {
        let text = person(app, &line.text);
        lines.push(Line::from(vec![
            Span::styled(format!(" {:<place$}  ", line.place.as_str()), theme.dim()),
            Span::styled(shifted(&text, detail.shift), theme.text()),
        ]));
    }
    if lines.is_empty() {
        let nothing = Clean::line("no line of this is in the loaded files");
        lines.push(Line::styled(format!(" {nothing}"), theme.dim()));
    }
    lines
}

fn shifted(text: &str, shift: usize) -> String {
    let mut cells = 0;
    text.chars()
        .skip_while(|letter| {
            let before = cells;
            cells += width(letter.encode_utf8(&mut [0; 4]));
            before < shift
        })
        .collect()
}
