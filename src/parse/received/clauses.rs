//! Splits a Received header (RFC 5321 section 4.4) into clauses, in any order.

use super::lex::{Lexer, Token};
use crate::parse::{Stamp, date};

/// Clause that a comment follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Place {
    /// None yet.
    #[default]
    Start,
    From,
    By,
    With,
    /// Any other clause, or the date.
    After,
    /// Not a comment, but the words `de/crypted with ...` of s/qmail before `by`.
    Crypted,
    /// An `(envelope-from ...)`: the peer controls the sender address, which may imitate further comments.
    Envelope,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Comment<'a> {
    pub(super) place: Place,
    pub(super) text: &'a [u8],
}

/// Maximum number of comments; the others are ignored.
const COMMENTS: usize = 12;

/// Maximum number of attempts to parse a date.
const DATES: usize = 16;

/// Clauses of a header; empty slices are absent.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Clauses<'a> {
    /// Words between `from` and its first comment.
    pub(super) from: &'a [u8],
    pub(super) by: &'a [u8],
    pub(super) via: &'a [u8],
    /// Words of the protocol: `Microsoft SMTP Server`.
    pub(super) with: &'a [u8],
    pub(super) id: &'a [u8],
    pub(super) recipient: &'a [u8],
    /// Cipher suite in the `tls` clause of RFC 8314 section 4.3 (IANA name).
    pub(super) tls: &'a [u8],
    /// Name in `claiming to be "name"`.
    pub(super) claimed: &'a [u8],
    /// User in `auth=yes user=name` of OpenSMTPD.
    pub(super) user: &'a [u8],
    pub(super) date: Option<Stamp>,
    /// Whether there is `over TLS secured channel` or `with STARTTLS`.
    pub(super) secured: bool,
    /// Whether there is `by uid 502`: submitted by a local program.
    pub(super) by_uid: bool,
    /// Whether a singular clause is repeated with another value, or a parenthesis was not closed. Part of the
    /// header may then be text of a peer.
    pub(super) ambiguous: bool,
    /// Number of `by` or of `with` clauses, whichever is larger.
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

    /// Comments after a clause.
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
    /// A clause whose value is complete, or other words.
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
    /// Range of the words of the current clause.
    span: Option<(usize, usize)>,
    bys: usize,
    withs: usize,
    /// Whether there was a second `from`.
    from_again: bool,
    enveloped: bool,
    /// Number of attempts to parse a date.
    dates: usize,
}

impl<'a> Reader<'a> {
    fn word(&mut self, start: usize, end: usize) {
        let word = self.lexer.slice(start, end);
        if date::starts_date(word) && self.clauses.date.is_none() && self.clause != Clause::From {
            // The date follows without a semicolon, and this word is part of it.
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

    /// True for a keyword that is a value here: a HELO name `by` (`from by (...)`), `TLS` in
    /// `over TLS secured channel` and `with TLS`, and TLS clauses before `by`.
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

    /// Sets a clause of one word; the first one counts.
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
            // OpenSMTPD 5 writes `TLS version=V cipher=C bits=N verify=NO` without parentheses.
            self.keep(Place::After, words);
        } else if self.clauses.from.is_empty() && !words.starts_with(b"<") {
            // `from <a@b>` after the other clauses is an envelope sender.
            self.clauses.from = words;
        } else if self.from_again && self.clauses.from != words && !words.starts_with(b"<") {
            self.clauses.ambiguous = true;
        }
    }

    /// Sets the protocol. `with TLS` and `with STARTTLS` are additional to it; before `by` they are text of a peer.
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
        // chasquid writes the sender at the end of a comment.
        self.enveloped |= memchr::memmem::find(text, b"envelope from").is_some();
        // Words after a comment are the protocol only if there were none before it: `with (TLS...) esmtp`.
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

    /// Clause of the next comment. Before `by`, all comments belong to the `from` part.
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

    /// Parses a date at `text`, of which the lexer has read `read` bytes. The last date counts: it is the
    /// writer's, whatever a peer wrote before it.
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

/// True when `text` begins with `prefix`, in any letter case.
pub(super) fn starts_with(text: &[u8], prefix: &[u8]) -> bool {
    strip_prefix(text, prefix).is_some()
}

/// Text after `prefix`, in any letter case.
pub(super) fn strip_prefix<'a>(text: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}
