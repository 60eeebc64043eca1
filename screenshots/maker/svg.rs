//! A terminal screen as SVG.
//!
//! Every word has its own place and length, so that nothing shifts where the font is another one.

use std::fmt::{self, Write};

use vt100::{Cell, Screen};

use crate::palette::{Palette, Rgb, mix};
use crate::shapes::{self, HEIGHT, Shape, WIDTH};

/// Around the cells, in pixels.
const MARGIN: f32 = 14.0;

/// From the top of a cell to the line that letters stand on.
const BASELINE: f32 = 15.0;

const FONT: &str = "font-family=\"'JetBrains Mono','DejaVu Sans Mono',Menlo,Consolas,\
     'Noto Sans Mono CJK JP',monospace\" font-size=\"15\"";

/// As in [`FONT`].
const FONT_SIZE: f32 = 15.0;

/// Draws a screen; `title` is what it shows, in words.
pub fn draw(screen: &Screen, palette: &Palette, title: &str) -> Result<String, fmt::Error> {
    let mut picture = Picture::default();
    let (rows, cols) = screen.size();
    for row in 0..rows.get() {
        for col in 0..cols.get() {
            if let Some(cell) = screen
                .cell(row, col)
                .filter(|cell| !cell.is_wide_continuation())
            {
                picture.cell(cell, Place::of(row, col), palette)?;
            }
        }
        picture.end_text()?;
    }
    if !screen.hide_cursor() {
        let (row, col) = screen.cursor_position();
        let Place { x, y } = Place::of(row, col);
        picture.shapes.add(Rect {
            x,
            y: y + 2.0,
            width: 2.0,
            height: 16.0,
            ink: palette.text.into(),
        });
    }
    picture.finish(
        palette,
        title,
        f32::from(cols.get()) * WIDTH,
        f32::from(rows.get()) * HEIGHT,
    )
}

/// The upper left corner of a cell.
#[derive(Clone, Copy)]
struct Place {
    x: f32,
    y: f32,
}

impl Place {
    fn of(row: u16, col: u16) -> Self {
        Self {
            x: MARGIN + f32::from(col) * WIDTH,
            y: MARGIN + f32::from(row) * HEIGHT,
        }
    }
}

/// A colour, or a veil of it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Ink {
    colour: Rgb,
    opacity: f32,
}

impl From<Rgb> for Ink {
    fn from(colour: Rgb) -> Self {
        Self {
            colour,
            opacity: 1.0,
        }
    }
}

impl fmt::Display for Ink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.colour;
        write!(f, "fill=\"#{red:02x}{green:02x}{blue:02x}\"")?;
        if self.opacity < 1.0 {
            write!(f, " fill-opacity=\"{}\"", self.opacity)?;
        }
        Ok(())
    }
}

#[derive(Clone, Copy, Debug)]
struct Rect {
    x: f32,
    y: f32,
    width: f32,
    height: f32,
    ink: Ink,
}

/// Rectangles; those that touch in a row and look the same become one.
#[derive(Default)]
struct Rects(Vec<Rect>);

impl Rects {
    fn add(&mut self, rect: Rect) {
        if let Some(last) = self.0.last_mut() {
            let (end, alike) = (last.x + last.width, (last.y, last.height, last.ink));
            let touches = (last.x..=end + 0.01).contains(&rect.x);
            if touches && alike == (rect.y, rect.height, rect.ink) {
                last.width = end.max(rect.x + rect.width) - last.x;
                return;
            }
        }
        self.0.push(rect);
    }
}

impl fmt::Display for Rects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Rect {
            x,
            y,
            width,
            height,
            ink,
        } in &self.0
        {
            writeln!(
                f,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" {ink}/>"
            )?;
        }
        Ok(())
    }
}

/// How letters look.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Face {
    colour: Rgb,
    bold: bool,
    italic: bool,
}

/// Letters of one face in one row.
struct Run {
    face: Face,
    y: f32,
    pieces: Vec<Piece>,
}

/// Letters that follow each other without a gap.
struct Piece {
    x: f32,
    width: f32,
    letters: String,
}

impl Piece {
    /// True when a letter there goes on where this piece ends. Two signs never share a piece, for
    /// programmers' fonts draw some pairs as one, and not every renderer can be told not to.
    fn goes_on(&self, x: f32, letter: &str) -> bool {
        let is_sign = |text: &str| text.ends_with(|last: char| last.is_ascii_punctuation());
        (self.x + self.width - x).abs() < 0.01 && !(is_sign(&self.letters) && is_sign(letter))
    }
}

#[derive(Default)]
struct Picture {
    backgrounds: Rects,
    shapes: Rects,
    arcs: String,
    run: Option<Run>,
    texts: String,
}

