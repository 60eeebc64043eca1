//! `SESSION smtp|mta|mda EVENT key=value ...`, of the releases from 6.0 on.

use super::fields::{Fields, ip, relay, target};
use super::words::{
    before_aliases, checked, closed, failed, in_quotes, refused, result, secured, sent,
};
use super::{Parsed, identifier, message_of, of_session};
use crate::parse::bytes::{from, number, word};
use crate::parse::{Absence, Direction, Fact, Kind, Peer, Turn};

/// Parses the text after the session ID.
pub(super) fn read<'a>(fact: &mut Fact<'a>, id: &'a [u8], text: &'a [u8]) -> Parsed {
    let (agent, rest) = word(text);
    let rest = from(rest, 1);
    let (event, rest) = word(rest.strip_prefix(b"event=").unwrap_or(rest));
    let mut fields = Fields(from(rest, 1));
    match agent {
        b"smtp" => {
            of_session(fact, id);
            fact.direction = Some(Direction::In);
            inbound(fact, event, &mut fields)
        }
        b"mta" if event == b"delivery" => outbound_delivery(fact, id, fields).ok_or("mta delivery"),
        b"mta" => {
            of_session(fact, id);
            fact.direction = Some(Direction::Out);
            outbound(fact, event, &mut fields)
        }
        b"mda" if event == b"delivery" => local_delivery(fact, fields).ok_or("mda delivery"),
        _ => Ok(()),
    }
}

fn inbound<'a>(fact: &mut Fact<'a>, event: &[u8], fields: &mut Fields<'a>) -> Parsed {
    client(fact, fields);
    match event {
        b"connected" => {
            fact.kind = Kind::Session;
            fact.turn = Turn::Opens;
            Ok(())
        }
        b"message" => message(fact, *fields).ok_or("smtp message"),
        b"envelope" => envelope(fact, *fields).ok_or("smtp envelope"),
        b"tls" | b"starttls" if fact.direction == Some(Direction::Local) => {
            Err("TLS without a network")
        }
        b"tls" | b"starttls" => ciphers(fact, fields).ok_or("smtp tls"),
        b"disconnected" | b"closed" => {
            // One release has two spaces here.
            fields.0 = fields.0.strip_prefix(b" ").unwrap_or(fields.0);
            let reason = fields.last(b"reason=").unwrap_or_default();
            closed(fact, reason);
            Ok(())
        }
        b"failed-command" => {
            failed_command(fact, fields.0);
            Ok(())
        }
        b"authentication" => {
            let _ = fields.word(b"user=");
            client(fact, fields);
            let passed = fields.0.starts_with(b"result=ok");
            fact.kind = if passed {
                Kind::Session
            } else {
                Kind::Rejection
            };
            Ok(())
        }
        // Of a server that showed none, it is written as if it were a client.
        b"cert-check" if fields.0 == NO_CERTIFICATE => {
            fact.direction = Some(Direction::Out);
            certificate(fact, fields);
            Ok(())
        }
        _ => {
            // Some other events are about outbound sessions.
            fact.direction = None;
            Ok(())
        }
    }
}

/// Parses `address=A host=H`, if present. The host is no more than a claim.
fn client<'a>(fact: &mut Fact<'a>, fields: &mut Fields<'a>) {
    if let Some(address) = fields.word(b"address=") {
        fact.peer.ip = ip(address);
        if address == b"local" {
            fact.direction = Some(Direction::Local);
        }
    }
    let _ = fields.word(b"host=");
}

/// Parses `msgid=M [from=<s> to=<r>] size=N nrcpt|ndest=N proto=P`.
fn message<'a>(fact: &mut Fact<'a>, mut fields: Fields<'a>) -> Option<()> {
    let (id, _) = identifier::<8>(fields.word(b"msgid=")?)?;
    if fields.0.starts_with(b"from=") {
        fact.sender = fields.address(b"from=")?;
        fact.recipients = fields.address(b"to=")?;
    }
    let size = fields.word(b"size=")?;
    let _ = fields.word(b"nrcpt=").or_else(|| fields.word(b"ndest="))?;
    arrived(fact, id, size, fields.last(b"proto=")?);
    Some(())
}

/// Sets the fields of an arrival, for all forms.
pub(super) fn arrived<'a>(fact: &mut Fact<'a>, id: &'a [u8], size: &[u8], protocol: &'a [u8]) {
    fact.kind = Kind::Arrival;
    fact.text = b"";
    fact.queue_id = id;
    fact.size = number(size);
    fact.protocol = protocol;
    if fact.direction == Some(Direction::Local) {
        fact.dialogue = b"";
    } else {
        fact.turn = Turn::Carries;
    }
}

