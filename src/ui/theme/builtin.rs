//! The built-in themes.
//!
//! None uses bright black: where a user's palette makes it the background (Solarized), text in it
//! is not there. What stands back is dim instead.

use ratatui::style::{Color, Style};

use super::{Depth, Roles, Theme};

/// What all themes have in common: emphasis without colour.
fn base(accent: Style) -> Roles {
    let plain = Style::new();
    Roles {
        text: plain,
        dim: plain.dim(),
        title: plain.bold(),
        accent,
        selection: plain.bold(),
        marked: accent,
        matched: plain.underlined(),
        key: plain.bold(),
        rule: plain.dim(),
        input: plain,
        progress: accent,
        notice: accent,
        warning: plain.bold(),
        error: plain.bold().reversed(),
    }
}

/// The sixteen colours as the user has set them, on a dark background.
pub(super) fn dark() -> Theme {
    let plain = Style::new();
    Theme {
        roles: Roles {
            warning: plain.yellow(),
            error: plain.light_red().bold(),
            ..base(plain.cyan())
        },
        grades: [
            plain.green().bold(),
            plain.green(),
            plain.light_blue(),
            plain.yellow(),
            plain.light_red(),
            plain.red(),
            plain.red().bold().reversed(),
            plain.magenta(),
            plain.dim(),
            plain.dim(),
        ],
    }
}

/// Darker colours: yellow and the light ones cannot be read on white.
pub(super) fn light(depth: Depth) -> Theme {
    let ink = |rgb, named| Style::new().fg(depth.colour(rgb, named));
    let green = ink(0x00_6B_3C, Color::Green);
    let red = ink(0xB0_00_20, Color::Red);
    let amber = ink(0x8A_5A_00, Color::Yellow);
    Theme {
        roles: Roles {
            warning: amber.bold(),
            error: red.bold(),
            ..base(ink(0x00_56_8F, Color::Blue))
        },
        grades: [
            green.bold(),
            green,
            ink(0x00_5F_73, Color::Cyan),
            amber,
            ink(0xB3_41_00, Color::Red),
            red,
            red.bold().reversed(),
            ink(0x7A_1F_7A, Color::Magenta),
            Style::new().dim(),
            Style::new().dim(),
        ],
    }
}

/// The palette of Masataka Okabe and Kei Ito, "Color Universal Design" (2008).
pub(super) fn colour_blind(depth: Depth) -> Theme {
    let ink = |rgb, named| Style::new().fg(depth.colour(rgb, named));
    let bluish_green = ink(0x00_9E_73, Color::Cyan);
    let vermillion = ink(0xD5_5E_00, Color::Red);
    let orange = ink(0xE6_9F_00, Color::Yellow);
    Theme {
        roles: Roles {
            warning: orange,
            error: vermillion.bold(),
            ..base(ink(0xF0_E4_42, Color::LightYellow))
        },
        grades: [
            bluish_green.bold(),
            bluish_green,
            ink(0x56_B4_E9, Color::LightBlue),
            orange,
            vermillion.underlined(),
            vermillion,
            vermillion.bold().reversed(),
            ink(0xCC_79_A7, Color::Magenta),
            Style::new().dim(),
            Style::new().dim(),
        ],
    }
}

/// No colour at all. A selected row is reversed, for bold alone is faint in many fonts.
pub(super) fn mono() -> Theme {
    let plain = Style::new();
    Theme {
        roles: Roles {
            selection: plain.reversed(),
            marked: plain.bold(),
            notice: plain,
            ..base(plain.bold())
        },
        grades: [
            plain,
            plain,
            plain,
            plain.underlined(),
            plain.bold(),
            plain.bold().underlined(),
            plain.bold().reversed(),
            plain.bold(),
            plain.dim(),
            plain.dim(),
        ],
    }
}
