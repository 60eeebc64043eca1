//! What goes over the wire: little, for a person may sit behind a slow line.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

use super::stage::{SHOWCASE, Stager, model};
use crate::ui::view;

/// What a backend writes, for those who look at it.
#[derive(Clone, Default)]
pub(super) struct Wire(Rc<RefCell<Vec<u8>>>);

impl Wire {
    /// Everything since the last look.
    pub(super) fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.borrow_mut())
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_cursor_key_costs_less_than_a_packet() {
    let mut stage = Stager::of(model(&SHOWCASE)).size(120, 40).raise();
    let wire = Wire::default();
    let options = TerminalOptions {
        viewport: Viewport::Fixed(Rect::new(0, 0, 120, 40)),
    };
    let backend = CrosstermBackend::new(wire.clone());
    let mut terminal = Terminal::with_options(backend, options).unwrap();
    terminal.draw(|frame| view(&stage.app, frame)).unwrap();
    for key in ["j", "down", "k", "j", "n", "m", "N", "G", "g"] {
        wire.take();
        stage.press(key);
        terminal.draw(|frame| view(&stage.app, frame)).unwrap();
        let cost = wire.take().len();
        assert!((1..1500).contains(&cost), "{key}: {cost} bytes");
    }
}
