//! The open detail of a row.

use std::sync::Arc;

use crate::insight::{ChainStory, Timeline};
use crate::query::eval::Table;
use crate::text::Clean;

use super::{App, WIDE};
use crate::ui::views;

/// One line as it was written, and where.
#[derive(Clone, Debug)]
pub struct RawLine {
    /// The name of the file, without its folder.
    pub file: Clean,
    /// The number of the line, from 1.
    pub number: u32,
    /// The text, or why it cannot be shown.
    pub text: Clean,
}

/// A line that was not understood: why, and the line.
pub type NotUnderstood = (&'static str, RawLine);

/// Everything a detail shows, made once when it is opened.
#[derive(Clone, Debug)]
pub struct Detail {
    /// Table of the row.
    pub table: Table,
    /// The row.
    pub row: u32,
    /// The story of the log message: the row itself, or the one that the chain is joined with.
    pub timelines: Vec<Timeline>,
    /// The chains: the row itself, or those the log message is joined with.
    pub chains: Vec<ChainStory>,
    /// The raw lines of the row.
    pub raw: Vec<RawLine>,
    /// Rows of the other table that are the same journey.
    pub joined: Vec<u32>,
}

/// A detail on screen.
#[derive(Clone, Debug)]
pub struct DetailState {
    /// What it shows.
    pub content: Arc<Detail>,
    /// Lines scrolled down.
    pub top: usize,
    /// Raw lines instead of the story.
    pub raw: bool,
}

impl App {
    pub(super) fn show(&mut self, detail: Detail) {
        // A step to the next row keeps the way of looking; the same row anew keeps the place, too.
        let open = self.detail.take();
        let raw = std::mem::take(&mut self.raw_next) || open.as_ref().is_some_and(|open| open.raw);
        let same = |open: &DetailState| {
            (open.content.table, open.content.row) == (detail.table, detail.row) && open.raw == raw
        };
        let top = open.filter(same).map_or(0, |open| open.top);
        self.detail = Some(DetailState {
            content: Arc::new(detail),
            top,
            raw,
        });
        self.scroll(0);
    }

    /// True when list and detail stand side by side.
    pub const fn is_split(&self) -> bool {
        self.size.0 >= WIDE
    }

    /// Columns that the detail has.
    pub const fn detail_width(&self) -> u16 {
        if self.is_split() {
            self.size.0 - self.size.0 * 2 / 5
        } else {
            self.size.0
        }
    }

    /// Lines that the detail has.
    pub fn detail_height(&self) -> usize {
        // Header and filter above, message line and footer below.
        usize::from(self.size.1.saturating_sub(4)).max(1)
    }

    pub(super) fn scroll(&mut self, by: isize) {
        let height = self.detail_height();
        let lines = views::detail::line_count(self);
        if let Some(detail) = self.detail.as_mut() {
            let last = lines.saturating_sub(height);
            detail.top = detail.top.saturating_add_signed(by).min(last);
        }
    }
}
