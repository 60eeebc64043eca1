//! Numbers and times in words.

/// Duration in its two largest units: `45 s`, `5 min`, `18 h 57 min`, `1 day 2 h`.
///
/// Smaller units are dropped, not rounded: a message that waited 59 s did not wait a minute.
pub fn duration(seconds: u64) -> String {
    let units = [
        (
            seconds / 86_400,
            if seconds / 86_400 == 1 { "day" } else { "days" },
        ),
        (seconds / 3_600 % 24, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let first = units
        .iter()
        .position(|(amount, _)| *amount > 0)
        .unwrap_or(units.len() - 1);
    let (amount, unit) = units.get(first).copied().unwrap_or_default();
    match units.get(first + 1) {
        Some((rest, smaller)) if *rest > 0 => format!("{amount} {unit} {rest} {smaller}"),
        _ => format!("{amount} {unit}"),
    }
}

/// Signed time difference: `+19 h`, `+0 s`, `-3 s`.
pub fn delta(seconds: i64) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    format!("{sign}{}", duration(seconds.unsigned_abs()))
}

/// Size in decimal units: `512 B`, `70 kB`, `1.1 GB`.
pub fn bytes(count: u64) -> String {
    let (number, unit) = scaled(count as f64);
    format!("{number} {unit}B")
}

/// Count with thousands separators: `214,331`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (nth, digit) in digits.chars().enumerate() {
        if nth > 0 && (digits.len() - nth).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number with its noun, whose singular is `one`: `1 line`, `214,331 lines`.
pub fn counted(number: u64, one: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {one}{plural}", count(number))
}

/// Rounded speed: `3.1 M lines/s`, `850 lines/s`.
pub fn rate(per_second: f64, what: &str) -> String {
    let (number, unit) = scaled(per_second.max(0.0));
    match unit {
        "" => format!("{number} {what}/s"),
        _ => format!("{number} {unit} {what}/s"),
    }
}

/// Number below 1000 with its decimal prefix; one decimal place below ten of a unit.
fn scaled(number: f64) -> (String, &'static str) {
    let mut rest = number;
    let mut prefix = "";
    // 999.5 would be rounded to four digits.
    for next in ["k", "M", "G", "T", "P", "E"] {
        if rest < 999.5 {
            break;
        }
        rest /= 1000.0;
        prefix = next;
    }
    let decimals = usize::from(!prefix.is_empty() && rest < 9.95);
    (format!("{rest:.decimals$}"), prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_at_most_two_units() {
        for (seconds, words) in [
            (0, "0 s"),
            (45, "45 s"),
            (60, "1 min"),
            (61, "1 min 1 s"),
            (3_600, "1 h"),
            (3_659, "1 h"),
            (68_220, "18 h 57 min"),
            (93_600, "1 day 2 h"),
            (86_400 + 59, "1 day"),
            (2 * 86_400, "2 days"),
        ] {
            assert_eq!(duration(seconds), words);
        }
        assert_eq!(duration(u64::MAX), "213503982334601 days 7 h");
    }

    #[test]
    fn deltas_have_a_sign() {
        assert_eq!(delta(68_400), "+19 h");
        assert_eq!(delta(0), "+0 s");
        assert_eq!(delta(-3), "-3 s");
        assert_eq!(delta(i64::MIN).chars().next(), Some('-'));
    }

    #[test]
    fn sizes_are_short() {
        for (size, words) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 kB"),
            (70_000, "70 kB"),
            (999_499, "999 kB"),
            (999_500, "1.0 MB"),
            (412_000_000, "412 MB"),
            (1_100_000_000, "1.1 GB"),
            (u64::MAX, "18 EB"),
        ] {
            assert_eq!(bytes(size), words);
        }
    }

    #[test]
    fn counts_are_grouped() {
        for (number, words) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (214_331, "214,331"),
        ] {
            assert_eq!(count(number), words);
        }
        assert_eq!(count(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn rates_name_what_they_count() {
        assert_eq!(rate(3_140_000.0, "lines"), "3.1 M lines/s");
        assert_eq!(rate(850.4, "lines"), "850 lines/s");
        assert_eq!(rate(f64::NAN, "lines"), "0 lines/s");
    }
}
