//! The mask over a list of mailboxes, as a header field or a person writes it (RFC 5322 section 3.4).

use super::Mask;

/// Stands in a field without anybody in it.
const NOBODY: &str = "undisclosed-recipients";

impl Mask {
    /// A list of mailboxes: an address becomes a pseudonym, and the name and the comment beside it go. What has no
    /// address is the name of somebody: a pseudonym as well. Groups keep their colon and semicolon.
    pub fn mailboxes(&self, list: &str) -> String {
        let mut out = String::new();
        let mut mailbox = Mailbox::default();
        let mut inside = Inside::default();
        for character in list.chars() {
            if inside.separates(character) {
                self.add(&mut out, &mailbox);
                mailbox = Mailbox::default();
                out.push(character);
            } else {
                inside.step(character, &mut mailbox);
            }
        }
        self.add(&mut out, &mailbox);
        out
    }

    fn add(&self, out: &mut String, mailbox: &Mailbox) {
        let shown = self.mailbox(mailbox);
        if !shown.is_empty() && out.ends_with([',', ':', ';']) {
            out.push(' ');
        }
        *out += &shown;
    }

    fn mailbox(&self, mailbox: &Mailbox) -> String {
        match (&mailbox.address, mailbox.words.trim()) {
            (Some(address), _) => format!("<{}>", self.address(address.trim())),
            (None, "" | "?") => mailbox.words.trim().to_owned(),
            (None, words) if words.eq_ignore_ascii_case(NOBODY) => words.to_owned(),
            // A local part may be quoted as well.
            (None, words) if words.contains('@') => self.address(words),
            (None, words) => self.address(words.trim_matches('"')),
        }
    }
}

/// A mailbox so far.
#[derive(Default)]
struct Mailbox {
    /// What stands outside of angle brackets and comments.
    words: String,
    /// What stands in angle brackets.
    address: Option<String>,
}

/// What a character stands inside of.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a state by itself: they nest"
)]
struct Inside {
    quotes: bool,
    /// Behind a backslash.
    escaped: bool,
    /// Comments may hold comments.
    comments: u32,
    angles: bool,
    /// An address may end in `[IPv6:2001:db8::1]`.
    square: bool,
}

impl Inside {
    /// True for a character that ends a mailbox where it stands.
    fn separates(&self, character: char) -> bool {
        let within = self.quotes || self.comments > 0 || self.angles || self.square;
        !within && matches!(character, ',' | ':' | ';')
    }

    fn step(&mut self, character: char, mailbox: &mut Mailbox) {
        let escaped = std::mem::take(&mut self.escaped);
        let quotable = self.quotes || self.comments > 0;
        match character {
            _ if escaped => self.keep(character, mailbox),
            '\\' if quotable => {
                self.escaped = true;
                self.keep(character, mailbox);
            }
            '"' if self.comments == 0 => {
                self.quotes = !self.quotes;
                self.keep(character, mailbox);
            }
            _ if self.quotes => self.keep(character, mailbox),
            '(' => self.comments += 1,
            ')' if self.comments > 0 => self.comments -= 1,
            _ if self.comments > 0 => {}
            '<' if !self.angles => {
                self.angles = true;
                mailbox.address.get_or_insert_default();
            }
            '>' if self.angles => self.angles = false,
            '[' | ']' => {
                self.square = character == '[';
                self.keep(character, mailbox);
            }
            _ => self.keep(character, mailbox),
        }
    }

    fn keep(&self, character: char, mailbox: &mut Mailbox) {
        if self.comments > 0 {
            return;
        }
        match &mut mailbox.address {
            Some(address) if self.angles => address.push(character),
            _ => mailbox.words.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MASK: Mask = Mask::new([7; 16]);

    #[test]
    fn names_go_and_addresses_become_pseudonyms() {
        let address = |text| MASK.address(text);
        let (bert, carl) = (address("bert@example.org"), address("Carl Quiet"));
        let anna = address("anna@example.org");
        for (list, expected) in [
            ("anna@example.org", anna.clone()),
            ("Anna Secret <anna@example.org>", format!("<{anna}>")),
            ("anna@example.org (Anna (A.) Secret)", anna.clone()),
            (
                "Hidden, Bert <bert@example.org>, Carl Quiet",
                format!("{}, <{bert}>, {carl}", address("Hidden")),
            ),
            (
                r#""Hidden, \"Bert\" <b>" <bert@example.org>,"Carl Quiet""#,
                format!("<{bert}>, {carl}"),
            ),
            (
                "Friends of Anna: bert@example.org, Carl Quiet;",
                format!("{}: {bert}, {carl};", address("Friends of Anna")),
            ),
            (
                "anna@[IPv6:2001:db8::1]",
                address("anna@[IPv6:2001:db8::1]"),
            ),
            ("<anna/secret>", format!("<{}>", address("anna/secret"))),
            ("<>", "<>".to_owned()),
            ("?", "?".to_owned()),
            (
                "postmaster@example.org, abuse",
                "postmaster@example.org, abuse".to_owned(),
            ),
            (
                "undisclosed-recipients:;",
                "undisclosed-recipients:;".to_owned(),
            ),
        ] {
            let masked = MASK.mailboxes(list);
            assert_eq!(masked, expected, "{list}");
            assert_eq!(MASK.mailboxes(&masked), masked, "masked once more");
        }
    }

    #[test]
    fn no_name_is_left_of_a_list_that_is_broken() {
        for list in [
            "Anna <anna@example.org",
            "\"Anna <bert@example.org>, Carl",
            "(Anna, Carl",
            "Anna) Carl>, Anna",
            "<anna@example.org Anna>",
            "anna@example.org Anna",
            "<anna@example.org> Anna (Carl",
            "Anna\\, Carl\\",
            "Anna [Carl, Anna",
        ] {
            let masked = MASK.mailboxes(list);
            for name in ["Anna", "Carl", "anna"] {
                assert!(!masked.contains(name), "{list}: {masked}");
            }
        }
    }
}
