//! Lexer. It produces one token at a time, so that the leftmost mistake is reported first.

use std::ops::Range;

use super::cidr::{self, TrailingColons};
use super::error::{QueryError, cite};
use super::field::{FieldInfo, Op};
use super::suggest::meant_field;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// `(`
    Open,
    /// `)`
    Close,
    /// `AND`
    And,
    /// `OR`
    Or,
    /// `NOT`, `-` or `!`
    Not,
    /// A word, a quoted text or a regex without a field.
    Plain(Item),
    /// `field:value,value`
    Field(FieldTerm),
}

/// A field term before its values are parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FieldTerm {
    pub(super) info: &'static FieldInfo,
    pub(super) op: Op,
    pub(super) op_span: Range<usize>,
    pub(super) items: Vec<Item>,
}

/// A word, a quoted text or a regex.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// Text without quotes and escapes; the pattern of a regex as written.
    pub(super) text: String,
    pub(super) shape: Shape,
    /// Range in the input, with quotes or slashes.
    pub(super) span: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Bare,
    Quoted,
    Regex,
}

/// Where a quoted text or a regex is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    /// By itself: a space or a parenthesis follows.
    Alone,
    /// In the list of values of a field: a comma may follow as well.
    InList,
}

/// Lexer. After an error, the start positions are those of the unfinished token, which completion uses.
#[derive(Clone, Debug)]
pub(super) struct Lexer<'a> {
    input: &'a str,
    at: usize,
    /// Start of the last token.
    pub(super) token_start: usize,
    /// Start of the last value of the last token, if the token is a field term.
    pub(super) item_start: Option<usize>,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(input: &'a str) -> Self {
        Self {
            input,
            at: 0,
            token_start: 0,
            item_start: None,
        }
    }

    fn rest(&self) -> &'a str {
        self.input.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Next token; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Token>, QueryError> {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
        self.token_start = self.at;
        self.item_start = None;
        let Some(first) = self.peek() else {
            return Ok(None);
        };
        let kind = match first {
            '(' => self.single(TokenKind::Open),
            ')' => self.single(TokenKind::Close),
            // `->` is a delivery mark in Exim's log, and read as a word.
            '-' if !self.rest().starts_with("->") => self.single(TokenKind::Not),
            '!' => self.single(TokenKind::Not),
            '"' | '/' => TokenKind::Plain(self.delimited(first, Position::Alone)?),
            _ => self.word_or_field()?,
        };
        Ok(Some(Token {
            kind,
            span: self.token_start..self.at,
        }))
    }

    fn single(&mut self, kind: TokenKind) -> TokenKind {
        self.at += 1;
        kind
    }

    fn word_or_field(&mut self) -> Result<TokenKind, QueryError> {
        let rest = self.rest();
        let word = &rest[..rest.find(ends_word).unwrap_or(rest.len())];
        if let Some((name, op)) = field_head(word) {
            return self.field(name, op).map(TokenKind::Field);
        }
        let start = self.at;
        self.at += word.len();
        Ok(match word {
            "AND" => TokenKind::And,
            "OR" => TokenKind::Or,
            "NOT" => TokenKind::Not,
            _ => TokenKind::Plain(Item {
                text: word.into(),
                shape: Shape::Bare,
                span: start..self.at,
            }),
        })
    }

    fn field(&mut self, name: &str, op: Op) -> Result<FieldTerm, QueryError> {
        let name_span = self.at..self.at + name.len();
        let op_span = name_span.end..name_span.end + op.symbol().len();
        let Some(info) = FieldInfo::named(name) else {
            return Err(unknown_field(name, name_span));
        };
        self.at = op_span.end;
        let mut items = vec![self.item(info, op)?];
        while self.peek() == Some(',') {
            self.at += 1;
            items.push(self.item(info, op)?);
        }
        Ok(FieldTerm {
            info,
            op,
            op_span,
            items,
        })
    }

    fn item(&mut self, info: &FieldInfo, op: Op) -> Result<Item, QueryError> {
        self.item_start = Some(self.at);
        match self.peek() {
            Some(quote @ ('"' | '/')) => return self.delimited(quote, Position::InList),
            Some(c) if !ends_value(c) => {}
            _ => return Err(self.no_value(info, op)),
        }
        let rest = self.rest();
        let text = &rest[..rest.find(ends_value).unwrap_or(rest.len())];
        let start = self.at;
        self.at += text.len();
        Ok(Item {
            text: text.into(),
            shape: Shape::Bare,
            span: start..self.at,
        })
    }

    fn no_value(&self, info: &FieldInfo, op: Op) -> QueryError {
        let (name, op) = (info.name, op.symbol());
        let hint = if self.peek() == Some('(') {
            format!("give a list without parentheses, {name}{op}a,b")
        } else {
            "write it right behind, without a space".into()
        };
        let after = if self.input[..self.at].ends_with(',') {
            "the comma".into()
        } else {
            format!("{name}{op}")
        };
        QueryError::new(self.token_start..self.at, format!("{after} needs a value"))
            .hint(hint)
            .incomplete(self.at == self.input.len())
    }

    /// Reads a quoted text or a regex up to the closing mark.
    fn delimited(&mut self, mark: char, position: Position) -> Result<Item, QueryError> {
        let start = self.at;
        let inner = &self.rest()[1..];
        let Some(end) = closing(inner, mark) else {
            return Err(self.unclosed(mark));
        };
        self.at = start + 1 + end + 1;
        let span = start..self.at;
        let may_follow = |c| ends_word(c) || (position == Position::InList && c == ',');
        if !self.peek().is_none_or(may_follow) {
            return Err(Self::glued(span, mark));
        }
        let (text, shape) = match mark {
            '"' => (unescape(&inner[..end]), Shape::Quoted),
            _ => (inner[..end].to_owned(), Shape::Regex),
        };
        Ok(Item { text, shape, span })
    }

    fn unclosed(&self, mark: char) -> QueryError {
        let (thing, hint) = match mark {
            '"' => ("quote", "end the text with \""),
            _ => ("regex", "end it with /, or put a path in quotes"),
        };
        let span = self.at..self.at + 1;
        QueryError::new(span, format!("this {thing} is not closed"))
            .hint(hint)
            .incomplete(true)
    }

    fn glued(span: Range<usize>, mark: char) -> QueryError {
        let (thing, hint) = match mark {
            '"' => ("quote", r#"inside quotes write \" for a quote"#),
            _ => (
                "regex",
                r"inside a regex write \/ for a slash, or put a path in quotes",
            ),
        };
        let message = format!("something follows this {thing} without a space");
        QueryError::new(span, message).hint(hint)
    }
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')')
}

