//! Lines as Exim writes them, without time and queue ID.

use super::queue_id;
use super::random::Random;
use super::world::{self, Host, Tls};

/// `H=`'s value of a client: its name where it is known, what it called itself, its address.
pub fn client(host: &Host) -> String {
    if host.name.starts_with("dyn-") {
        // It calls itself by its address, as mail programs do.
        format!("{} ([{ip}]) [{ip}]", host.name, ip = host.ip)
    } else {
        format!("{} [{}]", host.name, host.ip)
    }
}

/// `<=`: a mail comes in over SMTP; from somebody who logged in as `login`, or from another server.
pub fn arrival(
    from: &str,
    host: &Host,
    login: Option<&str>,
    recipients: &[String],
    chance: &mut Random,
) -> String {
    let protocol = match (host.tls, login) {
        (Tls::Suite(_), None) => "esmtps",
        (Tls::Suite(_), Some(_)) => "esmtpsa",
        (_, None) => "esmtp",
        (_, Some(_)) => "esmtpa",
    };
    let who = login.map_or_else(
        || " K".to_owned(),
        |login| format!(" A=plain_server:{login}"),
    );
    let magnitude = chance.below(8);
    let size = 600 + chance.below(512 << magnitude);
    let (_, domain) = from.split_once('@').unwrap_or(("", world::HOME));
    let signed = if login.is_none() && chance.one_in(3) {
        format!(" DKIM={domain}")
    } else {
        String::new()
    };
    let message = world::token(chance, 11);
    let subject = world::subject(chance);
    let (client, session, all) = (client(host), session(host, "no"), recipients.join(" "));
    format!(
        "<= {from} H={client} P={protocol}{session}{who} S={size}{signed} id={message}@{domain} T=\"{subject}\" \
         from <{from}> for {all}"
    )
}

/// `=>`: into one of our mailboxes.
pub fn local_delivery(recipient: &str, chance: &mut Random) -> String {
    let (name, _) = recipient.split_once('@').unwrap_or((recipient, ""));
    match chance.below(3) {
        0 => format!("=> {name} <{recipient}> R=local_user T=maildir_home"),
        _ => format!(
            "=> {name} <{recipient}> R=virtual_user T=dovecot_lmtp C=\"250 2.0.0 <{recipient}> {} Saved\"",
            world::token(chance, 11)
        ),
    }
}

/// `=>` or `->`: to another server.
pub fn delivery(flag: &str, recipient: &str, host: &Host, chance: &mut Random) -> String {
    let reply = match chance.below(3) {
        0 => format!(
            "250 OK id={}",
            queue_id::exim(chance.next() >> 24, 77, false)
        ),
        1 => format!("250 2.0.0 Ok: queued as {}", queue_id::foreign(chance)),
        _ => format!("250 2.6.0 <{}> accepted", world::token(chance, 10)),
    };
    let times = if chance.one_in(3) { " QT=2s DT=1s" } else { "" };
    let session = session(host, if chance.one_in(4) { "no" } else { "yes" });
    format!(
        "{flag} {recipient} R=dnslookup T=remote_smtp H={} [{}]{session} C=\"{reply}\"{times}",
        host.name, host.ip
    )
}

/// `X=` and `CV=`; nothing without TLS.
fn session(host: &Host, verified: &str) -> String {
    match host.tls {
        Tls::Suite((version, cipher, bits)) => {
            format!(" X=TLS{version}:{cipher}:{bits} CV={verified}")
        }
        Tls::Absent | Tls::Broken => String::new(),
    }
}
