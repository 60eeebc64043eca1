//! The clauses of a Received header (RFC 5321 section 4.4), in whatever order they come.

use super::lex::{Lexer, Token};
use crate::parse::{Stamp, date};

/// Behind which clause a comment stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Place {
    /// Before any clause.
    #[default]
    Start,
    From,
    By,
    With,
    /// Behind any other clause or the date.
    After,
    /// No comment, but the words `de/crypted with ...` that s/qmail puts before `by`.
    Crypted,
    /// Behind an `(envelope-from ...)`: the sender address is the peer's own text, and may contain what
    /// looks like further comments.
    Envelope,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Comment<'a> {
    pub(super) place: Place,
    pub(super) text: &'a [u8],
}

/// More comments than any mail system writes; the rest is ignored.
const COMMENTS: usize = 12;

/// More places where a date could stand than any real header has; the rest is not tried.
const DATES: usize = 16;

/// The header split into clauses, not yet understood. Empty slices: not written.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Clauses<'a> {
    /// All words between `from` and its first comment.
    pub(super) from: &'a [u8],
    pub(super) by: &'a [u8],
    pub(super) via: &'a [u8],
    /// All words of the protocol: `Microsoft SMTP Server`.
    pub(super) with: &'a [u8],
    pub(super) id: &'a [u8],
    pub(super) recipient: &'a [u8],
    /// The registered clause of RFC 8314 section 4.3: the IANA name of the suite.
    pub(super) tls: &'a [u8],
    /// `claiming to be "name"`.
    pub(super) claimed: &'a [u8],
    /// OpenSMTPD: `auth=yes user=name`.
    pub(super) user: &'a [u8],
    pub(super) date: Option<Stamp>,
    /// `over TLS secured channel`, `with STARTTLS`.
    pub(super) secured: bool,
    /// `by uid 502`: handed in by a local program.
    pub(super) by_uid: bool,
    /// A clause that can stand once came again with another value, or a parenthesis was never closed:
    /// part of the structure may be a peer's text.
    pub(super) ambiguous: bool,
    /// How often `by` or `with` came, whichever came more often.
    pub(super) times: usize,
    comments: [Comment<'a>; COMMENTS],
    count: usize,
}

impl<'a> Clauses<'a> {
    pub(super) fn read(text: &'a [u8]) -> Self {
        let mut reader = Reader {
            lexer: Lexer::new(text),
            clauses: Clauses::default(),
            clause: Clause::Start,
            span: None,
            bys: 0,
            withs: 0,
            from_again: false,
            enveloped: false,
            dates: 0,
        };
        while let Some(token) = reader.lexer.next() {
            match token {
                Token::Word { start, end } => reader.word(start, end),
                Token::Comment { start, end } => reader.comment(start, end),
                Token::Semicolon => reader.semicolon(),
            }
        }
        reader.close_span();
        reader.clauses.ambiguous |= reader.lexer.is_unbalanced();
        reader.clauses.times = reader.bys.max(reader.withs);
        reader.clauses
    }

    pub(super) fn comments(&self) -> &[Comment<'a>] {
        self.comments.get(..self.count).unwrap_or_default()
    }

    /// The comments behind one clause.
    pub(super) fn comments_at(&self, place: Place) -> impl Iterator<Item = &'a [u8]> {
        self.comments()
            .iter()
            .filter(move |comment| comment.place == place)
            .map(|comment| comment.text)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Clause {
    Start,
    From,
    By,
    Via,
    With,
    Id,
    For,
    Tls,
    Over,
    /// `de/crypted with VERSION: SUITE [BITS/BITS] DN=NAME`, up to `by`.
    Crypted,
    /// A clause whose value is complete, or words that belong to none.
    Done,
}

impl Clause {
    fn of(word: &[u8]) -> Option<Self> {
        const WORDS: [(&[u8], Clause); 8] = [
            (b"from", Clause::From),
            (b"by", Clause::By),
            (b"via", Clause::Via),
            (b"with", Clause::With),
            (b"id", Clause::Id),
            (b"for", Clause::For),
            (b"tls", Clause::Tls),
            (b"over", Clause::Over),
        ];
        WORDS
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(word))
            .map(|(_, clause)| *clause)
    }
}

struct Reader<'a> {
    lexer: Lexer<'a>,
    clauses: Clauses<'a>,
    clause: Clause,
    /// The words of a clause of several words so far.
    span: Option<(usize, usize)>,
    bys: usize,
    withs: usize,
    /// A second `from` came.
    from_again: bool,
    enveloped: bool,
    /// How often a date was looked for.
    dates: usize,
}

