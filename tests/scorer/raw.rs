//! What a log says, read for itself and not by the program under test: which messages came and went over the
//! network, and whether the log tells of TLS on those legs. Simple on purpose: it knows only the servers of
//! the laboratory.

use regex::Regex;

/// Whether the text tells of TLS on a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// Version and suite.
    Session,
    /// That there was TLS, no more.
    Encrypted,
    /// That it was in clear, by a word of its own or because sessions of others are told.
    Clear,
    /// Nothing that one could conclude from.
    Nothing,
}

/// A message that came in or went out over the network.
#[derive(Clone, Debug)]
pub struct Leg {
    pub queue_id: String,
    pub outbound: bool,
    /// Empty: not looked for.
    pub ip: String,
    pub said: Said,
}

/// A line: `program[pid]: text`, whatever stands before.
struct Line<'a> {
    program: &'a str,
    pid: &'a str,
    text: &'a str,
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern")
}

fn framed(log: &str) -> Vec<Line<'_>> {
    let frame = regex(r"^.{15,40}? \S+ ([\w/.-]+)\[(\d+)\]: (.*)$");
    let part = |line: &regex::Captures<'_>, at: usize| {
        let range = line.get(at).expect("a group").range();
        (range.start, range.end)
    };
    log.lines()
        .filter_map(|line| {
            let found = frame.captures(line)?;
            let cut = |at| {
                let (start, end) = part(&found, at);
                &line[start..end]
            };
            Some(Line {
                program: cut(1),
                pid: cut(2),
                text: cut(3),
            })
        })
        .collect()
}

/// The legs of a log of one of the laboratory's servers, in the order of its lines.
pub fn legs(mta: &str, log: &str) -> Vec<Leg> {
    match mta {
        "sm817" => sendmail(&framed(log)),
        "os79" => opensmtpd(&framed(log)),
        postfix if postfix.starts_with("pf") => self::postfix(&framed(log)),
        _ => exim(log),
    }
}

/// Exim writes `X=` wherever there was TLS, unless told not to; here it was not.
fn exim(log: &str) -> Vec<Leg> {
    let arrival = regex(r" (\w{6}-\w{6,11}-\w{2,4}) <= .* H=.* P=[a-z0-9]*smtp");
    let delivery = regex(r" (\w{6}-\w{6,11}-\w{2,4}) (?:=>|->|>>) .*? H=\S+ \[([^\]]+)\]");
    assert!(log.contains(" X=TLS"), "a log with sessions");
    let leg = |queue_id: &str, ip: &str, said: bool, outbound| Leg {
        queue_id: queue_id.to_owned(),
        outbound,
        ip: ip.to_owned(),
        said: if said { Said::Session } else { Said::Clear },
    };
    log.lines()
        .filter_map(|line| {
            if let Some(found) = arrival.captures(line) {
                // The peer chooses what stands before `P=` and from `id=` on.
                let own = line.rsplit(" P=").next().unwrap_or_default();
                let own = own.split(" id=").next().unwrap_or_default();
                return Some(leg(&found[1], "", own.contains(" X="), false));
            }
            let found = delivery.captures(line)?;
            let own = line.split(" C=\"").next().unwrap_or_default();
            Some(leg(&found[1], &found[2], own.contains(" X="), true))
        })
        .collect()
}

const ESTABLISHED: &str = "TLS connection established from ";

fn postfix(lines: &[Line<'_>]) -> Vec<Leg> {
    let arrival = regex(r"^(\w+): client=");
    let delivery =
        regex(r"^(\w+): to=<.*?>, (?:orig_to=<.*?>, )?relay=[^\[, ]+\[([0-9.]+)\]:\d+, ");
    let mut legs = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let leg = |queue_id: &str, ip: &str, outbound, said| Leg {
            queue_id: queue_id.to_owned(),
            outbound,
            ip: ip.to_owned(),
            said,
        };
        if line.program.ends_with("/smtpd") {
            if let Some(found) = arrival.captures(line.text)
                && postfix_had_content(lines, at)
            {
                legs.push(leg(&found[1], "", false, postfix_arrival(lines, at)));
            }
        } else if line.program.ends_with("/smtp")
            && line.text.contains("status=sent")
            && let Some(found) = delivery.captures(line.text)
        {
            let said = postfix_delivery(lines, at, &found[1], &found[2]);
            legs.push(leg(&found[1], &found[2], true, said));
        }
    }
    legs
}

