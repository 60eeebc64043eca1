use chrono_tz::Europe::Berlin;
use chrono_tz::Pacific::Apia;

use super::*;

fn utc(text: &str) -> i64 {
    DateTime::parse_from_rfc3339(text)
        .unwrap()
        .timestamp_millis()
}

fn span(text: &str, zone: &dyn Zone) -> Span {
    let clock = Clock {
        now: utc("2020-02-25T10:00:00Z"),
        zone,
    };
    let moment = Moment::read(text).unwrap_or_else(|unread| panic!("{text}: {unread:?}"));
    moment.span(&clock)
}

fn assert_span(text: &str, zone: &dyn Zone, start: &str, end: &str) {
    let (start, end) = (utc(start), utc(end));
    assert_eq!(span(text, zone), Span { start, end }, "{text}");
}

#[test]
fn a_time_is_as_long_as_it_is_exact() {
    for (text, start, end) in [
        ("2020-02-25", "2020-02-24T23:00:00Z", "2020-02-25T23:00:00Z"),
        ("today", "2020-02-24T23:00:00Z", "2020-02-25T23:00:00Z"),
        ("yesterday", "2020-02-23T23:00:00Z", "2020-02-24T23:00:00Z"),
        (
            "2020-02-25 04:55",
            "2020-02-25T03:55:00Z",
            "2020-02-25T03:56:00Z",
        ),
        (
            "2020-02-25T04:55:03",
            "2020-02-25T03:55:03Z",
            "2020-02-25T03:55:04Z",
        ),
        ("04:55", "2020-02-25T03:55:00Z", "2020-02-25T03:56:00Z"),
        (
            "2020-02-25T03:55:03Z",
            "2020-02-25T03:55:03Z",
            "2020-02-25T03:55:04Z",
        ),
        (
            "2020-02-25 03:55:03.250 -0100",
            "2020-02-25T04:55:03.250Z",
            "2020-02-25T04:55:03.251Z",
        ),
        ("-2h", "2020-02-25T08:00:00Z", "2020-02-25T08:00:00.001Z"),
        ("now", "2020-02-25T10:00:00Z", "2020-02-25T10:00:00.001Z"),
    ] {
        assert_span(text, &Berlin, start, end);
    }
}

#[test]
fn clock_changes_neither_lose_nor_invent_time() {
    // Berlin skips 02:00 to 03:00 on 29 March 2020 and has it twice on 25 October.
    for (text, start, end) in [
        (
            "2020-03-29 02:30",
            "2020-03-29T01:00:00Z",
            "2020-03-29T01:00:00Z",
        ),
        ("2020-03-29", "2020-03-28T23:00:00Z", "2020-03-29T22:00:00Z"),
        (
            "2020-10-25 02:30",
            "2020-10-25T00:30:00Z",
            "2020-10-25T01:31:00Z",
        ),
        ("2020-10-25", "2020-10-24T22:00:00Z", "2020-10-25T23:00:00Z"),
    ] {
        assert_span(text, &Berlin, start, end);
    }
    // Samoa had no 30 December 2011.
    assert_span(
        "2011-12-30",
        &Apia,
        "2011-12-30T10:00:00Z",
        "2011-12-30T10:00:00Z",
    );
}

#[test]
fn times_print_as_they_read() {
    for text in [
        "now",
        "today",
        "yesterday",
        "-2h",
        "-1d12h",
        "-250ms",
        "10:30",
        "10:30:05",
        "10:30:05.120",
        "2020-02-25",
        "2020-02-25T04:55",
        "2020-02-25T04:55:03Z",
        "2020-02-25T04:55:03.007+05:30",
    ] {
        assert_eq!(Moment::read(text).unwrap().to_string(), text);
    }
}

#[test]
fn an_unfinished_time_is_told_from_a_wrong_one() {
    for text in [
        "",
        "-",
        "-2",
        "-1h3",
        "2",
        "2020",
        "2020-02-2",
        "2020-02-25T",
        "2020-02-25T04",
        "10:",
        "tod",
        "2020-02-25T04:55+01:",
    ] {
        let unread = Moment::read(text).map_or_else(|unread| unread, |m| panic!("{text}: {m:?}"));
        assert!(unread.unfinished, "{text}");
    }
    for (text, hint) in [
        ("2020-02-30", "no such day"),
        ("25:00", "no such day or time"),
        ("2h", "did you mean -2h?"),
        ("-2x", "ms, s, m, h, d or w"),
        ("--2h", "two hours before now"),
        ("monday", "write 2020-02-25"),
        ("2020-02-25T04:55:60", "no such day or time"),
        ("2020-02-25T04:55+99:00", "no such day or time"),
    ] {
        let unread = Moment::read(text).map_or_else(|unread| unread, |m| panic!("{text}: {m:?}"));
        assert!(!unread.unfinished, "{text}");
        assert!(unread.hint.unwrap().contains(hint), "{text}");
    }
}
