//! A log says the same however it is cut into chunks and on however many threads it is read.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::fmt::Write as _;
use std::path::Path;

use hopgrade::ingest::{self, Options};
use hopgrade::model::{Model, Zone};
use hopgrade::source::Input;

/// Everything that may be asked of a model, a line each.
fn dump(model: &Model) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let strings = &model.strings;
    let events = (0..model.events.len()).map(|number| {
        let event = model.events.get(number).unwrap();
        format!(
            "event {number} {} line {} of {} {:?} {:?} {:?} tls {:?} {:?} {:?} {:?} {:?} {:?} {} {}",
            event.time(),
            event.line,
            event.message,
            event.kind,
            event.direction(),
            event.absence(),
            model.tls_state(event),
            model.session(event),
            event.trouble,
            text(strings.addresses.get(event.address)),
            text(strings.addresses.get(event.parent)),
            text(strings.peers.get(event.peer)),
            text(strings.texts.get(event.text)),
            event.is_ambiguous(),
        )
    });
    let messages = model.messages.iter().map(|message| {
        let events: Vec<u32> = model.event_numbers_of(message).collect();
        format!(
            "message {} on {} {:?} {} from {} {} {} {} {} {} arrived {} {events:?}",
            text(&model.queue_id(message)),
            text(strings.words.get(message.host)),
            message.status,
            message.is_completed(),
            text(strings.addresses.get(message.sender)),
            text(strings.message_ids.get(message.message_id)),
            message.size,
            text(strings.words.get(message.protocol)),
            message.attempts,
            message.recipients,
            message.arrival,
        )
    });
    let links = model.links.iter().map(|link| format!("{link:?}"));
    let unread = (model.not_understood.iter())
        .map(|line| format!("{} {} {}", line.file, line.line, line.reason));
    let origins = model.origins.iter().map(|own| {
        let (host, program) = (strings.words.get(own.host), strings.words.get(own.program));
        format!(
            "origin {} {} {} {:?}",
            own.file,
            text(host),
            text(program),
            own.shows
        )
    });
    let files = (model.files.iter()).map(|file| {
        format!(
            "file {} {} {} {:?}",
            file.lines, file.copies, file.foreign, file.newest
        )
    });
    let all = events.chain(messages).chain(links).chain(unread);
    all.chain(origins).chain(files).collect()
}

fn load(path: &Path, chunk_bytes: usize, jobs: usize) -> Model {
    let options = Options {
        zone: Zone::parse("UTC").unwrap(),
        year: Some(2026),
        jobs,
        chunk_bytes,
        ..Options::default()
    };
    ingest::load(vec![Input::File(path.to_owned())], options).model
}

/// Loads a file in many ways; gives what it says.
fn the_same_in_every_way(path: &Path, sizes: &[usize]) -> Vec<String> {
    let wanted = dump(&load(path, 4 << 20, 1));
    for (nth, &size) in sizes.iter().enumerate() {
        let jobs = nth % 4 + 1;
        let found = dump(&load(path, size, jobs));
        for (wanted, found) in wanted.iter().zip(&found) {
            assert_eq!(
                found,
                wanted,
                "{} by {size} bytes with {jobs} threads",
                path.display()
            );
        }
        assert_eq!(found.len(), wanted.len(), "{} by {size}", path.display());
    }
    wanted
}

const SIZES: [usize; 8] = [300, 301, 449, 1000, 2011, 5000, 20_000, 65_536];

/// One entry of a log: seconds since the beginning, host, program, process, text.
struct Entry(u64, &'static str, &'static str, u64, String);

/// Four servers side by side, their lines interleaved, over New Year.
fn entries() -> Vec<Entry> {
    let mut all = Vec::new();
    for n in 0..60_u64 {
        let at = n * 37;
        postfix(&mut all, at, n);
        sendmail(&mut all, at, n);
        opensmtpd(&mut all, at, n);
        exim(&mut all, at, n);
        all.push(Entry(
            at,
            "a.example.org",
            "cron",
            n,
            "(root) CMD (true)".to_owned(),
        ));
    }
    all.sort_by_key(|entry| entry.0);
    all
}

