//! The life of a Postfix server that logs its TLS sessions.

use super::random::Random;
use super::world::{self, HOME, Host, Tls};
use super::{HOUR, MINUTE, SECOND, Script, Server, queue_id};

/// A Postfix server.
pub struct Postfix {
    chance: Random,
    process: usize,
}

/// A mail in the queue.
struct Queued {
    id: String,
    from: String,
    size: usize,
    recipients: usize,
}

impl Server for Postfix {
    fn begin(&mut self, at: u64, script: &mut Script) {
        match self.chance.below(100) {
            0..8 => self.noise(at, script),
            8..18 => self.reject(at, script),
            18..60 => self.receive(at, script),
            60..92 => self.send(at, script, 0),
            _ => {
                let tries = 1 + self.chance.below(4);
                self.send(at, script, tries);
            }
        }
    }
}

impl Postfix {
    pub fn new(seed: u64) -> Self {
        Self {
            chance: Random::new(seed),
            process: 1000,
        }
    }

    /// The number of a process that takes the next connection.
    fn process(&mut self) -> usize {
        self.process = 1000 + (self.process + 1 + self.chance.below(30)) % 60_000;
        self.process
    }

    /// Connections that come to nothing.
    fn noise(&mut self, at: u64, script: &mut Script) {
        let host = peer(&world::client(&mut self.chance));
        let smtpd = self.process();
        let mut say = |late, text| script.say(at + late, format!("postfix/smtpd[{smtpd}]: {text}"));
        say(0, format!("connect from {host}"));
        if self.chance.one_in(2) {
            say(300, format!("SSL_accept error from {host}: -1"));
            say(300, "warning: TLS library problem: error:0A000102:SSL routines::unsupported protocol:../ssl/statem/statem_srvr.c:1657:".to_owned());
        }
        say(400, format!("lost connection after CONNECT from {host}"));
        say(400, format!("disconnect from {host} commands=0/0"));
    }

    /// A mail that we do not want.
    fn reject(&mut self, at: u64, script: &mut Script) {
        let client = world::client(&mut self.chance);
        let (host, helo) = (peer(&client), &client.name);
        let from = world::domain(&mut self.chance).person(&mut self.chance);
        let (to, why) = if self.chance.one_in(2) {
            let to = world::domain(&mut self.chance).person(&mut self.chance);
            let why = format!("554 5.7.1 <{to}>: Relay access denied");
            (to, why)
        } else {
            let to = format!("nobody@{HOME}");
            let why = format!(
                "550 5.1.1 <{to}>: Recipient address rejected: User unknown in virtual mailbox table"
            );
            (to, why)
        };
        let smtpd = self.process();
        let mut say = |late, text| script.say(at + late, format!("postfix/smtpd[{smtpd}]: {text}"));
        say(0, format!("connect from {host}"));
        say(
            200,
            format!(
                "NOQUEUE: reject: RCPT from {host}: {why}; from=<{from}> to=<{to}> proto=ESMTP helo=<{helo}>"
            ),
        );
        say(
            300,
            format!("disconnect from {host} ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4"),
        );
    }

    /// A mail for one of our people.
    fn receive(&mut self, at: u64, script: &mut Script) {
        let domain = world::domain(&mut self.chance);
        let host = domain.server(&mut self.chance);
        let to = world::local(&mut self.chance);
        let from = if self.chance.one_in(8) {
            let number = self.chance.below(10_000_000);
            format!(
                "bounces+{number}-{}@lists.example.net",
                to.replace('@', "=")
            )
        } else {
            domain.person(&mut self.chance)
        };
        let queued = self.take(&host, from, 1, false, at, script);
        let (lmtp, token) = (self.process(), world::token(&mut self.chance, 11));
        let done = at + SECOND;
        let id = &queued.id;
        script.say(
            done,
            format!(
                "postfix/lmtp[{lmtp}]: {id}: to=<{to}>, relay={HOME}[private/dovecot-lmtp], delay=0.3, \
                 delays=0.2/0/0.03/0.07, dsn=2.0.0, status=sent (250 2.0.0 <{to}> {token} Saved)"
            ),
        );
        script.say(done, format!("postfix/qmgr[777]: {id}: removed"));
    }

