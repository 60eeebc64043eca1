//! The address part of a delivery, deferral or failure line:
//! `final [(parents)] [<original>]`, before the first field.
//!
//! The final address stands without quotes, even when its local part needs them, so whoever chose the
//! recipient may have written anything there, fields included. Then the original stands behind it, quoted:
//! `a b@example.org <"a b"@example.org>`. Pipes, files and automatic replies show their command, path or
//! `>address` instead.

use memchr::memrchr;

use super::fields;
use crate::parse::bytes::{from, quoted_end, to};

/// The address part, and what follows it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Address<'a> {
    /// The final address.
    pub(super) last: &'a [u8],
    /// The original recipient, where it differs.
    pub(super) first: &'a [u8],
    /// The fields, from the space or colon before the first one on.
    pub(super) rest: &'a [u8],
    /// The end of the part can be read in more than one way.
    pub(super) odd: bool,
}

/// Reads the address part. `text_may_follow`: the line may go on with `: text` right away (failures).
pub(super) fn read(text: &[u8], text_may_follow: bool) -> Address<'_> {
    let mut odd = false;
    let mut end = text.len();
    let mut at = 1;
    while let Some(space) = fields::space(text, at) {
        let next = from(text, space + 1);
        if text_may_follow && to(text, space).ends_with(b":") {
            end = space - 1;
            break;
        }
        if fields::starts(next) {
            end = space;
            break;
        }
        at = space + 1;
        // One that is no address is not asked twice: each try may look at the whole line.
        if !odd && next.starts_with(b"<\"") {
            let Some(quoted) = Quoted::read(from(next, 1)) else {
                odd = true;
                continue;
            };
            let close = space + 2 + quoted.written.len();
            let last = without_parents(to(text, space));
            odd |= !ends_the_part(from(text, close + 1)) || !quoted.goes_with(last);
            return Address {
                last,
                first: quoted.written,
                rest: from(text, close + 1),
                odd,
            };
        }
        // A quoted parent (`all_parents`): what is in it cannot be told from fields.
        odd |= next.starts_with(b"(\"")
            || (next.starts_with(b"\"") && to(text, space).ends_with(b","));
    }
    let (last, first) = split(to(text, end));
    Address {
        last,
        first,
        rest: from(text, end),
        odd,
    }
}

/// An address with a quoted local part.
struct Quoted<'a> {
    /// As written: `"a b"@example.org`.
    written: &'a [u8],
    /// The local part without its quotes, still escaped.
    local: &'a [u8],
}

impl<'a> Quoted<'a> {
    /// Reads `"local"@domain>`.
    fn read(text: &'a [u8]) -> Option<Self> {
        let quote = quoted_end(text)?;
        let domain = from(text, quote);
        let end = domain
            .iter()
            .position(|byte| matches!(byte, b' ' | b'"' | b'<' | b'(' | b'\\' | b'>'))?;
        let valid = domain.starts_with(b"@") && domain.get(end) == Some(&b'>');
        valid.then(|| Self {
            written: to(text, quote + end),
            local: from(to(text, quote - 1), 1),
        })
    }

    /// The final address either needs no quotes, or is the same local part without them (routers may
    /// have made it lower case). Anything else is a piece of a longer address.
    fn goes_with(&self, last: &[u8]) -> bool {
        let plain = |byte: &u8| !byte.is_ascii_whitespace() && !b"\"<>(),;:\\".contains(byte);
        if last.iter().all(plain) && !last.starts_with(b"@") {
            return true;
        }
        // With `log_as_local` there is no domain.
        let local = memrchr(b'@', last).map_or(last, |at| to(last, at));
        self.is(last) || self.is(local)
    }

    fn is(&self, local: &[u8]) -> bool {
        let mut bare = unescaped(self.local);
        local
            .iter()
            .all(|byte| bare.next().is_some_and(|b| b.eq_ignore_ascii_case(byte)))
            && bare.next().is_none()
    }
}

/// What may follow the original, which is the last thing before the fields.
fn ends_the_part(rest: &[u8]) -> bool {
    match rest {
        [] | [b':', ..] => true,
        [b' ', next @ ..] => fields::starts(next),
        _ => false,
    }
}