fn postfix(all: &mut Vec<Entry>, at: u64, n: u64) {
    let id = format!("4B{:03X}0{:04X}", n % 7, 0x1A00 + n / 2);
    let (smtpd, smtp) = (100 + n % 3, 200 + n % 2);
    let mut say = |after, program, pid, text: String| {
        all.push(Entry(at + after, "a.example.org", program, pid, text));
    };
    let client = "client.example.net[192.0.2.9]";
    say(0, "postfix/smtpd", smtpd, format!("connect from {client}"));
    if n.is_multiple_of(3) {
        let tls = "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)";
        say(
            0,
            "postfix/smtpd",
            smtpd,
            format!("Anonymous TLS connection established from {client}: {tls}"),
        );
    }
    say(1, "postfix/smtpd", smtpd, format!("{id}: client={client}"));
    say(
        1,
        "postfix/cleanup",
        300,
        format!("{id}: message-id=<{n}@example.net>"),
    );
    say(
        1,
        "postfix/qmgr",
        301,
        format!("{id}: from=<a{n}@example.net>, size=4{n}, nrcpt=1 (queue active)"),
    );
    say(
        2,
        "postfix/smtpd",
        smtpd,
        format!("disconnect from {client} ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5"),
    );
    if n.is_multiple_of(2) {
        let tls = "TLSv1.2 with cipher ECDHE-RSA-AES256-GCM-SHA384 (256/256 bits)";
        say(
            40,
            "postfix/smtp",
            smtp,
            format!(
                "Untrusted TLS connection established to mx.example.com[198.51.100.4]:25: {tls}"
            ),
        );
    } else if n.is_multiple_of(5) {
        say(
            40,
            "postfix/smtp",
            smtp,
            "SSL_connect error to mx.example.com[198.51.100.4]:25: -1".to_owned(),
        );
        say(
            40,
            "postfix/smtp",
            smtp,
            format!("{id}: Cannot start TLS: handshake failure"),
        );
    }
    let relay = "relay=mx.example.com[198.51.100.4]:25, delay=41, delays=1/0/39/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 9F0)";
    say(
        41,
        "postfix/smtp",
        smtp,
        format!("{id}: to=<b{n}@example.com>, {relay}"),
    );
    if n % 4 == 1 {
        let other = format!("4C{:03X}0{:04X}", n % 7, 0x1A00 + n / 2);
        say(
            41,
            "postfix/bounce",
            303,
            format!("{id}: sender non-delivery notification: {other}"),
        );
        say(
            41,
            "postfix/qmgr",
            301,
            format!("{other}: from=<>, size=2{n}, nrcpt=1 (queue active)"),
        );
    }
    say(42, "postfix/qmgr", 301, format!("{id}: removed"));
}

fn sendmail(all: &mut Vec<Entry>, at: u64, n: u64) {
    let id = format!("5BV7Xq{:02}{:06}", n / 3 % 60, 400 + n);
    let pid = 400 + n % 4;
    let mut say = |after, text: String| {
        all.push(Entry(at + after, "s.example.org", "sm-mta", pid, text));
    };
    let peer = "client.example.net [192.0.2.9]";
    if n % 3 == 1 {
        say(
            0,
            format!(
                "STARTTLS=server, relay={peer}, version=TLSv1.3, verify=NO, cipher=TLS_AES_256_GCM_SHA384, bits=256/256"
            ),
        );
    }
    say(
        1,
        format!(
            "{id}: from=<a@example.net>, size=300, class=0, nrcpts=2, msgid=<s{n}@example.net>, proto=ESMTP, daemon=MTA, relay={peer}"
        ),
    );
    if n % 2 == 1 {
        say(20, "STARTTLS=client, relay=mx.example.com., version=TLSv1.2, verify=FAIL, cipher=ECDHE-RSA-AES256-GCM-SHA384, bits=256/256".to_owned());
    }
    say(
        21,
        format!(
            "{id}: to=<b@example.com>,<c@example.com>, delay=00:00:20, xdelay=00:00:01, mailer=esmtp, pri=60300, relay=mx.example.com. [198.51.100.4], dsn=2.0.0, stat=Sent (ok)"
        ),
    );
}

