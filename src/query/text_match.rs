//! One text test, compiled once and asked for every distinct string.

use std::ops::Range;

use memchr::memmem::Finder;
use regex::bytes::{Regex, RegexBuilder};

use super::fold::Fold;

/// A compiled regex larger than this is refused: it would be slow as well.
const LARGEST_REGEX: usize = 1 << 20;

/// How the text of a test is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum How {
    /// Anywhere in a value, in any letter case.
    Contains,
    /// The whole value, in any letter case.
    Equals,
    /// The whole value, letter case heeded.
    Exactly,
    /// By regex: in any letter case unless the pattern has an upper-case letter.
    Regex,
}

/// One text test.
///
/// Texts are bytes and need not be UTF-8. Letters beyond ASCII match in any case where the value is
/// UTF-8; an ASCII letter matches ASCII letters only.
#[derive(Clone, Debug)]
pub struct TextMatch {
    how: How,
    text: String,
    search: Search,
}

/// How a test is carried out.
#[derive(Clone, Debug)]
enum Search {
    /// By comparing the bytes of the whole value.
    Whole,
    /// By looking for a short ASCII text.
    Fold(Fold),
    /// By regex, also for the rest of the words.
    Regex(Regex),
}

impl PartialEq for TextMatch {
    fn eq(&self, other: &Self) -> bool {
        self.how == other.how && self.text == other.text
    }
}

impl Eq for TextMatch {}

/// Why a text test could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It would match everything.
    #[error("there is nothing to look for")]
    Empty,
    /// Too large when compiled.
    #[error("the pattern is too large")]
    TooLarge,
    /// The regex is wrong; what the regex compiler says, in a line.
    #[error("{0}")]
    Syntax(String),
}

impl TextMatch {
    /// A value that contains `text`, in any letter case.
    pub fn contains(text: &str) -> Result<Self, PatternError> {
        let search = match Fold::new(text) {
            Some(fold) => Search::Fold(fold),
            None if text.is_empty() => return Err(PatternError::Empty),
            None => Search::Regex(compile(&any_case(text), false)?),
        };
        Ok(Self::new(How::Contains, text, search))
    }

    /// A value that is `text`, in any letter case. The empty text matches the empty value.
    pub fn equals(text: &str) -> Result<Self, PatternError> {
        let search = if text.is_ascii() {
            Search::Whole
        } else {
            let pattern = format!(r"\A(?:{})\z", any_case(text));
            Search::Regex(compile(&pattern, false)?)
        };
        Ok(Self::new(How::Equals, text, search))
    }

    /// A value that is `text` to the letter.
    pub fn exactly(text: &str) -> Self {
        Self::new(How::Exactly, text, Search::Whole)
    }

    /// A value in which the regex `pattern` matches; `^` and `$` are the ends of the value.
    pub fn regex(pattern: &str) -> Result<Self, PatternError> {
        if pattern.is_empty() {
            return Err(PatternError::Empty);
        }
        let pattern = without_escaped_slashes(pattern);
        let search = Search::Regex(compile(&pattern, !has_upper_case(&pattern))?);
        Ok(Self::new(How::Regex, &pattern, search))
    }

    fn new(how: How, text: &str, search: Search) -> Self {
        Self {
            how,
            text: text.into(),
            search,
        }
    }

    /// How it is looked for.
    pub fn how(&self) -> How {
        self.how
    }

    /// The text or the pattern, as it was asked for.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// True when `value` passes the test.
    pub fn matches(&self, value: &[u8]) -> bool {
        match &self.search {
            Search::Regex(regex) => regex.is_match(value),
            Search::Fold(fold) => fold.find(value).is_some(),
            Search::Whole if self.how == How::Exactly => value == self.text.as_bytes(),
            Search::Whole => value.eq_ignore_ascii_case(self.text.as_bytes()),
        }
    }

    /// Where the leftmost match in `value` is: for highlighting.
    pub fn find(&self, value: &[u8]) -> Option<Range<usize>> {
        match &self.search {
            Search::Regex(regex) => regex.find(value).map(|found| found.range()),
            Search::Fold(fold) => fold.find(value),
            Search::Whole => self.matches(value).then_some(0..value.len()),
        }
    }

