//! Address part of a delivery, deferral or failure line, before the first field: `final [(parents)] [<original>]`.
//!
//! The final address is logged without quotes even where its local part needs them, so a remote user who chose the
//! recipient can imitate fields in it. In that case the original address follows in quotes:
//! `a b@example.org <"a b"@example.org>`. For pipes, files and automatic replies the command, the path or `>address`
//! takes the place of the final address.

use memchr::memrchr;

use super::fields;
use crate::parse::bytes::{from, quoted_end, to};

/// Address part of a line, and the text after it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Address<'a> {
    /// Final address.
    pub(super) final_recipient: &'a [u8],
    /// Original recipient, if it differs.
    pub(super) original: &'a [u8],
    /// Fields, from the space or colon before the first one.
    pub(super) rest: &'a [u8],
    /// Whether the end of the address part is ambiguous.
    pub(super) ambiguous: bool,
}

/// Parses the address part. `text_may_follow`: the part may end in `: text`, as on failures.
pub(super) fn read(text: &[u8], text_may_follow: bool) -> Address<'_> {
    let mut ambiguous = false;
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
        // A second malformed address is not searched, since each search may take the whole line.
        if !ambiguous && next.starts_with(b"<\"") {
            let Some(quoted) = Quoted::read(from(next, 1)) else {
                ambiguous = true;
                continue;
            };
            let close = space + 2 + quoted.written.len();
            let final_recipient = without_parents(to(text, space));
            ambiguous |= !ends_the_part(from(text, close + 1))
                || !quoted.can_be_original_of(final_recipient);
            return Address {
                final_recipient,
                original: quoted.written,
                rest: from(text, close + 1),
                ambiguous,
            };
        }
        // The content of a quoted parent address (`all_parents`) cannot be distinguished from fields.
        ambiguous |= next.starts_with(b"(\"")
            || (next.starts_with(b"\"") && to(text, space).ends_with(b","));
    }
    let (final_recipient, original) = split(to(text, end));
    Address {
        final_recipient,
        original,
        rest: from(text, end),
        ambiguous,
    }
}

/// Address with a quoted local part.
struct Quoted<'a> {
    /// Address as logged: `"a b"@example.org`.
    written: &'a [u8],
    /// Local part without its quotes, still escaped.
    local: &'a [u8],
}

impl<'a> Quoted<'a> {
    /// Parses `"local"@domain>`.
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

    /// True when this can be the original of the final address `last`: the final address needs no quotes, or
    /// has the same local part without quotes (in any letter case, since routers may convert it). Otherwise the
    /// quoted text is part of a longer address.
    fn can_be_original_of(&self, final_recipient: &[u8]) -> bool {
        let plain = |byte: &u8| !byte.is_ascii_whitespace() && !b"\"<>(),;:\\".contains(byte);
        if final_recipient.iter().all(plain) && !final_recipient.starts_with(b"@") {
            return true;
        }
        // With `log_as_local` the domain is missing.
        let local =
            memrchr(b'@', final_recipient).map_or(final_recipient, |at| to(final_recipient, at));
        self.is(final_recipient) || self.is(local)
    }

    fn is(&self, local: &[u8]) -> bool {
        let mut bare = unescaped(self.local);
        local
            .iter()
            .all(|byte| bare.next().is_some_and(|b| b.eq_ignore_ascii_case(byte)))
            && bare.next().is_none()
    }
}

/// True when the address part can end before `rest`.
fn ends_the_part(rest: &[u8]) -> bool {
    match rest {
        [] | [b':', ..] => true,
        [b' ', next @ ..] => fields::starts(next),
        _ => false,
    }
}

/// Bytes of a quoted string without the escaping backslashes.
fn unescaped(escaped: &[u8]) -> impl Iterator<Item = &u8> {
    let mut bytes = escaped.iter();
    std::iter::from_fn(move || match bytes.next() {
        Some(b'\\') => bytes.next(),
        byte => byte,
    })
}

/// Splits `final (parents) <original>` with an unquoted original.
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

/// Removes ` (parent, parent)`. Other parentheses belong to a pipe command or a reason.
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
        [address.final_recipient, address.original, address.rest]
            .map(|part| String::from_utf8_lossy(part).into_owned())
    }

    #[test]
    fn splits_every_form() {
        for (text, final_recipient, first, rest) in [
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
            assert_eq!(split(text, false), [final_recipient, first, rest], "{text}");
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
