//! Recognises journalctl `-o cat`, which prints the texts without time and program. It cannot be loaded, but is
//! recognised to tell the user why.

use crate::parse::bytes::{contains, from, split_once, to, word};

/// Maximum number of lines that are tested.
const LINES: usize = 200;

/// True when at least a third of the lines are texts of mail systems, without any frame.
pub fn looks_like_cat(head: &[u8]) -> bool {
    if super::detect::framing(head).is_some() {
        return false;
    }
    let lines = head.split(|byte| *byte == b'\n');
    let texts = lines.filter(|line| !line.is_empty()).take(LINES);
    let (mail, all) = texts.fold((0, 0), |(mail, all), line| {
        (mail + usize::from(is_of_a_mail_system(line)), all + 1)
    });
    mail >= 1 && mail * 3 >= all
}

fn is_of_a_mail_system(line: &[u8]) -> bool {
    is_about_a_connection(line)
        || is_of_a_queue_entry(line)
        || is_of_exim(line)
        || is_of_a_session(line)
}

/// Postfix: `connect from mail.example.org[192.0.2.1]` and similar lines, and lines about TLS.
fn is_about_a_connection(line: &[u8]) -> bool {
    let begins = [
        b"connect from ".as_slice(),
        b"disconnect from ",
        b"lost connection after ",
        b"NOQUEUE: ",
        b"STARTTLS=",
        b"CONNECT from [",
        b"DISCONNECT [",
        b"PASS OLD [",
        b"PASS NEW [",
    ];
    begins.iter().any(|begin| line.starts_with(begin))
        || [
            b" TLS connection established from ".as_slice(),
            b" TLS connection established to ",
        ]
        .iter()
        .any(|words| contains(to(line, 64), words))
}

/// Postfix and Sendmail: a queue ID, a colon, and a known field.
fn is_of_a_queue_entry(line: &[u8]) -> bool {
    let words = [
        b"from=<".as_slice(),
        b"to=<",
        b"client=",
        b"message-id=<",
        b"removed",
        b"uid=",
        b"ruleset=",
    ];
    split_once(line, b": ").is_some_and(|(id, text)| {
        (5..=20).contains(&id.len())
            && id.iter().all(u8::is_ascii_alphanumeric)
            && id.iter().any(u8::is_ascii_digit)
            && words.iter().any(|word| text.starts_with(word))
    })
}

/// Exim without its own time stamps (`syslog_timestamp = false`): a message ID and a mark.
fn is_of_exim(line: &[u8]) -> bool {
    let (id, rest) = word(line);
    let dashed = match id.len() {
        16 => id.get(13),
        23 => id.get(18),
        _ => None,
    };
    let marks = [
        b" <= ".as_slice(),
        b" => ",
        b" -> ",
        b" == ",
        b" ** ",
        b" Completed",
    ];
    dashed == Some(&b'-')
        && id.get(6) == Some(&b'-')
        && marks.iter().any(|mark| rest.starts_with(mark))
}

/// OpenSMTPD: a session ID of 16 hexadecimal digits, and a subsystem.
fn is_of_a_session(line: &[u8]) -> bool {
    let (id, rest) = word(line);
    let (part, _) = word(from(rest, 1));
    id.len() == 16
        && id.iter().all(u8::is_ascii_hexdigit)
        && matches!(part, b"smtp" | b"mta" | b"mda")
}
