//! Shape of a log line: the line without everything that may be personal or secret.
//!
//! What stays is on a list: punctuation, field names and common words of mail logs. So even a line of unknown
//! form can be shared with developers, who can write a grammar for it.

mod piece;
mod words;

use piece::{is_clock, is_date, push_token};

/// Number of bytes of a line that are used.
const MAX_BYTES: usize = 4096;

/// Placeholder of a quoted text or the content of a header.
const TEXT: &str = "<text>";

/// The line with `<addr>`, `<host>`, `<ip>`, `<id>`, `<n>`, `<date>`, `<time>`, `<word>` and `<text>` in place
/// of everything but punctuation, field names and common words. The result is ASCII without control characters
/// other than line ends.
///
/// ```
/// let line = b"2026-02-24 08:00:01 mx1 postfix/smtp[77]: 4f9K0x2: to=<anna@example.org>, delay=0.3";
/// assert_eq!(
///     hopgrade::text::shape(line),
///     "<date> <time> <host> postfix/smtp[<n>]: <id>: to=<<addr>>, delay=<n>"
/// );
/// ```
pub fn shape(line: &[u8]) -> String {
    let (line, cut) = shortened(line);
    let mut shape = Shape {
        line,
        rest: line,
        out: String::with_capacity(line.len()),
    };
    shape.stamp();
    while !shape.rest.is_empty() {
        shape.step();
    }
    if cut {
        shape.out.push_str(" ...");
    }
    shape.out
}

/// A bounded part of the line, and whether it was cut. It is not cut within a token, since half an address does
/// not look like one.
fn shortened(line: &[u8]) -> (&[u8], bool) {
    match line.get(..MAX_BYTES) {
        Some(head) if line.len() > MAX_BYTES => {
            let end = head.iter().rposition(|&byte| byte == b' ');
            (head.get(..end.unwrap_or(0)).unwrap_or_default(), true)
        }
        _ => (line, false),
    }
}

struct Shape<'a> {
    line: &'a [u8],
    /// Text not processed yet.
    rest: &'a [u8],
    out: String,
}

impl Shape<'_> {
    /// Removes the first `length` bytes.
    fn take(&mut self, length: usize) {
        self.rest = self.rest.get(length..).unwrap_or_default();
    }

    /// Processes a time at the beginning, and the host after it in a syslog frame.
    fn stamp(&mut self) {
        if let Some(priority) = priority(self.rest) {
            self.out.push_str("<<n>>");
            self.take(priority);
        }
        let mut found = false;
        if let Some(length) = traditional(self.rest) {
            self.out.push_str("<time>");
            self.take(length);
            found = true;
        }
        while let Some(word) = first_word(self.rest).filter(|_| !self.out.ends_with("<time>")) {
            let placeholder = match (is_date(word), is_clock(word)) {
                (true, _) => "<date>",
                (_, true) => "<time>",
                _ => break,
            };
            self.out.push_str(placeholder);
            self.take(word.len());
            found = true;
            if placeholder == "<date>" {
                self.spaces();
            }
        }
        self.spaces();
        if found && is_framed_host(self.rest) {
            let host = first_word(self.rest).map_or(0, <[u8]>::len);
            self.out.push_str("<host>");
            self.take(host);
        }
    }

    fn spaces(&mut self) {
        while self.rest.first() == Some(&b' ') {
            self.out.push(' ');
            self.take(1);
        }
    }

    /// Processes the next quoted text, header, field name, token or punctuation mark.
    fn step(&mut self) {
        let Some(&first) = self.rest.first() else {
            return;
        };
        if first == b'"' {
            return self.quoted();
        }
        if !is_of_token(first) {
            self.out.push(match first {
                b'\n' => '\n',
                b'\t' => ' ',
                mark => char::from(mark),
            });
            return self.take(1);
        }
        let length = self.rest.iter().position(|&byte| !is_of_token(byte));
        let length = length.unwrap_or(self.rest.len());
        let (token, behind) = self.rest.split_at_checked(length).unwrap_or((b"", b""));
        let is_letter = matches!(token, [letter] if letter.is_ascii_alphabetic());
        if is_letter && behind.first() == Some(&b'=') || self.is_field(token, behind) {
            self.out.push_str(&String::from_utf8_lossy(token));
        } else {
            push_token(&mut self.out, token);
        }
        let header = token.strip_suffix(b":").is_some_and(words::is_header);
        self.take(length);
        if header {
            self.header();
        }
    }

    /// Processes a quoted text; one that is not closed ends with the line.
    fn quoted(&mut self) {
        let mut escaped = true;
        let end = self.rest.iter().position(|&byte| {
            let literal = std::mem::replace(&mut escaped, false);
            escaped = byte == b'\\' && !literal;
            byte == b'"' && !literal || byte == b'\n'
        });
        let closed = end.filter(|&end| self.rest.get(end) == Some(&b'"'));
        self.out.push('"');
        self.out.push_str(TEXT);
        if let Some(end) = closed {
            self.out.push('"');
            self.take(end + 1);
        } else {
            self.take(end.unwrap_or(self.rest.len()));
        }
    }

    /// Processes the text after `Subject:`, which a person wrote, up to what the mail system adds.
    fn header(&mut self) {
        let line = self.rest.split(|&byte| byte == b'\n').next();
        let line = line.unwrap_or_default();
        let end = memchr::memmem::rfind(line, b"; from=<").unwrap_or(line.len());
        if end > 0 {
            self.out.push(' ');
            self.out.push_str(TEXT);
            self.take(end);
        }
    }

    /// True for the name of an unknown field. It must be among other fields, have a value, and be in no word
    /// with `@`, since the local part of an address may contain an equals sign.
    fn is_field(&self, token: &[u8], behind: &[u8]) -> bool {
        let Some((b'=', value)) = behind.split_first() else {
            return false;
        };
        let lower = |byte: &u8| byte.is_ascii_lowercase() || *byte == b'_';
        let named = (2..=24).contains(&token.len()) && token.iter().all(lower)
            || token.len() <= 2 && token.iter().all(u8::is_ascii_uppercase);
        let ends = |byte: &u8| matches!(byte, b' ' | b'<' | b'\n');
        let mut word = value.split(ends).next().unwrap_or_default().iter();
        // An equals sign at the end is padding of Base64.
        let padding = matches!(value.first(), None | Some(b'=' | b' ' | b'\n'));
        named && !padding && self.is_among_fields() && !word.any(|&byte| byte == b'@')
    }

    /// True when the word before is a field, or ends one of a list.
    fn is_among_fields(&self) -> bool {
        let done = self.line.len().saturating_sub(self.rest.len());
        let done = self.line.get(..done).unwrap_or_default();
        if !matches!(done.last(), Some(b' ' | b',' | b';')) {
            return false;
        }
        let mut words = done.trim_ascii_end().rsplit(|&byte| byte == b' ');
        let word = words.next().unwrap_or_default();
        matches!(word.last(), Some(b',' | b';')) || word.contains(&b'=')
    }
}

