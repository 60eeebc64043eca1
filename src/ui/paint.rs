//! Paints frames: the bytes that turn what a terminal shows into what it is to show.
//!
//! Few bytes, for a person may sit behind a slow line: only cells that differ are written, and rows
//! that only change places are moved by the terminal itself.

mod pen;
mod shift;
#[cfg(test)]
mod tests;

use std::{io, mem};

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Size};
use ratatui::{Frame, Terminal, TerminalOptions, Viewport};

use crate::text::width;
use pen::Pen;
use shift::Shift;

/// Draws frames for one terminal and knows what that terminal shows.
pub(super) struct Painter {
    frames: Terminal<Canvas>,
    /// What the next frame is drawn on.
    blank: Buffer,
    screen: Screen,
}

impl Painter {
    /// A painter for the terminal behind standard output, whatever size it gets.
    ///
    /// # Errors
    /// When the terminal does not tell its size.
    pub(super) fn full_screen() -> io::Result<Self> {
        Self::of(Viewport::Fullscreen)
    }

    pub(super) fn of(viewport: Viewport) -> io::Result<Self> {
        Ok(Self {
            frames: Terminal::with_options(Canvas::default(), TerminalOptions { viewport })?,
            blank: Buffer::default(),
            screen: Screen::default(),
        })
    }

    /// Draws a frame; the bytes that bring it onto the terminal.
    ///
    /// # Errors
    /// When the terminal does not tell its size.
    pub(super) fn paint(&mut self, view: impl FnOnce(&mut Frame<'_>)) -> io::Result<Vec<u8>> {
        let mut sheet = mem::take(&mut self.blank);
        // Ratatui's own two sheets stay blank: what it would compare and clear costs more than many a view.
        self.frames.draw(|frame| {
            sheet.resize(frame.area());
            sheet.reset();
            mem::swap(frame.buffer_mut(), &mut sheet);
            view(frame);
            mem::swap(frame.buffer_mut(), &mut sheet);
        })?;
        let cursor = self.frames.backend().cursor;
        let (bytes, old) = self.screen.turn_into(sheet, cursor);
        self.blank = old;
        Ok(bytes)
    }

    /// Others have written to the terminal: the next frame is painted whole.
    pub(super) fn forget(&mut self) {
        self.screen = Screen::default();
    }
}

/// What a terminal shows; at first nobody knows. Its cursor is hidden then.
#[derive(Default)]
struct Screen {
    shown: Option<Buffer>,
    cursor: Option<Position>,
}

impl Screen {
    /// The bytes that change what is shown into what is wanted, as one synchronized update where
    /// the terminal knows them. Every update leaves the terminal with plain colours. Gives a used sheet back.
    fn turn_into(&mut self, wanted: Buffer, cursor: Option<Position>) -> (Vec<u8>, Buffer) {
        let mut pen = Pen::on(&wanted);
        let shown = self.shown.take().filter(|old| old.area == wanted.area);
        let mut shown = shown.unwrap_or_else(|| {
            pen.wipe();
            Buffer::empty(wanted.area)
        });
        if let Some(shift) = Shift::between(&shown, &wanted) {
            shift.apply(&mut shown);
            pen.shift(shift);
        }
        for (x, y) in differences(&shown, &wanted) {
            pen.write(x, y);
        }
        let bytes = pen.finish(self.cursor.is_some(), cursor);
        self.shown = Some(wanted);
        self.cursor = cursor;
        (bytes, shown)
    }
}

/// Where what is wanted has to be written anew, row by row.
///
/// Not ratatui's own comparison: it takes for granted what a terminal leaves in one half of a wide
/// character when the other is written over.
fn differences(shown: &Buffer, wanted: &Buffer) -> Vec<(u16, u16)> {
    let mut found = Vec::new();
    for row in wanted.area.rows() {
        if row_of(shown, row.y.into()) == row_of(wanted, row.y.into()) {
            continue;
        }
        let (mut x, mut certain) = (row.left(), row.left());
        while x < row.right() {
            let next = x.saturating_add(cells_of(&wanted[(x, row.y)]));
            if x < certain || shown[(x, row.y)] != wanted[(x, row.y)] {
                found.push((x, row.y));
                let cut = (x..next.min(row.right()))
                    .map(|x| x.saturating_add(cells_of(&shown[(x, row.y)])));
                certain = cut.fold(certain, u16::max);
            }
            x = next;
        }
    }
    found
}

/// A row from the top, by its number.
fn row_of(screen: &Buffer, row: usize) -> &[Cell] {
    let width = usize::from(screen.area.width);
    screen
        .content
        .chunks(width.max(1))
        .nth(row)
        .unwrap_or_default()
}

/// How many cells a symbol covers.
fn cells_of(cell: &Cell) -> u16 {
    u16::try_from(width(cell.symbol())).map_or(u16::MAX, |cells| cells.max(1))
}

/// A backend for ratatui that takes note of the cursor: frames are compared by [`Screen`].
#[derive(Default)]
struct Canvas {
    cursor: Option<Position>,
}

impl Backend for Canvas {
    type Error = io::Error;

    fn draw<'a, I: Iterator<Item = (u16, u16, &'a Cell)>>(&mut self, _: I) -> io::Result<()> {
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.cursor = None;
        Ok(())
    }

    /// Where it is to be shown is told next.
    fn show_cursor(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.cursor.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.cursor = Some(position.into());
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn clear_region(&mut self, _: ClearType) -> io::Result<()> {
        Ok(())
    }

    fn size(&self) -> io::Result<Size> {
        crossterm::terminal::size().map(Size::from)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize {
            columns_rows: self.size()?,
            pixels: Size::default(),
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
