use super::*;
use crate::parse::Direction;

const FRAME: &str = "2020-02-25 04:55:03 1j69ZJ-0001iL-S3 ";

/// The fact of a line with a message ID, given without its frame. Leaks the line: a test's life is short.
pub(super) fn of_message(rest: &str) -> Fact<'static> {
    fact(&format!("{FRAME}{rest}"))
}

/// The fact of a line without a message ID, given without its frame.
pub(super) fn of_connection(rest: &str) -> Fact<'static> {
    fact(&format!("2020-02-25 04:55:03 {rest}"))
}

pub(super) fn fact(text: &str) -> Fact<'static> {
    let text: &'static str = Box::leak(text.to_owned().into_boxed_str());
    match line(text.as_bytes()) {
        Outcome::Fact(fact) => fact,
        other => panic!("{other:?}: {text}"),
    }
}

pub(super) fn text_of(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

#[test]
fn reads_every_frame() {
    for (stamp, pid) in [
        ("2020-02-25 04:55:03", ""),
        ("2020-02-25 04:55:03.123", ""),
        ("2020-02-25 04:55:03 +0100", ""),
        ("2020-02-25 04:55:03.123 -0230", "[4711] "),
    ] {
        for id in ["1j69ZJ-0001iL-S3", "1xVOL4-000000001Zq-1qeL"] {
            let read = fact(&format!("{stamp} {pid}{id} Completed\r"));
            assert_eq!(read.kind, Kind::Completion);
            assert_eq!(read.queue_id, id.as_bytes());
            assert_eq!(
                read.stamp.offset.is_some(),
                stamp.contains(['+', 'Z']) || stamp.ends_with("0230")
            );
        }
        for note in [
            "Start queue run: pid=1",
            "SMTP connection identification H=localhost A=127.0.0.1 P=54321 U=root ID=0 S=root B=identify_local_connection",
        ] {
            let read = fact(&format!("{stamp} {pid}{note}"));
            assert_eq!((read.kind, read.queue_id), (Kind::Note, b"".as_slice()));
        }
    }
}

#[test]
fn a_syslog_layer_may_take_the_stamp_off() {
    let stamp = Stamp {
        civil: 7,
        ..Stamp::default()
    };
    let read = |text: &'static str| {
        entry(&Entry {
            stamp,
            host: b"mx",
            text: text.as_bytes(),
            ..Entry::default()
        })
    };
    for rest in [
        "[4711] 1j69ZJ-0001iL-S3 Completed",
        "1j69ZJ-0001iL-S3 Completed",
    ] {
        let Outcome::Fact(read) = read(rest) else {
            panic!("{rest}");
        };
        assert_eq!((read.stamp, read.kind), (stamp, Kind::Completion));
        assert_eq!(read.host, b"mx");
    }
    assert!(matches!(
        read("[2\\3] Envelope-from: <a@b>"),
        Outcome::Continuation
    ));
    assert!(matches!(
        read("connect from x[192.0.2.1]"),
        Outcome::NotUnderstood(_)
    ));
    let Outcome::Fact(stamped) = read("2020-02-25 04:55:03 1j69ZJ-0001iL-S3 Completed") else {
        panic!("its own stamp wins");
    };
    assert_eq!(stamped.stamp.civil, 1_582_606_503);
}

#[test]
fn pieces_of_a_long_syslog_entry() {
    let later = line(b"[2/3] 1j69ZJ-0001iL-S3 Completed");
    assert!(matches!(later, Outcome::Continuation));
    let first =
        fact("[1\\4] 2020-02-25 04:55:03 plain authenticator failed for (x) [192.0.2.1]: 535 no");
    assert_eq!(first.kind, Kind::Rejection);
    // Cut by length: what stood in the rest is not known, so nothing is said of TLS.
    let cut = fact(&format!(
        "[1/2] {FRAME}=> a@example.org R=r T=t H=mx.example.org [192.0.2.1] X=TLS1.3:A:256 CV=yes"
    ));
    assert!(cut.ambiguous);
    assert_eq!(cut.tls, None);
}

#[test]
fn lines_that_are_not_of_this_grammar() {
    for text in [
        "Feb 25 04:55:03 host exim[1]: 1j69ZJ-0001iL-S3 Completed",
        "2020-02-25T04:55:03 1j69ZJ-0001iL-S3 Completed",
        "logfile turned over",
        "2020-02-30 04:55:03 1j69ZJ-0001iL-S3 Completed",
    ] {
        assert!(matches!(line(text.as_bytes()), Outcome::NotMine), "{text}");
    }
}

#[test]
fn lines_that_are_cut_off_are_not_understood() {
    for rest in [
        "",
        "=>",
        "<=",
        "== ",
        "== a@b R=r T=t",
        "== a@b R=r T=t defer (-3",
        "=> ",
        "<= ",
    ] {
        let text = format!("{FRAME}{rest}");
        assert!(
            matches!(line(text.as_bytes()), Outcome::NotUnderstood(_)),
            "{text}"
        );
    }
    assert!(matches!(
        line(b"2020-02-25 04:55:03"),
        Outcome::NotUnderstood(_)
    ));
    assert!(matches!(
        line(b"2020-02-25 04:55:03 => a@b R=r T=t"),
        Outcome::NotUnderstood(_)
    ));
}

