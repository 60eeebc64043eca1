//! What goes over the wire: little, for a person may sit behind a slow line.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

use super::stage::{SHOWCASE, Stage, Stager, model};
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

/// A terminal of 120 x 40 cells at the end of a wire.
struct Far {
    terminal: Terminal<CrosstermBackend<Wire>>,
    wire: Wire,
}

impl Far {
    fn of(stage: &Stage) -> Self {
        let wire = Wire::default();
        let options = TerminalOptions {
            viewport: Viewport::Fixed(Rect::new(0, 0, 120, 40)),
        };
        let backend = CrosstermBackend::new(wire.clone());
        let terminal = Terminal::with_options(backend, options).unwrap();
        let mut far = Self { terminal, wire };
        far.draw(stage);
        far
    }

    /// Draws a frame; how many bytes it took.
    fn draw(&mut self, stage: &Stage) -> usize {
        self.wire.take();
        self.terminal.draw(|frame| view(&stage.app, frame)).unwrap();
        self.wire.take().len()
    }
}

#[test]
fn a_cursor_key_costs_less_than_a_packet() {
    let mut stage = Stager::of(model(&SHOWCASE)).size(120, 40).raise();
    let mut far = Far::of(&stage);
    for key in ["j", "down", "k", "j", "n", "m", "N", "G", "g"] {
        stage.press(key);
        let cost = far.draw(&stage);
        assert!((1..1500).contains(&cost), "{key}: {cost} bytes");
    }
}

/// Two rows and the status line change, however many rows there are.
#[test]
fn a_cursor_key_in_a_full_list_costs_little() {
    let mut stage = Stager::of(model(&[("mainlog", &many_messages())]))
        .size(120, 40)
        .raise();
    stage.press("g");
    let screen = stage.screen();
    let filled = screen.lines().filter(|line| line.contains("@example.net"));
    assert!(filled.count() > 30, "{screen}");
    let mut far = Far::of(&stage);
    for key in ["j", "j", "down", "k", "j", "j", "up", "j"] {
        stage.press(key);
        let cost = far.draw(&stage);
        assert!((1..=600).contains(&cost), "{key}: {cost} bytes");
    }
}

/// More messages than a screen has lines, none like the next.
fn many_messages() -> String {
    let message = |nth: u32| {
        format!(
            "2026-02-24 08:{:02}:{:02} 1vum{nth:02}-000000-00 <= bo{nth}@example.net H=mx{nth}.example.net [192.0.2.{nth}] \
             P=esmtps X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no S={nth}000 for anna@example.org\n",
            nth / 2,
            nth * 7 % 60,
        )
    };
    (10..99).map(message).collect()
}
