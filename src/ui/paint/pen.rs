//! Writes cells to a terminal: where they belong, in the looks they have, in few bytes.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Position;
use ratatui::style::{Color, Modifier};

use super::cells_of;
use super::shift::Shift;

/// Shows an update in one piece, on terminals that know how.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";
const SHOW_CURSOR: &[u8] = b"\x1b[?25h";
const HIDE_CURSOR: &[u8] = b"\x1b[?25l";

/// The modifiers and the numbers that SGR has for them.
const MODIFIERS: [(Modifier, u16); 9] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::SLOW_BLINK, 5),
    (Modifier::RAPID_BLINK, 6),
    (Modifier::REVERSED, 7),
    (Modifier::HIDDEN, 8),
    (Modifier::CROSSED_OUT, 9),
];

/// Makes a character an emoji, wide for some terminals and narrow for others.
const EMOJI_STYLE: char = '\u{fe0f}';

/// As many cells are rather written again than jumped over.
const SHORT_WAY: u16 = 4;

/// The end of a line that leads to a terminal.
pub(super) struct Pen<'a> {
    out: Vec<u8>,
    /// What is to be on the screen.
    wanted: &'a Buffer,
    /// Where the terminal writes next, where that is certain: not after what is wide.
    at: Option<Position>,
    look: Look,
}

/// How a terminal shows what it is sent.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Look {
    ink: Color,
    ground: Color,
    modifier: Modifier,
}

impl Look {
    fn of(cell: &Cell) -> Self {
        Self {
            ink: cell.fg,
            ground: cell.bg,
            modifier: cell.modifier,
        }
    }
}

impl<'a> Pen<'a> {
    /// A pen that writes from `wanted`, with plain colours at first.
    pub(super) fn on(wanted: &'a Buffer) -> Self {
        Self {
            out: BEGIN.to_vec(),
            wanted,
            at: None,
            look: Look::default(),
        }
    }

    /// Empties a screen in an unknown state.
    pub(super) fn wipe(&mut self) {
        self.sequence(&[], b'm');
        self.sequence(&[2], b'J');
    }

    /// Has the terminal move rows. Rows that come anew are plain, for the colours are.
    ///
    /// Not by a scrolling region: that is a state a terminal could be left in, and the Linux console
    /// cannot scroll one by number. Everything knows how to delete and insert lines.
    pub(super) fn shift(&mut self, shift: Shift) {
        self.sequence(&[shift.gone + 1], b'H');
        self.sequence(&[shift.lines], b'M');
        self.sequence(&[shift.blank + 1], b'H');
        self.sequence(&[shift.lines], b'L');
        self.at = None;
    }

    /// Writes a cell.
    pub(super) fn write(&mut self, x: u16, y: u16) {
        let wanted = self.wanted;
        let cell = &wanted[(x, y)];
        self.go_to(x, y);
        self.take_on(Look::of(cell));
        if cell.symbol().contains(EMOJI_STYLE) {
            self.out.extend_from_slice(b"  ");
            self.at = None;
            self.go_to(x, y);
        }
        self.out.extend_from_slice(cell.symbol().as_bytes());
        self.at = (cells_of(cell) == 1).then(|| Position::new(x + 1, y));
    }

    /// The bytes of the update, once the cursor is shown or hidden.
    pub(super) fn finish(mut self, was_shown: bool, cursor: Option<Position>) -> Vec<u8> {
        self.take_on(Look::default());
        if let Some(Position { x, y }) = cursor {
            self.sequence(&[y + 1, x + 1], b'H');
        }
        if cursor.is_some() != was_shown {
            let visibility = if was_shown { HIDE_CURSOR } else { SHOW_CURSOR };
            self.out.extend_from_slice(visibility);
        }
        self.out.extend_from_slice(END);
        self.out
    }

    fn go_to(&mut self, x: u16, y: u16) {
        match self.at.filter(|at| at.y == y) {
            Some(at) if at.x == x => {}
            Some(at) => match self.between(at, x) {
                Some(text) => self.out.extend_from_slice(text.as_bytes()),
                None => self.sequence(&[x + 1], b'G'),
            },
            None => self.sequence(&[y + 1, x + 1], b'H'),
        }
    }

    /// What stands between here and there in the same row, where it is shorter than a jump.
    fn between(&self, from: Position, to: u16) -> Option<String> {
        let cells = (from.x..to).map(|x| &self.wanted[(x, from.y)]);
        let is_short = to.checked_sub(from.x)? <= SHORT_WAY
            && cells
                .clone()
                .all(|cell| cell.symbol().len() == 1 && Look::of(cell) == self.look);
        is_short.then(|| cells.map(Cell::symbol).collect())
    }

    fn take_on(&mut self, look: Look) {
        if look == self.look {
            return;
        }
        let mut codes = Vec::new();
        // What is bold and what is dim cannot be taken away singly.
        if look == Look::default() || !look.modifier.contains(self.look.modifier) {
            codes.push(0);
            self.look = Look::default();
        }
        for (modifier, code) in MODIFIERS {
            if look.modifier.contains(modifier) && !self.look.modifier.contains(modifier) {
                codes.push(code);
            }
        }
        if look.ink != self.look.ink {
            push_colour(&mut codes, 38, look.ink);
        }
        if look.ground != self.look.ground {
            push_colour(&mut codes, 48, look.ground);
        }
        self.sequence(&codes, b'm');
        self.look = look;
    }

    /// A control sequence with its numbers.
    fn sequence(&mut self, numbers: &[u16], end: u8) {
        self.out.extend_from_slice(b"\x1b[");
        for (nth, number) in numbers.iter().enumerate() {
            if nth > 0 {
                self.out.push(b';');
            }
            self.out.extend_from_slice(number.to_string().as_bytes());
        }
        self.out.push(end);
    }
}

/// The numbers of a colour, where `role` is 38 for text and 48 for what is behind it.
fn push_colour(codes: &mut Vec<u16>, role: u16, colour: Color) {
    let indexed = match colour {
        Color::Reset => return codes.push(role + 1),
        Color::Rgb(red, green, blue) => {
            codes.extend([role, 2, red.into(), green.into(), blue.into()]);
            return;
        }
        Color::Indexed(index) => index,
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
    };
    codes.extend([role, 5, indexed.into()]);
}
