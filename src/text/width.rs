//! Display width of text, and fitting text into a width.
//!
//! Cells are counted by grapheme, as the screen buffer does.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Marks a cut; one cell wide.
const CUT: &str = "…";

/// Width of a sanitised line in cells.
pub fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.graphemes(true).map(cells_of).sum()
}

/// Width of a grapheme in cells.
///
/// Halfwidth sound marks of Katakana extend the grapheme before them, but terminals and the screen buffer give
/// each a cell of its own.
fn cells_of(grapheme: &str) -> usize {
    grapheme.width() + grapheme.matches(['\u{ff9e}', '\u{ff9f}']).count()
}

/// Text cut at its end to at most `cells` cells.
pub fn truncate_end(text: &str, cells: usize) -> Cow<'_, str> {
    if width(text) <= cells {
        return Cow::Borrowed(text);
    }
    match cells.checked_sub(1) {
        None => Cow::Borrowed(""),
        Some(room) => Cow::Owned(format!("{}{CUT}", head(text, room))),
    }
}

/// Text cut in the middle to at most `cells` cells: `mail…team.de`.
///
/// More of the end is kept, because the end of a domain shows its owner.
pub fn truncate_middle(text: &str, cells: usize) -> Cow<'_, str> {
    if width(text) <= cells {
        return Cow::Borrowed(text);
    }
    match cells.checked_sub(1) {
        None => Cow::Borrowed(""),
        Some(room) => {
            let start = head(text, room * 2 / 5);
            let end = tail(text, room - width(start));
            Cow::Owned(format!("{start}{CUT}{end}"))
        }
    }
}

/// Text right-aligned in at least `cells` cells, for numbers.
pub fn pad_left(text: &str, cells: usize) -> Cow<'_, str> {
    match cells.saturating_sub(width(text)) {
        0 => Cow::Borrowed(text),
        gap => Cow::Owned(format!("{:gap$}{text}", "")),
    }
}

/// Text left-aligned in at least `cells` cells, for names.
pub fn pad_right(text: &str, cells: usize) -> Cow<'_, str> {
    match cells.saturating_sub(width(text)) {
        0 => Cow::Borrowed(text),
        gap => Cow::Owned(format!("{text}{:gap$}", "")),
    }
}

/// Longest beginning of at most `cells` cells.
fn head(text: &str, cells: usize) -> &str {
    let end = fitting(text.graphemes(true), cells);
    text.get(..end).unwrap_or_default()
}

/// Longest end of at most `cells` cells.
fn tail(text: &str, cells: usize) -> &str {
    let length = fitting(text.graphemes(true).rev(), cells);
    text.get(text.len() - length..).unwrap_or_default()
}

/// Number of bytes of graphemes that fit into `cells` cells.
fn fitting<'a>(graphemes: impl Iterator<Item = &'a str>, cells: usize) -> usize {
    let mut left = cells;
    graphemes
        .map_while(|grapheme| {
            left = left.checked_sub(cells_of(grapheme))?;
            Some(grapheme.len())
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    #[test]
    fn wide_and_combined_characters_are_counted_in_cells() {
        for (text, cells) in [
            ("mail", 4),
            ("Grüße", 5),
            ("日本", 4),
            ("e\u{301}", 1),
            ("👍", 2),
        ] {
            assert_eq!(width(text), cells, "{text}");
        }
    }

    #[test]
    fn names_are_cut_in_the_middle() {
        assert_eq!(truncate_middle("mail.t-online-team.de", 12), "mail…team.de");
        assert_eq!(truncate_middle("short.example", 13), "short.example");
        assert_eq!(truncate_middle("日本日本.example", 10), "日…example");
        for (cells, cut) in [(0, ""), (1, "…"), (2, "…e"), (3, "…de"), (4, "m…de")] {
            assert_eq!(truncate_middle("mail.team.de", cells), cut);
        }
    }

    #[test]
    fn sentences_are_cut_at_the_end() {
        assert_eq!(truncate_end("not offered", 8), "not off…");
        assert_eq!(truncate_end("日本語", 4), "日…");
        assert_eq!(truncate_end("x", 0), "");
    }

    #[test]
    fn padding_counts_cells() {
        assert_eq!(pad_left("12", 4), "  12");
        assert_eq!(pad_right("日", 4), "日  ");
        assert!(matches!(pad_right("long", 2), Cow::Borrowed("long")));
    }

    proptest! {
        #[test]
        fn a_cut_text_fits_and_stays(text in "\\PC{0,40}", cells in 0usize..30) {
            for cut in [truncate_end, truncate_middle] {
                let once = cut(&text, cells).into_owned();
                prop_assert!(width(&once) <= cells, "{once:?}");
                prop_assert_eq!(cut(&once, cells), once.as_str());
            }
            prop_assert!(width(&pad_left(&text, cells)) >= cells);
            prop_assert!(width(&pad_right(&text, cells)) >= cells);
        }

        #[test]
        fn the_screen_agrees(raw in "\\PC{0,30}") {
            let text = crate::text::clean(raw.as_bytes());
            let mut screen = Buffer::empty(Rect::new(0, 0, 400, 1));
            let (end, _) = screen.set_stringn(0, 0, &text, usize::MAX, Style::default());
            prop_assert_eq!(usize::from(end), width(&text));
        }
    }
}