    /// A mail comes in over SMTP, from another server or from one of our people (`own`).
    fn take(
        &mut self,
        host: &Host,
        from: String,
        recipients: usize,
        own: bool,
        at: u64,
        script: &mut Script,
    ) -> Queued {
        let (client, process) = (peer(host), self.process());
        let server = if own { "submission/smtpd" } else { "smtpd" };
        let id = queue_id::postfix(at, &mut self.chance);
        let mut say = |late, text| {
            script.say(at + late, format!("postfix/{server}[{process}]: {text}"));
        };
        say(0, format!("connect from {client}"));
        let (ehlo, commands) = if let Some(suite) = session(host) {
            say(
                100,
                format!("Anonymous TLS connection established from {client}: {suite}"),
            );
            ("ehlo=2 starttls=1", 6 + recipients)
        } else {
            ("ehlo=1", 4 + recipients)
        };
        let login = if own {
            format!(", sasl_method=PLAIN, sasl_username={from}")
        } else {
            String::new()
        };
        say(200, format!("{id}: client={client}{login}"));
        say(
            600,
            format!(
                "disconnect from {client} {ehlo} mail=1 rcpt={recipients} data=1 quit=1 commands={commands}"
            ),
        );
        let (message, domain) = (
            world::token(&mut self.chance, 11),
            from.split('@').next_back(),
        );
        script.say(
            at + 300,
            format!(
                "postfix/cleanup[{process}]: {id}: message-id=<{message}@{}>",
                domain.unwrap_or(HOME)
            ),
        );
        let queued = Queued {
            id,
            size: 600 + self.chance.below(200_000),
            recipients,
            from,
        };
        queued.activate(at + 400, script);
        queued
    }

    /// One of our people sends a mail; so many tries fail.
    fn send(&mut self, at: u64, script: &mut Script, failures: usize) {
        let domain = world::domain(&mut self.chance);
        let crowd = 1 + self.chance.below(3);
        let recipients: Vec<String> = (0..crowd)
            .map(|_| domain.person(&mut self.chance))
            .collect();
        let client = world::client(&mut self.chance);
        let from = world::local(&mut self.chance);
        let queued = self.take(&client, from, crowd, true, at, script);
        let (mut now, mut gap) = (at + SECOND, 5 * MINUTE);
        let stubborn = self.chance.below(3);
        for _ in 0..failures {
            let host = domain.server(&mut self.chance);
            self.fail(&queued, &recipients, &host, stubborn, (at, now), script);
            now += gap;
            gap = (gap * 2).min(2 * HOUR);
            queued.activate(now, script);
        }
        if failures > 0 && self.chance.one_in(4) {
            self.give_up(&queued, &recipients, (at, now), script);
        } else {
            let host = domain.server(&mut self.chance);
            self.hand_over(&queued, &recipients, &host, (at, now), script);
        }
        script.say(
            now + 1500,
            format!("postfix/qmgr[777]: {}: removed", queued.id),
        );
    }

    /// A host takes a mail.
    fn hand_over(
        &mut self,
        queued: &Queued,
        recipients: &[String],
        host: &Host,
        (begin, at): (u64, u64),
        script: &mut Script,
    ) {
        let (relay, smtp) = (peer(host), self.process());
        if let Some(suite) = session(host) {
            let trust = *self
                .chance
                .pick(&["Trusted", "Untrusted", "Verified", "Anonymous"]);
            script.say(
                at + 200,
                format!("postfix/smtp[{smtp}]: {trust} TLS connection established to {relay}:25: {suite}"),
            );
        }
        let (delay, theirs) = (delay(begin, at), queue_id::foreign(&mut self.chance));
        for to in recipients {
            script.say(
                at + 900,
                format!(
                    "postfix/smtp[{smtp}]: {}: to=<{to}>, relay={relay}:25, delay={delay}, delays=0.1/0.02/0.3/0.4, dsn=2.0.0, \
                     status=sent (250 2.0.0 Ok: queued as {theirs})",
                    queued.id
                ),
            );
        }
    }