impl Picture {
    fn cell(&mut self, cell: &Cell, place: Place, palette: &Palette) -> fmt::Result {
        let Place { x, y } = place;
        let width = if cell.is_wide() { 2.0 * WIDTH } else { WIDTH };
        let (colour, background) = colours(cell, palette);
        if background != palette.background {
            let ink = background.into();
            self.backgrounds.add(Rect {
                x,
                y,
                width,
                height: HEIGHT,
                ink,
            });
        }
        if cell.underline() {
            let ink = colour.into();
            self.shapes.add(Rect {
                x,
                y: y + 17.0,
                width,
                height: 1.0,
                ink,
            });
        }
        let letter = cell.contents();
        if let Some(shapes) = letter.chars().next().and_then(shapes::of) {
            return shapes
                .into_iter()
                .try_for_each(|shape| self.shape(shape, place, colour));
        }
        if !letter.trim().is_empty() {
            let face = Face {
                colour,
                bold: cell.bold(),
                italic: cell.italic(),
            };
            // A wide letter is one font size wide, which is less than two cells.
            let inset = if cell.is_wide() {
                (width - FONT_SIZE) / 2.0
            } else {
                0.0
            };
            self.letter(face, Place { x: x + inset, y }, letter)?;
        }
        Ok(())
    }

    fn shape(&mut self, shape: Shape, place: Place, colour: Rgb) -> fmt::Result {
        match shape {
            Shape::Rect {
                x,
                y,
                width,
                height,
                opacity,
            } => {
                let ink = Ink { colour, opacity };
                self.shapes.add(Rect {
                    x: place.x + x,
                    y: place.y + y,
                    width,
                    height,
                    ink,
                });
                Ok(())
            }
            Shape::Arc { right, down } => {
                let (x, y) = (place.x + WIDTH / 2.0, place.y + HEIGHT / 2.0);
                let side = if right { WIDTH / 2.0 } else { -WIDTH / 2.0 };
                let end = if down { HEIGHT / 2.0 } else { -HEIGHT / 2.0 };
                let bend = if down { WIDTH / 2.0 } else { -WIDTH / 2.0 };
                let [red, green, blue] = colour;
                writeln!(
                    self.arcs,
                    "<path d=\"M{x} {}V{}Q{x} {y} {} {y}\" fill=\"none\" \
                     stroke=\"#{red:02x}{green:02x}{blue:02x}\"/>",
                    y + end,
                    y + bend,
                    x + side
                )
            }
        }
    }

    fn letter(&mut self, face: Face, Place { x, y }: Place, letter: &str) -> fmt::Result {
        if self.run.as_ref().is_some_and(|run| run.face != face) {
            self.end_text()?;
        }
        let new = || Run {
            face,
            y: y + BASELINE,
            pieces: Vec::new(),
        };
        let pieces = &mut self.run.get_or_insert_with(new).pieces;
        match pieces.last_mut() {
            Some(last) if last.goes_on(x, letter) => {
                last.letters.push_str(letter);
                last.width += WIDTH;
            }
            _ => pieces.push(Piece {
                x,
                width: WIDTH,
                letters: letter.to_owned(),
            }),
        }
        Ok(())
    }

    fn end_text(&mut self) -> fmt::Result {
        let Some(Run { face, y, pieces }) = self.run.take() else {
            return Ok(());
        };
        let weight = if face.bold {
            " font-weight=\"700\""
        } else {
            ""
        };
        let slant = if face.italic {
            " font-style=\"italic\""
        } else {
            ""
        };
        write!(
            self.texts,
            "<text y=\"{y}\" {}{weight}{slant}>",
            Ink::from(face.colour)
        )?;
        for Piece { x, width, letters } in pieces {
            write!(self.texts, "<tspan x=\"{x}\"")?;
            if width > WIDTH {
                write!(self.texts, " textLength=\"{width}\"")?;
            }
            write!(self.texts, ">{}</tspan>", escaped(&letters))?;
        }
        writeln!(self.texts, "</text>")
    }

    fn finish(
        self,
        palette: &Palette,
        title: &str,
        width: f32,
        height: f32,
    ) -> Result<String, fmt::Error> {
        let (width, height) = (width + 2.0 * MARGIN, height + 2.0 * MARGIN);
        let (paper, [red, green, blue]) = (Ink::from(palette.background), palette.border);
        let mut svg = String::new();
        writeln!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\">"
        )?;
        writeln!(svg, "<title>{}</title>", escaped(title))?;
        writeln!(
            svg,
            "<rect x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"8\" {paper} \
             stroke=\"#{red:02x}{green:02x}{blue:02x}\"/>",
            width - 1.0,
            height - 1.0
        )?;
        write!(
            svg,
            "<g shape-rendering=\"crispEdges\">\n{}{}</g>\n",
            self.backgrounds, self.shapes
        )?;
        write!(svg, "{}<g {FONT}>\n{}</g>\n</svg>\n", self.arcs, self.texts)?;
        Ok(svg)
    }
}

/// The colours of the letter and of its cell.
fn colours(cell: &Cell, palette: &Palette) -> (Rgb, Rgb) {
    let mut colour = palette.colour(cell.fgcolor(), palette.text);
    let mut background = palette.colour(cell.bgcolor(), palette.background);
    if cell.inverse() {
        std::mem::swap(&mut colour, &mut background);
    }
    if cell.dim() {
        colour = mix(colour, background, 0.42);
    }
    (colour, background)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