/// Length of `<134>` before a raw syslog frame.
fn priority(line: &[u8]) -> Option<usize> {
    let inner = line.strip_prefix(b"<")?;
    let digits = inner
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    ((1..=3).contains(&digits) && inner.get(digits) == Some(&b'>')).then_some(digits + 2)
}

/// Length of `Feb 24 08:00:01` at the beginning.
fn traditional(line: &[u8]) -> Option<usize> {
    const MONTHS: [&[u8]; 12] = [
        b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov",
        b"Dec",
    ];
    let (month, rest) = line.split_at_checked(3)?;
    if !MONTHS.contains(&month) {
        return None;
    }
    let mut words = rest
        .split(|&byte| byte == b' ')
        .filter(|word| !word.is_empty());
    let day = words.next()?;
    let clock = words.next()?;
    let is_day = day.len() <= 2 && day.iter().all(u8::is_ascii_digit);
    if !is_day || !is_clock(clock) || rest.first() != Some(&b' ') {
        return None;
    }
    Some(memchr::memmem::find(line, clock)? + clock.len())
}

fn first_word(line: &[u8]) -> Option<&[u8]> {
    let word = line.split(|&byte| matches!(byte, b' ' | b'\n')).next();
    word.filter(|word| !word.is_empty())
}

/// True for `HOST PROGRAM[PID]:`.
fn is_framed_host(line: &[u8]) -> bool {
    let mut words = line.split(|&byte| byte == b' ');
    let host = words.next().unwrap_or_default();
    let program = words.next().unwrap_or_default();
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b".-_:".contains(byte);
    !host.is_empty() && host.iter().all(plain) && !host.ends_with(b":") && program.ends_with(b":")
}

/// True for bytes of a token. Bytes above ASCII are part of names.
const fn is_of_token(byte: u8) -> bool {
    !matches!(
        byte,
        b'\t'
            | b'\n'
            | b' '
            | b'('
            | b')'
            | b'['
            | b']'
            | b'{'
            | b'}'
            | b'<'
            | b'>'
            | b'"'
            | b'\''
            | b'`'
            | b','
            | b';'
            | b'='
            | b'|'
            | b'!'
            | b'?'
            | b'*'
    )
}

#[cfg(test)]
mod tests;
