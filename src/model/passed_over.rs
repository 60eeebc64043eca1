//! Connections that ended because TLS failed, where no line tells of an outcome: the message went on to the next
//! host.

use hashbrown::HashMap;

use crate::parse::Kind;
use crate::tls::Trouble;

use super::attempts::Attempts;
use super::{Event, Message, Model};

impl Model {
    /// Says of each failure of TLS of a message whether the connection ended with it.
    pub(super) fn judge_failures(&mut self, number: u32) {
        let Some(message) = self.messages.get(number).copied() else {
            return;
        };
        let ends = self.endings(&message);
        let changed = self.events_of(&message).filter(|event| {
            event.kind == Kind::TlsFailed && event.ends_connection() != ends.contains(&event.number)
        });
        let changed: Vec<u32> = changed.map(|event| event.number).collect();
        for number in changed {
            let ends = ends.contains(&number);
            self.events
                .change(number, |event| event.set_ends_connection(ends));
            self.amended.push(number);
        }
    }

    /// The failures of TLS behind which no line is about the same connection. That of the last line of a message is
    /// not among them: it may still be told what came of it.
    fn endings(&self, message: &Message) -> Vec<u32> {
        let mut attempts = Attempts::default();
        // By attempt, its last line, and whether TLS failed there.
        let mut last: HashMap<u16, (u32, bool)> = HashMap::new();
        let mut latest = 0;
        for event in self.events_of(message) {
            let attempt = attempts.take(&self.strings, &event);
            if attempt > 0 {
                last.insert(attempt, (event.number, self.is_failure(&event)));
                latest = attempt;
            } else if self.was_stopped(&event) {
                // An outcome that names no host: old releases of Exim tell of the host on the line before.
                last.insert(latest, (event.number, false));
            }
        }
        let last = last.into_values();
        last.filter(|(number, fails)| *fails && *number != message.last)
            .map(|(number, _)| number)
            .collect()
    }

    /// True for a line that tells of TLS failing on a connection, where nothing goes without it. What DANE looks up
    /// is asked before one is made.
    fn is_failure(&self, event: &Event) -> bool {
        let remark = self.remark(event);
        let on_connection = matches!(
            remark.trouble,
            Some(Trouble::StarttlsFailed | Trouble::HandshakeFailed | Trouble::ValidationFailure)
        );
        event.kind == Kind::TlsFailed && on_connection && !remark.optional
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::hosts::Sample;
    use super::*;

    const ONE: &str = "1s2AbC-000000001aB-1cDe";
    const MX: &str = "H=mx.example.net [192.0.2.9]";
    const OTHER: &str = "H=mx2.example.net [192.0.2.10]";
    const SESSION: &str =
        "TLS session: (SSL_connect): error:0A000102:SSL routines::unsupported protocol";

    /// The lines, from 0, with which a connection ended.
    fn endings(lines: &[&str]) -> Vec<u32> {
        let stamped = (10..).zip(lines);
        let lines =
            stamped.map(|(second, line)| format!("2024-05-01 10:00:{second} {ONE} {line}\n"));
        let model = Sample::default().exim("mx1", &lines.collect::<String>()).0;
        let events = model.events.iter().filter(Event::ends_connection);
        let numbers = events.map(|event| {
            assert!(model.was_stopped(&event));
            event.number
        });
        numbers.collect()
    }

    #[test]
    fn a_host_is_passed_over_when_the_message_goes_on() {
        let failed = &format!("{MX}: {SESSION}");
        let to = "bo@example.net R=dnslookup T=remote_smtp";
        let [taken, later] = [MX, OTHER].map(|host| format!("=> {to} {host} C=\"250 OK\""));
        assert_eq!(endings(&[failed, &later]), [0]);
        let other = &format!("{OTHER}: {SESSION}");
        assert_eq!(
            endings(&[
                failed,
                other,
                &taken.replace("mx.", "mx3.").replace(".9]", ".11]")
            ]),
            [0, 1]
        );
        let certificate = &failed.replace(
            "(SSL_connect): error",
            "(certificate verification failed): certificate invalid",
        );
        assert_eq!(endings(&[certificate, &later]), [0]);
        assert_eq!(endings(&[failed]), [0; 0], "more may be told");
        let untold: [u32; 0] = [];
        for outcome in [
            &taken,
            &format!("== {to} defer (-37) {MX}: {SESSION}"),
            &format!("== {to} defer (-37): failure while setting up TLS session"),
            &format!(
                "TLS session: (SSL_connect): error: delivering unencrypted to {MX} (not in hosts_require_tls)"
            ),
            // It went on there, and failed for another reason.
            &format!(
                "{MX}: SMTP error from remote mail server after MAIL FROM:<anna@example.org>: 451 later"
            ),
        ] {
            assert_eq!(endings(&[failed, outcome, &later]), untold, "{outcome}");
        }
        for harmless in [
            &format!(
                "TLS session: (SSL_connect): error: callout unencrypted to {MX} (not in hosts_require_tls)"
            ),
            &format!("{MX}: DANE error: tlsa lookup DEFER"),
        ] {
            assert_eq!(endings(&[harmless, &later]), untold, "{harmless}");
        }
    }

    /// What a later part of the log tells counts as well, and is told to those who have read the event.
    #[test]
    fn an_outcome_in_a_later_part_counts() {
        let at = |second: u32, text: &str| format!("2024-05-01 10:00:{second:02} {ONE} {text}\n");
        let failed = at(10, &format!("{MX}: {SESSION}"));
        let to = "=> bo@example.net R=dnslookup T=remote_smtp";
        let next = at(11, &format!("{to} {OTHER}"));
        let mut model = Sample::default().exim("mx1", &failed).exim("mx1", &next).0;
        let ends = |model: &Model| model.events.get(0).map(|event| event.ends_connection());
        assert_eq!(
            (ends(&model), model.amended().contains(&0)),
            (Some(true), true)
        );
        model = Sample(model).exim("mx1", &at(12, &format!("{to} {MX}"))).0;
        assert_eq!(ends(&model), Some(false));
    }
}
