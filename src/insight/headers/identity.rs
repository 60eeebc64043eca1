//! H01 Message-ID, H02 singular fields, H03 date of the message.

use super::{Case, Findings, Subject, plain};
use crate::model::chain::CLOCK_SLACK;
use crate::parse::Stamp;
use crate::text::fill;

const DAY: i64 = 24 * 3600;

pub(super) fn find(case: &Case<'_>, found: &mut Findings) {
    message_id(case, found);
    singular_fields(case, found);
    date(case, found);
}

/// RFC 5322 section 3.6.4.
fn message_id(case: &Case<'_>, found: &mut Findings) {
    let (facts, lang) = (case.facts, case.lang);
    let mut add = |summary: &str, quote: &[u8]| {
        found.warning("H01", Subject::Message, summary.to_owned(), quote);
    };
    match &facts.message_id_text {
        None if facts.complete => add(
            lang.pick(
                "The message has no Message-ID.",
                "Die Nachricht hat keine Message-ID.",
            ),
            b"",
        ),
        Some(text) if !is_message_id(text) => add(
            lang.pick(
                "The Message-ID is malformed.",
                "Die Message-ID hat nicht die vorgeschriebene Form.",
            ),
            text,
        ),
        _ => {}
    }
    if facts.counts.message_id > 1 {
        let text = facts.message_id_text.as_deref().unwrap_or_default();
        let several = lang.pick(
            "The message has more than one Message-ID.",
            "Die Nachricht hat mehr als eine Message-ID.",
        );
        add(several, text);
    }
}

/// `<left@right>` without white space.
fn is_message_id(text: &[u8]) -> bool {
    let inner = text
        .trim_ascii()
        .strip_prefix(b"<")
        .and_then(|rest| rest.strip_suffix(b">"));
    inner.is_some_and(|inner| {
        let at = memchr::memrchr(b'@', inner);
        at.is_some_and(|at| at > 0 && at + 1 < inner.len())
            && !inner
                .iter()
                .any(|byte| byte.is_ascii_whitespace() || matches!(byte, b'<' | b'>'))
    })
}

/// RFC 5322 section 3.6: Date and From are required, and these fields come once.
fn singular_fields(case: &Case<'_>, found: &mut Findings) {
    let (facts, lang) = (case.facts, case.lang);
    let counts = &facts.counts;
    let mut add = |summary: String, quote: &[u8]| {
        found.warning("H02", Subject::Message, summary, quote);
    };
    let none = lang.pick(
        "The message has no {name} field.",
        "Die Nachricht hat kein Feld {name}.",
    );
    if facts.complete && counts.from == 0 {
        add(fill(none, &[("name", "From")]), b"");
    }
    match &facts.date_text {
        None if facts.complete => add(fill(none, &[("name", "Date")]), b""),
        Some(text) if facts.date.is_none() => {
            let unread = lang.pick(
                "The Date field cannot be read",
                "Das Feld Date ist nicht lesbar",
            );
            add(format!("{unread}: {}", plain(text)), text);
        }
        _ => {}
    }
    let several = lang.pick(
        "The message has {count} {name} fields.",
        "Die Nachricht hat {count} Felder {name}.",
    );
    for (name, count) in [
        ("From", counts.from),
        ("To", counts.to),
        ("Subject", counts.subject),
        ("Date", counts.date),
    ] {
        if count > 1 {
            let count = count.to_string();
            add(fill(several, &[("count", &count), ("name", name)]), b"");
        }
    }
}

/// Compares the date of the message with the moment when it reached us.
fn date(case: &Case<'_>, found: &mut Findings) {
    let received = case.chain.trust_line().and_then(|own| case.hops.get(own));
    let received = received.and_then(|hop| hop.date?.utc());
    let (Some(received), Some(date)) = (received, case.facts.date.as_ref().and_then(Stamp::utc))
    else {
        return;
    };
    let text = case.facts.date_text.as_deref().unwrap_or_default();
    let late = received - date;
    let template = if late < -CLOCK_SLACK {
        case.lang.pick(
            "The Date field lies {span} after the message reached us.",
            "Das Feld Date liegt {span} nach der Ankunft der Nachricht bei uns.",
        )
    } else if late > DAY {
        case.lang.pick(
            "The Date field lies {span} before the message reached us.",
            "Das Feld Date liegt {span} vor der Ankunft der Nachricht bei uns.",
        )
    } else {
        return;
    };
    let summary = fill(template, &[("span", &span(late.abs()))]);
    found.info("H03", Subject::Message, summary, text);
}

/// A duration in its two largest units.
pub(super) fn span(seconds: i64) -> String {
    let (days, hours) = (seconds / DAY, seconds % DAY / 3600);
    let (minutes, rest) = (seconds % 3600 / 60, seconds % 60);
    if days > 0 {
        format!("{days} d {hours} h")
    } else if hours > 0 {
        format!("{hours} h {minutes} min")
    } else if minutes > 0 {
        format!("{minutes} min {rest} s")
    } else {
        format!("{rest} s")
    }
}
