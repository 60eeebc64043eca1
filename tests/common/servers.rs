//! Logs of four servers, made up: what they write of one mail comes in several lines.

#![allow(
    unreachable_pub,
    reason = "included by several crates, of which none is a library"
)]

/// One entry of a log: seconds since the beginning, host, program, process, text.
pub struct Entry(
    pub u64,
    pub &'static str,
    pub &'static str,
    pub u64,
    pub String,
);

/// Four servers side by side, their lines interleaved; each has that many mails, one in 37 seconds.
pub fn entries(mails: u64) -> Vec<Entry> {
    let mut all = Vec::new();
    for n in 0..mails {
        let at = n * 37;
        postfix(&mut all, at, n);
        sendmail(&mut all, at, n);
        opensmtpd(&mut all, at, n);
        exim(&mut all, at, n);
        all.push(Entry(
            at,
            "a.example.org",
            "cron",
            n,
            "(root) CMD (true)".to_owned(),
        ));
    }
    all.sort_by_key(|entry| entry.0);
    all
}

fn postfix(all: &mut Vec<Entry>, at: u64, n: u64) {
    let id = format!("4B{:03X}0{:04X}", n % 7, 0x1A00 + n / 2);
    let (smtpd, smtp) = (100 + n % 3, 200 + n % 2);
    let mut say = |after, program, pid, text: String| {
        all.push(Entry(at + after, "a.example.org", program, pid, text));
    };
    let client = "client.example.net[192.0.2.9]";
    say(0, "postfix/smtpd", smtpd, format!("connect from {client}"));
    if n.is_multiple_of(3) {
        let tls = "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)";
        say(
            0,
            "postfix/smtpd",
            smtpd,
            format!("Anonymous TLS connection established from {client}: {tls}"),
        );
    }
    say(1, "postfix/smtpd", smtpd, format!("{id}: client={client}"));
    say(
        1,
        "postfix/cleanup",
        300,
        format!("{id}: message-id=<{n}@example.net>"),
    );
    say(
        1,
        "postfix/qmgr",
        301,
        format!("{id}: from=<a{n}@example.net>, size=4{n}, nrcpt=1 (queue active)"),
    );
    say(
        2,
        "postfix/smtpd",
        smtpd,
        format!("disconnect from {client} ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5"),
    );
    if n.is_multiple_of(2) {
        let tls = "TLSv1.2 with cipher ECDHE-RSA-AES256-GCM-SHA384 (256/256 bits)";
        say(
            40,
            "postfix/smtp",
            smtp,
            format!(
                "Untrusted TLS connection established to mx.example.com[198.51.100.4]:25: {tls}"
            ),
        );
    } else if n.is_multiple_of(5) {
        say(
            40,
            "postfix/smtp",
            smtp,
            "SSL_connect error to mx.example.com[198.51.100.4]:25: -1".to_owned(),
        );
        say(
            40,
            "postfix/smtp",
            smtp,
            format!("{id}: Cannot start TLS: handshake failure"),
        );
    }
    let relay = "relay=mx.example.com[198.51.100.4]:25, delay=41, delays=1/0/39/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 9F0)";
    say(
        41,
        "postfix/smtp",
        smtp,
        format!("{id}: to=<b{n}@example.com>, {relay}"),
    );
    if n % 4 == 1 {
        let other = format!("4C{:03X}0{:04X}", n % 7, 0x1A00 + n / 2);
        say(
            41,
            "postfix/bounce",
            303,
            format!("{id}: sender non-delivery notification: {other}"),
        );
        say(
            41,
            "postfix/qmgr",
            301,
            format!("{other}: from=<>, size=2{n}, nrcpt=1 (queue active)"),
        );
    }
    say(42, "postfix/qmgr", 301, format!("{id}: removed"));
}

