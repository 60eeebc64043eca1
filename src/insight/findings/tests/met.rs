//! What else the messages of a refusal met.

use super::*;

#[test]
fn a_refusal_tells_what_went_in_clear_all_the_same() {
    let defer = format!(
        "{ONE} == bo@example.net R=dnslookup T=remote_smtp defer (-38) H={MX}: a TLS session is required, but the server did not offer TLS support"
    );
    let clear = delivery(ONE, "other.example.net [192.0.2.10]", "");
    let sealed = delivery(TWO, "third.example.net [192.0.2.11]", GOOD);
    let found = in_log(&[&defer, &clear, &sealed]);
    assert_eq!(one(&found, "tls-refused").clear, 1);
}

const REFUSED: &str = "a TLS session is required, but the server did not offer TLS support";

/// The other recipients of the message went to other hosts.
#[test]
fn a_refusal_tells_nothing_of_other_recipients() {
    let refused =
        format!("{ONE} == bo@example.net R=dnslookup T=remote_smtp defer (-38) H={MX}: {REFUSED}");
    let mute = format!(
        "{ONE} == cy@example.com R=dnslookup T=remote_smtp defer (110) H=mx.example.com [192.0.2.20]: Connection timed out"
    );
    let wait = |who: &str| {
        format!(
            "{ONE} == {who} R=dnslookup T=remote_smtp defer (-53): retry time not reached for any host"
        )
    };
    let clear = delivery(ONE, "mx.example.org [192.0.2.30]", "");
    let clear = clear.replace("bo@example.net", "di@example.org");
    assert!(clear.contains("di@example.org"));
    let sealed = delivery(TWO, "third.example.net [192.0.2.11]", GOOD);
    let (bo, cy) = (wait("bo@example.net"), wait("cy@example.com"));
    let found = in_log(&[&refused, &mute, &bo, &cy, &cy, &clear, &sealed]);
    let own = one(&found, "tls-refused");
    assert_eq!((own.waits, own.clear, own.unsure), (1, 0, 0));
}

/// What went in clear, of how much of it the log is not sure, and the sentence.
fn told(lines: &[&str]) -> (u32, u32, String) {
    let found = in_log(lines);
    let own = one(&found, "tls-refused");
    (own.clear, own.unsure, own.summary(Lang::En))
}

/// The sentence about one attempt.
fn text(clear: &str) -> String {
    let who = "We required TLS and did not have it with mx.example.net";
    format!("{who}: one connection attempt, {clear}.")
}

/// The next host was tried at once: what came of that stands behind, and names the recipients.
#[test]
fn where_no_line_names_a_recipient_those_of_the_same_run_are_concerned() {
    let refused = format!("{ONE} H={MX}: {REFUSED}");
    let clear = delivery(ONE, "other.example.net [192.0.2.10]", "");
    let other = clear.replace("bo@example.net", "di@example.org");
    let sealed = delivery(TWO, "third.example.net [192.0.2.11]", GOOD);
    let one = text("one delivery in clear to the recipients concerned");
    assert_eq!(told(&[&refused, &clear, &sealed]), (1, 0, one.clone()));
    let both = text("2 deliveries in clear to the recipients concerned");
    assert_eq!(told(&[&refused, &clear, &other, &sealed]), (2, 0, both));
    assert_eq!(told(&[&other, &refused, &clear, &sealed]), (1, 0, one));
}

/// Exim hands a message to several hosts at a time.
#[test]
fn recipients_of_other_runs_are_not_those_of_the_host_that_was_passed_over() {
    let refused = format!("{ONE} H={MX}: {REFUSED}");
    let to = |who: &str, host: &str| delivery(ONE, host, "").replace("bo@example.net", who);
    let sealed = delivery(TWO, "third.example.net [192.0.2.11]", GOOD);
    let own = delivery(ONE, "mx2.example.net [192.0.2.10]", GOOD);
    let [cy, di] = [
        to("cy@example.com", "mx.example.com [192.0.2.20]"),
        to("di@example.org", "mx.example.org [192.0.2.30]"),
    ];
    let none = text("nothing sent in clear to the recipients concerned");
    for lines in [
        [&refused, &own, &cy, &sealed],
        [&refused, &cy, &own, &sealed],
        [&cy, &refused, &own, &sealed],
    ] {
        assert_eq!(told(&lines.map(String::as_str)), (0, 0, none.clone()));
    }
    // Nothing tells which of the two was handed to the host first.
    let either = text(
        "2 deliveries in clear of which the log does not say whether they were to recipients \
         concerned",
    );
    assert_eq!(told(&[&refused, &cy, &di, &sealed]), (2, 2, either));
    // The next host is another organisation's, the recipient is of the first one's.
    let backup = to("bo@example.net", "backup.example.com [192.0.2.40]");
    let one = text("one delivery in clear to the recipients concerned");
    assert_eq!(told(&[&refused, &cy, &backup, &sealed]), (1, 0, one));
}

/// Where a host has two findings, messages tell them apart, as long as they can be named.
#[test]
fn a_filter_counts_the_same_or_says_that_it_counts_more() {
    let line = |nth: u32, why: &str| {
        format!("1s2A{nth:02}-000000001aB-1cDe == bo@example.net R=r T=t defer (-37) H={MX}: {why}")
    };
    let invalid = "TLS session: (certificate verification failed): certificate invalid";
    let told = |messages: u32, others: u32| {
        let refused = (0..messages).map(|nth| line(nth, REFUSED));
        let others = (50..50 + others).map(|nth| line(nth, invalid));
        let lines: Vec<String> = refused.chain(others).collect();
        let lines: Vec<String> = lines
            .iter()
            .map(|line| format!("2024-05-01 10:00:00 {line}\n"))
            .collect();
        let model = Sample::default().exim("mx1", &lines.concat()).0;
        let found = found(&model);
        let met = one(&found, "tls-refused").recount_met(&model).unwrap();
        (met.waits.contains(" id="), met.with_siblings)
    };
    assert_eq!(told(2, 0), (false, false));
    assert_eq!(told(30, 0), (false, false));
    assert_eq!(told(2, 1), (true, false));
    assert_eq!(told(30, 1), (false, true));
}

