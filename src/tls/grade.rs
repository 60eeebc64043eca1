//! The grade scale: one letter, always with its word and its ASCII mark.

use std::fmt;
use std::sync::Arc;

use crate::text::Lang;

/// How one leg of a journey was protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Grade {
    /// No statement; never counts as good or bad.
    #[default]
    Unknown,
    /// No network hop; never counts.
    Local,
    /// TLS was required, not had, and nothing was sent: our side did right.
    Refused,
    /// The profile recommends protocol and suite.
    A,
    /// Encrypted, with a SHOULD NOT, a phase-out or "not listed".
    B,
    /// Encrypted is stated, its strength is not.
    S,
    /// Encrypted, but the profile forbids it.
    C,
    /// TLS in name only: a practical attack exists, or there is no secrecy.
    D,
    /// Cleartext to an inner address.
    E,
    /// Cleartext over any other network.
    F,
}

impl Grade {
    /// Every grade, in the order of the legend.
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

    /// The letter.
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

    /// The grade of a letter, upper or lower case.
    pub fn from_letter(letter: char) -> Option<Self> {
        let letter = letter.to_ascii_uppercase();
        Self::ALL.into_iter().find(|grade| grade.letter() == letter)
    }

    /// The ASCII mark that stands beside the letter, at most two cells.
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

    /// The English word.
    pub const fn word(self) -> &'static str {
        self.word_in(Lang::En)
    }

    /// The word of a language.
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

    /// Position on the scale A < B < S < C < D < E < F; `None` for R, L and ?, which stand outside it.
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

    /// How soon somebody should look: the worse on the scale the sooner, a refusal as soon as E, for mail waits
    /// then; 0 for what says nothing.
    pub const fn urgency(self) -> u8 {
        match self {
            Self::Refused => Self::E.urgency(),
            grade => match grade.rank() {
                Some(rank) => rank + 1,
                None => 0,
            },
        }
    }

    /// The worse of two grades. One on the scale beats one outside it; outside, R beats L beats ?.
    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        // The declaration order is exactly this order.
        self.max(other)
    }

    /// True for a grade that somebody should look at: C or worse.
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::C | Self::D | Self::E | Self::F)
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.letter())
    }
}

/// A grade and why: reason codes, most important first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grading {
    /// The grade.
    pub grade: Grade,
    /// Codes such as `PROTO_TLS1_0` or `CBC_NO_ETM_EVIDENCE`, most important first.
    pub reasons: Vec<Arc<str>>,
}
