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

/// What each of some keys costs.
fn costs<'k>(keys: &[&'k str]) -> Vec<(&'k str, usize)> {
    let mut stage = Stager::of(model(&SHOWCASE)).size(120, 40).raise();
    let wire = Wire::default();
    let options = TerminalOptions {
        viewport: Viewport::Fixed(Rect::new(0, 0, 120, 40)),
    };
    let backend = CrosstermBackend::new(wire.clone());
    let mut terminal = Terminal::with_options(backend, options).unwrap();
    terminal.draw(|frame| view(&stage.app, frame)).unwrap();
    let mut cost = |key| {
        wire.take();
        stage.press(key);
        terminal.draw(|frame| view(&stage.app, frame)).unwrap();
        (key, wire.take().len())
    };
    keys.iter().map(|key| cost(*key)).collect()
}

#[test]
fn a_cursor_key_costs_less_than_a_packet() {
    for (key, cost) in costs(&["j", "down", "k", "j", "n", "m", "N", "G", "g"]) {
        assert!((1..1500).contains(&cost), "{key}: {cost} bytes");
    }
}

#[test]
fn a_step_in_the_list_costs_a_few_hundred_bytes() {
    for (key, cost) in costs(&["j", "j", "down", "k", "up", "j", "j", "j"]) {
        assert!((1..=600).contains(&cost), "{key}: {cost} bytes");
    }
}