fn ends_value(c: char) -> bool {
    ends_word(c) || c == ','
}

fn unknown_field(name: &str, span: Range<usize>) -> QueryError {
    let error = QueryError::new(span, format!("unknown field {}", cite(name)));
    match meant_field(name) {
        Some(name) => error.hint(format!("did you mean {name}?")),
        None => error.hint("put the term in quotes to look for the text"),
    }
}

/// Field name and operator at the beginning of a word. A name consists of letters, `_` and `-`, so that times,
/// Exim IDs and most addresses are plain words. An IPv6 address is a plain word, too.
pub(super) fn field_head(word: &str) -> Option<(&str, Op)> {
    let in_name = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '-');
    let name = &word[..word.find(|c| !in_name(c))?];
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let op = Op::at_start(&word[name.len()..])?;
    let address =
        FieldInfo::named(name).is_none() && cidr::read(word, TrailingColons::Address).is_ok();
    (!address).then_some((name, op))
}

/// Index of the closing mark: the first one without a backslash before it.
fn closing(inner: &str, mark: char) -> Option<usize> {
    let mut chars = inner.char_indices();
    while let Some((at, c)) = chars.next() {
        if c == mark {
            return Some(at);
        }
        if c == '\\' {
            chars.next();
        }
    }
    None
}

/// Resolves the escapes `\"` and `\\`. Any other backslash stands for itself.
pub(super) fn unescape(inner: &str) -> String {
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        let escaped = chars.next_if(|next| c == '\\' && matches!(next, '"' | '\\'));
        text.push(escaped.unwrap_or(c));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(input: &str) -> Vec<String> {
        let mut lexer = Lexer::new(input);
        let mut kinds = Vec::new();
        while let Some(token) = lexer.next().unwrap_or_else(|e| panic!("{input}: {e}")) {
            kinds.push(match token.kind {
                TokenKind::Plain(item) => format!("{:?} {}", item.shape, item.text),
                TokenKind::Field(term) => {
                    let items: Vec<_> = term.items.iter().map(|item| &*item.text).collect();
                    format!("{}{}{}", term.info.name, term.op.symbol(), items.join("|"))
                }
                kind => format!("{kind:?}"),
            });
        }
        kinds
    }

    #[test]
    fn tokens() {
        for (input, expected) in [
            (
                "(a OR b) host:mx",
                vec!["Open", "Bare a", "Or", "Bare b", "Close", "host:mx"],
            ),
            (r#""a \"b\" \\ \d""#, vec![r#"Quoted a "b" \ \d"#]),
            (r"/a\/b c\\/ x", vec![r"Regex a\/b c\\", "Bare x"]),
            (
                "-to:a !b NOT c",
                vec!["Not", "to:a", "Not", "Bare b", "Not", "Bare c"],
            ),
            (r#"to:a,"b, c",/d/ e"#, vec!["to:a|b, c|d", "Bare e"]),
            (
                "errno=-38 grade>=C tls!=no",
                vec!["errno=-38", "grade>=C", "tls!=no"],
            ),
            ("-> => <=", vec!["Bare ->", "Bare =>", "Bare <="]),
            (
                "10:30 fe80::1 dead:beef::1",
                vec!["Bare 10:30", "Bare fe80::1", "Bare dead:beef::1"],
            ),
            (
                "a@b=c 1j69ZJ-0001iL-S3 or",
                vec!["Bare a@b=c", "Bare 1j69ZJ-0001iL-S3", "Bare or"],
            ),
            ("5'10\" x", vec!["Bare 5'10\"", "Bare x"]),
            ("   ", vec![]),
        ] {
            assert_eq!(kinds(input), expected, "{input}");
        }
    }

    #[test]
    fn an_open_end_is_incomplete_and_a_wrong_one_is_not() {
        for (input, incomplete) in [
            ("\"a", true),
            ("\"a\\\"", true),
            ("/a", true),
            ("/a\\/", true),
            ("host:\"", true),
            ("grade>=", true),
            ("grade:C,", true),
            ("grade>= C", false),
            ("kind:a, b", false),
            ("to:(a OR b)", false),
            ("\"a\"b", false),
            ("/var/log", false),
            ("file:/var/log", false),
        ] {
            let mut lexer = Lexer::new(input);
            let error = loop {
                match lexer.next() {
                    Ok(Some(_)) => {}
                    Ok(None) => panic!("{input} is no error"),
                    Err(error) => break error,
                }
            };
            assert_eq!(error.incomplete, incomplete, "{input}: {error}");
        }
    }
}
