//! What went in clear after TLS had failed.

use super::*;
use crate::model::sample;
use crate::parse::{Kind, Outcome};

#[test]
fn a_downgrade_is_found() {
    let failed = format!("{ONE} H={MX}: TLS session failed: retrying in clear");
    assert!(in_log(&[&failed]).is_empty());
    let facts = [Kind::TlsDowngrade, Kind::Delivery].map(|kind| sample::leg(b"postfix/smtp", kind));
    let model = sample::model(&[("a", &facts.map(Outcome::Fact))]);
    assert_eq!(rules_of(&judged(&model, AsOf::Event)), ["downgrade"]);
}

/// Rules and counts of what is found in lines about one message, behind a delivery of another one with TLS.
fn in_message(lines: &[&str]) -> Vec<(String, u32)> {
    let sealed = delivery(TWO, "sealed.example.net [192.0.2.12]", GOOD);
    let own = lines.iter().map(|line| {
        let (time, rest) = line.split_once(' ').unwrap();
        format!("2024-05-01 {time} {ONE} {rest}\n")
    });
    let text = format!("2024-05-01 10:00:00 {sealed}\n{}", own.collect::<String>());
    let found = found(&Sample::default().exim("mx1", &text).0);
    let told = found.iter().map(|own| (own.rule.id.clone(), own.count));
    told.collect()
}

/// Exim tells that it goes on in clear before the peer has taken a recipient.
#[test]
fn a_connection_that_went_on_in_clear_is_no_delivery_in_clear() {
    let goes_on = |time: &str| {
        let why = "TLS session: (SSL_connect): timed out: delivering unencrypted to";
        format!("{time} {why} H={MX} (not in hosts_require_tls)")
    };
    let smtp = "R=dnslookup T=remote_smtp";
    let told = "SMTP error from remote mail server after RCPT TO:<bo@example.net>:";
    let refused = format!("10:00:02 ** bo@example.net {smtp} H={MX}: {told} 550 5.1.1 no");
    let waits =
        format!("10:00:02 == bo@example.net {smtp} defer (-44) H={MX}: {told} 451 4.7.1 no");
    let other = format!("10:00:02 => cy@example.net {smtp} H={MX} C=\"250 ok\"");
    let sent = format!("10:20:02 => bo@example.net {smtp} H={MX} C=\"250 ok\"");
    let (first, again) = (goes_on("10:00:01"), goes_on("10:20:01"));
    for outcome in [&refused, &waits] {
        assert_eq!(in_message(&[&first, outcome]), []);
    }
    let clear = |downgrades: u32, deliveries: u32| {
        let all = [("downgrade", downgrades), ("sent-clear", deliveries)];
        let found = all.into_iter().filter(|(_, count)| *count > 0);
        let found = found.map(|(rule, count)| (rule.to_owned(), count));
        found.collect::<Vec<_>>()
    };
    // What a later connection did that never tried TLS is not laid to the first.
    assert_eq!(in_message(&[&first, &waits, &sent]), clear(0, 1));
    assert_eq!(in_message(&[&first, &waits, &again, &sent]), clear(1, 1));
    // One recipient is refused, another one taken.
    assert_eq!(in_message(&[&first, &refused, &other]), clear(1, 1));
}
