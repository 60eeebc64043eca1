//! Suggests the closest word of a list, for "did you mean".

use super::field::FIELDS;

/// Maximum length of a word in characters.
const LONGEST: usize = 24;

/// Field that `name` probably means: by a name from another program, or by a spelling mistake.
pub(super) fn meant_field(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    let synonym = FIELDS.iter().find(|info| info.also.contains(&&*lower));
    match synonym {
        Some(info) => Some(info.name),
        None => closest(&lower, FIELDS.iter().map(|info| info.name)),
    }
}

/// The candidate closest to `word`, in any letter case, within one mistake for a word of up to four characters
/// and within two for a longer one. A mistake is a letter added, left out or replaced, or two letters swapped.
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
        .map(|candidate| (distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| {
            *distance <= allowed && *distance < candidate.chars().count()
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Edit distance in which swapped neighbours count as one (optimal string alignment).
fn distance(word: &[char], other: &str) -> usize {
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
