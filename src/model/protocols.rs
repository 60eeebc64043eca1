//! Protocol words of arrivals (`esmtps`, `LMTP`) by 8-bit number.

use super::{Interner, Symbol};

/// Number of a protocol word; 0 is none, see [`Protocols::OTHER`].
pub type ProtocolId = u8;

/// Distinct protocol words by number.
///
/// Mail systems write a few dozen. There is room for 254, which only forged logs exceed: further words are
/// [`Self::OTHER`], and only their lines still hold them.
#[derive(Debug, Default)]
pub struct Protocols(Interner);

impl Protocols {
    /// Number of all words for which there is no room.
    pub const OTHER: ProtocolId = ProtocolId::MAX;

    /// The number of a word, which is added if it is new and there is room.
    pub(super) fn number(&mut self, word: &[u8]) -> ProtocolId {
        let Self(words) = self;
        let known = words.find(word).or_else(|| {
            let has_room = words.len() < Self::OTHER.into();
            has_room.then(|| words.intern(word))
        });
        let number = known.and_then(|symbol| ProtocolId::try_from(symbol.0).ok());
        number.unwrap_or(Self::OTHER)
    }

    /// The word with a number; empty for 0 and [`Protocols::OTHER`].
    pub fn get(&self, number: ProtocolId) -> &[u8] {
        self.0.get(Symbol(number.into()))
    }

    /// Adds the words of `part`; gives the new number of each old one.
    pub(super) fn carry_over(&mut self, part: &Self) -> Vec<ProtocolId> {
        part.0.iter().map(|word| self.number(word)).collect()
    }

    pub(super) fn heap_bytes(&self) -> usize {
        self.0.heap_bytes()
    }

    /// Removes all words but keeps the allocations.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;
    use crate::parse::{Fact, Kind, Outcome};

    #[test]
    fn words_that_find_no_room_are_none_and_those_before_stay() {
        let (mut whole, mut part) = (Protocols::default(), Protocols::default());
        assert_eq!((whole.number(b"esmtps"), whole.number(b"")), (1, 0));
        let word = |nth: u32| format!("forged{nth}").into_bytes();
        let numbers: Vec<ProtocolId> = (0..300).map(|nth| part.number(&word(nth))).collect();
        for (nth, &number) in (0..).zip(&numbers) {
            let expected = if nth < 254 { word(nth) } else { Vec::new() };
            assert_eq!(part.get(number), expected);
        }
        let map = whole.carry_over(&part);
        for nth in 0..254_u32 {
            let new = map[usize::from(numbers[nth as usize])];
            let expected = if nth < 253 { word(nth) } else { Vec::new() };
            assert_eq!(whole.get(new), expected);
        }
        assert_eq!((map[0], whole.number(b"esmtps")), (0, 1));
    }

    #[test]
    fn those_that_come_first_stay_whatever_the_parts() {
        let words: Vec<String> = (0..700).map(|nth| format!("w{}", nth * 7 % 500)).collect();
        let ids: Vec<String> = (0..700)
            .map(|nth| format!("1vwq{nth:02}-003OrO-2C"))
            .collect();
        let facts = words.iter().zip(&ids).map(|(word, id)| {
            Outcome::Fact(Fact {
                kind: Kind::Arrival,
                queue_id: id.as_bytes(),
                protocol: word.as_bytes(),
                ..Fact::default()
            })
        });
        let facts: Vec<Outcome<'_>> = facts.collect();
        let words_of = |parts: &[&[Outcome<'_>]]| {
            let files: Vec<(&str, &[Outcome<'_>])> =
                parts.iter().map(|part| ("mainlog", *part)).collect();
            let model = sample::model(&files);
            let numbers = model.messages.iter().map(|message| message.protocol);
            numbers
                .map(|number| model.strings.protocols.get(number).to_vec())
                .collect::<Vec<_>>()
        };
        let whole = words_of(&[&facts]);
        assert_eq!(whole.iter().filter(|word| !word.is_empty()).count(), 454);
        for first in [1, 300, 420, 699] {
            let (one, other) = facts.split_at(first);
            assert_eq!(words_of(&[one, other]), whole, "{first}");
        }
    }
}