/// Without a TLS line anywhere, a delivery after the refusal may have been in clear.
#[test]
fn what_the_log_does_not_say_is_not_called_nothing() {
    let refused = format!(
        "{ONE} == bo@example.net R=r T=t defer (-38) H={MX}: a TLS session is required, but the server did not offer TLS support"
    );
    let delivered = delivery(ONE, MX, "");
    let told = |lines: &[&str]| {
        let found = in_log(lines);
        let own = one(&found, "tls-refused");
        (own.clear, own.untold, own.summary(Lang::En))
    };
    let begins = "We required TLS and did not have it with mx.example.net: one connection attempt";
    let untold =
        format!("{begins}, one delivery of which the log does not say whether TLS was used.");
    assert_eq!(told(&[&refused, &delivered]), (0, 1, untold));
    let clear = format!("{begins}, one delivery in clear to the recipients concerned.");
    let sealed = delivery(TWO, "third.example.net [192.0.2.11]", GOOD);
    assert_eq!(told(&[&refused, &delivered, &sealed]), (1, 0, clear));
}

/// A content filter or a mailbox on the same host is no network, and an inner network is not a public one.
#[test]
fn what_stays_within_the_host_is_not_in_clear() {
    let defer = format!(
        "{ONE} == bo@example.net R=dnslookup T=remote_smtp defer (-38) H={MX}: a TLS session is required, but the server did not offer TLS support"
    );
    let filter = delivery(ONE, "127.0.0.1 [127.0.0.1]:10024", "");
    let store = delivery(ONE, "store.example.net [10.0.0.9]", "");
    let sealed = delivery(TWO, "third.example.net [192.0.2.11]", GOOD);
    let told = |lines: &[&str]| {
        let found = in_log(lines);
        let own = one(&found, "tls-refused");
        (own.clear, own.clear_inside, own.summary(Lang::En))
    };
    let refused = "We required TLS and did not have it with mx.example.net: one connection attempt";
    let nothing = format!("{refused}, nothing sent in clear to the recipients concerned.");
    assert_eq!(told(&[&filter, &defer, &sealed]), (0, 0, nothing));
    let inside = format!(
        "{refused}, one delivery in clear to the recipients concerned over an inner network."
    );
    let lines = [&*filter, &store, &defer, &sealed];
    assert_eq!(told(&lines), (0, 1, inside));
    let clear = delivery(ONE, "other.example.net [192.0.2.10]", "");
    let lines = [&*filter, &store, &clear, &clear, &defer, &sealed];
    let both = format!(
        "{refused}, 2 deliveries in clear to the recipients concerned, one delivery in clear to the recipients concerned over an inner network."
    );
    assert_eq!(told(&lines), (2, 1, both));
}

/// OpenSMTPD names no message where it tells that TLS failed.
#[test]
fn of_messages_that_are_not_named_nothing_is_said() {
    use crate::parse::{Fact, Kind, Outcome};
    let refused = || Fact {
        trouble: Some(crate::tls::Trouble::StarttlsNotSupported),
        ..crate::model::sample::leg(b"smtpd", Kind::TlsRefused)
    };
    let nameless = || {
        Outcome::Fact(Fact {
            queue_id: b"",
            ..refused()
        })
    };
    let told = |outcomes: &[Outcome<'_>]| {
        let found = found(&crate::model::sample::model(&[("a", outcomes)]));
        let own = one(&found, "tls-refused");
        (own.unnamed, own.summary(Lang::En))
    };
    let who = "We required TLS and did not have it with mx.example.net:";
    let none = "2 connection attempts, the log does not say for which messages.";
    assert_eq!(
        told(&[nameless(), nameless()]),
        (2, format!("{who} {none}"))
    );
    let some = "2 connection attempts, nothing sent in clear to the recipients concerned, one line names no message.";
    let outcomes = [nameless(), Outcome::Fact(refused())];
    assert_eq!(told(&outcomes), (1, format!("{who} {some}")));
}

/// Each host has a finding of its own, and the message is in all of them.
#[test]
fn one_message_may_be_refused_by_thousands_of_hosts() {
    let refused = "a TLS session is required, but the server did not offer TLS support";
    let clear = delivery(ONE, "plain.example.net [192.0.2.8]", "");
    let sealed = delivery(TWO, "plain.example.net [192.0.2.8]", GOOD);
    let hosts = (0..4_000).flat_map(|host: u32| {
        let ip = format!("10.0.{}.{}", host >> 8, host & 255);
        let host = format!("H=mx{host}.example.net [{ip}]: {refused}");
        let put_off = format!("{ONE} == bo@example.net R=r T=t defer (-38) {host}");
        [format!("{ONE} {host}"), put_off]
    });
    let lines = [clear, sealed].into_iter().chain(hosts);
    let lines = lines.map(|line| format!("2024-05-01 10:00:00 {line}\n"));
    let text = lines.collect::<Vec<_>>().concat();
    let found = found(&Sample::default().exim("mx1", &text).0);
    let refusals = found.iter().filter(|own| own.rule.id == "tls-refused");
    let counted: Vec<(u32, u32)> = refusals.map(|own| (own.count, own.clear)).collect();
    assert_eq!(counted, vec![(1, 1); 4_000]);
}