impl<'a> Reader<'a> {
    fn word(&mut self, start: usize, end: usize) {
        let word = self.lexer.slice(start, end);
        if date::starts_date(word) && self.clauses.date.is_none() && self.clause != Clause::From {
            // No semicolon before the date; the word is part of it.
            let date = self.lexer.slice(start, end + self.lexer.rest().len());
            if self.date(date, end - start) {
                return;
            }
        }
        if word == b"de/crypted" && self.clause == Clause::From && self.span.is_none() {
            self.open(Clause::Crypted);
            return;
        }
        match Clause::of(word) {
            Some(clause) if !self.is_value(clause) => self.open(clause),
            _ => self.value(start, end),
        }
    }

    /// True where a word that reads like a keyword is none: a HELO `by` (`from by (...)`), `TLS` in
    /// `over TLS secured channel` and `with TLS`, and TLS clauses before the writer has named itself.
    fn is_value(&self, clause: Clause) -> bool {
        if matches!(clause, Clause::Tls | Clause::Over) && self.clauses.by.is_empty() {
            return true;
        }
        match self.clause {
            Clause::From => {
                self.span.is_none()
                    && self.clauses.from.is_empty()
                    && self.lexer.comment_follows()
                    && self.clauses.comments_at(Place::From).next().is_none()
            }
            Clause::Over => clause == Clause::Tls,
            Clause::Crypted => clause != Clause::By,
            Clause::With => clause == Clause::Tls && self.span.is_none(),
            _ => false,
        }
    }

    fn open(&mut self, clause: Clause) {
        self.close_span();
        self.clause = clause;
        self.enveloped = false;
        match clause {
            Clause::By => self.bys += 1,
            Clause::With => self.withs += 1,
            _ => {}
        }
        self.from_again |= clause == Clause::From && !self.clauses.from.is_empty();
    }

    fn value(&mut self, start: usize, end: usize) {
        let word = trim(self.lexer.slice(start, end));
        match self.clause {
            Clause::From | Clause::With | Clause::Crypted => self.grow(start, end),
            Clause::Tls if self.span.is_some() || word.contains(&b'=') => self.grow(start, end),
            Clause::By => self.by(word),
            Clause::Over => self.clauses.secured |= is_tls_word(word),
            Clause::Via | Clause::Id | Clause::For | Clause::Tls => self.single(word),
            Clause::Done => {
                if let Some(user) = word.strip_prefix(b"user=") {
                    self.clauses.user = user;
                }
            }
            Clause::Start => {}
        }
    }

    /// Sets a clause of one word; the first one stands.
    fn single(&mut self, word: &'a [u8]) {
        let field = match self.clause {
            Clause::Via => &mut self.clauses.via,
            Clause::Id => &mut self.clauses.id,
            Clause::For => &mut self.clauses.recipient,
            _ => &mut self.clauses.tls,
        };
        if field.is_empty() {
            *field = unwrap_angle(word);
        }
        self.clause = Clause::Done;
    }

    fn by(&mut self, word: &'a [u8]) {
        self.clause = Clause::Done;
        if word.eq_ignore_ascii_case(b"uid") {
            self.clauses.by_uid = true;
            self.bys = self.bys.saturating_sub(1);
        } else if self.clauses.by.is_empty() {
            self.clauses.by = word;
        } else if self.clauses.by != word {
            self.clauses.ambiguous = true;
        }
    }

    /// Adds a word to a clause of several words.
    fn grow(&mut self, start: usize, end: usize) {
        let word = self.lexer.slice(start, end);
        if self.clause == Clause::With && (word.contains(&b'=') || word.contains(&b'@')) {
            self.open(Clause::Done);
            return;
        }
        if word.starts_with(b"\"") && self.clause == Clause::From && self.span.is_some() {
            self.clauses.claimed = trim_quotes(word);
        }
        self.span = match self.span {
            Some((first, _)) => Some((first, end)),
            None => Some((start, end)),
        };
    }

    /// Ends a clause of several words, at a comment, a semicolon or the next keyword.
    fn close_span(&mut self) {
        let Some((start, end)) = self.span.take() else {
            return;
        };
        let words = trim(self.lexer.slice(start, end));
        if self.clause == Clause::With {
            self.with(words);
        } else if self.clause == Clause::Crypted {
            self.keep(Place::Crypted, words);
        } else if self.clause == Clause::Tls {
            // OpenSMTPD 5: `TLS version=V cipher=C bits=N verify=NO` without parentheses.
            self.keep(Place::After, words);
        } else if self.clauses.from.is_empty() && !words.starts_with(b"<") {
            // `from <a@b>` behind the other clauses is an envelope sender.
            self.clauses.from = words;
        } else if self.from_again && self.clauses.from != words && !words.starts_with(b"<") {
            self.clauses.ambiguous = true;
        }
    }

