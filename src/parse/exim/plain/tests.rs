//! Compares the fast parser with the parser for all forms.

use std::path::Path;

use super::*;
use crate::parse::exim::frame;

/// Lines after their message ID, all of which are accepted.
const USUAL: [&str; 16] = [
    "Completed",
    r#"<= a@example.org H=mx1.example.org [192.0.2.1] P=esmtps X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no K S=3143 id=x.1@example.org T="Fwd: P from H" from <a@example.org> for b@example.net c@example.net"#,
    "<= a@example.org H=mx1.example.org (helo) [2001:db8::1]:4711 P=esmtp S=12 DKIM=example.org id=1@example.org",
    "<= <> H=([192.0.2.7]) [192.0.2.7] P=esmtpsa X=TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256* CV=yes A=login:a@example.org S=1",
    r#"<= a@example.org H=(helo) [192.0.2.7] P=utf8esmtps L S=99 T="caf\303\251 \"x\"""#,
    r#"=> b@example.net R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.2] X=TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256 CV=yes C="250 2.0.0 OK id=1vwqhk-003Ore-W8" QT=6s DT=0s"#,
    r#"=> b@example.net <c@example.net> R=dnslookup T=remote_smtp S=77 H=mx.example.net [192.0.2.2]:25* X=TLS1.3:TLS_AES_128_GCM_SHA256:128 CV=dane K C="250 a\\nb""#,
    "-> b@example.net R=dnslookup T=remote_smtp H=mx.example.net [2001:db8::2] DT=0s",
    r#"=> b <b@example.net> R=virtual T=lmtp C="250 2.0.0 <b@example.net> JEb2gTYRS1 Saved""#,
    "=> b <b@example.net> R=localuser T=address_file",
    "== b@example.net R=dnslookup T=remote_smtp defer (-53): retry time not reached for any host for 'example.net'",
    "== b@example.net <c@example.net> R=dnslookup T=remote_smtp defer (-44) H=mx.example.net [192.0.2.2]: SMTP error from remote mail server after RCPT TO:<b@example.net>: 451 4.7.1 later",
    r#"<= a@example.org U=a P=local S=300 id=2@example.org T="b" from <a@example.org> for c@example.net"#,
    r#"<= <> R=1vwqin-003Ouo-1m U=mail P=local S=4019 T="Mail delivery failed: returning message" from <> for a@example.org"#,
    "H=mx.example.net [2001:db8::2]: Connection timed out",
    "H=mx.example.net [192.0.2.2]: a TLS session is required, but the server did not offer TLS support",
];

/// Lines without a message ID, all of which are accepted.
const CONNECTIONS: [&str; 9] = [
    "cwd=/var/spool/exim 3 args: /usr/sbin/exim -Mc 1vwqhl-003Orf-BQ",
    "Start queue run: pid=4711",
    "End queue run: pid=4711",
    "no host name found for IP address 192.0.2.1",
    "SMTP connection from [192.0.2.1]:9374 (TCP/IP connection count = 28)",
    "SMTP connection from mx.example.net [2001:db8::1]:9374 closed by DROP in ACL",
    "SMTP command timeout on connection from mx.example.net [192.0.2.1]:25 D=5m",
    "unexpected disconnection while reading SMTP command from [192.0.2.1] D=1s",
    "unexpected disconnection while reading SMTP command from mx.example.net [192.0.2.1]",
];

/// Text that remote hosts or other settings may put anywhere.
const STRANGE: [&str; 35] = [
    " ",
    "\"",
    "\\",
    "<",
    ">",
    "(",
    ")",
    "[",
    "]",
    ":",
    "*",
    "=",
    "@",
    "\t",
    "\u{e9}",
    " <\"",
    " <",
    " P=esmtps",
    " H=x [192.0.2.9]",
    " X=TLS1.0:RC4-SHA:128",
    " CV=yes",
    " S=1",
    " K",
    " DN=\"/CN=x\"",
    " R=x",
    " T=y",
    " T=\"z\"",
    " C=\"250 ok\"",
    " DT=1s",
    " defer (-38): x",
    ": text",
    " I=[192.0.2.3]:25",
    " DS",
    " U=ident",
    " F=<>",
];

