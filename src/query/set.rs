//! Small sets of the words that a field can be: one bit each.

use std::marker::PhantomData;

use super::expr::Cmp;
use super::value::{Read, Unread};
use crate::model::Status;
use crate::parse::Kind;
use crate::tls::{Grade, TlsState, Version};

/// A closed list of words, at most 32.
pub trait Member: Copy + PartialEq + 'static {
    /// Every member, in the order people list them.
    const ALL: &'static [Self];

    /// Other ways to write one, as far as they begin otherwise.
    const ALSO: &'static [&'static str] = &[];

    /// Its bit, from 0.
    fn index(self) -> u8;

    /// The name used in filters and tables.
    fn name(self) -> &'static str;

    /// A word about it for people; empty where the name says it all.
    fn note(self) -> &'static str {
        ""
    }

    /// Its place on a scale, if it has one.
    fn rank(self) -> Option<u8> {
        None
    }

    /// The member a person means: any letter case, `-` for `_`.
    fn read(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|member| member.name().len() == text.len() && begins(member.name(), text))
    }
}

/// True when `name` begins with `text`: any letter case, `-` for `_`.
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

    /// Any spelling of mail systems, and the bare number of a TLS version.
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

/// A set of members: a bit test asks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Set<T> {
    bits: u32,
    of: PhantomData<T>,
}

impl<T: Member> Set<T> {
    /// True when `member` is in it.
    pub fn contains(self, member: T) -> bool {
        self.bits & (1 << member.index()) != 0
    }

    /// The members, in the order people list them.
    pub fn members(self) -> impl Iterator<Item = T> {
        T::ALL
            .iter()
            .copied()
            .filter(move |member| self.contains(*member))
    }

    /// True when no member is in it.
    pub fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// True when every member is in `other` too.
    pub fn within(self, other: Self) -> bool {
        self.bits & !other.bits == 0
    }

    /// The members that stand so to `bound` on the scale; none where `bound` or they have no place on it.
    pub fn ranked(cmp: Cmp, bound: T) -> Self {
        let on_scale = |member: &T| match (member.rank(), bound.rank()) {
            (Some(rank), Some(bound)) => cmp.holds(&rank, &bound),
            _ => false,
        };
        T::ALL.iter().copied().filter(on_scale).collect()
    }

    /// The shortest way to write it: the comparison that gives this set, if it has several members and one does.
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

/// Reads one word of a list; an error lists the allowed words or the one that is meant.
pub(super) fn read_member<T: Member>(text: &str) -> Read<T> {
    let names = T::ALL.iter().map(|member| member.name());
    T::read(text).ok_or_else(|| Unread::not_listed(text, names, T::ALSO))
}