fn opensmtpd(all: &mut Vec<Entry>, at: u64, n: u64) {
    let (inward, outward) = (format!("60{n:014x}"), format!("61{n:014x}"));
    let message = format!("c9ad{n:04x}");
    let mut say = |after, text: String| {
        all.push(Entry(at + after, "o.example.org", "smtpd", 289, text));
    };
    say(
        0,
        format!("{inward} smtp connected address=192.0.2.9 host=client.example.net"),
    );
    if n % 3 == 2 {
        say(
            0,
            format!("{inward} smtp tls ciphers=TLSv1.3:TLS_AES_256_GCM_SHA384:256"),
        );
    }
    if n.is_multiple_of(2) {
        for recipient in ["b", "c", "d"] {
            let evpid = format!("{message}000000{:02x}", recipient.as_bytes()[0]);
            say(
                1,
                format!(
                    "{inward} smtp event=message address=192.0.2.9 host=client.example.net msgid={message} from=<a@example.net> to=<{recipient}@example.com> size=480 ndest=1 proto=ESMTP"
                ),
            );
            say(
                30,
                format!(
                    "{outward} mta event=delivery evpid={evpid} from=<a@example.net> to=<{recipient}@example.com> rcpt=<-> source=\"192.0.2.1\" relay=\"198.51.100.4 (mx.example.com)\" delay=29s result=\"Ok\" stat=\"250 ok\""
                ),
            );
        }
    } else {
        say(
            1,
            format!("{inward} smtp message msgid={message} size=480 nrcpt=1 proto=ESMTP"),
        );
        say(
            1,
            format!(
                "{inward} smtp envelope evpid={message}00000001 from=<a@example.net> to=<b@example.com>"
            ),
        );
        say(
            29,
            format!("{outward} mta connecting address=smtp://198.51.100.4:25 host=mx.example.com"),
        );
        say(29, format!("{outward} mta connected"));
        say(
            30,
            format!("{outward} mta tls ciphers=TLSv1.3:TLS_AES_256_GCM_SHA384:256"),
        );
        say(
            30,
            format!(
                "{outward} mta delivery evpid={message}00000001 from=<a@example.net> to=<b@example.com> rcpt=<-> source=\"192.0.2.1\" relay=\"198.51.100.4 (mx.example.com)\" delay=29s result=\"Ok\" stat=\"250 ok\""
            ),
        );
    }
    say(50, format!("{inward} smtp disconnected reason=quit"));
}

fn exim(all: &mut Vec<Entry>, at: u64, n: u64) {
    let id = format!("1vwBA{}-{:06}-00", char::from(b'A' + (n % 20) as u8), n);
    let mut say = |after, text: String| {
        all.push(Entry(at + after, "e.example.org", "exim", 700 + n, text));
    };
    let x = "X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no";
    say(
        0,
        format!(
            "{id} <= a{n}@example.net H=client.example.net [192.0.2.9] P=esmtps {x} S=123 id=e{n}@example.net"
        ),
    );
    let host = "R=dnslookup T=remote_smtp H=mx.example.com [198.51.100.4]";
    if n.is_multiple_of(2) {
        say(
            3,
            format!("[1/2] {id} => b@example.com {host} X=TLS1.2:ECDHE-RSA-AES256-GCM-"),
        );
        if !n.is_multiple_of(6) {
            say(6, "[2/2] SHA384:256 CV=yes C=\"250 OK\"".to_owned());
        }
    } else {
        say(3, format!("{id} => b@example.com {host} C=\"250 OK\""));
    }
    say(
        7,
        format!(
            "H=(x) [192.0.2.66] F=<u{}@example.net> rejected RCPT <z@example.com>: no",
            n / 2
        ),
    );
    say(8, format!("{id} Completed"));
}

