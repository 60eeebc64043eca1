//! Frames, one family after the other.

use super::*;
use crate::parse::Stamp;
use crate::parse::stamp::civil;

/// A stamp as text: civil time, and the offset in brackets.
fn shown(stamp: Stamp) -> String {
    let (day, second) = (
        stamp.civil.div_euclid(86_400),
        stamp.civil.rem_euclid(86_400),
    );
    let date = (1970..2100)
        .flat_map(|year| (1..=12).map(move |month| (year, month)))
        .rev()
        .find_map(|(year, month)| {
            let first = civil([year, month, 1], [0; 3]).unwrap() / 86_400;
            (first <= day).then(|| format!("{year}-{month:02}-{:02}", day - first + 1))
        })
        .unwrap();
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let zone = match (stamp.yearless, stamp.offset) {
        (true, _) => "no year".to_owned(),
        (false, Some(offset)) => format!("{offset}"),
        (false, None) => "no zone".to_owned(),
    };
    format!(
        "{date} {hour:02}:{minute:02}:{second:02}.{:03} ({zone})",
        stamp.millis
    )
}

/// `time | host | program | pid | text`.
fn opened(framing: Framing, record: &[u8]) -> Option<String> {
    let mut scratch = b"of the record before".to_vec();
    let entry = framing.open(record, &mut scratch)?;
    let mut parts = vec![shown(entry.stamp)];
    parts.extend(
        [entry.host, entry.program, entry.pid, entry.text]
            .map(|part| String::from_utf8(part.to_vec()).unwrap()),
    );
    Some(parts.join(" | "))
}

fn line(text: &str) -> Option<String> {
    opened(Framing::Lines, text.as_bytes())
}

/// What follows the time.
fn origin(text: &str) -> String {
    let all = line(text).unwrap_or_else(|| panic!("no frame: {text}"));
    all.split_once(" | ").unwrap().1.to_owned()
}

#[test]
fn stamps() {
    for (stamp, expected) in [
        ("Nov 23 07:33:40", "1972-11-23 07:33:40.000 (no year)"),
        ("Nov  3 07:33:40", "1972-11-03 07:33:40.000 (no year)"),
        ("Nov 03 07:33:40", "1972-11-03 07:33:40.000 (no year)"),
        ("Nov 3 07:33:40", "1972-11-03 07:33:40.000 (no year)"),
        ("Feb 29 23:59:60", "1972-03-01 00:00:00.000 (no year)"),
        (
            "Dec 31 07:33:40.006692",
            "1972-12-31 07:33:40.006 (no year)",
        ),
        ("Dez 31 07:33:40", "1972-12-31 07:33:40.000 (no year)"),
        ("Mär 31 07:33:40", "1972-03-31 07:33:40.000 (no year)"),
        ("Nov 23 2026 07:33:40", "2026-11-23 07:33:40.000 (no zone)"),
        ("Nov 23 07:33:40 2026", "2026-11-23 07:33:40.000 (no zone)"),
        (
            "2026 Nov 23 07:33:40.5",
            "2026-11-23 07:33:40.500 (no zone)",
        ),
        (
            "Mon Nov 23 07:33:40 2026",
            "2026-11-23 07:33:40.000 (no zone)",
        ),
        ("2026-11-23T07:33:40", "2026-11-23 07:33:40.000 (no zone)"),
        ("2026-11-23T07:33:40Z", "2026-11-23 07:33:40.000 (0)"),
        (
            "2026-11-23T07:33:40.075428+01:00",
            "2026-11-23 07:33:40.075 (3600)",
        ),
        (
            "2026-11-23T07:33:40-0230",
            "2026-11-23 07:33:40.000 (-9000)",
        ),
        ("2026-11-23 07:33:40", "2026-11-23 07:33:40.000 (no zone)"),
        (
            "2026-11-23 07:33:40 +0100",
            "2026-11-23 07:33:40.000 (3600)",
        ),
        ("Mon 2026-11-23 07:33:40 UTC", "2026-11-23 07:33:40.000 (0)"),
        (
            "Mon 2026-11-23 07:33:40.006692 GMT",
            "2026-11-23 07:33:40.006 (0)",
        ),
        (
            "Mon 2026-11-23 07:33:40 CET",
            "2026-11-23 07:33:40.000 (no zone)",
        ),
        (
            "Mon 2026-11-23 07:33:40 -03",
            "2026-11-23 07:33:40.000 (-10800)",
        ),
        (
            "Mon, 2026-11-23 07:33:40 +0100",
            "2026-11-23 07:33:40.000 (3600)",
        ),
        ("1795419263.006692", "2026-11-23 07:34:23.006 (0)"),
        ("1795419263", "2026-11-23 07:34:23.000 (0)"),
        ("<22>Nov 23 07:33:40", "1972-11-23 07:33:40.000 (no year)"),
        ("<191>2026-11-23T07:33:40Z", "2026-11-23 07:33:40.000 (0)"),
    ] {
        let text = format!("{stamp} mx postfix/smtp[12]: text");
        let expected = format!("{expected} | mx | postfix/smtp | 12 | text");
        assert_eq!(line(&text), Some(expected), "{text}");
    }
}

