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
    let nothing = format!("{refused}, nothing of these messages sent in clear.");
    assert_eq!(told(&[&filter, &defer, &sealed]), (0, 0, nothing));
    let inside =
        format!("{refused}, one delivery of these messages in clear over an inner network.");
    let lines = [&*filter, &store, &defer, &sealed];
    assert_eq!(told(&lines), (0, 1, inside));
    let clear = delivery(ONE, "other.example.net [192.0.2.10]", "");
    let lines = [&*filter, &store, &clear, &clear, &defer, &sealed];
    let both = format!(
        "{refused}, 2 deliveries of these messages in clear, one delivery of these messages in clear over an inner network."
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
    let some = "2 connection attempts, nothing of these messages sent in clear, one line names no message.";
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
