use proptest::prelude::*;

use super::{shape, words};

fn of(line: &str) -> String {
    shape(line.as_bytes())
}

#[test]
fn lines_of_every_mail_system() {
    for (line, expected) in [
        (
            "Feb  3 08:00:01 mx1 postfix/smtp[4711]: 4f9K0x2zzz: to=<anna@example.org>, \
             relay=mx.example.net[192.0.2.7]:25, delay=1.2, delays=0.1/0/0.9/0.2, dsn=2.0.0, \
             status=sent (250 2.0.0 Ok: queued as 77ABC)",
            "<time> <host> postfix/smtp[<n>]: <id>: to=<<addr>>, relay=<host>[<ip>]:<n>, delay=<n>, \
             delays=<n>/<n>/<n>/<n>, dsn=<n>, status=sent (<n> <n> Ok: queued as <id>)",
        ),
        (
            "2026-02-24 08:00:01 1vum00-000000-00 <= anna@example.org H=mail.example.org (helo.example) \
             [2001:db8::add] P=esmtps X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no S=1234 T=\"lunch, Bob?\"",
            "<date> <time> <id> <= <addr> H=<host> (<host>) [<ip>] P=esmtps \
             X=TLS1.3:TLS_AES_256_GCM_SHA384:<n> CV=no S=<n> T=\"<text>\"",
        ),
        (
            "2026-02-24T08:00:01.123456+01:00 mail sm-mta[77]: STARTTLS=client, relay=mx.example.net., \
             version=TLSv1.3, verify=FAIL, cipher=TLS_AES_256_GCM_SHA384, bits=256/256",
            "<date> <host> sm-mta[<n>]: STARTTLS=client, relay=<host>., version=TLSv1.3, verify=FAIL, \
             cipher=TLS_AES_256_GCM_SHA384, bits=<n>/<n>",
        ),
        (
            "<22>Feb 24 08:00:01 mx1 smtpd[9]: 3f2a smtp connected address=local host=anna-laptop",
            "<<n>><time> <host> smtpd[<n>]: <id> smtp connected address=local host=<word>",
        ),
    ] {
        assert_eq!(of(line), expected);
    }
}

#[test]
fn what_tells_of_people_goes_wherever_it_stands() {
    for (line, expected) in [
        ("user=anna, uid=1000", "user=<word>, uid=<n>"),
        (
            "/home/anna/Maildir/new/1.M2P3",
            "/<word>/<word>/Maildir/new/<host>",
        ),
        ("rcpt:anna@example.org: no", "rcpt:<addr>: no"),
        (
            "warning: header Subject: mail from Anna; from=<x>; from=<b@example.org>",
            "warning: header Subject: <text>; from=<<addr>>",
        ),
        ("lists-anna=example.org@example.net", "<word>=<addr>"),
        ("\"anna smith\"@example.org said", "\"<text>\"<addr> said"),
        ("reply \"never closed anna", "reply \"<text>"),
        ("[IPv6:2001:db8::add]:25", "[IPv6:<ip>]:<n>"),
        ("2001:db8::add/64 192.0.2.1/24", "<ip>/<n> <ip>/<n>"),
        (
            "inet6:2001:db8::add:bad:x",
            "<id>:<n>:<id>::<id>:<id>:<word>",
        ),
        (
            "J\u{fc}rgen \u{1b}[31m M\u{fc}ller",
            "<word> <word>[<n>m <word>",
        ),
        (
            "to=<x>, newest_one=7 another=8",
            "to=<<word>>, newest_one=<n> another=<n>",
        ),
        ("bad command anna=7", "bad command <word>=<n>"),
        ("AUTH PLAIN x=1 annapass=", "AUTH PLAIN x=<n> <word>="),
        ("10% of 5s, 0.3ms", "<n>% of <n>s, <n>ms"),
        ("", ""),
    ] {
        assert_eq!(of(line), expected, "{line}");
    }
}

#[test]
fn names_of_people_are_no_common_words() {
    for name in [
        "anna", "april", "art", "august", "bill", "carol", "chase", "dawn", "dean", "drew", "earl",
        "eve", "faith", "frank", "grace", "grant", "guy", "hope", "ivy", "jack", "jan", "john",
        "joy", "june", "king", "lily", "long", "mark", "max", "may", "miles", "page", "pat",
        "penny", "rich", "rob", "rose", "ruby", "sandy", "smith", "sue", "victor", "will", "wood",
        "young",
    ] {
        assert!(!words::is_common(name.as_bytes()), "{name}");
    }
}