#[test]
fn no_clock_shows_it() {
    for stamp in [
        "Nov 31 07:33:40",
        "Nov 00 07:33:40",
        "Nov 23 24:00:00",
        "Nov 23 07:33:4",
        "Nov 23 07-33-40",
        "Nox 23 07:33:40",
        "Nov 123 07:33:40",
        "Feb 29 2026 07:33:40",
        "2026-02-29T07:33:40Z",
        "Mon 2026-13-23 07:33:40 UTC",
        "Mon Nov 23 07:33:40",
        "Mod 2026-11-23 07:33:40 UTC",
        "17954192631234567",
        "99999999999999999999",
        "[    5.360770]",
        "<22>",
        "<192>Nov 23 07:33:40",
        "<>Nov 23 07:33:40",
        "",
    ] {
        let text = format!("{stamp} mx postfix/smtp[12]: text");
        assert_eq!(line(&text), None, "{text}");
    }
}

#[test]
fn hosts_and_tags() {
    for (rest, expected) in [
        ("mx sm-mta[123]: a: b", "mx | sm-mta | 123 | a: b"),
        ("mx exim: a", "mx | exim |  | a"),
        ("mx exim:", "mx | exim |  | "),
        ("mx exim[1]:", "mx | exim | 1 | "),
        ("mx exim[1]:  a", "mx | exim | 1 |  a"),
        ("mx exim[1]: a\r", "mx | exim | 1 | a"),
        (
            "mx dovecot: lmtp(anna)<12><x>: a",
            "mx | dovecot |  | lmtp(anna)<12><x>: a",
        ),
        ("mx (systemd)[1]: a", "mx | (systemd) | 1 | a"),
        (
            "mx postfix@-.service[12]: a",
            "mx | postfix@-.service | 12 | a",
        ),
        ("mx a::b[1]: c", "mx | a::b | 1 | c"),
        (
            "mac com.example.x[1] (com.example.y): a",
            "mac | com.example.x | 1 | (com.example.y): a",
        ),
        // No host.
        ("postfix/smtpd[989]: a b", " | postfix/smtpd | 989 | a b"),
        ("exim: a b: c", " | exim |  | a b: c"),
        (
            "mail.info postfix/smtpd[989]: a",
            " | postfix/smtpd | 989 | a",
        ),
        // A priority before or behind the host.
        ("<mail.info> mx sm-mta[1]: a", "mx | sm-mta | 1 | a"),
        ("<2.6> mx sm-mta[1]: a", "mx | sm-mta | 1 | a"),
        ("mx mail.info sm-mta[1]: a", "mx | sm-mta | 1 | a"),
        ("mx mail:info sm-mta[1]: a", "mx | sm-mta | 1 | a"),
        ("mx local3.warn sm-mta[1]: a", "mx | sm-mta | 1 | a"),
        // Chained hosts.
        ("src@mx/relay sm-mta[1]: a", "mx | sm-mta | 1 | a"),
        ("mx/relay sm-mta[1]: a", "mx | sm-mta | 1 | a"),
        ("192.0.2.1 sm-mta[1]: a", "192.0.2.1 | sm-mta | 1 | a"),
        ("2001:db8:: sm-mta[1]: a", "2001:db8:: | sm-mta | 1 | a"),
        // Text before the message.
        (
            "mx sendmail[1]: [ID 801593 mail.info] a",
            "mx | sendmail | 1 | a",
        ),
        (
            "mx sendmail[1]: [ID x mail.info] a",
            "mx | sendmail | 1 | [ID x mail.info] a",
        ),
        // Escaped control characters stay.
        ("mx a[1]: b#012#011c", "mx | a | 1 | b#012#011c"),
        // No program.
        (
            "mx last message repeated 3 times",
            "mx |  |  | last message repeated 3 times",
        ),
        ("mx -- MARK --", "mx |  |  | -- MARK --"),
    ] {
        let text = format!("Nov 23 07:33:40 {rest}");
        assert_eq!(origin(&text), expected, "{text}");
        let text = format!("2026-11-23T07:33:40Z {rest}");
        assert_eq!(origin(&text), expected, "{text}");
    }
}

