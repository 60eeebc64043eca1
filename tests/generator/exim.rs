//! The life of an Exim server.

use super::exim_lines as lines;
use super::random::Random;
use super::world::{self, Domain, HOME, Host, Tls};
use super::{HOUR, MINUTE, SECOND, Script, Server, queue_id};

/// An Exim server.
pub struct Exim {
    chance: Random,
    /// Its queue IDs are those since 4.97.
    long: bool,
    process: u64,
}

/// Why a host does not take a mail now.
#[derive(Clone, Copy)]
enum Trouble {
    Timeout,
    Greylist,
    NoTls,
}

impl Server for Exim {
    fn begin(&mut self, at: u64, script: &mut Script) {
        match self.chance.below(100) {
            0..10 => self.noise(at, script),
            10..18 => self.reject(at, script),
            18..56 => self.receive(at, script),
            56..62 => self.receive_from_list(at, script),
            62..92 => self.send(at, script),
            _ => self.send_with_trouble(at, script),
        }
    }
}

impl Exim {
    pub fn new(seed: u64, long: bool) -> Self {
        Self {
            chance: Random::new(seed),
            long,
            process: 4000,
        }
    }

    fn id(&mut self, at: u64) -> String {
        self.process += 1 + self.chance.below(40) as u64;
        queue_id::exim(at, self.process, self.long)
    }

    /// What a daemon tells when nothing happens.
    fn noise(&mut self, at: u64, script: &mut Script) {
        let client = world::client(&mut self.chance);
        let (ip, port) = (&client.ip, 1024 + self.chance.below(60_000));
        let count = self.chance.below(40);
        let text = match self.chance.below(8) {
            0..3 => {
                format!("SMTP connection from [{ip}]:{port} (TCP/IP connection count = {count})")
            }
            3 => format!("no host name found for IP address {ip}"),
            4 => format!("Start queue run: pid={}", self.process),
            5 => format!("End queue run: pid={}", self.process),
            6 => format!(
                "TLS error on connection from {} [{ip}]:{port} (SSL_accept): error:0A000102:SSL routines::unsupported protocol",
                client.name
            ),
            _ => format!(
                "unexpected disconnection while reading SMTP command from [{ip}]:{port} D=1m"
            ),
        };
        script.say(at, text);
    }

    /// A mail that we do not want.
    fn reject(&mut self, at: u64, script: &mut Script) {
        let host = world::client(&mut self.chance);
        let from = self.stranger();
        let (to, why) = match self.chance.below(3) {
            0 => (self.stranger(), "relay not permitted"),
            1 => (format!("nobody@{HOME}"), "Unknown user"),
            _ => (
                world::local(&mut self.chance),
                "listed at dnsbl.example (127.0.0.2)",
            ),
        };
        let client = lines::client(&host);
        script.say(
            at,
            format!("H={client} F=<{from}> rejected RCPT <{to}>: {why}"),
        );
    }

    fn stranger(&mut self) -> String {
        world::domain(&mut self.chance).person(&mut self.chance)
    }

    /// A mail for one or more of our people.
    fn receive(&mut self, at: u64, script: &mut Script) {
        let domain = world::domain(&mut self.chance);
        let host = domain.server(&mut self.chance);
        let from = domain.person(&mut self.chance);
        self.deliver_here(&from, &host, at, script);
    }

    /// A mail of a list, whose sender names the recipient.
    fn receive_from_list(&mut self, at: u64, script: &mut Script) {
        let host = world::domain(&mut self.chance).server(&mut self.chance);
        let to = world::local(&mut self.chance).replace('@', "=");
        let number = self.chance.below(10_000_000);
        let from = format!("bounces+{number}-{to}@lists.example.net");
        self.deliver_here(&from, &host, at, script);
    }

    fn deliver_here(&mut self, from: &str, host: &Host, at: u64, script: &mut Script) {
        let id = self.id(at);
        let crowd = self.chance.below(3);
        let recipients: Vec<String> = (0..=self.chance.below(crowd + 1))
            .map(|_| world::local(&mut self.chance))
            .collect();
        let arrival = lines::arrival(from, host, None, &recipients, &mut self.chance);
        script.say(at, format!("{id} {arrival}"));
        self.started(&id, at, script);
        let done = at + 50 + self.chance.below(900) as u64;
        for recipient in &recipients {
            let local = lines::local_delivery(recipient, &mut self.chance);
            script.say(done, format!("{id} {local}"));
        }
        script.say(done, format!("{id} Completed"));
    }

    /// A delivery process is started; some servers log that.
    fn started(&mut self, id: &str, at: u64, script: &mut Script) {
        if self.chance.one_in(6) {
            script.say(
                at,
                format!("cwd=/var/spool/exim4 3 args: /usr/sbin/exim4 -Mc {id}"),
            );
        }
    }

    /// One of our people sends a mail, and it is taken.
    fn send(&mut self, at: u64, script: &mut Script) {
        let domain = world::domain(&mut self.chance);
        let crowd = 1 + self.chance.below(3);
        let recipients: Vec<String> = (0..crowd)
            .map(|_| domain.person(&mut self.chance))
            .collect();
        let (id, _) = self.submit(&recipients, at, script);
        let host = domain.server(&mut self.chance);
        let done = at + SECOND + self.chance.below(4000) as u64;
        self.hand_over(&id, &recipients, &host, done, script);
        script.say(done, format!("{id} Completed"));
    }

