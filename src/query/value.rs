//! Parses the values of field terms: numbers, sizes, durations and enhanced status codes.

use super::expr::Code;
use super::set::begins;
use super::suggest::closest;

/// Why a value could not be parsed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Unread {
    /// Whether the value is the beginning of a valid one.
    pub(super) unfinished: bool,
    /// What to write instead, as a sentence; `None`: the example of the field serves as the hint.
    pub(super) hint: Option<String>,
}

pub(super) type Read<T> = Result<T, Unread>;

impl Unread {
    pub(super) fn unfinished() -> Self {
        Self {
            unfinished: true,
            hint: None,
        }
    }

    pub(super) fn hinted(hint: impl Into<String>) -> Self {
        Self {
            unfinished: false,
            hint: Some(hint.into()),
        }
    }

    /// For a word that is no member of a closed list. `also` has further spellings of the members.
    pub(super) fn not_listed(
        text: &str,
        names: impl Iterator<Item = &'static str>,
        also: &[&'static str],
    ) -> Self {
        let names: Vec<_> = names.collect();
        let hint = match closest(text, names.iter().copied()) {
            Some(name) => format!("did you mean {name}?"),
            None => format!("use one of {}", names.join(", ")),
        };
        Self {
            unfinished: names.iter().chain(also).any(|name| begins(name, text)),
            hint: Some(hint),
        }
    }
}

/// Parses a whole number, with an optional sign.
pub(super) fn read_number(text: &str) -> Read<i64> {
    match text {
        "" | "-" | "+" => Err(Unread::unfinished()),
        _ => text.parse().map_err(|_| Unread::default()),
    }
}

/// Parses a size in bytes: a whole number with K, M, G or T as powers of 1024. `K`, `KB` and `KiB` are the same.
pub(super) fn read_size(text: &str) -> Read<i64> {
    let digits = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let (number, unit) = text.split_at(text.len() - digits.len());
    let number: i64 = number.parse().map_err(|_| Unread::default())?;
    let unit = unit.to_ascii_lowercase();
    let unit = unit.strip_suffix('b').unwrap_or(&unit);
    let power = match unit.strip_suffix('i').unwrap_or(unit) {
        "" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        _ => {
            return Err(Unread::hinted(
                "a size is a number with K, M or G, such as 10M",
            ));
        }
    };
    number
        .checked_mul(1 << (10 * power))
        .ok_or_else(|| Unread::hinted("that is too large"))
}

/// Prints a size in the largest unit that divides it, to be parsed by [`read_size`].
pub(super) fn show_size(bytes: i64) -> String {
    let units = [(40, 'T'), (30, 'G'), (20, 'M'), (10, 'K')];
    let fits = |&(shift, _): &(u32, char)| bytes != 0 && bytes.trailing_zeros() >= shift;
    match units.into_iter().find(fits) {
        Some((shift, unit)) => format!("{}{unit}", bytes >> shift),
        None => bytes.to_string(),
    }
}

/// Units of durations and their lengths in milliseconds, largest first.
const UNITS: [(&str, i64); 6] = [
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Parses a duration to milliseconds: `90s`, `1h30m`, `250ms`, or seconds without a unit, with an optional minus.
pub(super) fn read_duration(text: &str) -> Read<i64> {
    match text.strip_prefix('-') {
        Some(rest) => positive_duration(rest).map(|millis| -millis),
        None => positive_duration(text),
    }
}

fn positive_duration(text: &str) -> Read<i64> {
    if text.is_empty() {
        return Err(Unread::unfinished());
    }
    if let Ok(seconds) = text.parse::<u64>() {
        let millis = i64::try_from(seconds)
            .ok()
            .and_then(|s| s.checked_mul(1000));
        return millis.ok_or_else(too_long);
    }
    let mut rest = text;
    let mut total = 0_i64;
    while !rest.is_empty() {
        let (part, after) = duration_part(rest)?;
        total = total.checked_add(part).ok_or_else(too_long)?;
        rest = after;
    }
    Ok(total)
}

/// Parses one number with its unit; returns milliseconds and the rest of the text.
fn duration_part(text: &str) -> Read<(i64, &str)> {
    let after = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = &text[..text.len() - after.len()];
    if number.is_empty() {
        return Err(bad_duration());
    }
    if after.is_empty() {
        return Err(Unread::unfinished());
    }
    let number: i64 = number.parse().map_err(|_| too_long())?;
    let word = after.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let unit = &after[..after.len() - word.len()];
    let (_, millis) = UNITS
        .into_iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(unit))
        .ok_or_else(bad_duration)?;
    let part = number.checked_mul(millis).ok_or_else(too_long)?;
    Ok((part, word))
}

fn bad_duration() -> Unread {
    Unread::hinted("write a number with ms, s, m, h, d or w, such as 90s or 1h30m")
}

fn too_long() -> Unread {
    Unread::hinted("that is too long")
}

/// Prints a duration as [`read_duration`] parses it: `1h30m`, `0s`.
pub(super) fn show_duration(millis: i64) -> String {
    let mut rest = millis.unsigned_abs();
    let mut text = String::from(if millis < 0 { "-" } else { "" });
    if rest == 0 {
        text.push_str("0s");
    }
    for (unit, length) in UNITS {
        let count = rest / length.unsigned_abs();
        rest %= length.unsigned_abs();
        if count > 0 {
            text.push_str(&count.to_string());
            text.push_str(unit);
        }
    }
    text
}

/// Parses an enhanced status code (RFC 3463): all three parts, or the first one or two.
pub(super) fn read_code(text: &str) -> Read<Code> {
    let unfinished = text.is_empty() || text.ends_with('.');
    let text = text.strip_suffix('.').unwrap_or(text);
    let mut numbers = Vec::with_capacity(3);
    for part in text.split('.') {
        numbers.push(code_part(part).ok_or_else(|| bad_code(text))?);
    }
    let code = match *numbers.as_slice() {
        [class] => Code::new(class, None, None),
        [class, subject] => Code::new(class, Some(subject), None),
        [class, subject, detail] => Code::new(class, Some(subject), Some(detail)),
        _ => None,
    };
    match code {
        Some(_) if unfinished && numbers.len() < 3 => Err(Unread::unfinished()),
        Some(code) if !unfinished => Ok(code),
        _ => Err(bad_code(text)),
    }
}

fn code_part(part: &str) -> Option<u16> {
    let digits = (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    part.parse().ok().filter(|_| digits)
}

/// Error for a wrong code. Reply codes such as 550 are the usual mistake, which are part of the text.
fn bad_code(text: &str) -> Unread {
    if text.is_empty() {
        return Unread::unfinished();
    }
    if text.len() == 3 && text.parse::<u16>().is_ok() {
        return Unread::hinted(format!("a reply code is part of the text: text:{text}"));
    }
    Unread::hinted("it begins with 2, 4 or 5, such as 4.7.5, 4.7 or 4")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_and_show() {
        for (text, millis, shown) in [
            ("90", 90_000, "1m30s"),
            ("1h30m", 5_400_000, "1h30m"),
            ("36H", 129_600_000, "1d12h"),
            ("250ms", 250, "250ms"),
            ("-5s", -5_000, "-5s"),
            ("0", 0, "0s"),
        ] {
            assert_eq!(read_duration(text), Ok(millis), "{text}");
            assert_eq!(show_duration(millis), shown, "{text}");
        }
    }

    #[test]
    fn an_unfinished_duration_is_told_from_a_wrong_one() {
        for text in ["", "-", "1h3"] {
            assert_eq!(read_duration(text), Err(Unread::unfinished()), "{text}");
        }
        for text in [
            "1x",
            "h",
            "1h-",
            "99999999999999999999w",
            "9223372036854775807",
        ] {
            let unread = read_duration(text).unwrap_err();
            assert!(!unread.unfinished && unread.hint.is_some(), "{text}");
        }
    }

    #[test]
    fn sizes_read_and_show() {
        for (text, bytes, shown) in [
            ("10M", 10 << 20, "10M"),
            ("2048", 2048, "2K"),
            ("1KiB", 1024, "1K"),
            ("3gb", 3 << 30, "3G"),
            ("1500", 1500, "1500"),
            ("0", 0, "0"),
        ] {
            assert_eq!(read_size(text), Ok(bytes), "{text}");
            assert_eq!(show_size(bytes), shown, "{text}");
        }
        for text in ["", "M", "10Q", "-1", "99999999T", "1.5M"] {
            assert!(read_size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn codes_are_read_by_their_parts() {
        assert_eq!(
            read_code("4.7.5"),
            Ok(Code::new(4, Some(7), Some(5)).unwrap())
        );
        assert_eq!(read_code("5"), Ok(Code::new(5, None, None).unwrap()));
        assert_eq!(read_code("4."), Err(Unread::unfinished()));
        for text in ["3.1.1", "4.7.5.1", "4.7.5.", "4..5", "4.7777", "x", "4.-1"] {
            assert!(!read_code(text).unwrap_err().unfinished, "{text}");
        }
        let hint = read_code("550").unwrap_err().hint.unwrap();
        assert!(hint.contains("text:550"), "{hint}");
    }
}