const BEFORE_NEW_YEAR: u64 = 20 * 60;

/// The log in frames of traditional syslog.
fn traditional(entries: &[Entry]) -> String {
    let mut log = String::new();
    for Entry(at, host, program, pid, text) in entries {
        let (day, second) = match at.checked_sub(BEFORE_NEW_YEAR) {
            Some(after) => ("Jan  1", after),
            None => ("Dec 31", 86_400 - BEFORE_NEW_YEAR + at),
        };
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        let _ = writeln!(
            log,
            "{day} {hour:02}:{minute:02}:{second:02} {host} {program}[{pid}]: {text}"
        );
    }
    log
}

/// The log as `journalctl -o export` prints it.
fn export(entries: &[Entry]) -> String {
    let mut log = String::new();
    for (nth, Entry(at, host, program, pid, text)) in entries.iter().enumerate() {
        let micros = (1_767_224_400 + at) * 1_000_000 + nth as u64;
        let _ = write!(
            log,
            "__CURSOR=s=1;i={nth}\n__REALTIME_TIMESTAMP={micros}\n_HOSTNAME={host}\n\
             SYSLOG_IDENTIFIER={program}\n_PID={pid}\nMESSAGE={text}\n\n"
        );
    }
    log
}

#[test]
fn a_mixed_log_over_new_year() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mail.log");
    std::fs::write(&path, traditional(&entries())).unwrap();
    let told = the_same_in_every_way(&path, &SIZES);
    let messages = told
        .iter()
        .filter(|line| line.starts_with("message "))
        .count();
    // Sixty of each server, and the notifications.
    assert!(messages >= 4 * 60, "{messages}");
    let stated = told.iter().filter(|line| line.contains("tls Yes")).count();
    let clear = told.iter().filter(|line| line.contains("tls No ")).count();
    assert!(stated > 150 && clear > 50, "{stated} and {clear}");
}

#[test]
fn a_journal() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.export");
    std::fs::write(&path, export(&entries())).unwrap();
    let told = the_same_in_every_way(&path, &SIZES);
    let messages = told
        .iter()
        .filter(|line| line.starts_with("message "))
        .count();
    assert!(messages >= 4 * 60, "{messages}");
}

/// Later pieces behind very long lines of others: what is looked at ahead must not hang on where a chunk ends.
#[test]
fn pieces_far_apart() {
    let mut all = Vec::new();
    for n in 0..20 {
        let id = format!("1vwBAA-{n:06}-00");
        let mut say = |pid, text| all.push(Entry(n, "e.example.org", "exim", pid, text));
        say(
            700 + n,
            format!(
                "[1/2] {id} => b@example.com R=r T=t H=mx.example.com [198.51.100.4] X=TLS1.2:ECDHE-"
            ),
        );
        for _ in 0..n {
            say(1, format!("Warning: {}", "x".repeat(6_000)));
        }
        say(700 + n, "[2/2] RSA-AES256-GCM-SHA384:256 CV=yes".to_owned());
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mail.log");
    std::fs::write(&path, traditional(&all)).unwrap();
    the_same_in_every_way(&path, &SIZES);
}

#[test]
fn the_logs_of_real_servers() {
    let Some(corpora) = common::corpora() else {
        return;
    };
    let lab = corpora.join("mta-lab");
    let logs = common::files(&lab, &["/syslog/", "/journald/", "/logs/"]);
    assert!(logs.len() > 20);
    for path in logs {
        the_same_in_every_way(&path, &[400, 3000, 30_000]);
    }
}
