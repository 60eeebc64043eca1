//! Grades: a letter with its word and its ASCII mark.

use std::fmt;
use std::sync::Arc;

use crate::text::Lang;

/// Protection of a leg.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Grade {
    /// Not stated; neither good nor bad.
    #[default]
    Unknown,
    /// No network hop; not counted.
    Local,
    /// TLS was required and not available, and nothing was sent: this host acted correctly.
    Refused,
    /// Protocol and suite are recommended by the profile.
    A,
    /// Encrypted, with something that should be avoided, is being phased out, or is not listed.
    B,
    /// Encrypted, with unknown strength.
    S,
    /// Encrypted, but forbidden by the profile.
    C,
    /// TLS without effect: there is a practical attack, or no encryption.
    D,
    /// Plaintext to an inside address.
    E,
    /// Plaintext on any other network.
    F,
}

impl Grade {
    /// All grades, in the order of the legend.
    pub const ALL: [Self; 10] = [
        Self::A,
        Self::B,
        Self::S,
        Self::C,
        Self::D,
        Self::E,
        Self::F,
        Self::Refused,
        Self::Local,
        Self::Unknown,
    ];

    /// Letter of the grade.
    pub const fn letter(self) -> char {
        match self {
            Self::A => 'A',
            Self::B => 'B',
            Self::S => 'S',
            Self::C => 'C',
            Self::D => 'D',
            Self::E => 'E',
            Self::F => 'F',
            Self::Refused => 'R',
            Self::Local => 'L',
            Self::Unknown => '?',
        }
    }

    /// Grade of a letter in upper or lower case.
    pub fn from_letter(letter: char) -> Option<Self> {
        let letter = letter.to_ascii_uppercase();
        Self::ALL.into_iter().find(|grade| grade.letter() == letter)
    }

    /// ASCII mark shown with the letter, at most two cells wide.
    pub const fn mark(self) -> &'static str {
        match self {
            Self::A => "++",
            Self::B => "+",
            Self::S => "s",
            Self::C => "-",
            Self::D => "x",
            Self::E => "o",
            Self::F => "!",
            Self::Refused => "/",
            Self::Local => "@",
            Self::Unknown => "?",
        }
    }

    /// Letter and mark, as wide for every grade: `C - `.
    pub fn badge(self) -> String {
        format!("{} {:<2}", self.letter(), self.mark())
    }

    /// Letter, mark and word: `C - deprecated`.
    pub fn named(self) -> String {
        format!("{} {} {}", self.letter(), self.mark(), self.word())
    }

    /// Meaning in English, as part of a sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::A => "the profile recommends protocol and suite",
            Self::B => "encrypted, but discouraged, phased out or not listed",
            Self::S => "encrypted is stated, its strength is not",
            Self::C => "encrypted, the profile forbids it, no practical passive decryption known",
            Self::D => "TLS in name only: a practical attack exists, or there is no secrecy",
            Self::E => "cleartext to a private or configured inner address",
            Self::F => "cleartext over any other network",
            Self::Refused => "TLS was required, not had, nothing was sent: our side did right",
            Self::Local => "no network hop; never counts",
            Self::Unknown => "no statement; never counts as good or bad",
        }
    }

    /// English word.
    pub const fn word(self) -> &'static str {
        self.word_in(Lang::En)
    }

    /// Word in a language.
    pub const fn word_in(self, lang: Lang) -> &'static str {
        match self {
            Self::A => lang.pick("current", "aktuell"),
            Self::B => lang.pick("tolerated", "geduldet"),
            Self::S => "TLS",
            Self::C => lang.pick("deprecated", "veraltet"),
            Self::D => lang.pick("broken", "gebrochen"),
            Self::E => lang.pick("plain inside", "Klartext intern"),
            Self::F => lang.pick("plain", "Klartext"),
            Self::Refused => lang.pick("refused", "verweigert"),
            Self::Local => lang.pick("local", "lokal"),
            Self::Unknown => lang.pick("unknown", "unbekannt"),
        }
    }

    /// Position on the scale A < B < S < C < D < E < F; `None` for R, L and ?, which are not on it.
    pub const fn rank(self) -> Option<u8> {
        match self {
            Self::A => Some(0),
            Self::B => Some(1),
            Self::S => Some(2),
            Self::C => Some(3),
            Self::D => Some(4),
            Self::E => Some(5),
            Self::F => Some(6),
            Self::Refused | Self::Local | Self::Unknown => None,
        }
    }

    /// Urgency of looking at it: higher for worse grades. That of a refusal is that of E, since mail is
    /// waiting; 0 for grades without information.
    pub const fn urgency(self) -> u8 {
        match self {
            Self::Refused => Self::E.urgency(),
            grade => match grade.rank() {
                Some(rank) => rank + 1,
                None => 0,
            },
        }
    }

    /// Worse of two grades. A grade on the scale is worse than one that is not; of those, R is worse than L,
    /// and L worse than ?.
    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        // This is the order of declaration.
        self.max(other)
    }

    /// True for a grade to act on: C or worse.
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::C | Self::D | Self::E | Self::F)
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.letter())
    }
}

/// A grade with its reasons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grading {
    /// Letter.
    pub grade: Grade,
    /// Reason codes such as `PROTO_TLS1_0` or `CBC_NO_ETM_EVIDENCE`, most important first.
    pub reasons: Vec<Arc<str>>,
}
