use std::num::NonZeroU16;

use proptest::collection::vec;
use proptest::prelude::*;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};

use super::shift::Shift;
use super::{Painter, Screen};

/// A terminal that the bytes of a [`Screen`] lead to.
struct Far {
    screen: Screen,
    terminal: vt100::Parser,
}

impl Far {
    /// A terminal in the state that others left it in.
    fn new(size: Rect) -> Self {
        let [rows, columns] = cells(size);
        let mut terminal = vt100::Parser::new(rows, columns, 0);
        terminal.process(
            "\x1b[?25l\x1b[1;31;44mleft by others, 日本語\r\n"
                .repeat(30)
                .as_bytes(),
        );
        Self {
            screen: Screen::default(),
            terminal,
        }
    }

    /// Shows a frame; how many bytes it took.
    fn show(&mut self, wanted: &Buffer, cursor: Option<Position>) -> usize {
        let [rows, columns] = cells(wanted.area);
        self.terminal.set_size(rows, columns);
        let (bytes, _) = self.screen.turn_into(wanted.clone(), cursor);
        self.terminal.process(&bytes);
        bytes.len()
    }

    fn assert_shows(&self, wanted: &Buffer, cursor: Option<Position>) {
        let screen = self.terminal.screen();
        for at in wanted.area.positions() {
            let cell = screen.cell(at.y, at.x).unwrap();
            if !cell.is_wide_continuation() {
                assert_eq!(seen(cell), meant(&wanted[at]), "at {at}");
            }
        }
        assert_eq!(screen.hide_cursor(), cursor.is_none());
        if let Some(Position { x, y }) = cursor {
            assert_eq!(screen.cursor_position(), (y, x));
        }
    }
}

fn cells(size: Rect) -> [NonZeroU16; 2] {
    [size.height, size.width].map(|count| NonZeroU16::new(count).unwrap())
}

/// A symbol, its colours, and whether it is bold, italic, underlined, reversed.
///
/// Not dim: this emulator takes that for the opposite of bold.
type Look = (String, vt100::Color, vt100::Color, [bool; 4]);

fn seen(cell: &vt100::Cell) -> Look {
    let symbol = if cell.has_contents() {
        cell.contents()
    } else {
        " "
    };
    let modifiers = [cell.bold(), cell.italic(), cell.underline(), cell.inverse()];
    (symbol.to_owned(), cell.fgcolor(), cell.bgcolor(), modifiers)
}

fn meant(cell: &Cell) -> Look {
    let colour = |colour| match colour {
        Color::Rgb(red, green, blue) => vt100::Color::Rgb(red, green, blue),
        Color::Indexed(index) => vt100::Color::Idx(index),
        Color::Red => vt100::Color::Idx(1),
        Color::White => vt100::Color::Idx(15),
        _ => vt100::Color::Default,
    };
    let modifiers = [
        Modifier::BOLD,
        Modifier::ITALIC,
        Modifier::UNDERLINED,
        Modifier::REVERSED,
    ];
    (
        cell.symbol().to_owned(),
        colour(cell.fg),
        colour(cell.bg),
        modifiers.map(|modifier| cell.modifier.contains(modifier)),
    )
}

/// What happens to a screen between two frames.
#[derive(Clone, Debug)]
enum Change {
    /// Rows of a list move up or down.
    Scroll {
        top: u16,
        bottom: u16,
        by: i16,
    },
    Write {
        x: u16,
        y: u16,
        text: &'static str,
        style: Style,
    },
    /// A row is selected.
    Highlight {
        y: u16,
        style: Style,
    },
    Resize(u16, u16),
}

fn change() -> impl Strategy<Value = Change> {
    let text = prop::sample::select(vec![
        "a",
        "delivered to anna@example.org",
        "日本語",
        "x日y",
        "ab cd  ef",
        "│ é ─┤",
        "  ",
    ]);
    prop_oneof![
        4 => (0_u16..12, 0_u16..12, -3_i16..4)
            .prop_map(|(top, bottom, by)| Change::Scroll { top, bottom, by }),
        4 => (0_u16..30, 0_u16..12, text, style())
            .prop_map(|(x, y, text, style)| Change::Write { x, y, text, style }),
        2 => (0_u16..12, style()).prop_map(|(y, style)| Change::Highlight { y, style }),
        1 => (20_u16..32, 4_u16..13).prop_map(|(width, height)| Change::Resize(width, height)),
    ]
}

