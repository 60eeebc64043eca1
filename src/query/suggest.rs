//! "Did you mean": the nearest word of a short list.

use super::field::FIELDS;

/// Words longer than this are no slips of the finger.
const LONGEST: usize = 24;

/// The field that a name most likely means: by another program's word for it, or by a slip.
pub(super) fn meant_field(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    let synonym = FIELDS.iter().find(|info| info.also.contains(&&*lower));
    match synonym {
        Some(info) => Some(info.name),
        None => closest(&lower, FIELDS.iter().map(|info| info.name)),
    }
}

/// The candidate that `word` most likely means, in any letter case: at most one slip in a short
/// word, two in a longer one. A slip is a letter too many, missing, wrong, or two swapped.
pub(super) fn closest<'a>(
    word: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().collect();
    if word.len() < 2 || word.len() > LONGEST {
        return None;
    }
    let allowed = if word.len() <= 4 { 1 } else { 2 };
    candidates
        .map(|candidate| (slips(&word, &candidate.to_lowercase()), candidate))
        .filter(|(slips, candidate)| *slips <= allowed && *slips < candidate.chars().count())
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, candidate)| candidate)
}

/// Edit distance with swapped neighbours counted once (optimal string alignment).
fn slips(word: &[char], other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let width = other.len() + 1;
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..width).collect();
    for (i, &a) in word.iter().enumerate() {
        let mut row = Vec::with_capacity(width);
        row.push(i + 1);
        for (j, &b) in other.iter().enumerate() {
            let swapped = i > 0 && j > 0 && word[i - 1] == b && other[j - 1] == a;
            let mut best = (above[j] + usize::from(a != b))
                .min(above[j + 1] + 1)
                .min(row[j] + 1);
            if swapped {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_a_finger_missed() {
        let names = ["host", "from", "to", "status", "attempts", "since"];
        for (word, meant) in [
            ("hots", Some("host")),
            ("form", Some("from")),
            ("Stauts", Some("status")),
            ("atempt", Some("attempts")),
            ("sinse", Some("since")),
            ("grade", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(closest(word, names.into_iter()), meant, "{word}");
        }
    }
}
