//! Time zones of mail headers.

use super::number;

/// Offset in seconds east of UTC: `+0100`, `+01:00`, `GMT+0100`, or a name.
pub(super) fn offset(word: &[u8]) -> Option<i32> {
    match word.first()? {
        b'+' => numeric_offset(word.get(1..)?),
        b'-' => numeric_offset(word.get(1..)?).map(|seconds| -seconds),
        _ => named_offset(word),
    }
}

fn numeric_offset(digits: &[u8]) -> Option<i32> {
    let (hours, minutes) = match *digits {
        [h1, h2, b':', m1, m2] | [h1, h2, m1, m2] => (number(&[h1, h2])?, number(&[m1, m2])?),
        [h, m1, m2] => (number(&[h])?, number(&[m1, m2])?),
        [h1, h2] => (number(&[h1, h2])?, 0),
        _ => return None,
    };
    // The largest offset in use is +14:00.
    if hours > 15 || minutes > 59 {
        return None;
    }
    i32::try_from(hours * 3600 + minutes * 60).ok()
}

/// Zones of RFC 5322 section 4.3, and European and Japanese ones with unambiguous names.
fn named_offset(word: &[u8]) -> Option<i32> {
    const ZONES: [(&[u8], i32); 22] = [
        (b"UT", 0),
        (b"UTC", 0),
        (b"GMT", 0),
        (b"Z", 0),
        (b"WET", 0),
        (b"WEST", 1),
        (b"CET", 1),
        (b"MET", 1),
        (b"CEST", 2),
        (b"MEST", 2),
        (b"EET", 2),
        (b"EEST", 3),
        (b"MSK", 3),
        (b"JST", 9),
        (b"EST", -5),
        (b"EDT", -4),
        (b"CST", -6),
        (b"CDT", -5),
        (b"MST", -7),
        (b"MDT", -6),
        (b"PST", -8),
        (b"PDT", -7),
    ];
    for prefix in [&b"GMT"[..], b"UTC"] {
        if let Some((name, rest)) = word.split_at_checked(prefix.len())
            && name.eq_ignore_ascii_case(prefix)
            && matches!(rest.first(), Some(b'+' | b'-'))
        {
            return offset(rest);
        }
    }
    ZONES
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(word))
        .map(|(_, hours)| hours * 3600)
}
