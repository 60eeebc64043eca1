//! Plain language for what mail systems write.

use crate::model::{Endpoint, Event, Model, Status};
use crate::parse::received::Transport;
use crate::parse::{Direction, Kind, Mta};
use crate::text::{Lang, clean};
use crate::tls::{Session, Verify, Version};

/// A TLS session in one line: `TLS 1.2  ECDHE-RSA-AES256-GCM-SHA384  256 bit`.
pub fn session(session: &Session, lang: Lang) -> String {
    let mut parts = Vec::new();
    let unknown = lang.pick("TLS, version not stated", "TLS, Version nicht angegeben");
    parts.push(session.version.map_or(unknown, Version::spoken).to_owned());
    if !session.cipher.is_empty() {
        parts.push(session.cipher.clone());
    }
    if let Some(bits) = session.bits {
        parts.push(format!("{bits} {}", lang.pick("bit", "Bit")));
    }
    if let Some(group) = &session.group {
        parts.push(format!("{} {group}", lang.pick("group", "Gruppe")));
    }
    if session.resumed == Some(true) {
        parts.push(lang.pick("resumed", "wiederaufgenommen").to_owned());
    }
    if let Some(verify) = session.verify {
        parts.push(certificate(verify, lang).to_owned());
    }
    parts.join("  ")
}

/// What is known of the peer's certificate. Postfix's levels are Anonymous, Untrusted, Trusted and Verified;
/// Sendmail compares no names (`verify=OK`).
const fn certificate(verify: Verify, lang: Lang) -> &'static str {
    match verify {
        Verify::Dane => lang.pick(
            "certificate verified by DANE",
            "Zertifikat über DANE geprüft",
        ),
        Verify::Verified => lang.pick("certificate verified", "Zertifikat geprüft"),
        Verify::Trusted => lang.pick(
            "certificate of a trusted issuer",
            "Zertifikat eines vertrauenswürdigen Ausstellers",
        ),
        Verify::Unverified => lang.pick("certificate not verified", "Zertifikat nicht geprüft"),
        Verify::Anonymous => lang.pick("no certificate", "kein Zertifikat"),
    }
}

/// A remote host as one reads it: `mx.example.net [192.0.2.1]:25`. Without a name, what it called
/// itself stands in parentheses, as in a log: nobody has checked that.
pub(super) fn host(endpoint: &Endpoint<'_>, port: Option<u16>) -> String {
    let says_address = {
        let helo = endpoint.helo.strip_prefix(b"[").unwrap_or(endpoint.helo);
        helo.strip_suffix(b"]").unwrap_or(helo) == endpoint.ip
    };
    let name = match (endpoint.name, endpoint.helo) {
        (b"", helo) if helo.is_empty() || says_address => String::new(),
        (b"", helo) => format!("({})", clean(helo)),
        (name, _) => clean(name).into_owned(),
    };
    let ip = if endpoint.ip.is_empty() {
        String::new()
    } else {
        format!("[{}]", clean(endpoint.ip))
    };
    let port = port.map_or_else(String::new, |port| format!(":{port}"));
    format!("{name} {ip}{port}").trim().to_owned()
}

/// The remote host of an event in a sentence: one that mail went to by its name, one that handed mail
/// in with its address, for there a name may be anyone's.
pub fn peer(model: &Model, event: &Event) -> String {
    let endpoint = model.strings.endpoint(event.peer);
    if event.direction() == Some(Direction::In) {
        host(&endpoint, None)
    } else {
        clean(endpoint.label()).into_owned()
    }
}

/// What a text leaves unsaid, where somebody would look in vain: `Network error on destination MXs` of OpenSMTPD
/// stands for whatever went wrong with each of the hosts.
pub(super) fn unsaid(text: &str, mta: Mta, lang: Lang) -> Option<&'static str> {
    let bare = mta == Mta::OpenSmtpd && text.ends_with(" on destination MXs");
    bare.then_some(lang.pick(
        "no host of the domain could be used; lines about the connections tell why, but name no message",
        "kein Host der Domain war verwendbar; den Grund nennen Zeilen über die Verbindungen, aber ohne die Nachricht",
    ))
}

/// What became of a message.
pub const fn status(status: Status, lang: Lang) -> &'static str {
    match lang {
        Lang::En => status.name(),
        Lang::De => match status {
            Status::Delivered => "zugestellt",
            Status::Partial => "teilweise zugestellt",
            Status::Deferred => "aufgeschoben",
            Status::Failed => "fehlgeschlagen",
            Status::Rejected => "abgewiesen",
            Status::Discarded => "verworfen",
            Status::Queued => "in der Warteschlange",
            Status::Unknown => "unbekannt",
        },
    }
}

/// What a line tells of, where nothing better is known than its kind.
pub(super) fn kind(kind: Kind, lang: Lang) -> String {
    let german = match (kind, lang) {
        (_, Lang::En) => return kind.name().replace('_', " "),
        (Kind::Arrival, _) => "Annahme",
        (Kind::Delivery, _) => "Zustellung",
        (Kind::Deferral, _) => "Aufschub",
        (Kind::RetryWait, _) => "Wartezeit",
        (Kind::Failure, _) => "Fehlschlag",
        (Kind::TlsRefused, _) => "TLS verweigert",
        (Kind::TlsFailed, _) => "TLS fehlgeschlagen",
        (Kind::TlsDowngrade, _) => "Rückfall auf Klartext",
        (Kind::Rejection, _) => "Abweisung",
        (Kind::Completion, _) => "Abschluss",
        (Kind::Frozen, _) => "eingefroren",
        (Kind::Thawed, _) => "aufgetaut",
        (Kind::Removed, _) => "entfernt",
        (Kind::Discarded, _) => "verworfen",
        (Kind::Session, _) => "Verbindung",
        (Kind::Note, _) => "Vermerk",
    };
    german.to_owned()
}

/// How a mail went where it was not by SMTP, if the header does not say it in words of its own.
pub(super) const fn transport(transport: Transport, lang: Lang) -> &'static str {
    match (transport, lang) {
        (Transport::Local, Lang::De) => "lokal",
        (Transport::Other, Lang::De) => "sonstiger",
        (own, _) => own.name(),
    }
}

/// `one connection`, `2 connections`: `one` is told whole, for in German it depends on what is counted.
pub(super) fn counted(number: usize, one: &str, many: &str) -> String {
    match number {
        1 => one.to_owned(),
        _ => format!("{number} {many}"),
    }
}
