//! Splits a Received header into tokens: words, comments, semicolons.
//!
//! Takes linear time in one pass: a closing bracket or quote that is missing is searched only once.

/// A token as a range of the text. Comments are without their outer parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Word { start: usize, end: usize },
    Comment { start: usize, end: usize },
    Semicolon,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "each remembers one fruitless search"
)]
pub(super) struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    /// Whether a comment was not closed; comments after it end at the first `)`.
    flat: bool,
    no_angle: bool,
    no_quote: bool,
    no_bracket: bool,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self {
            text,
            at: 0,
            flat: false,
            no_angle: false,
            no_quote: false,
            no_bracket: false,
        }
    }

    /// Text of a range.
    pub(super) fn slice(&self, start: usize, end: usize) -> &'a [u8] {
        self.text.get(start..end).unwrap_or_default()
    }

    /// Text not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Skips text that was parsed elsewhere.
    pub(super) fn advance(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    /// True when a comment was not closed.
    pub(super) fn is_unbalanced(&self) -> bool {
        self.flat
    }

    /// True when the next token is a comment.
    pub(super) fn comment_follows(&self) -> bool {
        self.rest().iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'(')
    }

    fn comment(&mut self) -> Token {
        let start = self.at + 1;
        let end = self.comment_end(start);
        self.at = end + 1;
        Token::Comment { start, end }
    }

    /// End of a comment. Parentheses nest (RFC 5322). Quotes and backslashes are ignored: mail systems do not
    /// write quoted pairs, and a HELO name must not be able to hide a closing parenthesis.
    fn comment_end(&mut self, start: usize) -> usize {
        let rest = self.text.get(start..).unwrap_or_default();
        if !self.flat {
            let mut depth = 1_usize;
            for at in memchr::memchr2_iter(b'(', b')', rest) {
                if rest.get(at) == Some(&b'(') {
                    depth += 1;
                } else {
                    depth -= 1;
                    if depth == 0 {
                        return start + at;
                    }
                }
            }
            self.flat = true;
        }
        start + memchr::memchr(b')', rest).unwrap_or(rest.len())
    }

    fn word(&mut self) -> Token {
        let start = self.at;
        let open = match self.text.get(start) {
            Some(b'<') => self.angle_end(start),
            Some(b'"') => self.quote_end(start),
            Some(b'[') => self.bracket_end(start),
            _ => None,
        };
        let tail = open.unwrap_or(start);
        let rest = self.text.get(tail..).unwrap_or_default();
        let length = rest
            .iter()
            .position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'(' | b')' | b';'))
            .unwrap_or(rest.len());
        // An opening sign without its closing one is a word of at least one byte.
        let end = (tail + length).max(start + 1);
        self.at = end;
        Token::Word { start, end }
    }

    /// End of `<...>`. A quoted local part may contain any byte.
    fn angle_end(&mut self, start: usize) -> Option<usize> {
        if self.no_angle {
            return None;
        }
        let mut from = start + 1;
        if self.text.get(from) == Some(&b'"') {
            from = self.quote_end(from).unwrap_or(from);
        }
        let found = memchr::memchr(b'>', self.text.get(from..)?);
        self.no_angle = found.is_none();
        Some(from + found? + 1)
    }

    fn quote_end(&mut self, start: usize) -> Option<usize> {
        if self.no_quote {
            return None;
        }
        let mut escaped = false;
        let found = self.text.get(start + 1..)?.iter().position(|byte| {
            let closes = !escaped && *byte == b'"';
            escaped = !escaped && *byte == b'\\';
            closes
        });
        self.no_quote = found.is_none();
        Some(start + 1 + found? + 1)
    }

    fn bracket_end(&mut self, start: usize) -> Option<usize> {
        if self.no_bracket {
            return None;
        }
        let found = memchr::memchr(b']', self.text.get(start..)?);
        self.no_bracket = found.is_none();
        Some(start + found? + 1)
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let blank = self
            .rest()
            .iter()
            .position(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b')' | b','))?;
        self.at += blank;
        match self.text.get(self.at)? {
            b'(' => Some(self.comment()),
            b';' => {
                self.at += 1;
                Some(Token::Semicolon)
            }
            _ => Some(self.word()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<String> {
        Lexer::new(text.as_bytes())
            .map(|token| match token {
                Token::Word { start, end } => text[start..end].to_owned(),
                Token::Comment { start, end } => format!("({})", &text[start..end]),
                Token::Semicolon => ";".to_owned(),
            })
            .collect()
    }

    #[test]
    fn comments_nest_and_need_no_blanks_around_them() {
        assert_eq!(
            tokens("a (b (c) d)by e;f"),
            ["a", "(b (c) d)", "by", "e", ";", "f"]
        );
    }

    #[test]
    fn brackets_and_quotes_hold_blanks_together() {
        assert_eq!(
            tokens("[X 1.2 Server] <\"a> b\"@c> \"d e\" [1.2.3.4]:25"),
            ["[X 1.2 Server]", "<\"a> b\"@c>", "\"d e\"", "[1.2.3.4]:25"]
        );
    }

    #[test]
    fn an_unclosed_comment_costs_only_itself() {
        assert_eq!(
            tokens("(a (b) by c (d) ( e"),
            ["(a (b)", "by", "c", "(d)", "( e)"]
        );
        assert_eq!(tokens("<a b [c \"d"), ["<a", "b", "[c", "\"d"]);
    }

    #[test]
    fn hostile_repetition_stays_linear() {
        for piece in ["( (a) ", "(", "<\"", "[ ", "\" ", ")", "<a \"b [c (d "] {
            let text = piece.repeat(200_000);
            assert!(Lexer::new(text.as_bytes()).count() <= text.len());
        }
    }
}
