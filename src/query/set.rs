//! Sets of the members of a closed list, such as grades, as one bit each.

use std::marker::PhantomData;

use super::expr::Cmp;
use super::value::{Read, Unread};
use crate::model::Status;
use crate::parse::Kind;
use crate::tls::{Grade, TlsState, Version};

/// Enumerations whose members are written as words in filters; at most 32 members.
pub trait Member: Copy + PartialEq + 'static {
    /// Every member, in the order shown to users.
    const ALL: &'static [Self];

    /// Further spellings of members, other than abbreviations of their names.
    const ALSO: &'static [&'static str] = &[];

    /// Number of the member's bit, from 0.
    fn index(self) -> u8;

    /// Name in filters and tables.
    fn name(self) -> &'static str;

    /// Short description; empty where the name needs none.
    fn note(self) -> &'static str {
        ""
    }

    /// Position on a scale, for members that have one.
    fn rank(self) -> Option<u8> {
        None
    }

    /// Parses a name, in any letter case and with `-` for `_`.
    fn read(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|member| member.name().len() == text.len() && begins(member.name(), text))
    }
}

/// True when `name` begins with `text`, in any letter case and with `-` for `_`.
pub(super) fn begins(name: &str, text: &str) -> bool {
    let plain = |byte: u8| match byte {
        b'-' => b'_',
        other => other.to_ascii_lowercase(),
    };
    let head = name.as_bytes().get(..text.len());
    head.is_some_and(|head| head.iter().copied().map(plain).eq(text.bytes().map(plain)))
}

impl Member for Grade {
    const ALL: &'static [Self] = &Self::ALL;

    fn index(self) -> u8 {
        self as u8
    }

    fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::S => "S",
            Self::C => "C",
            Self::D => "D",
            Self::E => "E",
            Self::F => "F",
            Self::Refused => "R",
            Self::Local => "L",
            Self::Unknown => "?",
        }
    }

    fn note(self) -> &'static str {
        self.word()
    }

    fn rank(self) -> Option<u8> {
        self.rank()
    }
}

impl Member for Version {
    const ALL: &'static [Self] = &Self::ALL;
    const ALSO: &'static [&'static str] = &[
        "1.0", "1.1", "1.2", "1.3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3",
    ];

    fn index(self) -> u8 {
        self as u8
    }

    fn name(self) -> &'static str {
        self.name()
    }

    fn rank(self) -> Option<u8> {
        Some(self as u8)
    }

    /// Accepts all spellings of mail systems, and the bare number of a TLS version.
    fn read(text: &str) -> Option<Self> {
        Self::parse(text.as_bytes()).or_else(|| Self::parse(format!("TLS{text}").as_bytes()))
    }
}

impl Member for TlsState {
    const ALL: &'static [Self] = &[
        Self::Yes,
        Self::No,
        Self::NotStated,
        Self::Refused,
        Self::NotApplicable,
    ];

    fn index(self) -> u8 {
        self as u8
    }

    fn name(self) -> &'static str {
        self.name()
    }

    fn note(self) -> &'static str {
        match self {
            Self::Yes => "TLS is stated",
            Self::No => "plaintext is established",
            Self::NotStated => "SMTP, and no word about TLS",
            Self::Refused => "required, not had, nothing sent",
            Self::NotApplicable => "no SMTP hop",
        }
    }
}

impl Member for Status {
    const ALL: &'static [Self] = &Self::ALL;

    fn index(self) -> u8 {
        self as u8
    }

    fn name(self) -> &'static str {
        self.name()
    }
}

impl Member for Kind {
    const ALL: &'static [Self] = &Self::ALL;

    fn index(self) -> u8 {
        self as u8
    }

    fn name(self) -> &'static str {
        self.name()
    }
}

/// Set of members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Set<T> {
    bits: u32,
    of: PhantomData<T>,
}

impl<T: Member> Set<T> {
    /// True when the set has `member`.
    pub fn contains(self, member: T) -> bool {
        self.bits & (1 << member.index()) != 0
    }

    /// Members in the order shown to users.
    pub fn members(self) -> impl Iterator<Item = T> {
        T::ALL
            .iter()
            .copied()
            .filter(move |member| self.contains(*member))
    }

    /// True when the set is empty.
    pub fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// True when the set is a subset of `other`.
    pub fn within(self, other: Self) -> bool {
        self.bits & !other.bits == 0
    }

    /// Members for which `member cmp bound` holds. Members without a rank are left out; empty when `bound` has none.
    pub fn ranked(cmp: Cmp, bound: T) -> Self {
        let on_scale = |member: &T| match (member.rank(), bound.rank()) {
            (Some(rank), Some(bound)) => cmp.holds(&rank, &bound),
            _ => false,
        };
        T::ALL.iter().copied().filter(on_scale).collect()
    }

    /// A comparison that gives this set, if the set has more than one member and there is such a comparison.
    pub(super) fn as_comparison(self) -> Option<(Cmp, T)> {
        if self.bits.count_ones() < 2 {
            return None;
        }
        let bounds = T::ALL.iter().copied();
        bounds
            .flat_map(|bound| [(Cmp::Ge, bound), (Cmp::Le, bound)])
            .find(|&(cmp, bound)| Self::ranked(cmp, bound) == self)
    }
}

impl<T: Member> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(members: I) -> Self {
        let bits = members
            .into_iter()
            .fold(0, |bits, member| bits | 1 << member.index());
        Self {
            bits,
            of: PhantomData,
        }
    }
}

/// Parses a member. The error suggests the closest name, or lists all of them.
pub(super) fn read_member<T: Member>(text: &str) -> Read<T> {
    let names = T::ALL.iter().map(|member| member.name());
    T::read(text).ok_or_else(|| Unread::not_listed(text, names, T::ALSO))
}
