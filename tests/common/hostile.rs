//! What strangers may write into a log and into a message, and what must come of it.

#![allow(
    dead_code,
    reason = "each test that includes this file uses its own part of it"
)]
#![allow(
    unreachable_pub,
    reason = "included by several crates, of which none is a library"
)]

/// Sets the clipboard, moves the cursor, colours, rings, goes back, turns the reading direction round,
/// hides, and is no UTF-8. Without spaces: an Exim field would end there.
pub const ATTACK: &[u8] =
    b"x\x1b]52;c;ZXZpbA==\x07\x1b[1337m\x9b1337m\xc2\x9b1337m\x1bP1337q\x1b\\\
    \x08\x7f\xff\xfe\xe2\x80\xaeevil\xe2\x80\xac\xe2\x81\xa6\xe2\x80\x8b\xef\xbb\xbfy";

/// An Exim log in which every field that a stranger chooses is an attack.
pub fn log() -> Vec<u8> {
    with_attacks(&[
        "2026-02-24 08:00:00 1vum00-000000-00 <= @@@example.org H=(@@) [192.0.2.1]:25 P=esmtps X=@@ S=100 id=@@@example.org T=\"@@\" for @@@example.net",
        "2026-02-24 08:00:01 1vum00-000000-00 => @@@example.net R=dnslookup T=remote_smtp H=@@ [192.0.2.2]:25 C=\"250 @@\"",
        "2026-02-24 08:00:02 1vum00-000000-00 == b@example.net R=dnslookup T=remote_smtp defer (-44) H=mx.example.net [192.0.2.2]: SMTP error from remote mail server after RCPT TO:<@@>: 451 @@",
        "2026-02-24 08:00:03 1vum00-000000-00 ** c@example.net R=dnslookup T=remote_smtp H=@@ [192.0.2.2]:25: 550 @@",
        "2026-02-24 08:00:04 H=(@@) [192.0.2.9] F=<@@> rejected RCPT <@@>: @@",
        "2026-02-24 08:00:05 @@ a line nobody understands",
        "@@",
    ])
}

/// A message in which every header is an attack.
pub fn mail() -> Vec<u8> {
    with_attacks(&[
        "Received: from @@ (HELO @@) ([192.0.2.1])",
        "\tby @@ with esmtps (TLS1.2:@@:256)",
        "\tid @@ for <@@@example.net>; Tue, 24 Feb 2026 08:00:00 +0100",
        "Received: from localhost by mail.example.org with esmtp",
        "\tid 1vum00-000000-00; Tue, 24 Feb 2026 08:00:01 +0100",
        "From: @@ <@@@example.org>",
        "To: @@ <b@example.net>",
        "Subject: @@ =?utf-8?Q?=1B]52;c;ZXZpbA=3D=3D=07=E2=80=AEq?= =?utf-8?B?G1szMW0bWzEzMzdt?=",
        "Message-ID: <@@@example.org>",
        "X-Mailer: @@",
        "Date: Tue, 24 Feb 2026 08:00:00 +0100",
        "",
        "@@",
    ])
}

fn with_attacks(lines: &[&str]) -> Vec<u8> {
    let mut out = Vec::new();
    for line in lines {
        for (nth, part) in line.split("@@").enumerate() {
            if nth > 0 {
                out.extend_from_slice(ATTACK);
            }
            out.extend_from_slice(part.as_bytes());
        }
        out.push(b'\n');
    }
    out
}

/// What is dangerous in a text that is shown, copied or written; line ends are not.
pub fn danger(text: &[u8]) -> Option<String> {
    let Ok(text) = std::str::from_utf8(text) else {
        return Some("no UTF-8".to_owned());
    };
    let is_bad = |letter: char| {
        (letter.is_control() && letter != '\n')
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let at = text.find(is_bad)?;
    let near: String = text[at..].chars().take(20).collect();
    Some(format!("{near:?}"))
}

/// What a program wrote to a terminal, without the sequences that drawing needs: those that move,
/// colour, clear or set a mode, with plain numbers only.
pub fn without_drawing(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some((&first, after)) = rest.split_first() {
        let used = if first == 0x1b { drawing(after) } else { 0 };
        if used == 0 {
            out.push(first);
        }
        rest = &after[used..];
    }
    out
}

/// The length of a drawing sequence after its escape; 0 when it is none.
fn drawing(after: &[u8]) -> usize {
    let Some(inner) = after.strip_prefix(b"[") else {
        return 0;
    };
    let numbers = inner
        .iter()
        .take_while(|byte| byte.is_ascii_digit() || b";?:".contains(byte))
        .count();
    // Nobody but the attack asks for 1337.
    let is_attack = inner[..numbers].windows(4).any(|four| four == b"1337");
    match inner.get(numbers) {
        Some(b'A'..=b'H' | b'J'..=b'M' | b'h' | b'l' | b'm') if !is_attack => numbers + 2,
        _ => 0,
    }
}
