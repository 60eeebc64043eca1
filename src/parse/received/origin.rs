//! `from` part of a Received header: names, address and login of the client.
//!
//! | writer | form |
//! |---|---|
//! | Exim | `RDNS ([IP]:PORT helo=HELO ident=USER)`, `[IP] (port=N helo=HELO)` |
//! | Postfix, Sendmail | `HELO (USER@RDNS [IP])` |
//! | qmail, Yahoo, gateways | `RDNS (HELO HELO) (USER@IP)` |
//! | Microsoft | `HELO (IP)` |

use super::address;
use super::clauses::{Clauses, Place, strip_prefix};
use crate::parse::received::{Writer, comment};

/// Client of the hop; empty slices are absent.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Origin<'a> {
    pub(super) name: &'a [u8],
    pub(super) rdns: &'a [u8],
    pub(super) helo: &'a [u8],
    pub(super) ip: &'a [u8],
    pub(super) port: Option<u16>,
    pub(super) ident: &'a [u8],
    pub(super) auth: &'a [u8],
    /// The writer states that there is no reverse DNS name.
    pub(super) no_rdns: bool,
    /// `[local]` or `unix socket`: no network.
    pub(super) local: bool,
    /// A comment labels the HELO name, so the name before it is another one.
    pub(super) labelled_helo: bool,
    /// Number of comments of the `from` part up to the last one with an address.
    pub(super) address_comments: usize,
}

impl<'a> Origin<'a> {
    pub(super) fn read(clauses: &Clauses<'a>, writer: Writer) -> Self {
        let mut origin = Self {
            name: first_name(clauses.from),
            helo: clauses.claimed,
            auth: clauses.user,
            labelled_helo: !clauses.claimed.is_empty(),
            ..Self::default()
        };
        for (index, text) in clauses.comments_at(Place::From).enumerate() {
            if origin.comment(text) {
                origin.address_comments = index + 1;
            }
        }
        origin.address_without_comment(clauses.from);
        origin.assign_names(writer);
        origin
    }

    /// Parses a comment; true when it contains the address.
    fn comment(&mut self, text: &'a [u8]) -> bool {
        if self.labels(text) || self.login(text) || comment::read(text).is_some() {
            return false;
        }
        let Some(address) = address::read(text) else {
            return self.without_address(text);
        };
        if self.ip.is_empty() {
            self.ip = address.ip;
            self.port = address.port;
            self.ident = address.ident;
            self.local |= address.local;
            self.take_rdns(address.rdns);
        }
        let rest = address.rest.trim_ascii();
        if !self.labels(rest) {
            self.exim_pairs(rest);
        }
        true
    }

    /// Parses `HELO name`, and `port=25 helo=name`, which Exim writes after an address without a name.
    fn labels(&mut self, text: &'a [u8]) -> bool {
        for label in [&b"HELO"[..], b"EHLO", b"LHLO"] {
            if let Some(rest) = strip_prefix(text, label)
                && rest.first().is_none_or(u8::is_ascii_whitespace)
            {
                self.labelled_helo = true;
                self.helo = rest.trim_ascii();
                return true;
            }
        }
        let pairs = [&b"helo="[..], b"port=", b"ident="];
        if pairs.iter().any(|key| text.starts_with(key)) {
            self.exim_pairs(text);
            return true;
        }
        false
    }

    fn login(&mut self, text: &'a [u8]) -> bool {
        let Some(user) = login(text) else {
            return false;
        };
        if self.auth.is_empty() {
            self.auth = user;
        }
        // CommuniGate: `account user HELO name`.
        if let Some(at) = memchr::memmem::find(text, b" HELO ") {
            self.labelled_helo = true;
            self.helo = text.get(at + 6..).unwrap_or_default();
        }
        true
    }

    /// Parses `helo=X ident=Y`. The HELO name may contain any text.
    fn exim_pairs(&mut self, text: &'a [u8]) {
        let text = text.trim_ascii();
        if let Some(rest) = text.strip_prefix(b"port=") {
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let (port, rest) = rest.split_at(digits);
            self.port = address::port(port);
            self.exim_pairs_after_port(rest);
        } else {
            self.exim_pairs_after_port(text);
        }
    }

    fn exim_pairs_after_port(&mut self, text: &'a [u8]) {
        let text = text.trim_ascii();
        if let Some(rest) = text.strip_prefix(b"helo=") {
            let end = memchr::memmem::rfind(rest, b" ident=");
            let (helo, rest) = rest.split_at(end.unwrap_or(rest.len()));
            self.helo = helo;
            self.labelled_helo = true;
            self.ident = rest.strip_prefix(b" ident=").unwrap_or(self.ident);
        } else if let Some(ident) = text.strip_prefix(b"ident=") {
            self.ident = ident;
        }
    }

