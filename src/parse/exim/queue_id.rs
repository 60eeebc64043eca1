//! Time of reception in Exim's message IDs.

/// Time at which the message with this ID was received, in seconds since 1970-01-01 UTC.
///
/// The first six characters of both forms (6-6-2, and 6-11-4 since 4.97) are this time in base 62 (Exim
/// specification, "Message identification"). On systems without case-sensitive file names they are in base 36;
/// read in base 62 these times are far in the past and give `None`.
pub fn arrival_seconds(id: &[u8]) -> Option<u32> {
    let is_id = matches!(id.len(), 16 | 23) && id.get(6) == Some(&b'-');
    let mut seconds = 0_u64;
    for &byte in id.get(..6).filter(|_| is_id)? {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'A'..=b'Z' => byte - b'A' + 10,
            b'a'..=b'z' => byte - b'a' + 36,
            _ => return None,
        };
        seconds = seconds * 62 + u64::from(digit);
    }
    // Exim dates from 1995, so an earlier time is not in base 62.
    u32::try_from(seconds)
        .ok()
        .filter(|seconds| *seconds > 788_918_400)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_begins_with_its_time() {
        // 2020-02-24 08:58:25 UTC
        assert_eq!(arrival_seconds(b"1j69ZJ-0001iL-S3"), Some(1_582_534_705));
        assert_eq!(
            arrival_seconds(b"1xVOL4-000000001Zq-1qeL"),
            arrival_seconds(b"1xVOL4-0001Zq-1q")
        );
        for other in [
            "",
            "1j69ZJ",
            "000000-0001iL-S3",
            "C27A5D8",
            "1j69Z!-0001iL-S3",
            "zzzzzz-zzzzzz-zz",
        ] {
            assert_eq!(arrival_seconds(other.as_bytes()), None, "{other}");
        }
    }
}
