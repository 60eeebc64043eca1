//! The mask over free text: log lines, headers, error texts.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::Mask;
use super::client::looks_like_client;

/// What may tell of a person: a header that a person filled in, a login where mail systems name one,
/// a logged subject, an address (a quoted local part counts), a peer as logs write it
/// (`name (helo) [ip]`), or an IP address alone.
static PERSONAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?m:^(?P<header>(?i:subject|from|to|cc|bcc|sender|reply-to)):[ \t]*(?P<content>.*)$)",
        r#"|(?P<before>(?i:authenticated (?:sender|user)?[ :]*(?:as )?|sasl_username=|account )|\bU=|\bA=[\w-]+:)(?P<login>[^\s()\[\],;"]+)"#,
        r#"|\bT="(?P<subject>(?:[^"\\]|\\.)*)""#,
        r#"|(?P<address>(?:"(?:[^"\\]|\\.)*"|[^\s<>()\[\],;:"@]+)@(?:[\w-]+(?:\.[\w-]+)*|\[[^\]\s]*\]))"#,
        r"|(?:(?P<name>[\w.-]+)\s+)?(?:\((?P<helo>[^()\s]*)\)\s+)?\[(?P<ip>[0-9a-fA-F:.]+)\]",
        // Not the colons inside a word: `SSL routines::bad record mac`.
        r"|(?P<bare>(?:\b[0-9a-fA-F]|\B:)[0-9a-fA-F:]*:[0-9a-fA-F:.]+|\d+(?:\.\d+){3})(?P<network>/\d+)?",
    ))
    .ok()
});

/// Stands where a subject was.
const HIDDEN: &str = "(masked)";

impl Mask {
    /// Free text: addresses become pseudonyms, peers that look like clients keep only their network.
    pub fn text(&self, text: &str) -> String {
        let Some(personal) = PERSONAL.as_ref() else {
            return String::new();
        };
        let masked = personal.replace_all(text, |hit: &Captures<'_>| self.personal(hit));
        masked.into_owned()
    }

    fn personal(&self, hit: &Captures<'_>) -> String {
        let part = |name| hit.name(name).map_or("", |part| part.as_str());
        let whole = hit.get(0).map_or("", |whole| whole.as_str());
        let named = |name| hit.name(name).is_some();
        if named("header") {
            self.header(part("header"), part("content"))
        } else if named("login") {
            format!("{}{}", part("before"), self.address(part("login")))
        } else if named("subject") {
            format!("T=\"{HIDDEN}\"")
        } else if named("address") {
            self.address(whole)
        } else if named("ip") {
            self.peer(whole, part("name"), part("helo"), part("ip"))
        } else if named("network") {
            whole.to_owned()
        } else {
            self.ip(whole)
        }
    }

    fn header(&self, name: &str, content: &str) -> String {
        if name.eq_ignore_ascii_case("subject") {
            return format!("{name}: {HIDDEN}");
        }
        format!("{name}: {}", self.mailboxes(content))
    }

    /// A list of mailboxes: names go, addresses become pseudonyms.
    pub fn mailboxes(&self, list: &str) -> String {
        let bare = list.split('>').map(|part| match part.rsplit_once('<') {
            Some((before, address)) => {
                let separator = if before.trim_start().starts_with(',') {
                    ", "
                } else {
                    ""
                };
                format!("{separator}<{}>", self.address(address))
            }
            None => self.text(part),
        });
        bare.collect()
    }

    /// A peer that was written as `whole`.
    fn peer(&self, whole: &str, name: &str, helo: &str, ip: &str) -> String {
        // A word without a dot is no host name: `from [192.0.2.1]`.
        let host = if name.contains('.') { name } else { "" };
        if !looks_like_client(host, ip) {
            return whole.to_owned();
        }
        let mut masked = whole.to_owned();
        if !host.is_empty() {
            masked = masked.replacen(host, &self.client_name(host), 1);
        }
        if !helo.is_empty() {
            masked = masked.replace(&format!("({helo})"), &format!("({})", self.pseudonym(helo)));
        }
        masked.replace(&format!("[{ip}]"), &format!("[{}]", self.ip(ip)))
    }
}