    /// The same test of many values in one text, each of them a line; `None` where that cannot be asked.
    pub(super) fn of_lines(&self) -> Option<LineMatch> {
        if self.text.contains('\n') {
            return None;
        }
        match (&self.search, self.how) {
            (Search::Fold(fold), How::Contains) => Some(LineMatch::Lower(Box::new(
                Finder::new(fold.text()).into_owned(),
            ))),
            (Search::Regex(regex), How::Contains) => Some(LineMatch::Regex(regex.clone())),
            (Search::Regex(_), How::Regex) if !looks_beyond_a_line(&self.text) => {
                let any_case = !has_upper_case(&self.text);
                let regex = builder(&self.text, any_case).multi_line(true).build();
                Some(LineMatch::Regex(regex.ok()?))
            }
            _ => None,
        }
    }

    /// True for a text that is found in a value of several parts only where it is found in one of them: nothing in
    /// it is the `separator` between parts, and it looks at nothing around it.
    pub(super) fn heeds_parts(&self, separator: u8) -> bool {
        self.how == How::Contains && !self.text.as_bytes().contains(&separator)
    }

    /// True when every value that passes this test passes `other` too. False where that is not known.
    pub(super) fn implies(&self, other: &Self) -> bool {
        if self == other {
            return true;
        }
        match (self.how, other.how) {
            // Letter case folds character by character and never between ASCII and the rest, so what
            // `other` finds in our text it finds in every spelling of it.
            (How::Contains | How::Equals | How::Exactly, How::Contains)
            | (How::Equals | How::Exactly, How::Equals)
            | (How::Exactly, _) => other.matches(self.text.as_bytes()),
            _ => false,
        }
    }
}

/// A test of many values at once, see [`TextMatch::of_lines`].
#[derive(Debug)]
pub(super) enum LineMatch {
    /// By looking for an ASCII text in lower case.
    Lower(Box<Finder<'static>>),
    /// By regex.
    Regex(Regex),
}

impl LineMatch {
    /// Makes a text ready to be looked through. A value in it passes the test as it did before.
    pub(super) fn fold(&self, text: &mut [u8]) {
        if matches!(self, Self::Lower(_)) {
            text.make_ascii_lowercase();
        }
    }

    /// Where the leftmost match is that begins at `start`, which is the start of a line, or behind it. The value
    /// in whose line it begins may pass, and must pass where the match ends in the same line; the values between
    /// `start` and that line do not.
    pub(super) fn find_from(&self, text: &[u8], start: usize) -> Option<Range<usize>> {
        match self {
            Self::Regex(regex) => regex.find_at(text, start).map(|found| found.range()),
            Self::Lower(finder) => {
                let found = start + finder.find(text.get(start..)?)?;
                Some(found..found + finder.needle().len())
            }
        }
    }
}

/// True when a regex may look at the ends of the whole text, or sets how lines are taken: it is not understood
/// here what else stands in such a group.
fn looks_beyond_a_line(pattern: &str) -> bool {
    let sets_flags = |(at, _): (usize, &str)| {
        let rest = &pattern[at + 2..];
        !(rest.starts_with(':') || rest.starts_with("i)") || rest.starts_with("-i)"))
    };
    pattern.contains("\\A")
        || pattern.contains("\\z")
        || pattern.match_indices("(?").any(sets_flags)
}

fn compile(pattern: &str, any_case: bool) -> Result<Regex, PatternError> {
    builder(pattern, any_case)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => PatternError::TooLarge,
            error => PatternError::Syntax(last_line(&error.to_string())),
        })
}

fn builder(pattern: &str, any_case: bool) -> RegexBuilder {
    let mut builder = RegexBuilder::new(pattern);
    builder
        .case_insensitive(any_case)
        .size_limit(LARGEST_REGEX)
        .nest_limit(100);
    builder
}

/// The sentence at the end of a regex error, without the drawing above it.
fn last_line(error: &str) -> String {
    let line = error.lines().last().unwrap_or_default();
    line.trim().trim_start_matches("error: ").to_owned()
}

/// A regex for a literal text in any letter case. ASCII runs fold within ASCII: that is faster, and
/// a letter of ours does not meet the Kelvin sign.
fn any_case(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let ascii = first.is_ascii();
        let end = rest
            .find(|c: char| c.is_ascii() != ascii)
            .unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        pattern.push_str(if ascii { "(?i-u:" } else { "(?i:" });
        pattern.push_str(&regex::escape(run));
        pattern.push(')');
        rest = after;
    }
    pattern
}

/// `\/` is the only way to write a slash between slashes; inside it is a slash.
fn without_escaped_slashes(pattern: &str) -> String {
    let mut plain = String::with_capacity(pattern.len());
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some('/')) => plain.push('/'),
            (c, escaped) => plain.extend([Some(c), escaped].into_iter().flatten()),
        }
    }
    plain
}