/// The bytes of a quoted string without the backslashes that escape.
fn unescaped(escaped: &[u8]) -> impl Iterator<Item = &u8> {
    let mut bytes = escaped.iter();
    std::iter::from_fn(move || match bytes.next() {
        Some(b'\\') => bytes.next(),
        byte => byte,
    })
}

/// Splits `final (parents) <original>`, the original not being quoted.
fn split(part: &[u8]) -> (&[u8], &[u8]) {
    let Some(inside) = part.strip_suffix(b">") else {
        return (without_parents(part), b"");
    };
    match memrchr(b'<', inside) {
        Some(open) if open > 1 && to(inside, open).ends_with(b" ") => (
            without_parents(to(inside, open - 1)),
            from(inside, open + 1),
        ),
        _ => (part, b""),
    }
}

/// Drops ` (parent, parent)`. Other parentheses are of a pipe command or of a reason.
fn without_parents(part: &[u8]) -> &[u8] {
    let Some(inside) = part.strip_suffix(b")") else {
        return part;
    };
    match memrchr(b'(', inside) {
        Some(open)
            if open > 1
                && to(inside, open).ends_with(b" ")
                && from(inside, open).contains(&b'@') =>
        {
            to(inside, open - 1)
        }
        _ => part,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str, text_may_follow: bool) -> [String; 3] {
        let address = read(text.as_bytes(), text_may_follow);
        [address.last, address.first, address.rest]
            .map(|part| String::from_utf8_lossy(part).into_owned())
    }

    #[test]
    fn splits_every_form() {
        for (text, last, first, rest) in [
            ("a@example.org R=r T=t", "a@example.org", "", " R=r T=t"),
            (
                "a <a@example.org> F=<b@example.org> R=r",
                "a",
                "a@example.org",
                " F=<b@example.org> R=r",
            ),
            (
                "/var/x (b@example.org) <a@example.org> R=r",
                "/var/x",
                "a@example.org",
                " R=r",
            ),
            (
                "|/bin/sh -c \"cat >x\" <p@example.org> R=r",
                "|/bin/sh -c \"cat >x\"",
                "p@example.org",
                " R=r",
            ),
            (
                ">usery <userx@example.org> R=r",
                ">usery",
                "userx@example.org",
                " R=r",
            ),
            (
                ":blackhole: <a@example.org> R=r",
                ":blackhole:",
                "a@example.org",
                " R=r",
            ),
            (
                "discarded <a@example.org>",
                "discarded",
                "a@example.org",
                "",
            ),
            (
                "blackhole (RCPT ACL discarded recipients)",
                "blackhole (RCPT ACL discarded recipients)",
                "",
                "",
            ),
            (
                "John Smith@example.org <\"John Smith\"@example.org> R=r",
                "John Smith@example.org",
                "\"John Smith\"@example.org",
                " R=r",
            ),
            (
                "a@example.org routing defer (-51): x",
                "a@example.org",
                "",
                " routing defer (-51): x",
            ),
            (
                "a@example.org defer (-23): x",
                "a@example.org",
                "",
                " defer (-23): x",
            ),
            (
                "a@example.org : Unrouteable",
                "a@example.org",
                "",
                " : Unrouteable",
            ),
            ("", "", "", ""),
            (" ", " ", "", ""),
        ] {
            assert_eq!(split(text, false), [last, first, rest], "{text}");
        }
    }

    #[test]
    fn a_failure_may_go_on_with_its_text() {
        assert_eq!(
            split("a@example.org: Unrouteable address", true),
            ["a@example.org", "", ": Unrouteable address"]
        );
        assert_eq!(
            split("a@example.org <b@example.org>: R=x", true),
            ["a@example.org", "b@example.org", ": R=x"]
        );
    }

    #[test]
    fn fields_inside_the_quoted_original_do_not_start_the_fields() {
        let text = r#"lower x=1@example.org <"Lower R=x T=\"y"@example.org> R=r T=t"#;
        assert_eq!(
            split(text, false),
            [
                "lower x=1@example.org",
                r#""Lower R=x T=\"y"@example.org"#,
                " R=r T=t"
            ]
        );
    }
}
