//! What goes over the wire: little, for a person may sit behind a slow line.

use ratatui::Viewport;
use ratatui::layout::Rect;

use super::stage::{SHOWCASE, Stage, Stager, model};
use crate::ui::paint::Painter;
use crate::ui::view;

/// A terminal at the end of a wire, as large as a stage.
pub(super) struct Far(Painter);

impl Far {
    pub(super) fn of(stage: &Stage) -> Self {
        let (columns, lines) = stage.app.size;
        let viewport = Viewport::Fixed(Rect::new(0, 0, columns, lines));
        Self(Painter::of(viewport).unwrap())
    }

    /// Draws a frame; the bytes it took.
    pub(super) fn draw(&mut self, stage: &Stage) -> Vec<u8> {
        self.0.paint(|frame| view(&stage.app, frame)).unwrap()
    }

    /// Presses a key; how many bytes its frame took.
    fn press(&mut self, stage: &mut Stage, key: &str) -> usize {
        stage.press(key);
        self.draw(stage).len()
    }
}

#[test]
fn a_cursor_key_costs_less_than_a_packet() {
    let mut stage = Stager::of(model(&SHOWCASE)).size(120, 40).raise();
    let mut far = Far::of(&stage);
    far.draw(&stage);
    for key in ["j", "down", "k", "j", "n", "m", "N", "G", "g"] {
        let cost = far.press(&mut stage, key);
        assert!((1..1500).contains(&cost), "{key}: {cost} bytes");
    }
}

/// Two rows and the status line change, however many rows there are.
#[test]
fn a_cursor_key_in_a_full_list_costs_little() {
    let mut stage = full_list();
    let mut far = Far::of(&stage);
    far.draw(&stage);
    for key in ["j", "j", "down", "k", "j", "j", "up", "j"] {
        let cost = far.press(&mut stage, key);
        assert!((1..=400).contains(&cost), "{key}: {cost} bytes");
    }
}

/// The rows of the list are moved by the terminal itself.
#[test]
fn a_cursor_key_that_scrolls_costs_little() {
    let mut stage = full_list();
    let mut far = Far::of(&stage);
    far.draw(&stage);
    for (there, key) in [("G", "k"), ("g", "j")] {
        stage.press(there);
        for nth in 0..60 {
            let cost = far.press(&mut stage, key);
            // The first one comes from the other end of the list.
            assert!(nth == 0 || cost <= 400, "{nth} x {key}: {cost} bytes");
        }
    }
}

fn full_list() -> Stage {
    let mut stage = Stager::of(model(&[("mainlog", &many_messages())]))
        .size(120, 40)
        .raise();
    stage.press("g");
    let screen = stage.screen();
    let filled = screen.lines().filter(|line| line.contains("@example.net"));
    assert!(filled.count() > 30, "{screen}");
    stage
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