#[test]
fn a_folded_text_is_said_once_more() {
    let frame = |text: &str| origin(&format!("Nov 23 07:33:40 mx a[1]: {text}"));
    assert_eq!(
        frame("message repeated 3 times: [ b [c] d]"),
        "mx | a | 1 | b [c] d"
    );
    let long = "x".repeat(900);
    for text in [
        // Perhaps cut.
        &format!("message repeated 3 times: [ {long}]"),
        "message repeated 3 times: [ b",
        "message repeated x times: [ b]",
        "the message repeated 3 times: [ b]",
    ] {
        assert_eq!(frame(text), format!("mx | a | 1 | {text}"));
    }
}

#[test]
fn stamps_that_others_write_too_need_a_tag_with_a_number() {
    for stamp in ["2026-11-23 07:33:40", "1795419263.006692"] {
        for rest in [
            "mx exim: a",
            "mx exim a",
            "mx exim[1] a",
            "mx exim[x]: a",
            "status installed exim4:amd64 4.96",
            "1j69ZJ-0001iL-S3 <= a@example.org H=x [192.0.2.1]: a",
            "1j69ZJ-0001iL-S3 Completed",
            "[12] no MAIL in SMTP connection from x [192.0.2.1]: y",
            "123 192.0.2.1 TCP_MISS/200 5",
        ] {
            assert_eq!(line(&format!("{stamp} {rest}")), None, "{rest}");
        }
        for (rest, expected) in [
            ("mx exim[1]: a", "mx | exim | 1 | a"),
            ("exim[1]: a", " | exim | 1 | a"),
            ("info exim[1]: a", " | exim | 1 | a"),
        ] {
            assert_eq!(origin(&format!("{stamp} {rest}")), expected);
        }
    }
}

#[test]
fn rfc_5424() {
    let time = "2026-11-23T07:33:40.075428+00:00";
    for (rest, expected) in [
        ("mx exim 12 id -  a b", "mx | exim | 12 | a b"),
        ("mx exim 12 id - a", "mx | exim | 12 | a"),
        ("- - - - - a", " |  |  | a"),
        ("mx exim - - -", "mx | exim |  | "),
        ("mx exim - - [a@1 b=\"c\"]", "mx | exim |  | "),
        (
            r#"mx exim - - [a b="x\"] \\" c="\]"][d] text] [e]"#,
            "mx | exim |  | text] [e]",
        ),
        ("mx exim - - - \u{feff}a", "mx | exim |  | a"),
    ] {
        let text = format!("<22>1 {time} {rest}");
        assert_eq!(origin(&text), expected, "{text}");
        assert_eq!(origin(&text[4..]), expected, "{text}");
    }
    for text in [
        "<22>1 - mx exim 12 - - a",
        "<22>1 2026-11-23T07:33:40Z mx exim 12 - [a b=\"c a",
        "<22>1 2026-11-23T07:33:40Z mx exim 12 - x a",
        "<22>1 2026-11-23T07:33:40Z mx exim",
        "<22>1 2026-11-23T07:33:40Z mx  12 - - a",
        "<22>2 2026-11-23T07:33:40Z mx exim 12 - - a",
        "1 2026-11-23 07:33:40Z mx exim 12 - - a",
    ] {
        assert_eq!(line(text), None, "{text}");
    }
}

