//! The pictures of the documentation: a screen becomes an SVG that shows the same.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(
    dead_code,
    reason = "the program that makes the pictures uses the rest"
)]
#![allow(unreachable_pub, reason = "included from that program")]

#[path = "../screenshots/maker/palette.rs"]
mod palette;
#[path = "../screenshots/maker/png.rs"]
mod png;
#[path = "common/pty.rs"]
mod pty;
#[path = "../screenshots/maker/scene.rs"]
mod scene;
#[path = "../screenshots/maker/shapes.rs"]
mod shapes;
#[path = "../screenshots/maker/svg.rs"]
mod svg;

use std::io::Write;
use std::path::Path;

use palette::Background;
use shapes::Shape;

/// The SVG of a dark terminal of 40 x 3 cells that was sent this.
fn picture(sent: &str) -> String {
    let mut terminal = vt100::Parser::new(3.try_into().unwrap(), 40.try_into().unwrap(), 0);
    terminal.process(sent.as_bytes());
    svg::draw(terminal.screen(), Background::Dark.palette(), "a <title>").unwrap()
}

/// The text elements only.
fn texts(svg: &str) -> Vec<&str> {
    svg.lines()
        .filter(|line| line.starts_with("<text"))
        .collect()
}

#[test]
fn words_have_their_places_and_signs_stand_alone() {
    let svg = picture("\x1b[?25lab <c\r\n  ++");
    assert!(svg.contains("<title>a &lt;title&gt;</title>"));
    assert_eq!(
        texts(&svg),
        [
            "<text y=\"29\" fill=\"#d7dae0\"><tspan x=\"14\" textLength=\"18\">ab</tspan>\
             <tspan x=\"41\" textLength=\"18\">&lt;c</tspan></text>",
            "<text y=\"49\" fill=\"#d7dae0\"><tspan x=\"32\">+</tspan>\
             <tspan x=\"41\">+</tspan></text>",
        ]
    );
}

#[test]
fn attributes_are_drawn() {
    let svg = picture("\x1b[?25l\x1b[1;31mF\x1b[0m \x1b[7mx\x1b[0m \x1b[2md\x1b[0m \x1b[4mu");
    assert!(svg.contains("fill=\"#e05f65\" font-weight=\"700\"><tspan x=\"14\">F"));
    assert!(svg.contains("<rect x=\"32\" y=\"14\" width=\"9\" height=\"20\" fill=\"#d7dae0\"/>"));
    assert!(svg.contains("fill=\"#161920\"><tspan x=\"32\">x"));
    assert!(svg.contains("fill=\"#86898f\"><tspan x=\"50\">d"));
    assert!(svg.contains("<rect x=\"68\" y=\"31\" width=\"9\" height=\"1\" fill=\"#d7dae0\"/>"));
}

#[test]
fn lines_are_shapes_without_gaps() {
    let svg = picture("\x1b[?25l──────\r\n█▄");
    assert!(texts(&svg).is_empty());
    let rects: Vec<_> = svg
        .lines()
        .filter(|line| line.contains("#d7dae0"))
        .collect();
    assert_eq!(
        rects,
        [
            "<rect x=\"14\" y=\"23.5\" width=\"54\" height=\"1\" fill=\"#d7dae0\"/>",
            "<rect x=\"14\" y=\"34\" width=\"9\" height=\"20\" fill=\"#d7dae0\"/>",
            "<rect x=\"23\" y=\"44\" width=\"9\" height=\"10\" fill=\"#d7dae0\"/>",
        ]
    );
}

#[test]
fn wide_letters_take_two_cells() {
    let svg = picture("\x1b[?25l日x");
    assert!(svg.contains("<tspan x=\"15.5\">日</tspan><tspan x=\"32\">x</tspan>"));
}

#[test]
fn every_shape_stays_in_its_cell() {
    let shaped = ('\u{2500}'..='\u{259f}').filter_map(shapes::of).flatten();
    let mut count = 0;
    for shape in shaped {
        count += 1;
        if let Shape::Rect {
            x,
            y,
            width,
            height,
            opacity,
        } = shape
        {
            assert!(x >= 0.0 && y >= 0.0 && width > 0.0 && height > 0.0 && opacity > 0.0);
            assert!(x + width <= shapes::WIDTH + 0.01 && y + height <= shapes::HEIGHT + 0.01);
        }
    }
    assert!(count > 200, "{count}");
    assert_eq!(shapes::of('╬'), None);
    assert_eq!(shapes::of('┼').unwrap().len(), 4);
}

/// A PNG of two columns whose rows were filtered as said, before each row.
fn filtered(rows: &[[u8; 9]]) -> Vec<u8> {
    let mut out = png::SIGNATURE.to_vec();
    let height = u8::try_from(rows.len()).unwrap();
    png::chunk(
        &mut out,
        *b"IHDR",
        &[0, 0, 0, 2, 0, 0, 0, height, 8, 6, 0, 0, 0],
    );
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    zlib.write_all(&rows.concat()).unwrap();
    png::chunk(&mut out, *b"IDAT", &zlib.finish().unwrap());
    png::chunk(&mut out, *b"IEND", &[]);
    out
}

#[test]
fn a_png_is_read_whatever_filters_its_rows_have() {
    let png = filtered(&[
        [0, 10, 20, 30, 255, 20, 30, 40, 255],
        [1, 1, 1, 1, 255, 1, 1, 1, 0],
        [2, 5, 5, 5, 0, 5, 5, 5, 0],
        [3, 1, 1, 1, 128, 0, 0, 0, 0],
        [4, 1, 1, 1, 0, 1, 1, 1, 0],
    ]);
    let picture = png::Picture::read(&png).unwrap();
    let grey = |value: u8| [value, value, value, 255];
    assert_eq!(picture.width, 2);
    assert_eq!(picture.pixels[..2], [[10, 20, 30, 255], [20, 30, 40, 255]]);
    assert_eq!(picture.pixels[2..], [1, 2, 6, 7, 4, 5, 5, 6].map(grey));
    assert!(png::Picture::read(&png[1..]).is_err());
    assert!(png::Picture::read(&png[..60]).is_err());
}

#[test]
fn a_png_becomes_one_with_a_palette() {
    let row = [0, 255, 0, 0, 255, 0, 0, 255, 128];
    let small = png::shrink(&filtered(&[row, row, row])).unwrap();
    let has = |bytes: &[u8]| small.windows(bytes.len()).any(|window| window == bytes);
    assert!(
        has(&[0, 0, 0, 2, 0, 0, 0, 3, 8, 3]),
        "two by three, by palette"
    );
    assert!(has(b"\0\0\0\x06PLTE\xff\0\0\0\0\xff") || has(b"\0\0\0\x06PLTE\0\0\xff\xff\0\0"));
    assert!(
        has(b"tRNS\xff\x80") || has(b"tRNS\x80\xff"),
        "what is clear stays clear"
    );
}

#[test]
fn the_scenes_can_be_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/screenshots.toml");
    let scenes = scene::load(&path).unwrap();
    let mut names: Vec<_> = scenes.iter().map(|scene| scene.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(
        names.len(),
        scenes.len(),
        "two scenes would write the same file"
    );
}

#[test]
fn keys_are_the_bytes_of_a_terminal() {
    assert_eq!(
        pty::key_bytes("/to:x<Enter><Up><C-c><lt>").unwrap(),
        b"/to:x\r\x1b[A\x03<"
    );
    assert!(pty::key_bytes("<Nope>").is_err());
    assert!(pty::key_bytes("a<b").is_err());
}
