//! Text broken into lines that fit.

use unicode_segmentation::UnicodeSegmentation;

use super::width;

/// Text broken at spaces into lines of at most `columns` cells, those after the first indented by `hang` cells more
/// than by `indent`. Each line comes with the cells of its indent, which are no part of its text.
pub fn wrap(text: &str, indent: usize, hang: usize, columns: usize) -> Vec<(usize, String)> {
    // Hanging text stands below the first line, so every line gets the room of the later ones.
    let room = columns.saturating_sub(indent + hang + 1).max(8);
    let mut wrap = Wrap {
        room: room + hang,
        ..Wrap::default()
    };
    for (nth, word) in text.split(' ').enumerate() {
        wrap.spaces += usize::from(nth > 0);
        if !word.is_empty() {
            wrap.word(word, room);
        }
    }
    wrap.flush(room);
    let indents = std::iter::once(indent).chain(std::iter::repeat(indent + hang));
    indents.zip(wrap.lines).collect()
}

#[derive(Default)]
struct Wrap {
    lines: Vec<String>,
    current: String,
    /// Cells of `current`.
    used: usize,
    /// Cells that `current` may have.
    room: usize,
    /// Spaces before the next word, kept unless a line ends there.
    spaces: usize,
}

impl Wrap {
    fn word(&mut self, word: &str, later: usize) {
        let start = self.used + self.spaces;
        let fits = start + width(word) <= self.room;
        // A long word begins where it is rather than leave half a line empty.
        let splits = width(word) > later && start + later / 2 <= self.room;
        if fits || splits {
            self.current.extend(std::iter::repeat_n(' ', self.spaces));
            self.used = start;
        } else if self.used > 0 {
            self.flush(later);
        }
        self.spaces = 0;
        for letter in word.graphemes(true) {
            let cells = width(letter);
            if self.used + cells > self.room {
                self.flush(later);
            }
            self.current.push_str(letter);
            self.used += cells;
        }
    }

    fn flush(&mut self, later: usize) {
        let text = std::mem::take(&mut self.current);
        if !text.is_empty() {
            self.lines.push(text);
        }
        self.used = 0;
        self.room = later;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, indent: usize, hang: usize, columns: usize) -> Vec<String> {
        let lines = wrap(text, indent, hang, columns).into_iter();
        let lines = lines.map(|(indent, line)| format!("{:indent$}{line}", ""));
        lines.collect()
    }

    #[test]
    fn text_is_broken_at_spaces_and_long_words_anywhere() {
        assert_eq!(texts("one two three", 2, 0, 11), ["  one two", "  three"]);
        assert_eq!(
            texts("abcdefghijklmnop", 0, 0, 11),
            ["abcdefghij", "klmnop"]
        );
        assert_eq!(
            texts("a abcdefghijklmnop", 0, 0, 11),
            ["a abcdefgh", "ijklmnop"]
        );
        assert_eq!(
            texts("abcdefg abcdefghijkl", 0, 0, 11),
            ["abcdefg", "abcdefghij", "kl"]
        );
        assert_eq!(texts("TLS 1.2  AES", 1, 0, 40), [" TLS 1.2  AES"]);
        assert_eq!(
            texts("   folded header", 1, 0, 12),
            ["    folded", " header"]
        );
        assert!(texts("", 0, 0, 10).is_empty());
    }

    #[test]
    fn later_lines_hang_and_no_line_is_too_long() {
        assert_eq!(
            texts("· one two three four", 1, 2, 12),
            [" · one two", "   three", "   four"]
        );
        for columns in 12..40 {
            for line in texts(
                "· 日本語のテキスト and so on, abcdefghijklmnopqrstuvwxyz",
                1,
                2,
                columns,
            ) {
                assert!(width(&line) < columns, "{columns}: {line}");
            }
        }
    }
}
