//! Makes a PNG small: a picture of a terminal has few colours, so a palette of 256 tells it all.
//!
//! Formats: "Portable Network Graphics (PNG) Specification", W3C.

use std::collections::HashMap;
use std::io::{Read, Write};

use anyhow::{Context, Result, bail, ensure};
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

/// What every PNG begins with.
pub const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Bytes of a pixel: red, green, blue, alpha.
const PIXEL: usize = 4;

pub type Colour = [u8; PIXEL];

/// The same picture in at most 256 colours. It has to have 8 bits for each of red, green, blue and
/// alpha, as `rsvg-convert` writes it.
pub fn shrink(png: &[u8]) -> Result<Vec<u8>> {
    let picture = Picture::read(png)?;
    let palette = palette(&picture.pixels);
    let mut nearest: HashMap<Colour, u8> = HashMap::new();
    let mut rows = Vec::new();
    for row in picture.pixels.chunks(picture.width) {
        rows.push(0);
        let indexes = row.iter().map(|colour| {
            *nearest
                .entry(*colour)
                .or_insert_with(|| place(&palette, *colour))
        });
        rows.extend(indexes);
    }
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
    zlib.write_all(&rows)?;
    let mut out = SIGNATURE.to_vec();
    let size = [picture.width, picture.pixels.len() / picture.width];
    let mut header = Vec::new();
    for pixels in size {
        header.extend(u32::try_from(pixels)?.to_be_bytes());
    }
    // Eight bits, by palette; deflate, the usual filters, not interlaced.
    header.extend([8, 3, 0, 0, 0]);
    chunk(&mut out, *b"IHDR", &header);
    chunk(
        &mut out,
        *b"PLTE",
        &palette
            .iter()
            .flat_map(|colour| colour[..3].to_vec())
            .collect::<Vec<_>>(),
    );
    chunk(
        &mut out,
        *b"tRNS",
        &palette.iter().map(|colour| colour[3]).collect::<Vec<_>>(),
    );
    chunk(&mut out, *b"IDAT", &zlib.finish()?);
    chunk(&mut out, *b"IEND", &[]);
    Ok(out)
}

/// The colours used most; those that differ in their lowest bits alone count as one.
fn palette(pixels: &[Colour]) -> Vec<Colour> {
    let mut counts: HashMap<Colour, (usize, Colour)> = HashMap::new();
    for colour in pixels {
        counts
            .entry(colour.map(|part| part >> 3))
            .or_insert((0, *colour))
            .0 += 1;
    }
    let mut colours: Vec<(usize, Colour)> = counts.into_values().collect();
    colours.sort_unstable_by(|a, b| b.cmp(a));
    colours.truncate(256);
    colours.into_iter().map(|(_, colour)| colour).collect()
}

/// The place of the nearest colour of a palette.
fn place(palette: &[Colour], wanted: Colour) -> u8 {
    let distance = |colour: &Colour| -> u32 {
        let parts = colour.iter().zip(wanted);
        parts.map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
    };
    let places = palette.iter().zip(0..=u8::MAX);
    let nearest = places.min_by_key(|(colour, _)| distance(colour));
    nearest.map_or(0, |(_, place)| place)
}

/// Adds a named piece of a PNG with its length and its checksum.
pub fn chunk(out: &mut Vec<u8>, name: [u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    out.extend(length.to_be_bytes());
    let start = out.len();
    out.extend(name);
    out.extend(data);
    let mut crc = Crc::new();
    crc.update(&out[start..]);
    out.extend(crc.sum().to_be_bytes());
}

/// A picture, row after row.
pub struct Picture {
    /// Pixels of a row.
    pub width: usize,
    /// All pixels.
    pub pixels: Vec<Colour>,
}

impl Picture {
    /// Reads a PNG of eight bits for each of red, green, blue and alpha.
    pub fn read(png: &[u8]) -> Result<Self> {
        let mut rest = png.strip_prefix(SIGNATURE).context("this is no PNG")?;
        let (mut width, mut data) = (0, Vec::new());
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let length = u32::from_be_bytes(*length) as usize;
            let (name, after) = after
                .split_at_checked(4)
                .context("a chunk without a name")?;
            let (body, after) = after.split_at_checked(length).context("a chunk is cut")?;
            match name {
                b"IHDR" => {
                    ensure!(
                        body.get(8..) == Some(&[8, 6, 0, 0, 0]),
                        "not eight bits of RGBA: {body:?}"
                    );
                    width = u32::from_be_bytes([body[0], body[1], body[2], body[3]]) as usize;
                }
                b"IDAT" => data.extend_from_slice(body),
                _ => {}
            }
            // The checksum.
            rest = after.get(4..).unwrap_or_default();
        }
        ensure!(width > 0, "the picture has no size");
        let mut rows = Vec::new();
        ZlibDecoder::new(data.as_slice()).read_to_end(&mut rows)?;
        let pixels = unfilter(&rows, width * PIXEL)?;
        let pixels = pixels
            .chunks_exact(PIXEL)
            .map(|pixel| [pixel[0], pixel[1], pixel[2], pixel[3]]);
        Ok(Self {
            width,
            pixels: pixels.collect(),
        })
    }
}

/// Undoes the filter of each row, which the byte before it names (section 9 of the specification).
fn unfilter(rows: &[u8], length: usize) -> Result<Vec<u8>> {
    let mut out: Vec<u8> = Vec::with_capacity(rows.len());
    let mut above = vec![0; length];
    for row in rows.chunks_exact(length + 1) {
        let mut row_out = vec![0; length];
        for at in 0..length {
            let left = if at < PIXEL { 0 } else { row_out[at - PIXEL] };
            let corner = if at < PIXEL { 0 } else { above[at - PIXEL] };
            let guess = match row[0] {
                0 => 0,
                1 => left,
                2 => above[at],
                3 => u8::midpoint(left, above[at]),
                4 => paeth(left, above[at], corner),
                other => bail!("unknown filter {other}"),
            };
            row_out[at] = row[at + 1].wrapping_add(guess);
        }
        out.extend_from_slice(&row_out);
        above = row_out;
    }
    Ok(out)
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let [a, b, c] = [left, up, corner].map(i16::from);
    let estimate = a + b - c;
    let distance = |value: i16| (estimate - value).abs();
    if distance(a) <= distance(b) && distance(a) <= distance(c) {
        left
    } else if distance(b) <= distance(c) {
        up
    } else {
        corner
    }
}
