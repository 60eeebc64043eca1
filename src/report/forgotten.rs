//! What was left out to stay within the limit of memory, in a sentence.

use super::moment;
use crate::model::{Forgotten, Zone};
use crate::text::human;

/// `to stay within --memory-limit the oldest was left out: 1,200 lines, 90 messages, from … to …`; nothing
/// when nothing was.
pub fn sentence(forgotten: &Forgotten, zone: Zone) -> Option<String> {
    let (first, last) = forgotten.span?;
    let counts = [
        (forgotten.lines, "line"),
        (forgotten.messages, "message"),
        (forgotten.mails, "mail"),
    ];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let counts: Vec<String> = counts
        .map(|(count, what)| human::counted(count, what))
        .collect();
    Some(format!(
        "to stay within --memory-limit the oldest was left out: {}, from {} to {} ({})",
        counts.join(", "),
        moment::plain(zone, first),
        moment::plain(zone, last),
        zone.name()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_out_is_told() {
        let zone = Zone::parse("UTC").unwrap();
        assert_eq!(sentence(&Forgotten::default(), zone), None);
        let forgotten = Forgotten {
            lines: 1_200,
            messages: 1,
            mails: 0,
            span: Some((0, 86_400_000)),
        };
        assert_eq!(
            sentence(&forgotten, zone).unwrap(),
            "to stay within --memory-limit the oldest was left out: 1,200 lines, 1 message, \
             from 1970-01-01 00:00:00 to 1970-01-02 00:00:00 (UTC)"
        );
    }
}