fn sendmail(all: &mut Vec<Entry>, at: u64, n: u64) {
    let id = format!("5BV7Xq{:02}{:06}", n / 3 % 60, 400 + n);
    let pid = 400 + n % 4;
    let mut say = |after, text: String| {
        all.push(Entry(at + after, "s.example.org", "sm-mta", pid, text));
    };
    let peer = "client.example.net [192.0.2.9]";
    if n % 3 == 1 {
        say(
            0,
            format!(
                "STARTTLS=server, relay={peer}, version=TLSv1.3, verify=NO, cipher=TLS_AES_256_GCM_SHA384, bits=256/256"
            ),
        );
    }
    say(
        1,
        format!(
            "{id}: from=<a@example.net>, size=300, class=0, nrcpts=2, msgid=<s{n}@example.net>, proto=ESMTP, daemon=MTA, relay={peer}"
        ),
    );
    if n % 2 == 1 {
        say(20, "STARTTLS=client, relay=mx.example.com., version=TLSv1.2, verify=FAIL, cipher=ECDHE-RSA-AES256-GCM-SHA384, bits=256/256".to_owned());
    }
    say(
        21,
        format!(
            "{id}: to=<b@example.com>,<c@example.com>, delay=00:00:20, xdelay=00:00:01, mailer=esmtp, pri=60300, relay=mx.example.com. [198.51.100.4], dsn=2.0.0, stat=Sent (ok)"
        ),
    );
}

fn opensmtpd(all: &mut Vec<Entry>, at: u64, n: u64) {
    let (inward, outward) = (format!("60{n:014x}"), format!("61{n:014x}"));
    let message = format!("c9ad{n:04x}");
    let mut say = |after, text: String| {
        all.push(Entry(at + after, "o.example.org", "smtpd", 289, text));
    };
    say(
        0,
        format!("{inward} smtp connected address=192.0.2.9 host=client.example.net"),
    );
    if n % 3 == 2 {
        say(
            0,
            format!("{inward} smtp tls ciphers=TLSv1.3:TLS_AES_256_GCM_SHA384:256"),
        );
    }
    if n.is_multiple_of(2) {
        for recipient in ["b", "c", "d"] {
            let evpid = format!("{message}000000{:02x}", recipient.as_bytes()[0]);
            say(
                1,
                format!(
                    "{inward} smtp event=message address=192.0.2.9 host=client.example.net msgid={message} from=<a@example.net> to=<{recipient}@example.com> size=480 ndest=1 proto=ESMTP"
                ),
            );
            say(
                30,
                format!(
                    "{outward} mta event=delivery evpid={evpid} from=<a@example.net> to=<{recipient}@example.com> rcpt=<-> source=\"192.0.2.1\" relay=\"198.51.100.4 (mx.example.com)\" delay=29s result=\"Ok\" stat=\"250 ok\""
                ),
            );
        }
    } else {
        say(
            1,
            format!("{inward} smtp message msgid={message} size=480 nrcpt=1 proto=ESMTP"),
        );
        say(
            1,
            format!(
                "{inward} smtp envelope evpid={message}00000001 from=<a@example.net> to=<b@example.com>"
            ),
        );
        say(
            29,
            format!("{outward} mta connecting address=smtp://198.51.100.4:25 host=mx.example.com"),
        );
        say(29, format!("{outward} mta connected"));
        say(
            30,
            format!("{outward} mta tls ciphers=TLSv1.3:TLS_AES_256_GCM_SHA384:256"),
        );
        say(
            30,
            format!(
                "{outward} mta delivery evpid={message}00000001 from=<a@example.net> to=<b@example.com> rcpt=<-> source=\"192.0.2.1\" relay=\"198.51.100.4 (mx.example.com)\" delay=29s result=\"Ok\" stat=\"250 ok\""
            ),
        );
    }
    say(50, format!("{inward} smtp disconnected reason=quit"));
}

fn exim(all: &mut Vec<Entry>, at: u64, n: u64) {
    let id = format!("1vwBA{}-{:06}-00", char::from(b'A' + (n % 20) as u8), n);
    let mut say = |after, text: String| {
        all.push(Entry(at + after, "e.example.org", "exim", 700 + n, text));
    };
    let x = "X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no";
    say(
        0,
        format!(
            "{id} <= a{n}@example.net H=client.example.net [192.0.2.9] P=esmtps {x} S=123 id=e{n}@example.net"
        ),
    );
    let host = "R=dnslookup T=remote_smtp H=mx.example.com [198.51.100.4]";
    if n.is_multiple_of(2) {
        say(
            3,
            format!("[1/2] {id} => b@example.com {host} X=TLS1.2:ECDHE-RSA-AES256-GCM-"),
        );
        if !n.is_multiple_of(6) {
            say(6, "[2/2] SHA384:256 CV=yes C=\"250 OK\"".to_owned());
        }
    } else {
        say(3, format!("{id} => b@example.com {host} C=\"250 OK\""));
    }
    say(
        7,
        format!(
            "H=(x) [192.0.2.66] F=<u{}@example.net> rejected RCPT <z@example.com>: no",
            n / 2
        ),
    );
    say(8, format!("{id} Completed"));
}
