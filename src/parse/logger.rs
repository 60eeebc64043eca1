//! The programs that write the log, where they tell that they dropped lines of others.

use super::Entry;
use super::bytes::contains;

/// Whether an entry tells that lines of its host are missing.
///
/// - rsyslog: `imuxsock lost 52 messages from pid 305 due to rate-limiting`, `imjournal: begin to drop messages
///   due to rate-limiting`
/// - journald: `Suppressed 1519 messages from postfix.service`
pub(super) fn tells_of_loss(entry: &Entry<'_>) -> bool {
    if entry.program.starts_with(b"rsyslogd") {
        return contains(entry.text, b"due to rate-limiting");
    }
    entry.program.ends_with(b"journald") && entry.text.starts_with(b"Suppressed ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_tells_that_lines_were_lost() {
        for (program, text, is_lost) in [
            (
                "rsyslogd",
                "imuxsock lost 52 messages from pid 305 due to rate-limiting",
                true,
            ),
            (
                "rsyslogd-2177",
                "imuxsock begins to drop messages from pid 305 due to rate-limiting",
                true,
            ),
            (
                "rsyslogd",
                "imjournal: 80 messages lost due to rate-limiting (20000 allowed within 600 seconds)",
                true,
            ),
            ("rsyslogd", "[origin software=\"rsyslogd\"] start", false),
            (
                "systemd-journald",
                "Suppressed 1519 messages from postfix@-.service",
                true,
            ),
            ("systemd-journald", "Journal stopped", false),
            ("kernel", "Suppressed 3 messages", false),
            ("cron", "52 messages lost due to rate-limiting", false),
        ] {
            let entry = Entry {
                program: program.as_bytes(),
                text: text.as_bytes(),
                ..Entry::default()
            };
            assert_eq!(tells_of_loss(&entry), is_lost, "{program}: {text}");
        }
    }
}