    fn without_address(&mut self, text: &'a [u8]) -> bool {
        let is_socket = |part: &[u8]| memchr::memmem::find(text, part).is_some();
        self.local |= text == b"[local]" || is_socket(b"unix socket") || is_socket(b"[UNIX: ");
        if let Some(user) = local_user(text) {
            self.local = true;
            self.ident = user;
        } else if let Some(user) = strip_prefix(text, b"IDENT:") {
            self.ident = user;
        } else if memchr::memchr2(b' ', b'[', text).is_none() {
            match memchr::memrchr(b'@', text) {
                // qmail writes the login in a separate comment.
                Some(_) if self.auth.is_empty() => self.auth = text,
                None if memchr::memchr(b'.', text).is_some() => self.take_rdns(text),
                _ => {}
            }
        }
        false
    }

    fn take_rdns(&mut self, name: &'a [u8]) {
        if is_unknown(name) {
            self.no_rdns = true;
        } else if self.rdns.is_empty() && address::ip(name).is_none() {
            self.rdns = name;
        }
    }

    /// Parses `from [192.0.2.1] by`, `from 192.0.2.1:45726 by`, and `from name [192.0.2.1] by` of fetchmail.
    fn address_without_comment(&mut self, words: &'a [u8]) {
        if !self.ip.is_empty() || self.name.is_empty() {
            return;
        }
        if let Some(address) = address::read(self.name).or_else(|| address::read(words)) {
            self.ip = address.ip;
            self.port = address.port.or(self.port);
        }
    }

    /// Decides whether the first name is the reverse DNS name or the HELO name.
    fn assign_names(&mut self, writer: Writer) {
        let literal = address::read(self.name).is_some();
        // Exim omits a HELO name that is equal to the reverse DNS name.
        let is_name = writer == Writer::Exim && !literal && !self.labelled_helo && !self.local;
        if is_name && !self.ip.is_empty() && !is_unknown(self.name) {
            self.helo = self.name;
        }
        if self.labelled_helo || writer == Writer::Exim {
            if literal {
                self.no_rdns |= writer == Writer::Exim && !self.ip.is_empty();
            } else if !self.local && !self.ip.is_empty() {
                self.take_rdns(self.name);
            }
        } else if is_unknown(self.name) && self.rdns.is_empty() {
            self.no_rdns = true;
        } else if self.helo.is_empty() && self.address_comments > 0 {
            self.helo = self.name;
        }
    }
}

/// Name before the first comment: one word, except for the phrase of Microsoft's pickup directory.
fn first_name(words: &[u8]) -> &[u8] {
    if is_pickup(words) {
        return words;
    }
    let name = first_word(words);
    name.strip_suffix(b",").unwrap_or(name)
}

/// `from mail pickup service`: submitted through a directory.
pub(super) fn is_pickup(words: &[u8]) -> bool {
    words.eq_ignore_ascii_case(b"mail pickup service")
}

/// User of `user@localhost` without an address: a local program connected to Sendmail through a pipe.
fn local_user(text: &[u8]) -> Option<&[u8]> {
    let at = memchr::memrchr(b'@', text)?;
    let (user, host) = text.split_at(at);
    let user = user.strip_prefix(b"IDENT:").unwrap_or(user);
    (host.eq_ignore_ascii_case(b"@localhost") && memchr::memchr(b' ', user).is_none())
        .then_some(user)
}

/// True for placeholders of unknown names: `unknown`, `<unknown.domain>`.
fn is_unknown(name: &[u8]) -> bool {
    let bracketed = name.strip_prefix(b"<");
    bracketed.is_some_and(|name| strip_prefix(name, b"unknown").is_some())
        || [&b"unknown"[..], b"softdnserr", b"unverified"]
            .iter()
            .any(|word| word.eq_ignore_ascii_case(name))
}

/// Login in a comment; empty when the comment only states that there was one.
fn login(text: &[u8]) -> Option<&[u8]> {
    const BEFORE_USER: [&[u8]; 8] = [
        b"Authenticated sender: ",
        b"Authenticated user: ",
        b"Authenticated account: ",
        b"authenticated user ",
        b"authenticated as ",
        b"authenticated by ",
        b"SquirrelMail authenticated user ",
        b"account ",
    ];
    if let Some(rest) = strip_prefix(text, b"AUTH:") {
        // Courier: mechanism, user, and TLS after a comma.
        let user = rest.split(|byte| *byte == b',').next()?.trim_ascii();
        return Some(after_blank(user));
    }
    if let Some(rest) = BEFORE_USER
        .iter()
        .find_map(|start| strip_prefix(text, start))
    {
        return Some(first_word(rest.trim_ascii()));
    }
    strip_prefix(text, b"authenticated")
        .filter(|rest| rest.first().is_none_or(u8::is_ascii_whitespace))
        .map(|_| &b""[..])
}

fn first_word(text: &[u8]) -> &[u8] {
    let end = text.iter().position(u8::is_ascii_whitespace);
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}

fn after_blank(text: &[u8]) -> &[u8] {
    let blank = text.iter().position(u8::is_ascii_whitespace);
    blank
        .and_then(|blank| text.get(blank..))
        .unwrap_or_default()
        .trim_ascii()
}
