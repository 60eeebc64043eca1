//! Tests of text, compiled once and applied to every distinct string.

use std::ops::Range;

use memchr::memmem::Finder;
use regex::bytes::{Regex, RegexBuilder};

use super::fold::Fold;

/// Maximum size of a compiled regex in bytes. A larger one would also be slow.
const LARGEST_REGEX: usize = 1 << 20;

/// How a text is compared with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum How {
    /// The value contains the text, in any letter case.
    Contains,
    /// The value is the text, in any letter case.
    Equals,
    /// The value is the text, byte for byte.
    Exactly,
    /// The regex matches in the value, in any letter case unless the pattern has an upper-case letter.
    Regex,
}

/// A test of a text.
///
/// Values are bytes and need not be UTF-8. Letters beyond ASCII match in any case where the value is UTF-8; an
/// ASCII letter matches ASCII letters only.
#[derive(Clone, Debug)]
pub struct TextMatch {
    how: How,
    text: String,
    search: Search,
}

/// Implementation of a test.
#[derive(Clone, Debug)]
enum Search {
    /// Compares the whole value.
    Whole,
    /// Searches a short ASCII text.
    Fold(Fold),
    /// Runs a regex, also for texts that [`Fold`] cannot search.
    Regex(Regex),
}

impl PartialEq for TextMatch {
    fn eq(&self, other: &Self) -> bool {
        self.how == other.how && self.text == other.text
    }
}

impl Eq for TextMatch {}

/// Why a test could not be compiled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// The empty pattern, which would match everything.
    #[error("there is nothing to look for")]
    Empty,
    /// The compiled regex would be too large.
    #[error("the pattern is too large")]
    TooLarge,
    /// Syntax error in a regex, with the message of the regex compiler in one line.
    #[error("{0}")]
    Syntax(String),
}

impl TextMatch {
    /// Test for values that contain `text`, in any letter case.
    pub fn contains(text: &str) -> Result<Self, PatternError> {
        let search = match Fold::new(text) {
            Some(fold) => Search::Fold(fold),
            None if text.is_empty() => return Err(PatternError::Empty),
            None => Search::Regex(compile(&any_case(text), false)?),
        };
        Ok(Self::new(How::Contains, text, search))
    }

    /// Test for values equal to `text`, in any letter case. The empty text matches the empty value.
    pub fn equals(text: &str) -> Result<Self, PatternError> {
        let search = if text.is_ascii() {
            Search::Whole
        } else {
            let pattern = format!(r"\A(?:{})\z", any_case(text));
            Search::Regex(compile(&pattern, false)?)
        };
        Ok(Self::new(How::Equals, text, search))
    }

    /// Test for values equal to `text`, byte for byte.
    pub fn exactly(text: &str) -> Self {
        Self::new(How::Exactly, text, Search::Whole)
    }

    /// Test for values in which the regex `pattern` matches; `^` and `$` are the ends of the value.
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

    /// Kind of comparison.
    pub fn how(&self) -> How {
        self.how
    }

    /// The text or the pattern.
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

    /// Range of the leftmost match in `value`, for highlighting.
    pub fn find(&self, value: &[u8]) -> Option<Range<usize>> {
        match &self.search {
            Search::Regex(regex) => regex.find(value).map(|found| found.range()),
            Search::Fold(fold) => fold.find(value),
            Search::Whole => self.matches(value).then_some(0..value.len()),
        }
    }

    /// The same test for many values at once, each of them a line of one text. `None` where the test cannot be
    /// applied this way.
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

    /// True when a match in joined values is always within one of them: the text does not contain the
    /// `separator` between values, and no regex can look around.
    pub(super) fn heeds_parts(&self, separator: u8) -> bool {
        self.how == How::Contains && !self.text.as_bytes().contains(&separator)
    }

    /// True when every value that passes this test also passes `other`. False also where this is not known.
    pub(super) fn implies(&self, other: &Self) -> bool {
        if self == other {
            return true;
        }
        match (self.how, other.how) {
            // Letter case is folded character by character, and never between ASCII and other letters. So what
            // `other` finds in this text it finds in every spelling of it.
            (How::Contains | How::Equals | How::Exactly, How::Contains)
            | (How::Equals | How::Exactly, How::Equals)
            | (How::Exactly, _) => other.matches(self.text.as_bytes()),
            _ => false,
        }
    }
}

/// Test of many values at once; see [`TextMatch::of_lines`].
#[derive(Debug)]
pub(super) enum LineMatch {
    /// Searches an ASCII text in lower case.
    Lower(Box<Finder<'static>>),
    /// Runs a regex.
    Regex(Regex),
}

impl LineMatch {
    /// Prepares a text for [`Self::find_from`], by converting it to lower case where needed.
    pub(super) fn fold(&self, text: &mut [u8]) {
        if matches!(self, Self::Lower(_)) {
            text.make_ascii_lowercase();
        }
    }

    /// Range of the leftmost match from `start` on, which is the start of a line. Values before the line in
    /// which the match begins do not pass. The value of that line passes if the match ends in the same line,
    /// else it has to be tested by itself.
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

/// True when a regex may refer to the ends of the whole text, or sets flags. Flags other than `i` could change
/// the meaning of lines.
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

/// Last line of a regex error, without the drawing above it.
fn last_line(error: &str) -> String {
    let line = error.lines().last().unwrap_or_default();
    line.trim().trim_start_matches("error: ").to_owned()
}

/// Regex for a literal text in any letter case. ASCII parts are folded within ASCII, which is faster and keeps
/// `k` from matching the Kelvin sign.
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

/// Replaces `\/`, the only way to write a slash between slashes, by a slash.
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

/// True when a pattern contains an upper-case letter to be matched. Letters of escapes (`\S`, `\p{Lu}`), group
/// names and flags (`(?P<Name>`) do not count.
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

/// The rest of a pattern after an escape; `rest` begins after the backslash.
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