/// True when a pattern names an upper-case letter to be matched: those of escapes (`\S`, `\p{Lu}`)
/// and of group names and flags (`(?P<Name>`) do not count.
fn has_upper_case(pattern: &str) -> bool {
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if c == '\\' {
            rest = after_escape(rest);
        } else if let Some(group) = rest.strip_prefix('?').filter(|_| c == '(') {
            rest = group.trim_start_matches(|c: char| !matches!(c, '>' | ':' | ')'));
        } else if c.is_uppercase() {
            return true;
        }
    }
    false
}

/// What follows an escape, of which the backslash is already gone.
fn after_escape(rest: &str) -> &str {
    let Some(kind) = rest.chars().next() else {
        return rest;
    };
    let after = &rest[kind.len_utf8()..];
    let braced = matches!(kind, 'p' | 'P' | 'x' | 'u' | 'U' | 'b') && after.starts_with('{');
    match after.find('}') {
        Some(end) if braced => &after[end..],
        _ => after,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(text: &str) -> TextMatch {
        TextMatch::contains(text).unwrap()
    }

    fn regex(pattern: &str) -> TextMatch {
        TextMatch::regex(pattern).unwrap()
    }

    #[test]
    fn words_match_in_any_case_and_literally() {
        assert!(contains("T-Online.DE").matches(b"tosa@rx.t-online.de"));
        assert!(!contains("t.online").matches(b"t-online"));
        assert!(contains("GRÜSSE").matches("viele grüsse".as_bytes()));
        assert!(contains("grü").matches("xGRÜx".as_bytes()));
        assert!(contains("abc").matches(b"\xff\xfeaBc\x80"));
        for word in ["k", "kü"] {
            assert!(!contains(word).matches("\u{212a}ü".as_bytes()), "{word}");
            assert!(contains(word).matches("KÜ".as_bytes()), "{word}");
        }
    }

    #[test]
    fn equality_is_of_the_whole_value() {
        let host = TextMatch::equals("mx.Example.org").unwrap();
        assert!(host.matches(b"MX.example.ORG") && !host.matches(b"mx.example.org."));
        let word = TextMatch::equals("Größe").unwrap();
        assert!(word.matches("GRÖßE".as_bytes()) && !word.matches("die Größe".as_bytes()));
        assert!(TextMatch::equals("").unwrap().matches(b""));
        assert!(!TextMatch::exactly("1j69ZJ").matches(b"1J69ZJ"));
    }

    #[test]
    fn a_regex_heeds_case_only_when_it_names_an_upper_case_letter() {
        assert!(regex(r"^mx\d").matches(b"MX1.example.org"));
        assert!(!regex(r"^MX\d").matches(b"mx1.example.org"));
        for pattern in [r"\Sx", r"\p{Lu}x", r"(?P<Name>x)", r"(?U)x", r"\x{4A}x"] {
            assert!(!has_upper_case(pattern), "{pattern}");
        }
        for pattern in [r"\\S", r"[A-Z]", r"(?P<n>X)", r"\pLX", r"\p{Lu}X", "Ü"] {
            assert!(has_upper_case(pattern), "{pattern}");
        }
    }

    #[test]
    fn bad_patterns_are_told_in_a_line() {
        let bad = |pattern| TextMatch::regex(pattern).unwrap_err().to_string();
        assert_eq!(bad("(a"), "unclosed group");
        assert_eq!(bad(r"(\w{200}){200}"), "the pattern is too large");
        assert_eq!(bad(""), "there is nothing to look for");
        assert!(bad("(?=x)").contains("look-ahead"));
        assert_eq!(TextMatch::contains(""), Err(PatternError::Empty));
    }

    #[test]
    fn a_find_says_where() {
        assert_eq!(contains("online").find(b"rx.T-ONLINE.de"), Some(5..11));
        assert_eq!(regex("[.]de$").find(b"rx.t-online.de"), Some(11..14));
        assert_eq!(TextMatch::exactly("ab").find(b"ab"), Some(0..2));
        assert_eq!(contains("x").find(b"ab"), None);
    }

    #[test]
    fn longer_words_imply_their_parts() {
        assert!(contains("example.org").implies(&contains("EXAMPLE")));
        assert!(!contains("example").implies(&contains("example.org")));
        assert!(TextMatch::exactly("Ab").implies(&regex("^Ab$")));
        assert!(!TextMatch::equals("Ab").unwrap().implies(&regex("^Ab$")));
        assert!(!contains("a").implies(&TextMatch::equals("a").unwrap()));
        assert!(!regex("example").implies(&contains("example")));
        // `s` finds no long s, so a word that may match one does not imply it.
        assert!(!contains("\u{17f}").implies(&contains("s")));
    }
}