/// Parses `evpid=E from=<s> to=<r>`: one recipient of the message before.
fn envelope<'a>(fact: &mut Fact<'a>, mut fields: Fields<'a>) -> Option<()> {
    let (id, _) = identifier::<16>(fields.word(b"evpid=")?)?;
    fact.queue_id = message_of(id);
    fact.sender = fields.address(b"from=")?;
    fact.address = fields.address(b"to=")?;
    fact.text = b"";
    fields.0.is_empty().then_some(())
}

fn ciphers<'a>(fact: &mut Fact<'a>, fields: &mut Fields<'a>) -> Option<()> {
    secured(fact, fields.last(b"ciphers=")?)
}

/// What follows `cert-check` where the other side showed no certificate.
const NO_CERTIFICATE: &[u8] = b"result=\"no certificate presented\"";

/// Parses `result="R"[ fingerprint="F"]`.
fn certificate<'a>(fact: &mut Fact<'a>, fields: &mut Fields<'a>) {
    let written = fields.until(b"result=", b"fingerprint=");
    if let Some(result) = written.or_else(|| fields.last(b"result=")) {
        checked(fact, result);
    }
}

/// Parses `command="..." result="..."`.
fn failed_command<'a>(fact: &mut Fact<'a>, text: &'a [u8]) {
    const BETWEEN: &[u8] = b"\" result=\"";
    let Some(rest) = text.strip_prefix(b"command=\"") else {
        return;
    };
    // The command may imitate the text in between. The reply is text of OpenSMTPD, and repeats only addresses
    // and parameters.
    let place = memchr::memmem::rfind(rest, BETWEEN);
    if let Some(at) = place
        && let Some(command) = rest.get(..at)
        && let Some(reply) = from(rest, at + BETWEEN.len()).strip_suffix(b"\"")
    {
        refused(fact, command, reply);
    } else {
        refused(fact, rest, b"");
    }
}

fn outbound<'a>(fact: &mut Fact<'a>, event: &[u8], fields: &mut Fields<'a>) -> Parsed {
    match event {
        b"connecting" => {
            fact.kind = Kind::Session;
            fact.turn = Turn::Opens;
            fact.peer = target(fields.word(b"address=").unwrap_or_default());
            Ok(())
        }
        b"connected" => {
            fact.kind = Kind::Session;
            Ok(())
        }
        b"tls" | b"starttls" => ciphers(fact, fields).ok_or("mta tls"),
        b"cert-check" | b"server-cert-check" => {
            certificate(fact, fields);
            Ok(())
        }
        b"disconnected" | b"closed" => {
            fact.kind = Kind::Session;
            fact.turn = Turn::Closes;
            Ok(())
        }
        b"error" | b"closing" => {
            failed(fact, fields.last(b"reason=").unwrap_or_default());
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Parses `evpid=E from=<s> to=<r> rcpt=<o|-> source="A" relay="A (H)" delay=D result="R" stat="..."`.
fn outbound_delivery<'a>(
    fact: &mut Fact<'a>,
    session: &'a [u8],
    mut fields: Fields<'a>,
) -> Option<()> {
    let parent = addresses(fact, &mut fields)?;
    let _ = fields.until(b"source=", b"relay=")?;
    fact.peer = relay(fields.until(b"relay=", b"delay=")?);
    outcome(fact, &mut fields)?;
    before_aliases(fact, parent);
    sent(fact, session);
    if fact.dialogue.is_empty() && fact.peer.ip.is_empty() {
        // The relay is a domain: no connection was made for this envelope.
        fact.peer = Peer::default();
        fact.direction = None;
    }
    Some(())
}

/// Parses `evpid=E from=<s> to=<r> [rcpt=<o>] user=U [method=M] delay=D result=R stat=...`.
fn local_delivery<'a>(fact: &mut Fact<'a>, mut fields: Fields<'a>) -> Option<()> {
    let parent = addresses(fact, &mut fields)?;
    let _ = fields.word(b"user=");
    fact.transport = fields.word(b"method=").unwrap_or(b"mda");
    outcome(fact, &mut fields)?;
    before_aliases(fact, parent);
    fact.direction = Some(Direction::Local);
    fact.absence = Absence::Mute;
    Some(())
}

fn addresses<'a>(fact: &mut Fact<'a>, fields: &mut Fields<'a>) -> Option<&'a [u8]> {
    let (id, _) = identifier::<16>(fields.word(b"evpid=")?)?;
    fact.queue_id = message_of(id);
    fact.sender = fields.address(b"from=")?;
    fact.address = fields.address(b"to=")?;
    Some(fields.address(b"rcpt=").unwrap_or_default())
}

fn outcome<'a>(fact: &mut Fact<'a>, fields: &mut Fields<'a>) -> Option<()> {
    let _ = fields.word(b"delay=")?;
    let word = fields.word(b"result=")?;
    fact.kind = result(in_quotes(word).unwrap_or(word))?;
    fact.text = fields.last(b"stat=")?;
    Some(())
}