    /// A mail of one of our people: its ID and its sender.
    fn submit(&mut self, recipients: &[String], at: u64, script: &mut Script) -> (String, String) {
        let id = self.id(at);
        let from = world::local(&mut self.chance);
        let client = world::client(&mut self.chance);
        let arrival = lines::arrival(&from, &client, Some(&from), recipients, &mut self.chance);
        script.say(at, format!("{id} {arrival}"));
        self.started(&id, at, script);
        (id, from)
    }

    /// A host takes a mail.
    fn hand_over(
        &mut self,
        id: &str,
        recipients: &[String],
        host: &Host,
        at: u64,
        script: &mut Script,
    ) {
        if host.tls == Tls::Broken {
            let (name, ip) = (&host.name, &host.ip);
            script.say(
                at,
                format!(
                    "{id} TLS session: (SSL_connect): error:0A000126:SSL routines::unexpected eof while reading: \
                     delivering unencrypted to H={name} [{ip}] (not in hosts_require_tls)"
                ),
            );
        }
        for (nth, recipient) in recipients.iter().enumerate() {
            let flag = if nth == 0 { "=>" } else { "->" };
            let delivery = lines::delivery(flag, recipient, host, &mut self.chance);
            script.say(at, format!("{id} {delivery}"));
        }
    }

    /// One of our people sends a mail that has to be tried again, and may come back.
    fn send_with_trouble(&mut self, at: u64, script: &mut Script) {
        let domain = world::domain(&mut self.chance);
        let recipient = domain.person(&mut self.chance);
        let (id, from) = self.submit(std::slice::from_ref(&recipient), at, script);
        let trouble = [Trouble::Timeout, Trouble::Greylist, Trouble::NoTls][self.chance.below(3)];
        let (mut now, mut gap) = (at + SECOND, 15 * MINUTE);
        for _ in 0..=self.chance.below(4) {
            let host = domain.server(&mut self.chance);
            self.fail(&id, &recipient, trouble, &host, now, script);
            self.wait(&id, &recipient, domain, now..now + gap, script);
            now += gap;
            gap = (gap * 2).min(6 * HOUR);
        }
        match self.chance.below(10) {
            // Still in the queue when the log ends.
            0 => return,
            1..4 => self.give_up(&id, &recipient, &from, now, script),
            _ => {
                let host = domain.server(&mut self.chance);
                self.hand_over(&id, &[recipient], &host, now, script);
            }
        }
        script.say(now, format!("{id} Completed"));
    }

    /// One try that leads nowhere.
    fn fail(
        &mut self,
        id: &str,
        recipient: &str,
        trouble: Trouble,
        host: &Host,
        at: u64,
        script: &mut Script,
    ) {
        let peer = format!("H={} [{}]", host.name, host.ip);
        let (alone, code, why) = match trouble {
            Trouble::Timeout => (true, 110, "Connection timed out".to_owned()),
            Trouble::Greylist => (
                false,
                -44,
                format!(
                    "SMTP error from remote mail server after RCPT TO:<{recipient}>: 451 4.7.1 <{recipient}>: Greylisted, \
                     try again in {} seconds",
                    60 + self.chance.below(600)
                ),
            ),
            Trouble::NoTls => (
                true,
                -38,
                "a TLS session is required, but the server did not offer TLS support".to_owned(),
            ),
        };
        if alone {
            script.say(at, format!("{id} {peer}: {why}"));
        }
        // A time-out says nothing of the host on the second line.
        let whom = if code > 0 {
            String::new()
        } else {
            format!(" {peer}")
        };
        script.say(
            at,
            format!("{id} == {recipient} R=dnslookup T=remote_smtp defer ({code}){whom}: {why}"),
        );
    }

    /// Queue runs in which it is too early to try again.
    fn wait(
        &mut self,
        id: &str,
        recipient: &str,
        domain: Domain,
        time: std::ops::Range<u64>,
        script: &mut Script,
    ) {
        let code = if self.long { -54 } else { -53 };
        let mut run = time.start + 30 * MINUTE;
        while run < time.end {
            let late = self.chance.below(20_000) as u64;
            script.say(
                run + late,
                format!(
                    "{id} == {recipient} R=dnslookup T=remote_smtp defer ({code}): retry time not reached for any host for '{}'",
                    domain.name()
                ),
            );
            run += 30 * MINUTE;
        }
    }

    /// The mail comes back to its sender.
    fn give_up(&mut self, id: &str, recipient: &str, from: &str, at: u64, script: &mut Script) {
        script.say(
            at,
            format!("{id} ** {recipient} R=dnslookup T=remote_smtp: retry timeout exceeded"),
        );
        let notice = self.id(at);
        let size = 1000 + self.chance.below(9000);
        script.say(
            at,
            format!(
                "{notice} <= <> R={id} U=Debian-exim P=local S={size} T=\"Mail delivery failed: returning message to sender\" \
                 from <> for {from}"
            ),
        );
        let local = lines::local_delivery(from, &mut self.chance);
        script.say(at, format!("{notice} {local}"));
        script.say(at, format!("{notice} Completed"));
    }
}