#[test]
fn other_programs_queue_ids_are_no_message_ids() {
    for id in ["1j69ZJ-0001iLabcd-S3", "1j69ZJ-0001iL7", "4jXyPN18qdz1xy"] {
        let text = format!("2020-02-25 04:55:03 {id} Completed");
        assert!(
            matches!(line(text.as_bytes()), Outcome::NotUnderstood(_)),
            "{text}"
        );
    }
}

#[test]
fn words_with_an_id_are_a_note_and_without_one_not_understood() {
    let note = of_message("some words of an ACL: X=TLS1.3:A:256 [192.0.2.1] Completed");
    assert_eq!(
        (note.kind, note.tls, note.direction),
        (Kind::Note, None, None)
    );
    let text = b"2020-02-25 04:55:03 some words of an ACL";
    assert!(matches!(line(text), Outcome::NotUnderstood(_)));
}

/// DESIGN.md, section 1.
#[test]
fn the_seed() {
    let mut kinds = Vec::new();
    for (time, rest) in [
        (
            "04:55:03",
            "H=rx.t-online.de [194.25.134.67]: a TLS session is required, but the server did not offer TLS support",
        ),
        (
            "04:55:03",
            "== tosa@rx.t-online.de R=dnslookup T=remote_smtp defer (-38) H=rx.t-online.de [194.25.134.67]: a TLS session is required, but the server did not offer TLS support",
        ),
        (
            "05:55:03",
            "== tosa@rx.t-online.de R=dnslookup T=remote_smtp defer (-53): retry time not reached for any host for 'rx.t-online.de'",
        ),
    ] {
        let read = fact(&format!("2020-02-25 {time} 1j69ZJ-0001iL-S3 {rest}"));
        assert_eq!(read.queue_id, b"1j69ZJ-0001iL-S3");
        kinds.push((read.kind, read.trouble, read.direction));
        if read.direction.is_some() {
            assert_eq!(read.peer.name, b"rx.t-online.de");
            assert_eq!(read.peer.ip, b"194.25.134.67");
        }
    }
    let refused = Some(crate::tls::Trouble::StarttlsNotSupported);
    let out = Some(Direction::Out);
    assert_eq!(
        kinds,
        [
            (Kind::TlsRefused, refused, out),
            (Kind::Deferral, refused, out),
            (Kind::RetryWait, None, None),
        ]
    );
}

#[test]
fn program_names_of_exim() {
    for name in [
        "exim",
        "exim4",
        "exim-out",
        "exim4-mx2",
        "exim_in",
        "exim4.service",
        "exim@out.service",
        "exim-4.98",
        "exim/out",
    ] {
        assert!(claims(name.as_bytes()), "{name}");
    }
    for name in [
        "",
        "exi",
        "eximstats",
        "eximon",
        "exim_exporter",
        "exim-exporter.service",
        "exim_tidydb",
        "postfix/smtpd",
        "Exim",
    ] {
        assert!(!claims(name.as_bytes()), "{name}");
    }
}

fn in_syslog(text: &str) -> Entry<'_> {
    Entry {
        stamp: Stamp {
            civil: 1_582_602_903,
            millis: 250,
            offset: Some(0),
            yearless: false,
        },
        host: b"mx",
        program: b"exim",
        pid: b"12",
        text: text.as_bytes(),
    }
}

#[test]
fn the_stamp_that_tells_more_counts() {
    let stamp = |entry: Entry<'_>| match super::entry(&entry) {
        Outcome::Fact(fact) => fact.stamp,
        other => panic!("{other:?}"),
    };
    let framed = in_syslog("").stamp;
    // Written in local time, without a zone: the frame knows better.
    let local = "2020-02-25 04:55:03.304 [12] 1j69ZJ-0001iL-S3 Completed";
    assert_eq!(stamp(in_syslog(local)), framed);
    assert_eq!(stamp(in_syslog("1j69ZJ-0001iL-S3 Completed")), framed);
    let zoned = stamp(in_syslog(
        "2020-02-25 04:55:03.304 +0100 [12] 1j69ZJ-0001iL-S3 Completed",
    ));
    assert_eq!((zoned.utc(), zoned.millis), (Some(1_582_602_903), 304));
    let yearless = Entry {
        stamp: Stamp {
            offset: None,
            yearless: true,
            ..framed
        },
        ..in_syslog(local)
    };
    let own = stamp(yearless);
    assert_eq!((own.yearless, own.offset, own.millis), (false, None, 304));
}

#[test]
fn pieces_in_syslog() {
    let rejected = "[1\\3] 2020-02-25 04:55:03 H=x.example.net [192.0.2.1] F=<a@example.org> \
                    rejected RCPT <b@example.org>: no";
    match super::entry(&in_syslog(rejected)) {
        Outcome::Fact(fact) => {
            assert_eq!(fact.kind, Kind::Rejection);
            assert_eq!(
                (fact.host, fact.program),
                (b"mx".as_slice(), b"exim".as_slice())
            );
            assert_eq!(fact.peer.ip, b"192.0.2.1");
        }
        other => panic!("{other:?}"),
    }
    for text in [
        "[2\\3] Envelope-from: <a@example.org>",
        "[3/3]   Subject: x",
    ] {
        let outcome = super::entry(&in_syslog(text));
        assert!(matches!(outcome, Outcome::Continuation), "{text}");
    }
}
