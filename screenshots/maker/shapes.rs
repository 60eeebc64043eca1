//! Lines and blocks as shapes: a font leaves hairline gaps where cells meet.
//!
//! Covers the light, heavy and dashed lines and the arcs of U+2500..U+257F, and U+2580..U+259F.
//! Double and diagonal lines are left to the font.

/// Width of a cell in pixels: 0.6 of the font size, as the font has it.
pub const WIDTH: f32 = 9.0;
/// Height of a cell in pixels.
pub const HEIGHT: f32 = 20.0;

const MIDDLE_X: f32 = WIDTH / 2.0;
const MIDDLE_Y: f32 = HEIGHT / 2.0;

/// A part of a character, in pixels from the upper left corner of its cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// A filled rectangle.
    Rect {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        opacity: f32,
    },
    /// A quarter of a circle that joins two sides: `right` or left, `down` or up.
    Arc { right: bool, down: bool },
}

/// The shapes of a character, or none for one that the font draws.
pub fn of(character: char) -> Option<Vec<Shape>> {
    let place = u32::from(character);
    match place {
        0x2500..=0x257f => line(place - 0x2500),
        0x2580..=0x259f => block(place - 0x2580),
        _ => None,
    }
}

fn rect(x: f32, y: f32, width: f32, height: f32) -> Shape {
    Shape::Rect {
        x,
        y,
        width,
        height,
        opacity: 1.0,
    }
}

/// The weights of the four arms of the line characters, up, right, down, left: `1` is light, `2`
/// heavy. Each row is eight characters from U+2500; `....` is none of these.
const ARMS: &str = "\
    0101 0202 1010 2020 .... .... .... .... .... .... .... .... 0110 0210 0120 0220 \
    0011 0012 0021 0022 1100 1200 2100 2200 1001 1002 2001 2002 1110 1210 2110 1120 \
    2120 2210 1220 2220 1011 1012 2011 1021 2021 2012 1022 2022 0111 0112 0211 0212 \
    0121 0122 0221 0222 1101 1102 1201 1202 2101 2102 2201 2202 1111 1112 1211 1212 \
    2111 1121 2121 2112 2211 1122 1221 2212 1222 2122 2221 2222 .... .... .... .... \
    .... .... .... .... .... .... .... .... .... .... .... .... .... .... .... .... \
    .... .... .... .... .... .... .... .... .... .... .... .... .... .... .... .... \
    .... .... .... .... 0001 1000 0100 0010 0002 2000 0200 0020 0201 1020 0102 2010 ";

fn line(place: u32) -> Option<Vec<Shape>> {
    match place {
        0x04..=0x07 => Some(dashes(3, place)),
        0x08..=0x0b => Some(dashes(4, place)),
        0x4c..=0x4f => Some(dashes(2, place)),
        0x6d => Some(vec![Shape::Arc {
            right: true,
            down: true,
        }]),
        0x6e => Some(vec![Shape::Arc {
            right: false,
            down: true,
        }]),
        0x6f => Some(vec![Shape::Arc {
            right: false,
            down: false,
        }]),
        0x70 => Some(vec![Shape::Arc {
            right: true,
            down: false,
        }]),
        _ => arms(ARMS.split_whitespace().nth(place as usize)?),
    }
}

/// Four arms that meet in the middle of the cell and overlap there.
fn arms(weights: &str) -> Option<Vec<Shape>> {
    let weights: Vec<f32> = weights
        .chars()
        .map(|weight| weight.to_digit(3).map(|w| w as f32))
        .collect::<Option<_>>()?;
    let [up, right, down, left] = weights.try_into().ok()?;
    // Half of the thicker line across: as far as an arm has to go beyond the middle.
    let across_x = (up.max(down) / 2.0).max(0.5);
    let across_y = (left.max(right) / 2.0).max(0.5);
    let vertical =
        |weight: f32, from: f32, to: f32| rect(MIDDLE_X - weight / 2.0, from, weight, to - from);
    let horizontal =
        |weight: f32, from: f32, to: f32| rect(from, MIDDLE_Y - weight / 2.0, to - from, weight);
    let all = [
        (up, vertical(up, 0.0, MIDDLE_Y + across_y)),
        (down, vertical(down, MIDDLE_Y - across_y, HEIGHT)),
        (left, horizontal(left, 0.0, MIDDLE_X + across_x)),
        (right, horizontal(right, MIDDLE_X - across_x, WIDTH)),
    ];
    Some(
        all.into_iter()
            .filter(|(weight, _)| *weight > 0.0)
            .map(|(_, shape)| shape)
            .collect(),
    )
}

/// Dashed lines: in each group of four light and heavy horizontal, then light and heavy vertical.
fn dashes(count: u8, place: u32) -> Vec<Shape> {
    let weight = if place.is_multiple_of(2) { 1.0 } else { 2.0 };
    let vertical = place % 4 >= 2;
    let step = if vertical { HEIGHT } else { WIDTH } / f32::from(count);
    let dash = |nth: u8| {
        let (from, length) = (step * (f32::from(nth) + 0.2), step * 0.6);
        if vertical {
            rect(MIDDLE_X - weight / 2.0, from, weight, length)
        } else {
            rect(from, MIDDLE_Y - weight / 2.0, length, weight)
        }
    };
    (0..count).map(dash).collect()
}

fn block(place: u32) -> Option<Vec<Shape>> {
    let eighths = |count: u32, whole: f32| whole * count as f32 / 8.0;
    let lower = |height: f32| rect(0.0, HEIGHT - height, WIDTH, height);
    let shape = match place {
        0x00 => rect(0.0, 0.0, WIDTH, MIDDLE_Y),
        0x01..=0x08 => lower(eighths(place, HEIGHT)),
        0x09..=0x0f => rect(0.0, 0.0, eighths(0x10 - place, WIDTH), HEIGHT),
        0x10 => rect(MIDDLE_X, 0.0, MIDDLE_X, HEIGHT),
        0x11..=0x13 => {
            let opacity = (place - 0x10) as f32 / 4.0;
            Shape::Rect {
                x: 0.0,
                y: 0.0,
                width: WIDTH,
                height: HEIGHT,
                opacity,
            }
        }
        0x14 => rect(0.0, 0.0, WIDTH, eighths(1, HEIGHT)),
        0x15 => rect(eighths(7, WIDTH), 0.0, eighths(1, WIDTH), HEIGHT),
        _ => return quadrants(place),
    };
    Some(vec![shape])
}

/// Quarters: upper left 1, upper right 2, lower left 4, lower right 8.
fn quadrants(place: u32) -> Option<Vec<Shape>> {
    const QUARTERS: [u8; 10] = [4, 8, 1, 13, 9, 7, 11, 2, 6, 14];
    let quarters = *QUARTERS.get(place.checked_sub(0x16)? as usize)?;
    let corners = [
        (0.0, 0.0),
        (MIDDLE_X, 0.0),
        (0.0, MIDDLE_Y),
        (MIDDLE_X, MIDDLE_Y),
    ];
    let filled = corners
        .into_iter()
        .enumerate()
        .filter(|(nth, _)| quarters >> nth & 1 == 1);
    Some(
        filled
            .map(|(_, (x, y))| rect(x, y, MIDDLE_X, MIDDLE_Y))
            .collect(),
    )
}
