//! The detail of a host or a domain.

use ratatui::text::Line;

use crate::insight::posture::PostureStory;
use crate::report::posture::BAR;
use crate::ui::App;
use crate::ui::widgets::painted;

/// The story in lines of at most `columns` cells, with a bar beside the run of number `chosen`.
pub fn lines(app: &App, story: &PostureStory, chosen: usize, columns: usize) -> Vec<Line<'static>> {
    let told = app.posture_text(story).lines(Some(chosen), columns);
    painted(app.theme(), &told)
}

/// Where the chosen run stands.
pub fn line_of_chosen(lines: &[Line<'static>]) -> Option<usize> {
    let has_bar = |line: &Line<'static>| line.spans.first().is_some_and(|span| span.content == BAR);
    lines.iter().position(has_bar)
}
