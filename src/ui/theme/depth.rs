//! How many colours a terminal has.

use ratatui::style::Color;

/// The colours a terminal can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// The sixteen named colours, which the user has chosen.
    #[default]
    Sixteen,
    /// The 256 colours of xterm.
    Indexed,
    /// Every colour.
    Rgb,
}

impl Depth {
    /// What `COLORTERM` and `TERM` promise.
    pub fn from_env(variable: impl Fn(&str) -> Option<String>) -> Self {
        let is = |name: &str, test: fn(&str) -> bool| variable(name).is_some_and(|v| test(&v));
        if is("COLORTERM", |value| {
            value == "truecolor" || value == "24bit"
        }) {
            Self::Rgb
        } else if is("TERM", |value| value.contains("256color")) {
            Self::Indexed
        } else {
            Self::Sixteen
        }
    }

    /// The colour `0xRRGGBB`, or what comes next to it here; `named` among sixteen.
    pub(super) fn colour(self, rgb: u32, named: Color) -> Color {
        match (self, Color::from_u32(rgb)) {
            (Self::Rgb, colour) => colour,
            (Self::Indexed, Color::Rgb(r, g, b)) => Color::Indexed(nearest(r, g, b)),
            _ => named,
        }
    }
}

/// The nearest of the 216 colours of the cube and the 24 greys, which no user setting changes.
fn nearest(red: u8, green: u8, blue: u8) -> u8 {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let cube = (0..216u8).map(|place| {
        let step = |nth: u8| STEPS.get(usize::from(nth % 6)).copied().unwrap_or_default();
        (16 + place, [step(place / 36), step(place / 6), step(place)])
    });
    let greys = (0..24u8).map(|place| (232 + place, [8 + 10 * place; 3]));
    let distance = |colour: [u8; 3]| -> u32 {
        let wanted = [red, green, blue];
        wanted
            .into_iter()
            .zip(colour)
            .map(|(a, b)| u32::from(a.abs_diff(b)).pow(2))
            .sum()
    };
    cube.chain(greys)
        .min_by_key(|(_, colour)| distance(*colour))
        .map_or(7, |(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_says_what_it_can() {
        let env = |pairs: &'static [(&str, &str)]| {
            move |name: &str| {
                pairs
                    .iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| (*value).to_owned())
            }
        };
        assert_eq!(Depth::from_env(env(&[])), Depth::Sixteen);
        assert_eq!(Depth::from_env(env(&[("TERM", "linux")])), Depth::Sixteen);
        assert_eq!(
            Depth::from_env(env(&[("TERM", "tmux-256color")])),
            Depth::Indexed
        );
        assert_eq!(
            Depth::from_env(env(&[
                ("TERM", "xterm-256color"),
                ("COLORTERM", "truecolor")
            ])),
            Depth::Rgb
        );
    }

    #[test]
    fn colours_fall_back() {
        assert_eq!(
            Depth::Rgb.colour(0x00D5_5E00, Color::Red),
            Color::Rgb(0xd5, 0x5e, 0)
        );
        assert_eq!(
            Depth::Indexed.colour(0x00D5_5E00, Color::Red),
            Color::Indexed(166)
        );
        assert_eq!(Depth::Sixteen.colour(0x00D5_5E00, Color::Red), Color::Red);
        assert_eq!(nearest(0, 0, 0), 16);
        assert_eq!(nearest(255, 255, 255), 231);
        assert_eq!(nearest(119, 117, 118), 243);
    }
}
