//! The colours of the terminal in the picture.

use serde::Deserialize;
use vt100::Color;

/// Red, green, blue.
pub type Rgb = [u8; 3];

/// The terminal that is shown.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Background {
    /// Light on dark.
    #[default]
    Dark,
    /// Dark on light.
    Light,
}

/// What a terminal shows for the colours that a program names.
pub struct Palette {
    /// Text without a colour.
    pub text: Rgb,
    /// The empty screen.
    pub background: Rgb,
    /// The line around the picture.
    pub border: Rgb,
    /// Black, red, green, yellow, blue, magenta, cyan, white; then the bright ones.
    named: [Rgb; 16],
}

static DARK: Palette = Palette {
    text: [0xd7, 0xda, 0xe0],
    background: [0x16, 0x19, 0x20],
    border: [0x2c, 0x31, 0x3c],
    named: [
        [0x2a, 0x2f, 0x3a],
        [0xe0, 0x5f, 0x65],
        [0x7f, 0xc0, 0x79],
        [0xd9, 0xb0, 0x5f],
        [0x6c, 0x9f, 0xe0],
        [0xc4, 0x8b, 0xdb],
        [0x5c, 0xbf, 0xc7],
        [0xc6, 0xca, 0xd2],
        [0x5c, 0x63, 0x70],
        [0xff, 0x8a, 0x7d],
        [0xa5, 0xdb, 0x9b],
        [0xf2, 0xcf, 0x86],
        [0x93, 0xbd, 0xf5],
        [0xdc, 0xae, 0xee],
        [0x8a, 0xdc, 0xe2],
        [0xff, 0xff, 0xff],
    ],
};

static LIGHT: Palette = Palette {
    text: [0x23, 0x27, 0x2e],
    background: [0xfc, 0xfb, 0xf8],
    border: [0xd9, 0xd6, 0xcf],
    named: [
        [0x23, 0x27, 0x2e],
        [0xb3, 0x1d, 0x28],
        [0x1f, 0x7a, 0x3a],
        [0x8a, 0x5a, 0x00],
        [0x1f, 0x5f, 0xb0],
        [0x8a, 0x2f, 0x9a],
        [0x0f, 0x72, 0x7d],
        [0xe8, 0xe5, 0xde],
        [0x6f, 0x74, 0x7d],
        [0xd1, 0x3b, 0x2f],
        [0x2e, 0x93, 0x50],
        [0xa8, 0x74, 0x10],
        [0x3a, 0x7b, 0xd0],
        [0xa5, 0x4b, 0xb8],
        [0x1f, 0x8c, 0x98],
        [0xff, 0xff, 0xff],
    ],
};

impl Background {
    /// Its colours.
    pub fn palette(self) -> &'static Palette {
        match self {
            Self::Dark => &DARK,
            Self::Light => &LIGHT,
        }
    }
}

impl Palette {
    /// What is shown for a colour; `default` where the program named none.
    pub fn colour(&self, colour: Color, default: Rgb) -> Rgb {
        match colour {
            Color::Default => default,
            Color::Rgb(red, green, blue) => [red, green, blue],
            Color::Idx(index @ 0..=15) => self.named[usize::from(index)],
            Color::Idx(index @ 16..=231) => {
                let step = |nth: u8| [0, 95, 135, 175, 215, 255][usize::from(nth % 6)];
                let place = index - 16;
                [step(place / 36), step(place / 6), step(place)]
            }
            Color::Idx(index) => [8 + (index - 232) * 10; 3],
        }
    }
}

/// A colour `share` of the way from `from` to `to`.
pub fn mix(from: Rgb, to: Rgb, share: f32) -> Rgb {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between two bytes"
    )]
    std::array::from_fn(|part| {
        let (from, to) = (f32::from(from[part]), f32::from(to[part]));
        (from + (to - from) * share).round() as u8
    })
}