    /// One try that leads nowhere.
    fn fail(
        &mut self,
        queued: &Queued,
        recipients: &[String],
        host: &Host,
        trouble: usize,
        (begin, at): (u64, u64),
        script: &mut Script,
    ) {
        let (name, smtp) = (peer(host), self.process());
        let (relay, dsn, why) = match trouble {
            0 => {
                let why = format!("connect to {name}:25: Connection timed out");
                script.say(at + 900, format!("postfix/smtp[{smtp}]: {why}"));
                ("none".to_owned(), "4.4.1", why)
            }
            1 => (
                format!("{name}:25"),
                "4.7.1",
                format!(
                    "host {name} said: 451 4.7.1 Greylisted, try again later (in reply to RCPT TO command)"
                ),
            ),
            _ => (
                format!("{name}:25"),
                "4.7.4",
                format!("TLS is required, but was not offered by host {name}"),
            ),
        };
        let delay = delay(begin, at);
        for to in recipients {
            script.say(
                at + 900,
                format!(
                    "postfix/smtp[{smtp}]: {}: to=<{to}>, relay={relay}, delay={delay}, delays=0.1/0.02/0.3/0, dsn={dsn}, \
                     status=deferred ({why})",
                    queued.id
                ),
            );
        }
    }

    /// The mail comes back to its sender.
    fn give_up(
        &mut self,
        queued: &Queued,
        recipients: &[String],
        (begin, at): (u64, u64),
        script: &mut Script,
    ) {
        let Queued { id, from, size, .. } = queued;
        let (delay, process) = (delay(begin, at), self.process());
        for to in recipients {
            script.say(
                at + 700,
                format!(
                    "postfix/error[{process}]: {id}: to=<{to}>, relay=none, delay={delay}, delays={delay}/0/0/0, dsn=5.4.7, \
                     status=bounced (delivery temporarily suspended: message expired)"
                ),
            );
        }
        let notice = Queued {
            id: queue_id::postfix(at, &mut self.chance),
            from: String::new(),
            size: size / 2 + 2000,
            recipients: 1,
        };
        let other = &notice.id;
        script.say(
            at + 800,
            format!(
                "postfix/cleanup[{process}]: {other}: message-id=<{}@mx1.{HOME}>",
                world::token(&mut self.chance, 11)
            ),
        );
        script.say(
            at + 900,
            format!("postfix/bounce[{process}]: {id}: sender non-delivery notification: {other}"),
        );
        notice.activate(at + 900, script);
        script.say(
            at + 1200,
            format!(
                "postfix/lmtp[{process}]: {other}: to=<{from}>, relay={HOME}[private/dovecot-lmtp], delay=0.1, \
                 delays=0/0/0.03/0.07, dsn=2.0.0, status=sent (250 2.0.0 <{from}> Saved)"
            ),
        );
        script.say(at + 1200, format!("postfix/qmgr[777]: {other}: removed"));
    }
}

impl Queued {
    /// The queue manager takes it in hand.
    fn activate(&self, at: u64, script: &mut Script) {
        let Self {
            id,
            from,
            size,
            recipients,
        } = self;
        script.say(
            at,
            format!("postfix/qmgr[777]: {id}: from=<{from}>, size={size}, nrcpt={recipients} (queue active)"),
        );
    }
}

fn peer(host: &Host) -> String {
    format!("{}[{}]", host.name, host.ip)
}

/// Seconds in the queue.
fn delay(begin: u64, now: u64) -> u64 {
    (now - begin) / SECOND
}

/// A TLS session as Postfix tells it; `None` without one.
fn session(host: &Host) -> Option<String> {
    let Tls::Suite((version, cipher, bits)) = host.tls else {
        return None;
    };
    let keys = if version == "1.3" {
        " key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256"
    } else {
        ""
    };
    Some(format!(
        "TLSv{version} with cipher {cipher} ({bits}/{bits} bits){keys}"
    ))
}