/// The client is named before the content: by the counts at the end of the connection there was none.
fn postfix_had_content(lines: &[Line<'_>], at: usize) -> bool {
    let own = |line: &&Line<'_>| line.program == lines[at].program && line.pid == lines[at].pid;
    let mut after = lines[at..].iter().filter(own);
    let ended = after.find(|line| line.text.starts_with("disconnect from"));
    ended.is_none_or(|line| line.text.contains(" data=") || line.text.contains(" bdat="))
}

fn postfix_arrival(lines: &[Line<'_>], at: usize) -> Said {
    let (before, after) = lines.split_at(at);
    let own = lines[at].pid;
    let server = |line: &&Line<'_>| line.program.ends_with("/smtpd");
    let same = |line: &&Line<'_>| line.program.ends_with("/smtpd") && line.pid == own;
    let connected = before.iter().rev().filter(same);
    let mut session = connected.take_while(|line| !line.text.starts_with("connect from"));
    if session.any(|line| line.text.contains(ESTABLISHED)) {
        return Said::Session;
    }
    let mut tells = lines.iter().filter(server);
    if tells.any(|line| line.text.contains(ESTABLISHED)) {
        return Said::Clear;
    }
    let mut ended = after.iter().filter(same);
    let ended = ended.find(|line| line.text.starts_with("disconnect from"));
    if ended.is_some_and(|line| line.text.contains(" starttls=1 ")) {
        return Said::Encrypted;
    }
    Said::Nothing
}

fn postfix_delivery(lines: &[Line<'_>], at: usize, queue_id: &str, ip: &str) -> Said {
    let line = &lines[at];
    let client = |line: &&Line<'_>| line.program.ends_with("/smtp");
    let mut own = lines[..at]
        .iter()
        .rev()
        .filter(|before| client(before) && before.pid == line.pid)
        .take_while(|before| {
            !before.text.contains(": to=<") || before.text.starts_with(&format!("{queue_id}: "))
        });
    let to = format!("[{ip}]:");
    let session = |line: &Line<'_>| {
        (line.text.contains("TLS connection established to ")
            || line.text.contains("TLS connection reused to "))
            && line.text.contains(&to)
    };
    if own.any(session) {
        return Said::Session;
    }
    let feature = line.text.split(", tls=").nth(1);
    let feature = feature.and_then(|rest| rest.split(", dsn=").next());
    match feature {
        Some(feature) if feature.contains('?') => {}
        Some(feature) if feature == "none" || feature.ends_with(":none") => return Said::Clear,
        Some(_) => return Said::Encrypted,
        None => {}
    }
    let tells = |line: &Line<'_>| line.text.contains("TLS connection established to ");
    if lines.iter().filter(client).any(tells) && !line.text.contains(", conn_use=") {
        return Said::Clear;
    }
    Said::Nothing
}

/// Sendmail tells of each session on a line of the same process, and of TLS at arrival in `proto=`.
fn sendmail(lines: &[Line<'_>]) -> Vec<Leg> {
    let arrival = regex(r"^(\w+): from=.* proto=(E?SMTPS?A?)[,]? .*relay=\S+ \[([0-9.]+)\]");
    let delivery =
        regex(r"^(\w+): to=.* mailer=e?smtp, .* relay=(\S+?)\.? \[([0-9.]+)\], .* stat=Sent");
    let mut legs = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let told = |start: &str, relay: &str| {
            let mut own = lines[..at].iter().filter(|before| before.pid == line.pid);
            own.any(|before| {
                before.text.starts_with(start)
                    && before.text.contains("version=")
                    && before.text.contains(&format!("relay={relay}"))
            })
        };
        // Without recipients or content nothing was taken.
        let taken = ![", nrcpts=0,", ", size=0,"]
            .iter()
            .any(|word| line.text.contains(word));
        if let Some(found) = arrival.captures(line.text).filter(|_| taken) {
            let said = match (told("STARTTLS=server, relay=", ""), found[2].contains("PS")) {
                (true, _) => Said::Session,
                (false, true) => Said::Encrypted,
                (false, false) => Said::Clear,
            };
            legs.push(Leg {
                queue_id: found[1].to_owned(),
                outbound: false,
                ip: found[3].to_owned(),
                said,
            });
        } else if let Some(found) = delivery.captures(line.text) {
            let session = told("STARTTLS=client, relay=", &found[2]);
            legs.push(Leg {
                queue_id: found[1].to_owned(),
                outbound: true,
                ip: found[3].to_owned(),
                said: if session { Said::Session } else { Said::Clear },
            });
        }
    }
    legs
}

/// OpenSMTPD tells of each session on a line with the same session ID.
fn opensmtpd(lines: &[Line<'_>]) -> Vec<Leg> {
    let arrival = regex(r"^(\w{16}) smtp message msgid=(\w{8}) ");
    let delivery =
        regex(r#"^(\w{16}) mta delivery evpid=(\w{8})\w{8} .* relay="([0-9.]+) .* result="Ok""#);
    let said = |session: &str, side: &str| {
        let secured = format!("{session} {side} tls ciphers=");
        let told = lines.iter().any(|line| line.text.starts_with(&secured));
        if told { Said::Session } else { Said::Clear }
    };
    let legs = lines.iter().filter_map(|line| {
        if let Some(found) = arrival.captures(line.text) {
            let own = format!("{} smtp connected address=local", &found[1]);
            if lines.iter().any(|line| line.text.starts_with(&own)) {
                // A bounce that it hands to itself.
                return None;
            }
            return Some(Leg {
                queue_id: found[2].to_owned(),
                outbound: false,
                ip: String::new(),
                said: said(&found[1], "smtp"),
            });
        }
        let found = delivery.captures(line.text)?;
        Some(Leg {
            queue_id: found[2].to_owned(),
            outbound: true,
            ip: found[3].to_owned(),
            said: said(&found[1], "mta"),
        })
    });
    legs.collect()
}
