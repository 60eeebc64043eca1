//! Searches many short strings for one text.

use crate::query::TextMatch;
use crate::query::text_match::LineMatch;

use super::Bits;

/// Strings are joined until they have this many bytes: the number of searches is small, and the block fits into
/// the L1 cache. Small in tests, so that they have several blocks.
const BLOCK: usize = if cfg!(test) { 24 } else { 16 << 10 };

/// Searches strings that have owners, and collects the owners of those that match.
///
/// Starting a search costs more than searching a short string. So strings are joined to lines of one block and
/// searched at once, where the text can be searched by line.
pub(super) struct BatchSearch<'t> {
    text: &'t TextMatch,
    together: Option<LineMatch>,
    block: Vec<u8>,
    /// End of each line in the block, and the owner of the line.
    lines: Vec<(usize, u32)>,
    found: Bits,
}

impl<'t> BatchSearch<'t> {
    /// Owners are numbers below `owners`.
    pub(super) fn new(text: &'t TextMatch, owners: u32) -> Self {
        Self {
            text,
            together: text.of_lines(),
            block: Vec::with_capacity(2 * BLOCK),
            lines: Vec::new(),
            found: Bits::empty(owners),
        }
    }

    /// Adds a string.
    pub(super) fn add(&mut self, owner: u32, string: &[u8]) {
        if self.together.is_some() {
            self.add_written(owner, |block| block.extend_from_slice(string));
        } else if self.text.matches(string) {
            self.found.set(owner);
        }
    }

    /// Adds a string that `write` appends to the block.
    pub(super) fn add_written(&mut self, owner: u32, write: impl FnOnce(&mut Vec<u8>)) {
        write(&mut self.block);
        self.block.push(b'\n');
        self.lines.push((self.block.len(), owner));
        if self.block.len() >= BLOCK {
            self.search();
        }
    }

    /// Owners of the strings that match.
    pub(super) fn finish(mut self) -> Bits {
        self.search();
        self.found
    }

    fn search(&mut self) {
        if let Some(text) = &self.together {
            text.fold(&mut self.block);
        }
        let block = self.block.as_slice();
        let whole = memchr::memchr_iter(b'\n', block).count() == self.lines.len();
        let together = self.together.as_ref().filter(|_| whole);
        let candidate = |start| match together {
            Some(text) => text.find_from(block, start),
            // Every string is tested by itself.
            None => Some(start..block.len()),
        };
        let mut start = 0;
        let mut next = candidate(start);
        for &(end, owner) in &self.lines {
            let Some(found) = &next else { break };
            if found.start < end {
                // The match may reach into the next line, while a shorter one ends in this line: test the line
                // by itself.
                if found.end < end || self.text.matches(&block[start..end - 1]) {
                    self.found.set(owner);
                }
                next = candidate(end);
            }
            start = end;
        }
        self.block.clear();
        self.lines.clear();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    fn text() -> impl Strategy<Value = TextMatch> {
        let pattern = select(vec![
            "^a",
            "a$",
            "^$",
            "b*",
            "[^x]+b",
            "a\\s+b",
            "\\bb\\b",
            "\\Bb",
            "\\Aa",
            "b\\z",
            "(?s)a.b",
            "(?m)^b",
            "(?i)B",
            "(?P<n>ab)",
            "(?:a|b){2}",
            "ü",
            ".+",
            "\\n",
            "(?-u:\\xff)",
        ]);
        prop_oneof![
            "[abB .ü\n]{1,3}".prop_map(|text| TextMatch::contains(&text).unwrap()),
            "[abB]{0,2}".prop_map(|text| TextMatch::equals(&text).unwrap()),
            pattern.prop_map(|text| TextMatch::regex(text).unwrap()),
        ]
    }

    proptest! {
        #[test]
        fn strings_are_found_together_as_they_are_one_by_one(
            text in text(), strings in prop::collection::vec("[abB. \\n]{0,4}|[abü]{0,3}", 0..12), odd in any::<bool>(),
        ) {
            let mut strings: Vec<Vec<u8>> = strings.into_iter().map(String::into_bytes).collect();
            if odd {
                strings.push(b"a\xffb".to_vec());
                strings.push(b"b\xc3".to_vec());
            }
            let mut search = BatchSearch::new(&text, strings.len() as u32);
            for (owner, string) in (0..).zip(&strings) {
                search.add(owner, string);
            }
            let found: Vec<u32> = search.finish().ones().collect();
            let plain = (0..).zip(&strings).filter(|(_, string)| text.matches(string));
            let plain: Vec<u32> = plain.map(|(owner, _)| owner).collect();
            prop_assert_eq!(found, plain, "{:?} in {:?}", text, strings);
        }
    }
}