const ID: &[u8] = b"1vwqhl-003Orf-BQ";

/// True when the text after that message ID is accepted.
fn check_behind(queue_id: &[u8], rest: &str) -> bool {
    let mut halves = Plain {
        queue_id,
        ..Plain::default()
    };
    let taken = split(&mut halves, rest.as_bytes());
    let Some(plain) = taken.and_then(|()| halves.fact()) else {
        return false;
    };
    let mut weighed = Fact {
        queue_id,
        ..Fact::default()
    };
    let read = if queue_id.is_empty() {
        super::super::without_message(&mut weighed, rest.as_bytes())
    } else {
        super::super::of_message(&mut weighed, rest.as_bytes(), false)
    };
    assert_eq!(read, Ok(()), "{rest}");
    assert_eq!(plain, weighed, "{rest}");
    true
}

/// The same with and without a message ID.
fn check(rest: &str) -> bool {
    check_behind(ID, rest) | check_behind(b"", rest)
}

#[test]
fn usual_lines_are_taken() {
    for line in USUAL {
        assert!(check_behind(ID, line), "{line}");
    }
    for line in CONNECTIONS {
        assert!(check_behind(b"", line), "{line}");
    }
}

#[test]
fn a_stranger_s_words_are_never_read_otherwise() {
    let mut taken = 0;
    for line in USUAL.into_iter().chain(CONNECTIONS) {
        let places = (0..=line.len()).filter(|at| line.is_char_boundary(*at));
        for (before, behind) in places.map(|at| line.split_at(at)) {
            taken += u32::from(check(before));
            let mut shorter = behind.chars();
            shorter.next();
            taken += u32::from(check(&format!("{before}{}", shorter.as_str())));
            for strange in STRANGE {
                taken += u32::from(check(&format!("{before}{strange}{behind}")));
            }
        }
    }
    assert!(taken > 1000, "{taken}");
}

#[test]
fn fields_in_another_order_are_never_read_otherwise() {
    for line in USUAL.into_iter().chain(CONNECTIONS) {
        let words: Vec<&str> = line.split(' ').collect();
        for first in 0..words.len() {
            for second in 0..words.len() {
                let mut other = words.clone();
                other.swap(first, second);
                check(&other.join(" "));
                other.clone_from(&words);
                other.insert(first, words[second]);
                check(&other.join(" "));
            }
        }
        // End of one line after the beginning of another.
        for other in USUAL.into_iter().chain(CONNECTIONS) {
            let behind = other.split(' ').skip(2);
            for length in 0..words.len() {
                let rest: Vec<&str> = words[..length]
                    .iter()
                    .copied()
                    .chain(behind.clone())
                    .collect();
                check(&rest.join(" "));
            }
        }
    }
}

/// Compares real logs, if they are there.
#[test]
fn real_logs_are_read_alike() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora");
    let mut files = Vec::new();
    for folder in [
        "exim-testsuite",
        "exim-generated-4.96",
        "exim-exporter",
        "fail2ban",
        "crowdsec",
        "mta-lab",
    ] {
        list(&corpora.join(folder), &mut files);
    }
    if files.is_empty() {
        eprintln!("skipped: ../shared/corpora is absent");
        return;
    }
    let (mut lines, mut taken) = (0, 0);
    for file in files {
        let text = std::fs::read(&file).unwrap();
        for line in String::from_utf8_lossy(&text).lines() {
            let Some((_, rest)) = frame::stamped(line.as_bytes()) else {
                continue;
            };
            let (id, rest) = frame::message_id(frame::without_pid(rest));
            let took = check_behind(id, std::str::from_utf8(rest).unwrap());
            if !id.is_empty() {
                lines += 1;
                taken += u32::from(took);
            }
        }
    }
    assert!(taken * 4 > lines, "{taken} of {lines}");
}

fn list(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            list(&path, files);
        } else {
            files.push(path);
        }
    }
}
