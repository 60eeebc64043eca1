//! The mask over free text: log lines, headers, error texts.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::Mask;
use super::client::looks_like_client;

/// The forms in which people and their computers are named. Of two that begin at the same place the earlier one
/// counts. Each group is replaced by what [`Mask::part`] makes of it; what stands around the groups is kept.
const FORMS: [&str; 20] = [
    // A header that a person filled in, at the start of a line and folded.
    r"(?m:^(?i:subject):[ \t]*(?P<subject>.*(?:\n[ \t].*)*)$)",
    concat!(
        r"(?m:^(?i:(?:resent-)?(?:from|to|cc|bcc|sender|reply-to)|return-path|errors-to|apparently-to|x-original-to",
        r"|delivered-to|(?:x-)?envelope-(?:from|to)|x-(?:authenticated-)?sender|x-authenticated-user",
        r"|return-receipt-to|disposition-notification-to|mail-followup-to):[ \t]*",
        r"(?P<mailboxes>.*(?:\n[ \t].*)*)$)",
    ),
    // The line that begins a message in an mbox.
    r"(?m:^From (?P<envelope>\S+) +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )",
    // What a check of Postfix quotes from a mail: `warning: header Subject: words from HOST[IP]; from=<...>`.
    r"(?m:(?:^|: )(?:(?:mime-|nested-)?header \S+:|body|content) (?P<quoted>.+) from (?P<origin>local|\S+\[[^\]\s]*\])(?:;|$))",
    r"(?m:(?:^|: )(?:mime-|nested-)?header \S+: (?P<cut>.+)$)",
    // A login where mail systems name one. In the second form it may hold spaces.
    r#"(?:(?i:authenticated (?:sender|user)?[ :]*(?:as )?|\(account )|\b(?:U|user|ident)=<?|\bA=[\w-]+:)(?P<login>[^\s<>()\[\],;"]+)"#,
    r#"\b(?:sasl_username|sasl_sender|authid|set_id)=<?(?P<user>[^<>()\[\],;"\n]+)"#,
    // Whose addresses a sender may use, as Postfix says of a login.
    r"\bowned by user (?P<owner>[^\s<>()\[\],;]+)",
    // The name in a certificate of whoever connected; Exim writes it so of servers, too.
    r#"\bDN="(?P<certificate>(?:[^"\\\n]|\\.)*)"#,
    // What a mail is handed to: a program and its arguments, or a file below somebody's home.
    r#"(?:\bdelivered to command: |(?:=>|->|\*>|\*\*|==) \|)(?P<command>[^<>()"\n]*[^<>()"\s])|(?:^|[\s"'|<=:(])/(?:home|Users)/(?P<home>[^/\s<>()\[\],;:"']+)"#,
    // A logged subject; its end may be cut off.
    r#"\bT="(?P<title>(?:[^"\\\n]|\\.)*)"#,
    r#"(?:^|[\s,;(])(?i:subject)=(?P<topic>"(?:[^"\\\n]|\\.)*"?|.+)"#,
    // Senders and recipients: `from=<local>`, and in Sendmail `to=one,<two>`. Postfix counts commands by `rcpt=1`.
    r"\b(?:(?:orig_to|rcpt|sender|recipient|envelope-from)=|(?:for|envelope-from) )<(?P<person>[^<>@]+)>",
    r#"\b(?:from|to|ctladdr)=(?P<people>(?:(?:<(?:"(?:[^"\\]|\\.)*"|[^"<>])*>|"(?:[^"\\]|\\.)*"|[^\s<>()\[\],;:"]+),?)+)"#,
    // The mailbox behind one of Exim's flags: `ID => local <address>`.
    r#"\b[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4} (?:<=|\(=|[-=>*]>|\*\*|==) (?P<mailbox>\|[^<>()"\n]*[^<>()"\s]|[^\s<>,;:"]+)"#,
    // A Message-ID where one is named.
    r#"(?m:^(?i:message-id):[ \t]*<?|\b(?:id\*?|(?:resent-)?message-id|msgid)=<?)(?P<id>(?:"(?:[^"\\]|\\.)*"|[^\s<>()\[\],;:"@]+)@[\w-]+(?:\.[\w-]+)*)"#,
    // An address, which is not to swallow the tag before it; a quoted local part counts.
    r#"(?:\b(?:id\*?|(?:resent-)?message-id|msgid|relay|arg[12]|orig_to|sender|recipient|envelope-from)=)?(?P<address>(?:"(?:[^"\\]|\\.)*"|[^\s<>()\[\],;:"@]+)@(?:[\w-]+(?:\.[\w-]+)*|\[[^\]\s]*\]))"#,
    // A peer: `name (helo) [ip]`, `name[ip]`, `[ip]`; `said (name [ip])` in a Received header.
    concat!(
        r"(?:(?P<towards>\brelay=|\b(?:host|to|with) )|\bfrom\s+(?P<said>[^\s()\[\]]+)\s+\()?",
        r"(?:(?P<name>[\w.-]+)(?P<gap>\s*))?(?:\((?P<helo>[^()\s]*)\)\s+)?",
        r"\[(?:IPv6:)?(?P<ip>[0-9a-fA-F:.]+)\]",
        // As OpenSMTPD writes it.
        r"|\baddress=(?P<client_ip>[0-9a-fA-F:.]+) host=(?P<client_name>[\w.-]+)",
    ),
    // What a client calls itself.
    concat!(
        r"\bhelo=(?:<(?P<greeting>[^<>\[\]]+)>|(?P<hello>[^\s<>()\[\],;]*[a-zA-Z][^\s<>()\[\],;]*))",
        r"|<(?P<refused>[^<>\[\]\s]+)>: Helo command rejected",
    ),
    // An IP address alone, not the colons inside a word: `SSL routines::bad record mac`.
    r"(?P<bare>(?:(?:\b[0-9a-fA-F]|\B:)[0-9a-fA-F:]*:[0-9a-fA-F:.]+|\d+(?:\.\d+){3})(?:/\d+)?)",
];

