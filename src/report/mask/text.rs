//! The mask over free text: log lines, headers, error texts.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::Mask;
use super::client::looks_like_client;

/// The forms in which people and their computers are named. Of two that begin at the same place the earlier one
/// counts. Each group is replaced by what [`Mask::part`] makes of it; what stands around the groups is kept.
const FORMS: [&str; 7] = [
    // A header that a person filled in, at the start of a line.
    r"(?m:^(?i:subject):[ \t]*(?P<subject>.*)$)",
    r"(?m:^(?i:from|to|cc|bcc|sender|reply-to):[ \t]*(?P<mailboxes>.*)$)",
    // A login where mail systems name one.
    r#"(?:(?i:authenticated (?:sender|user)?[ :]*(?:as )?|sasl_username=|account )|\bU=|\bA=[\w-]+:)(?P<login>[^\s()\[\],;"]+)"#,
    // A logged subject.
    r#"\bT="(?P<title>(?:[^"\\]|\\.)*)""#,
    // An address, which is not to swallow the tag before it; a quoted local part counts.
    r#"(?:\b(?:id\*?|(?:resent-)?message-id|msgid|relay|arg[12]|orig_to|sender|recipient|envelope-from|from|to)=)?(?P<address>(?:"(?:[^"\\]|\\.)*"|[^\s<>()\[\],;:"@]+)@(?:[\w-]+(?:\.[\w-]+)*|\[[^\]\s]*\]))"#,
    // A peer: `name (helo) [ip]`, `name[ip]`, `[ip]`; `said (name [ip])` in a Received header.
    concat!(
        r"(?:(?P<towards>\brelay=|\b(?:host|to|with) )|\bfrom\s+(?P<said>[^\s()\[\]]+)\s+\()?",
        r"(?:(?P<name>[\w.-]+)(?P<gap>\s*))?(?:\((?P<helo>[^()\s]*)\)\s+)?",
        r"\[(?:IPv6:)?(?P<ip>[0-9a-fA-F:.]+)\]",
    ),
    // An IP address alone, not the colons inside a word: `SSL routines::bad record mac`.
    r"(?P<bare>(?:(?:\b[0-9a-fA-F]|\B:)[0-9a-fA-F:]*:[0-9a-fA-F:.]+|\d+(?:\.\d+){3})(?:/\d+)?)",
];

/// Addresses of mail servers, in forms that only those have: our own, and those that we connect to.
const SERVERS: &str = concat!(
    r"\bI=\[[0-9a-fA-F:.]+\]",
    r#"|\b(?:source|relay)="[0-9a-fA-F:.]+(?: \([\w.-]+\))?""#,
    r"|\baddress=(?:smtp|lmtp)[\w+]*://\[?[0-9a-fA-F:.]+\]?",
);

static PERSONAL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!("{SERVERS}|{}", FORMS.join("|"))).ok());

/// Stands where a subject was.
const HIDDEN: &str = "(masked)";

impl Mask {
    /// Free text: addresses become pseudonyms, peers that look like clients keep only their network.
    pub fn text(&self, text: &str) -> String {
        let Some(personal) = PERSONAL.as_ref() else {
            return String::new();
        };
        let masked = personal.replace_all(text, |hit: &Captures<'_>| {
            let client = is_client(hit);
            let names = personal.capture_names().flatten();
            swapped(hit, names, |name, part| self.part(name, part, client))
        });
        masked.into_owned()
    }

    /// What stands for a part of a form.
    fn part(&self, name: &str, part: &str, client: bool) -> String {
        match name {
            "subject" | "title" => HIDDEN.to_owned(),
            "mailboxes" => self.mailboxes(part),
            "login" | "address" => self.address(part),
            "name" | "said" if client && (name == "said" || part.contains('.')) => {
                self.client_name(part)
            }
            "helo" if client && !part.is_empty() => self.pseudonym(part),
            "bare" => self.ip(part),
            "ip" if client => self.ip(part),
            _ => part.to_owned(),
        }
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
}

/// What was found, its named parts replaced; the parts lie one behind the other.
fn swapped<'n>(
    hit: &Captures<'_>,
    names: impl Iterator<Item = &'n str>,
    new: impl Fn(&str, &str) -> String,
) -> String {
    let Some(whole) = hit.get(0) else {
        return String::new();
    };
    let mut out = String::new();
    let mut at = 0;
    for name in names {
        let Some(part) = hit.name(name) else { continue };
        let start = part.start() - whole.start();
        out += whole.as_str().get(at..start).unwrap_or_default();
        out += &new(name, part.as_str());
        at = part.end() - whole.start();
    }
    out + whole.as_str().get(at..).unwrap_or_default()
}

/// Whether the peer that was found looks like a person's computer.
fn is_client(hit: &Captures<'_>) -> bool {
    let part = |name| hit.name(name).map_or("", |part| part.as_str());
    // Postfix writes no space before the address, and a name of its own where there is none.
    let adjacent = part("gap").is_empty();
    let name = match part("name") {
        "unknown" => "",
        name if adjacent || name.contains('.') => name,
        // A word without a dot is no host name: `from [192.0.2.1]`.
        _ => "",
    };
    let server = match part("towards") {
        "" => false,
        // Sendmail gives the names of servers as they stand in the DNS.
        "relay=" if name.ends_with('.') => true,
        _ => adjacent,
    };
    if server && !name.is_empty() {
        return false;
    }
    let name = if name.is_empty() { part("said") } else { name };
    looks_like_client(name, part("ip"))
}

#[cfg(test)]
mod tests;