fn style() -> impl Strategy<Value = Style> {
    let colour = || {
        prop::sample::select(vec![
            Color::Reset,
            Color::Red,
            Color::White,
            Color::Indexed(200),
            Color::Rgb(1, 22, 133),
        ])
    };
    let modifiers = prop::sample::select(vec![
        Modifier::empty(),
        Modifier::BOLD,
        Modifier::ITALIC,
        Modifier::UNDERLINED,
        Modifier::REVERSED | Modifier::BOLD,
    ]);
    (colour(), colour(), modifiers).prop_map(|(ink, ground, modifiers)| {
        Style::new().fg(ink).bg(ground).add_modifier(modifiers)
    })
}

fn apply(change: &Change, frame: &mut Buffer) {
    let Rect { width, height, .. } = frame.area;
    match *change {
        Change::Scroll { top, bottom, by } => {
            let before = frame.clone();
            let rows = top.min(height)..bottom.min(height);
            for y in rows.clone() {
                let source = y.checked_add_signed(by).filter(|y| rows.contains(y));
                for x in 0..width {
                    frame[(x, y)] =
                        source.map_or(Cell::EMPTY, |source| before[(x, source)].clone());
                }
            }
        }
        Change::Write { x, y, text, style } => {
            if x < width && y < height {
                frame.set_string(x, y, text, style);
            }
        }
        Change::Highlight { y, style } => {
            if y < height {
                frame.set_style(Rect::new(0, y, width, 1), style);
            }
        }
        Change::Resize(width, height) => {
            *frame = Buffer::filled(Rect::new(0, 0, width, height), Cell::new("r"));
        }
    }
}

proptest! {
    #[test]
    fn a_terminal_shows_what_was_drawn(
        frames in vec((vec(change(), 0..6), prop::option::of((0_u16..20, 0_u16..4))), 1..20),
    ) {
        let mut frame = list(0..10);
        let mut far = Far::new(frame.area);
        far.show(&frame, None);
        far.assert_shows(&frame, None);
        for (changes, cursor) in frames {
            for change in &changes {
                apply(change, &mut frame);
            }
            let cursor = cursor.map(Position::from);
            far.show(&frame, cursor);
            far.assert_shows(&frame, cursor);
        }
    }
}

/// A header, rows that differ from each other, and a footer.
fn list(rows: std::ops::Range<u16>) -> Buffer {
    let height = u16::try_from(rows.len()).unwrap() + 2;
    let mut frame = Buffer::empty(Rect::new(0, 0, 30, height));
    frame.set_string(0, 0, "header", Style::new().bold());
    for (y, row) in (1..).zip(rows.clone()) {
        let text = format!("{:x} 語 for nr{row}@example.org", u32::from(row) * 7919);
        frame.set_string(0, y, text, Style::new().fg(Color::Red));
    }
    frame.set_string(0, height - 1, format!("from {}", rows.start), Style::new());
    frame
}

#[test]
fn a_list_scrolls_by_itself() {
    for (from, to, gone, blank) in [(5..15, 6..16, 1, 10), (5..15, 3..13, 9, 1)] {
        let (old, new) = (list(from), list(to));
        let shift = Shift::between(&old, &new).unwrap();
        assert_eq!((shift.gone, shift.blank), (gone, blank));
        let mut far = Far::new(old.area);
        far.show(&old, None);
        let cost = far.show(&new, None);
        far.assert_shows(&new, None);
        assert!(cost < 80 + 30 * usize::from(shift.lines), "{cost} bytes");
    }
}

#[test]
fn nothing_moves_where_little_changed() {
    let old = list(0..10);
    let mut new = old.clone();
    new.set_style(Rect::new(0, 3, 30, 2), Style::new().reversed());
    assert_eq!(Shift::between(&old, &new), None);
    assert_eq!(Shift::between(&old, &old), None);
    assert_eq!(Shift::between(&old, &list(100..110)), None);
    let none = Buffer::empty(Rect::ZERO);
    assert_eq!(Shift::between(&none, &none), None);
}

#[test]
fn a_frame_like_the_last_costs_its_marks_alone() {
    let mut far = Far::new(Rect::new(0, 0, 30, 12));
    let frame = list(0..10);
    far.show(&frame, None);
    assert_eq!(far.show(&frame, None), "\x1b[?2026h\x1b[?2026l".len());
}

#[test]
fn what_others_wrote_is_painted_over() {
    let viewport = ratatui::Viewport::Fixed(Rect::new(0, 0, 30, 12));
    let mut painter = Painter::of(viewport).unwrap();
    let frame = list(0..10);
    let paint = |painter: &mut Painter| {
        painter
            .paint(|drawn| drawn.buffer_mut().merge(&frame))
            .unwrap()
    };
    let mut far = Far::new(frame.area);
    far.terminal.process(&paint(&mut painter));
    far.terminal.process(b"\x1b[44m\x1b[3;3Hlogin:\x1b[J");
    painter.forget();
    far.terminal.process(&paint(&mut painter));
    far.assert_shows(&frame, None);
}