/// Addresses of mail servers, in forms that only servers have: our own, and the servers that we connect to.
const SERVERS: &str = concat!(
    r"\bI=\[[0-9a-fA-F:.]+\]",
    r#"|\b(?:source|relay)="[0-9a-fA-F:.]+(?: \([\w.-]+\))?""#,
    r"|\baddress=(?:smtp|lmtp)[\w+]*://\[?[0-9a-fA-F:.]+\]?",
);

static PERSONAL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!("{SERVERS}|{}", FORMS.join("|"))).ok());

/// One of several mailboxes in a field.
static MAILBOX: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?:"(?:[^"\\]|\\.)*"|[^"<>,])+"#).ok());

/// Stands where the words of a person were.
const HIDDEN: &str = "(masked)";

impl Mask {
    /// Free text: addresses become pseudonyms, peers that look like clients keep only their network.
    pub fn text(&self, text: &str) -> String {
        // A peer that was not named yet is taken for a person's computer.
        self.text_about(text, &mut true)
    }

    /// `client` tells whether the peer named last looks like a person's computer.
    fn text_about(&self, text: &str, client: &mut bool) -> String {
        let Some(personal) = PERSONAL.as_ref() else {
            return String::new();
        };
        let masked = personal.replace_all(text, |hit: &Captures<'_>| {
            if let Some(looks_like_client) = client_found(hit) {
                *client = looks_like_client;
            }
            let names = personal.capture_names();
            swapped(hit, names, |name, part| self.part(name, part, client))
        });
        masked.into_owned()
    }

    /// What stands for a part of a form.
    fn part(&self, name: &str, part: &str, client: &mut bool) -> String {
        match name {
            "subject" | "quoted" | "cut" | "title" | "topic" | "command" => HIDDEN.to_owned(),
            "origin" => self.text_about(part, client),
            "mailboxes" => self.mailboxes(part),
            "people" | "person" => self.people(part),
            "login" | "user" | "owner" | "home" | "address" | "envelope" => self.address(part),
            "id" => self.message_id(part),
            "certificate" if *client => HIDDEN.to_owned(),
            "mailbox" if !matches!(part, "discarded" | "blackhole") => self.address(part),
            "name" if *client && part.contains('.') => self.client_name(part),
            "said" | "client_name" if *client => self.client_name(part),
            "helo" | "greeting" | "hello" | "refused" if *client && !part.is_empty() => {
                self.pseudonym(part)
            }
            "ip" | "client_ip" if *client => self.ip(part),
            "bare" => self.ip(part),
            _ => part.to_owned(),
        }
    }

    /// Mailboxes as a field holds them: `<one>,two,"|three"`; `-` is nobody.
    fn people(&self, list: &str) -> String {
        let Some(mailbox) = MAILBOX.as_ref() else {
            return String::new();
        };
        let masked = mailbox.replace_all(list, |hit: &Captures<'_>| match &hit[0] {
            "-" => "-".to_owned(),
            mailbox => self.address(mailbox),
        });
        masked.into_owned()
    }
}

/// The text of a hit, its named parts replaced. `names` are the names of all groups of the pattern; the parts lie one
/// behind the other.
fn swapped<'n>(
    hit: &Captures<'_>,
    names: impl Iterator<Item = Option<&'n str>>,
    mut new: impl FnMut(&str, &str) -> String,
) -> String {
    let Some(whole) = hit.get(0) else {
        return String::new();
    };
    let mut out = String::new();
    let mut at = 0;
    for (name, part) in names.zip(hit.iter()) {
        let Some((name, part)) = name.zip(part) else {
            continue;
        };
        let start = part.start() - whole.start();
        out += whole.as_str().get(at..start).unwrap_or_default();
        out += &new(name, part.as_str());
        at = part.end() - whole.start();
    }
    out + whole.as_str().get(at..).unwrap_or_default()
}

/// Whether the peer that was found, if any, looks like a person's computer.
fn client_found(hit: &Captures<'_>) -> Option<bool> {
    let part = |name| hit.name(name).map_or("", |part| part.as_str());
    if hit.name("client_ip").is_some() {
        return Some(looks_like_client(part("client_name"), part("client_ip")));
    }
    hit.name("ip")?;
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
        return Some(false);
    }
    let name = if name.is_empty() { part("said") } else { name };
    Some(looks_like_client(name, part("ip")))
}

#[cfg(test)]
mod tests;