    /// `with TLS` and `with STARTTLS` come beside the protocol; before the writer has named itself they
    /// are a peer's words.
    fn with(&mut self, words: &'a [u8]) {
        let secured = words.eq_ignore_ascii_case(b"STARTTLS") || is_tls_word(words);
        if secured && !self.clauses.by.is_empty() {
            self.clauses.secured = true;
            self.withs = self.withs.saturating_sub(1);
        } else if self.clauses.with.is_empty() {
            self.clauses.with = words;
        } else if self.clauses.with != words {
            self.clauses.ambiguous = true;
        }
    }

    fn comment(&mut self, start: usize, end: usize) {
        let had_words = self.span.is_some();
        self.close_span();
        let text = self.lexer.slice(start, end).trim_ascii();
        self.enveloped |=
            starts_with(text, b"envelope-from") || starts_with(text, b"envelope-sender");
        let place = match self.place() {
            Place::From => Place::From,
            _ if self.enveloped => Place::Envelope,
            place => place,
        };
        self.keep(place, text);
        // chasquid tells the sender behind the rest.
        self.enveloped |= memchr::memmem::find(text, b"envelope from").is_some();
        // Words behind a comment belong to the clause only if it has none yet: `with (TLS...) esmtp`.
        if self.clause == Clause::With && had_words {
            self.clause = Clause::Done;
        }
    }

    fn keep(&mut self, place: Place, text: &'a [u8]) {
        if let Some(slot) = self.clauses.comments.get_mut(self.clauses.count) {
            *slot = Comment { place, text };
            self.clauses.count += 1;
        }
    }

    /// Until the writer has named itself, all comments belong to the `from` part.
    fn place(&self) -> Place {
        if self.clauses.by.is_empty() {
            return match self.clause {
                Clause::Start => Place::Start,
                _ => Place::From,
            };
        }
        match self.clause {
            Clause::From => Place::From,
            Clause::With => Place::With,
            _ if self.clauses.with.is_empty() && self.clauses.date.is_none() => Place::By,
            _ => Place::After,
        }
    }

    fn semicolon(&mut self) {
        self.close_span();
        let rest = self.lexer.rest();
        if !self.date(rest, 0) && self.clause != Clause::From {
            self.clause = Clause::Done;
        }
    }

    /// Reads a date at `text`, of which `read` bytes were taken from the lexer already. The last date
    /// stands: it is the one that the writer put there, whatever a peer wrote before it.
    fn date(&mut self, text: &'a [u8], read: usize) -> bool {
        self.dates += 1;
        if self.dates > DATES {
            return false;
        }
        let Some((stamp, used)) = date::parse_prefix(text) else {
            return false;
        };
        self.close_span();
        self.clauses.ambiguous |= self.clauses.date.is_some_and(|first| first != stamp);
        self.clauses.date = Some(stamp);
        self.clause = Clause::Done;
        self.enveloped = false;
        self.lexer.advance(used.saturating_sub(read));
        true
    }
}

/// True for the first word of a clause.
pub(super) fn is_keyword(word: &[u8]) -> bool {
    Clause::of(word).is_some() || word.eq_ignore_ascii_case(b"envelope-from")
}

fn is_tls_word(word: &[u8]) -> bool {
    word.eq_ignore_ascii_case(b"TLS") || word.eq_ignore_ascii_case(b"SSL")
}

fn trim(word: &[u8]) -> &[u8] {
    let word = word.trim_ascii();
    word.strip_suffix(b",").unwrap_or(word)
}

fn trim_quotes(word: &[u8]) -> &[u8] {
    let word = trim(word);
    let word = word.strip_prefix(b"\"").unwrap_or(word);
    word.strip_suffix(b"\"").unwrap_or(word)
}

/// `<a@b>` without its brackets.
pub(super) fn unwrap_angle(word: &[u8]) -> &[u8] {
    let word = word.strip_prefix(b"<").unwrap_or(word);
    word.strip_suffix(b">").unwrap_or(word)
}

/// Case does not matter.
pub(super) fn starts_with(text: &[u8], prefix: &[u8]) -> bool {
    strip_prefix(text, prefix).is_some()
}

/// The text behind `prefix`, whose case does not matter.
pub(super) fn strip_prefix<'a>(text: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}