#[test]
fn a_long_line_is_cut_between_words() {
    let line = format!("{} anna@example.org", "error ".repeat(2_000));
    let told = of(&line);
    assert!(told.len() < 5_000 && told.ends_with("error ..."), "{told}");
    let one_word = "a".repeat(10_000);
    assert_eq!(of(&one_word), " ...");
}

/// Lines with gaps, as mail systems write them.
const FRAMES: [&str; 10] = [
    "Feb 24 08:00:01 mx1 postfix/smtp[1]: 4ABC: to=<{}@example.org>, status=bounced (host said: {})",
    "2026-02-24 08:00:01 1vum00-000000-00 <= {}@example.org H=({}) [192.0.2.1] T=\"{} {}\"",
    "2026-02-24 08:00:01 unexpected {}: {}",
    "warning: header Subject: {} {} from unknown[192.0.2.1]; from=<{}@example.org>",
    "reject: RCPT from {}.example.org[192.0.2.1]: 550 5.1.1 <{}@example.net>: {}",
    "sasl_method=PLAIN, sasl_username={}, orig_to={}@example.org",
    "/var/mail/{}/new: {}",
    "{} {} <{}+{}@example.org>",
    "(\"{}\" {}), [{}]; {}!{}@example.org",
    "cert-subject=/CN={}/emailAddress={}@example.org, verify=FAIL",
];

fn filled(frame: &str, with: &str) -> String {
    frame.replace("{}", with)
}

#[test]
fn a_field_may_end_in_an_underscore() {
    assert_eq!(of("\"\",b_=!"), "\"<text>\",b_=!");
}

proptest! {
    #[test]
    fn nothing_personal_survives(
        name in "[a-zA-Z]{3,12}|[a-z]{2,8}[._-][a-z]{3,8}|[a-z]{3,8}[0-9]{2,4}|[A-Z][a-zäöüß]{3,9}|[0-9]{5,9}",
        frame in 0..FRAMES.len(),
    ) {
        let parts: Vec<&str> = name.split(['.', '_', '-']).collect();
        prop_assume!(!parts.iter().any(|part| words::is_common(part.as_bytes())));
        // The placeholders and the words of the frame are no names.
        prop_assume!(!of(FRAMES[frame]).to_lowercase().contains(&name.to_lowercase()));
        let told = of(&filled(FRAMES[frame], &name));
        for part in [&name.as_str()].into_iter().chain(&parts).filter(|part| part.len() > 4) {
            prop_assert!(!told.contains(part), "{} in {}", part, told);
        }
        prop_assert!(!told.contains(name.as_str()), "{} in {}", name, told);
    }

    #[test]
    fn only_listed_words_are_left_of_any_bytes(line in proptest::collection::vec(any::<u8>(), 0..300)) {
        let told = shape(&line);
        prop_assert!(told.bytes().all(|byte| byte == b'\n' || (b' '..=b'~').contains(&byte)));
    }

    #[test]
    fn every_letter_is_of_a_placeholder_a_field_or_a_common_word(line in "[ -~]{0,120}") {
        let told = of(&line);
        let mut rest = told.clone();
        for placeholder in ["addr", "host", "ip", "id", "n", "date", "time", "word", "text"] {
            rest = rest.replace(&format!("<{placeholder}>"), " ");
        }
        // A unit stands right behind its number, a common word may be of several.
        let is_name = |word: &str| !word.is_empty() && told.contains(&format!("{word}="));
        let words = rest.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_')));
        for word in words.filter(|word| !is_name(word)).flat_map(|word| word.split('_')) {
            let bare = word.trim_matches('.');
            let field = is_name(bare);
            let unit = ["s", "ms", "us", "m", "h", "d", "k", "K", "kB", "KB", "MB"].contains(&bare);
            let common = words::is_common(bare.as_bytes()) || bare == "IPv6";
            prop_assert!(bare.is_empty() || common || field || unit, "{} in {}", word, told);
        }
    }
}
