//! Detects Exim logs.

use super::frame;
use super::note;
use crate::parse::{Fact, Outcome};

/// Confidence that the lines are of an Exim log: from 0, none, to 100, certain.
///
/// A log may start in the middle of a message, with the rest of a reject log entry, or after some lines of
/// another log. A time stamp alone is weak evidence, because other programs write the same one; a message ID or
/// a known line after it is strong evidence.
pub fn detect<'a>(lines: impl IntoIterator<Item = &'a [u8]>) -> u8 {
    let (mut proving, mut framed, mut foreign, mut continued) = (0_u32, 0_u32, 0_u32, 0_u32);
    for line in lines {
        let bare = line.strip_suffix(b"\r").unwrap_or(line);
        match super::line(bare) {
            Outcome::Fact(fact) if proves(&fact, bare) => proving += 1,
            Outcome::Fact(_) | Outcome::NotUnderstood(_) => framed += 1,
            Outcome::Continuation if !bare.is_empty() && !bare.starts_with(b" ") => continued += 1,
            Outcome::Continuation => {}
            Outcome::NotMine | Outcome::Foreign | Outcome::LinesLost(_) => foreign += 1,
        }
    }
    if proving == 0 {
        // A time stamp, or a line of a reject log, is weak evidence.
        return if framed + continued > foreign { 5 } else { 0 };
    }
    // Unknown text after a time stamp is common where ACLs write to the log, and is no strong evidence either way.
    let share = proving * 100 / (proving + foreign + framed / 4);
    u8::try_from(share.max(1)).unwrap_or(100)
}

/// True for a message ID, or a text that only Exim writes.
fn proves(fact: &Fact<'_>, line: &[u8]) -> bool {
    !fact.queue_id.is_empty()
        || !fact.peer.ip.is_empty()
        || frame::stamped(line).is_some_and(|(_, rest)| {
            let rest = frame::without_pid(rest);
            note::names_exim(rest)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(text: &str) -> u8 {
        detect(text.lines().map(str::as_bytes))
    }

    #[test]
    fn logs_that_start_anywhere() {
        for text in [
            "2020-02-25 04:55:03 1j69ZJ-0001iL-S3 Completed\n",
            "2020-02-25 04:55:03.123 +0100 [12] 1xVOL4-000000001Zq-1qeL => a@example.org R=r T=t\r\n",
            "2020-02-25 04:55:03 Start queue run: pid=12\n",
            "2020-02-25 04:55:03 exim 4.96 daemon started: pid=250, no queue runs\n",
            "2020-02-25 04:55:03 no MAIL in SMTP connection from [192.0.2.1] D=0s\n",
            "I Message-Id: <a@b>\n  Date: x\n\
             2020-02-25 04:55:03 1j69ZJ-0001iL-S3 F=<> rejected after DATA: x\n\
             Envelope-from: <>\nEnvelope-to: <a@example.org>\n",
        ] {
            assert_eq!(score(text), 100, "{text}");
        }
        let rotated = "logfile turned over\n2020-02-25 04:55:03 1j69ZJ-0001iL-S3 Completed\n\
                       2020-02-25 04:55:03 Start queue run: pid=12\n";
        assert!(score(rotated) >= 60);
    }

    #[test]
    fn other_logs() {
        for text in [
            "",
            "Nov 23 06:52:18 host postfix/smtpd[1]: connect from unknown[192.0.2.1]\n",
            "2026-11-23T06:52:18.075428+00:00 host postfix/smtpd[1]: connect from x\n",
            "hello\nworld\n",
        ] {
            assert_eq!(score(text), 0, "{text}");
        }
        let packages = "2020-01-01 10:00:00 startup archives unpack\n\
                        2020-01-01 10:00:00 status installed exim4:amd64 4.96\n\
                        2020-01-01 10:00:00 upgrade a:amd64 1 2\n";
        assert!(score(packages) < 10);
    }
}