const ENTRY: &str = "2026-11-23 07:34:23.006 (0) | mx | postfix/smtp | 12 | ";

#[test]
fn objects() {
    let json = |message: &str| {
        format!(
            r#"{{"_SOURCE_REALTIME_TIMESTAMP":"1795419263006692","__REALTIME_TIMESTAMP":"1","_PID":"9",
            "SYSLOG_PID":"12","SYSLOG\u005fIDENTIFIER":"postfix/smtp","_COMM":"smtp","_HOSTNAME":["mx","b"],
            "X":{{"MESSAGE":[]}},"MESSAGE":{message}}}"#
        )
    };
    for (message, expected) in [
        (r#""a \"b\" \u00fc\n""#, "a \"b\" ü\n"),
        ("null", ""),
        ("[104,105]", "hi"),
        ("[]", ""),
        (r#"["a","b"]"#, "a"),
        (r"[[104,105],[1]]", "hi"),
        (r#"[null,"b"]"#, "b"),
        ("[true]", ""),
        ("{}", ""),
        ("17", "17"),
    ] {
        let pretty = json(message);
        let expected = format!("{ENTRY}{expected}");
        let found = opened(Framing::JsonPretty, pretty.as_bytes());
        let on_a_line = pretty.replace('\n', " ");
        if message == "[true]" {
            // No value of a journal.
            assert_eq!(found, None);
            continue;
        }
        assert_eq!(found.as_deref(), Some(expected.as_str()), "{message}");
        for before in ["", "\u{1e}", "data: "] {
            let text = format!("{before}{on_a_line}");
            assert_eq!(line(&text).as_deref(), Some(expected.as_str()), "{text}");
        }
    }
    for text in [
        "{}",
        "{",
        "{\"MESSAGE\":\"a\"}",
        "{\"__REALTIME_TIMESTAMP\":\"x\"}",
        "{\"__REALTIME_TIMESTAMP\":\"18446744073709551615\"}",
        "{\"__REALTIME_TIMESTAMP\":\"1795419263006692\"} x",
        "[1]",
        "data: x",
        "\u{1e}",
    ] {
        assert_eq!(line(text), None, "{text}");
    }
    let other = r#"{"__REALTIME_TIMESTAMP":1795419263006692,"_COMM":"exim4","_PID":"7"}"#;
    assert_eq!(origin(other), " | exim4 | 7 | ");
}

#[test]
fn records_in_braces() {
    let text = b"-- banner\n{\n\t\"a\" : [\n\t\t1\n\t]\n}\n{\n\t\"b\" : 1\n";
    let framing = Framing::JsonPretty;
    assert_eq!(framing.record_end(text), Some(10));
    assert_eq!(framing.record_end(&text[10..]), Some(20));
    assert_eq!(framing.record_end(&text[30..]), None);
}

fn export(message: &[u8]) -> Vec<u8> {
    let mut record =
        b"__CURSOR=s=1\n__REALTIME_TIMESTAMP=1795419263006713\n_HOSTNAME=mx\n_PID=12\n\
        SYSLOG_IDENTIFIER=postfix/smtp\n_COMM=smtp\nMESSAGE"
            .to_vec();
    record.extend_from_slice(message);
    record.extend_from_slice(b"\n_SOURCE_REALTIME_TIMESTAMP=1795419263006692\n\n");
    record
}

#[test]
fn exported_fields() {
    let framing = Framing::Export;
    // A value with its length may hold what looks like the end of a record and a field behind it.
    let mut binary = b"\n\x12\0\0\0\0\0\0\0".to_vec();
    binary.extend_from_slice(b"a\n\n_HOSTNAME=evil\n");
    for (message, expected) in [
        (b"=a=b".as_slice(), "a=b"),
        (b"=", ""),
        (&binary, "a\n\n_HOSTNAME=evil\n"),
        (b"\n\0\0\0\0\0\0\0\0", ""),
    ] {
        let record = export(message);
        let found = opened(framing, &record);
        assert_eq!(found, Some(format!("{ENTRY}{expected}")));
        let two = [record.as_slice(), &record].concat();
        assert_eq!(framing.record_end(&two), Some(record.len()), "{expected:?}");
        for cut in 0..record.len() {
            assert_eq!(framing.record_end(&record[..cut]), None, "{expected:?}");
        }
        // The last record of a file, whose end was taken off with its last newline.
        let bare = &record[..record.len() - 2];
        assert_eq!(opened(framing, bare), Some(format!("{ENTRY}{expected}")));
    }
    assert_eq!(framing.record_end(b"\n\nA=1\n"), Some(1));
    assert_eq!(opened(framing, b"MESSAGE=a\n_PID=1\n"), None);
}

#[test]
fn no_record_grows_without_bound() {
    let line = [b"x".repeat(99).as_slice(), b"\n"].concat();
    let plain = line.repeat(MAX_RECORD_BYTES / 100 + 5);
    let whole_lines = MAX_RECORD_BYTES / 100 * 100;
    for (framing, begin) in [
        (
            Framing::Export,
            b"COREDUMP\n\xff\xff\xff\xff\0\0\0\0".as_slice(),
        ),
        (Framing::Export, b"A=1\n"),
        (Framing::JsonPretty, b"{\n"),
    ] {
        let text = [begin, &plain].concat();
        let end = framing.record_end(&text).unwrap();
        assert!(
            (whole_lines - 100..=MAX_RECORD_BYTES).contains(&end),
            "{end}"
        );
        assert_eq!(text[end - 1], b'\n');
        assert_eq!(framing.record_end(&text[..MAX_RECORD_BYTES - 1]), None);
    }
    let indented = [b"    ".as_slice(), &b"x".repeat(2 * MAX_RECORD_BYTES)].concat();
    assert_eq!(
        Framing::Verbose.record_end(&indented),
        Some(MAX_RECORD_BYTES)
    );
}

const VERBOSE: &str = "Mon 2026-11-23 08:34:24.5 CET [s=1;i=4]\n    _HOSTNAME=mx\n    \
    SYSLOG_IDENTIFIER=postfix/smtp\n    SYSLOG_PID=12\n    MESSAGE=first\n            second\n            \n            \
    _PID=3\n    _SOURCE_REALTIME_TIMESTAMP=1795419263006692\n    COREDUMP=[123B blob data]\n";

#[test]
fn verbose_records() {
    let framing = Framing::Verbose;
    let expected = format!("{ENTRY}first\nsecond\n\n_PID=3");
    assert_eq!(opened(framing, VERBOSE.as_bytes()), Some(expected));
    let two = format!("{VERBOSE}{VERBOSE}");
    assert_eq!(framing.record_end(two.as_bytes()), Some(VERBOSE.len()));
    assert_eq!(framing.record_end(VERBOSE.as_bytes()), None);
    // Between records of another kind.
    let plain = "Nov 23 07:33:40 mx a[1]: b";
    for framing in [Framing::Verbose, Framing::JsonPretty] {
        assert_eq!(opened(framing, plain.as_bytes()), line(plain));
    }
    let without = VERBOSE.replace("    _SOURCE", "    X_SOURCE");
    let found = opened(framing, without.as_bytes()).unwrap();
    assert!(
        found.starts_with("2026-11-23 08:34:24.500 (no zone) | mx"),
        "{found}"
    );
    for text in [
        "",
        "\n",
        "-- banner\n",
        "Mon 2026-11-23 08:34:24 UTC mx a[1]: b\n    c",
    ] {
        assert_eq!(opened(framing, text.as_bytes()), None, "{text}");
    }
}

#[test]
fn framings_are_detected_behind_anything() {
    let syslog = "Nov 23 07:33:40 mx postfix/smtpd[9]: connect from x\n".repeat(4);
    let exported = String::from_utf8(export(b"=a").repeat(3)).unwrap();
    let pretty =
        "{\n\t\"__REALTIME_TIMESTAMP\" : \"1795419263006692\",\n\t\"_COMM\" : \"smtp\"\n}\n";
    let object = pretty.replace('\n', "") + "\n";
    for (framing, text) in [
        (Framing::Lines, syslog.clone()),
        (Framing::Lines, object.clone()),
        (Framing::Lines, object.repeat(3)),
        (Framing::Lines, format!("{syslog}{object}")),
        (Framing::Export, exported),
        (Framing::JsonPretty, pretty.to_owned()),
        (Framing::JsonPretty, pretty.repeat(3)),
        (Framing::Verbose, VERBOSE.to_owned()),
        (Framing::Verbose, VERBOSE.repeat(3)),
    ] {
        for before in [
            "",
            "\u{feff}",
            "-- Logs begin at Mon 2026-11-23 07:34:23 UTC. --\n",
            "-- Boot 0123456789abcdef --\n",
            "logfile turned over\n",
        ] {
            let text = format!("{before}{text}");
            assert_eq!(Framing::detect(text.as_bytes()), Some(framing), "{text}");
            let cut = text.trim_end_matches('\n');
            assert_eq!(Framing::detect(cut.as_bytes()), Some(framing), "{cut}");
            assert!(!looks_like_cat(text.as_bytes()), "{text}");
        }
        // A record in the middle is whole.
        if text.len() > 450 {
            let cut = &text[30..text.len() - 10];
            assert_eq!(Framing::detect(cut.as_bytes()), Some(framing), "{cut}");
        }
    }
    let turned = "Nov 23 00:00:00 mx newsyslog[1]: logfile turned over\n";
    assert_eq!(Framing::detect(turned.as_bytes()), Some(Framing::Lines));
    let mixed = format!("{syslog}a trace\n  of something\n  over lines\n{syslog}");
    assert_eq!(Framing::detect(mixed.as_bytes()), Some(Framing::Lines));
}

#[test]
fn what_has_no_frames() {
    for text in [
        "",
        "\n\n",
        "2020-02-25 04:55:03 1j69ZJ-0001iL-S3 <= a@example.org H=x [192.0.2.1] P=esmtp S=1\n\
         2020-02-25 04:55:03 1j69ZJ-0001iL-S3 Completed\n",
        "2020-01-01 10:00:00 status installed exim4:amd64 4.96\n2020-01-01 10:00:00 upgrade a:amd64 1 2\n",
        "192.0.2.1 - - [23/Nov/2026:07:33:40 +0000] \"GET / HTTP/1.1\" 200 1\n",
        "date,from,to\n2026-11-23T07:33:40Z,a@example.org,b@example.org\n",
        "From a@example.org Mon Nov 23 07:33:40 2026\nReceived: from x\n\tby y; Mon, 23 Nov 2026 07:33:40 +0000\n",
        "Received: from x\n\tby y; Mon, 23 Nov 2026 07:33:40 +0000\nSubject: Nov 23 07:33:40 mx a[1]: b\n\
         To: b@example.org\nFrom: a@example.org\n",
        "2026-11-23T07:33:40Z INFO main: started\n2026-11-23T07:33:40Z warning main: slow\n",
        "[    5.360770] mx postfix/smtpd[9]: connect from x\n",
        "{\"a\":1}\n{\"a\":2}\n",
        "{\n  \"a\": 1\n}\n",
        "A=1\nB=2\n\nC=3\n",
    ] {
        assert_eq!(Framing::detect(text.as_bytes()), None, "{text}");
        assert!(!looks_like_cat(text.as_bytes()), "{text}");
    }
}

#[test]
fn texts_alone() {
    for text in [
        "connect from mail.example.org[192.0.2.1]\nC27A5D8: client=mail.example.org[192.0.2.1]\nC27A5D8: removed\n",
        "daemon started -- version 3.7.11, configuration /etc/postfix\n\
         Anonymous TLS connection established from x.example.org[192.0.2.1]: TLSv1.3 with cipher A (256/256 bits)\n",
        "1j69ZJ-0001iL-S3 <= a@example.org H=x [192.0.2.1] P=esmtp S=1\n1j69ZJ-0001iL-S3 Completed\n",
        "6012f863082107ee smtp connected address=192.0.2.1 host=x.example.org\n",
        "6AN6skPR000345: from=<a@example.org>, size=1, class=0\n",
    ] {
        assert!(looks_like_cat(text.as_bytes()), "{text}");
        assert_eq!(Framing::detect(text.as_bytes()), None, "{text}");
    }
}
