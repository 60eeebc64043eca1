//! The detail of a finding: what is told of it, and what one can do.

use ratatui::text::{Line, Span};

use crate::insight::findings::{FindingStory, Place};
use crate::report::evidence::Addressee;
use crate::text::pad_right;
use crate::ui::widgets::{painted, wrapped};
use crate::ui::{Action, App, Scope};

use super::section;

/// The story in lines of at most `columns` cells.
pub fn lines(app: &App, story: &FindingStory, columns: usize) -> Vec<Line<'static>> {
    let replay = app.replay_of_findings();
    let told = app.finding_text(story, &replay).lines(columns);
    let mut lines = painted(app.theme(), &told);
    lines.extend(next(app, story, columns));
    lines
}

/// What one can do, and by which key.
fn next(app: &App, told: &FindingStory, columns: usize) -> Vec<Line<'static>> {
    let behind = match told.finding.place {
        Place::Mail(..) => "the chain of hops that it stands in",
        Place::Events(_) => "the messages behind it",
    };
    let mut offers = vec![
        (Action::Open, behind),
        (Action::Raw, "the lines as they were written"),
        (Action::Evidence, "the evidence as a text to send"),
    ];
    if Addressee::Postmaster.is_told(&told.finding) {
        offers.push((Action::CopyNote, "copy a note to its postmaster"));
    }
    if told.finding.direction.is_some() {
        offers.push((Action::SameHost, "everything of this host, in every view"));
    }
    let mut lines = section(app, "What one can do").to_vec();
    for (action, what) in offers {
        let keys = app.setup.keymap.keys_of(Scope::Detail, action);
        let Some(key) = keys.first() else { continue };
        let head = Span::styled(format!("   {} ", pad_right(key, 6)), app.theme().key());
        let text = wrapped(what, 10, 0, columns, app.theme().text());
        lines.extend(text.into_iter().map(|line| {
            let rest = line.spans.into_iter().skip(1);
            [head.clone()].into_iter().chain(rest).collect()
        }));
    }
    lines
}
