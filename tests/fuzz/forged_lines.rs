//! What mail systems write, with a place for words of the peer in it.

use crate::remote::Template;

/// Program and text.
pub type Entries = &'static [(&'static str, Template)];

pub const EXIM: Entries = &[
    (
        "",
        Template(
            "2026-02-24 08:00:00 1vum00-000000-00 <= a@example.org H=mx.example.net ({raw}) [192.0.2.1] P=esmtps X=TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256 CV=no S=1000 id=m1@example.org",
        ),
    ),
    (
        "",
        Template(
            "2026-02-24 08:00:00 1vum00-000000-00 <= a@example.org H=({raw}) [192.0.2.1]:4711 I=[192.0.2.9]:25 P=esmtp S=1000 id=m1@example.org",
        ),
    ),
    (
        "",
        Template(
            "2026-02-24 08:00:00 1vum00-000000-00 <= {local}@example.org H=mx.example.net (h) [192.0.2.1] P=esmtps X=TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256 S=1000 id={local}@example.org T=\"{escaped}\" for {local}@example.org",
        ),
    ),
    (
        "",
        Template(
            "2026-02-24 08:00:00 1vum00-000000-00 <= {local}@example.org H=mx.example.net [192.0.2.1] P=esmtp S=1000 id={local}@example.org T=\"{escaped}\" from <{local}@example.org> for {local}@example.org b@example.org",
        ),
    ),
    (
        "",
        Template(
            "2026-02-24 08:00:00 1vum00-000000-00 <= a@example.org H=mx.example.net [192.0.2.1] P=esmtps X=TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256 CV=no DN=\"{raw}\" SNI=\"{raw}\" S=1000 id=m1@example.org",
        ),
    ),
    (
        "",
        Template(
            "2026-02-24 08:00:00 1vum00-000000-00 <= a@example.org H=mx.example.net [192.0.2.1] U={raw} P=esmtp S=1000 id=m1@example.org",
        ),
    ),
    (
        "",
        Template(
            "2026-02-24 08:00:00 1vum00-000000-00 <= a@example.org U=u P=local S=1000 id={local}@example.org T=\"{escaped}\"",
        ),
    ),
    (
        "",
        Template(
            "2026-02-24 08:00:01 1vum00-000000-00 => b@example.net R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.2] X=TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256 CV=no C=\"{escaped}\" QT=1s",
        ),
    ),
    (
        "",
        Template(
            "2026-02-24 08:00:01 1vum00-000000-00 => b@example.net R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.2] C=\"{escaped}\"",
        ),
    ),
    (
        "",
        Template(
            "2026-02-24 08:00:01 1vum00-000000-00 => {local}@example.net <{local}@example.org> F=<{local}@example.org> R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.2] C=\"250 OK\"",
        ),
    ),
    (
        "",
        Template(
            "2026-02-24 08:00:01 1vum00-000000-00 => b@example.net R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.2] X=TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256 CV=yes DN=\"{raw}\" C=\"250 OK\"",
        ),
    ),
    (
        "",
        Template(
            "2026-02-24 08:00:02 1vum00-000000-00 == b@example.net R=dnslookup T=remote_smtp defer (-44) H=mx.example.net [192.0.2.2]: SMTP error from remote mail server after RCPT TO:<b@example.net>: 451 {reply}",
        ),
    ),
    (
        "",
        Template(
            "2026-02-24 08:00:02 1vum00-000000-00 == {local}@example.net R=dnslookup T=remote_smtp defer (110): Connection timed out",
        ),
    ),
    (
        "",
        Template(
            "2026-02-24 08:00:03 1vum00-000000-00 ** b@example.net R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.2] X=TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256 CV=yes: SMTP error from remote mail server after RCPT TO:<{local}@example.net>: 550 {reply}",
        ),
    ),
    (
        "",
        Template(
            "2026-02-24 08:00:03 1vum00-000000-00 ** b@example.net R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.2]: SMTP error from remote mail server after end of data: 550 {reply}",
        ),
    ),
    (
        "",
        Template(
            "2026-02-24 08:00:04 H=mx.example.net ({raw}) [192.0.2.1] F=<{local}@example.org> rejected RCPT <{local}@example.net>: no",
        ),
    ),
    (
        "",
        Template(
            "2026-02-24 08:00:04 H=({raw}) [192.0.2.1] X=TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256 CV=no F=<a@example.org> rejected RCPT <{local}@example.net>: no",
        ),
    ),
    (
        "",
        Template(
            "2026-02-24 08:00:05 TLS error on connection from mx.example.net ({raw}) [192.0.2.1] (gnutls_handshake): no common cipher",
        ),
    ),
    (
        "",
        Template(
            "2026-02-24 08:00:07 no MAIL in SMTP connection from ({raw}) [192.0.2.1] D=1s C=EHLO,QUIT",
        ),
    ),
    (
        "",
        Template(
            "2026-02-24 08:00:07 unexpected disconnection while reading SMTP command from ({raw}) [192.0.2.1] D=1s",
        ),
    ),
    (
        "",
        Template(
            "2026-02-24 08:00:07 SMTP protocol error in \"{raw}\" H=mx.example.net (h) [192.0.2.1] use of the command",
        ),
    ),
    (
        "",
        Template(
            "2026-02-24 08:00:07 SMTP syntax error in \"{raw}\" H=(h) [192.0.2.1] unrecognized command",
        ),
    ),
    (
        "",
        Template(
            "2026-02-24 08:00:07 plain authenticator failed for ({raw}) [192.0.2.1]: 535 Incorrect authentication data (set_id={raw})",
        ),
    ),
    (
        "",
        Template("2026-02-24 08:00:07 H=({raw}) [192.0.2.1] Warning: x"),
    ),
    (
        "",
        Template(
            "2026-02-24 08:00:07 1vum00-000000-00 H=mx.example.net [192.0.2.2]: SMTP error from remote mail server after initial connection: 421 {reply}",
        ),
    ),
];

pub const POSTFIX: Entries = &[
    (
        "postfix/smtpd",
        Template(
            "NOQUEUE: reject: RCPT from mx.example.net[192.0.2.1]: 554 5.7.1 <{raw}@example.net>: Relay access denied; from=<{raw}@example.org> to=<{raw}@example.net> proto=ESMTP helo=<{raw}>",
        ),
    ),
    (
        "postfix/smtpd",
        Template(
            "NOQUEUE: reject: EHLO from unknown[192.0.2.1]: 504 5.5.2 <{raw}>: Helo command rejected: need fully-qualified hostname; proto=SMTP helo=<{raw}>",
        ),
    ),
    (
        "postfix/smtpd",
        Template(
            "4c1Xyz0Abcz1: client=mx.example.net[192.0.2.1], sasl_method=PLAIN, sasl_username={raw}",
        ),
    ),
    (
        "postfix/cleanup",
        Template("4c1Xyz0Abcz1: message-id=<{raw}>"),
    ),
    (
        "postfix/cleanup",
        Template(
            "4c1Xyz0Abcz1: warning: header Subject: {raw} from mx.example.net[192.0.2.1]; from=<{raw}@example.org> to=<{raw}@example.net> proto=ESMTP helo=<{raw}>",
        ),
    ),
    (
        "postfix/qmgr",
        Template("4c1Xyz0Abcz1: from=<{raw}@example.org>, size=1000, nrcpt=1 (queue active)"),
    ),
    (
        "postfix/smtp",
        Template(
            "4c1Xyz0Abcz1: to=<{raw}@example.net>, orig_to=<{raw}@example.org>, relay=mx.example.net[192.0.2.2]:25, delay=1.2, delays=0.1/0.2/0.3/0.6, dsn=2.0.0, status=sent (250 {reply})",
        ),
    ),
    (
        "postfix/smtp",
        Template(
            "4c1Xyz0Abcz1: to=<{local}@example.net>, relay=mx.example.net[192.0.2.2]:25, conn_use=2, delay=1.2, delays=0.1/0.2/0.3/0.6, tls=may:none, dsn=2.0.0, status=sent (250 {reply})",
        ),
    ),
    (
        "postfix/smtp",
        Template(
            "4c1Xyz0Abcz1: to=<{raw}@example.net>, relay=mx.example.net[192.0.2.2]:25, delay=1.2, delays=0.1/0.2/0.3/0.6, dsn=4.0.0, status=deferred (host mx.example.net[192.0.2.2] said: 450 {reply} (in reply to RCPT TO command))",
        ),
    ),
    (
        "postfix/smtp",
        Template(
            "4c1Xyz0Abcz1: to=<b@example.net>, relay=mx.example.net[192.0.2.2]:25, delay=1.2, delays=0.1/0.2/0.3/0.6, tls=encrypt, dsn=5.0.0, status=bounced (host mx.example.net[192.0.2.2] said: 550 {reply} (in reply to end of DATA command))",
        ),
    ),
    (
        "postfix/smtp",
        Template(
            "4c1Xyz0Abcz1: host mx.example.net[192.0.2.2] said: 450 {reply} (in reply to RCPT TO command)",
        ),
    ),
    (
        "postfix/smtpd",
        Template("lost connection after RCPT from mx.example.net[192.0.2.1]"),
    ),
    (
        "postfix/smtpd",
        Template(
            "warning: mx.example.net[192.0.2.1]: SASL PLAIN authentication failed: {raw}, sasl_username={raw}",
        ),
    ),
    (
        "postfix/smtpd",
        Template("warning: non-SMTP command from mx.example.net[192.0.2.1]: {raw}"),
    ),
    (
        "postfix/smtpd",
        Template("improper command pipelining after EHLO from mx.example.net[192.0.2.1]: {raw}"),
    ),
    (
        "postfix/smtp",
        Template(
            "mx.example.net[192.0.2.2]:25: subject_CN={raw}, issuer_CN={raw}, fingerprint=00:11, pkey_fingerprint=22:33",
        ),
    ),
    (
        "postfix/smtp",
        Template(
            "Untrusted TLS connection established to mx.example.net[192.0.2.2]:25: TLSv1.2 with cipher ECDHE-RSA-AES256-GCM-SHA384 (256/256 bits)",
        ),
    ),
    (
        "postfix/smtp",
        Template(
            "server certificate verification failed for mx.example.net[192.0.2.2]:25: untrusted issuer {raw}",
        ),
    ),
    (
        "postfix/smtp",
        Template(
            "warning: host mx.example.net[192.0.2.2]:25 greeted me with my own hostname {raw}",
        ),
    ),
    (
        "postfix/postscreen",
        Template(
            "NOQUEUE: reject: RCPT from [192.0.2.1]:4711: 550 5.7.1 Service unavailable; from=<{raw}>, to=<{raw}>, proto=ESMTP, helo=<{raw}>",
        ),
    ),
    (
        "postfix/postscreen",
        Template("PREGREET 11 after 0.1 from [192.0.2.1]:4711: {raw}"),
    ),
];

pub const SENDMAIL: Entries = &[
    (
        "sm-mta",
        Template(
            "4BQ7Xabc001234: from=<{local}@example.org>, size=1000, class=0, nrcpts=1, msgid=<{raw}>, proto=ESMTP, daemon=MTA-v4, relay=mx.example.net [192.0.2.1]",
        ),
    ),
    (
        "sm-mta",
        Template(
            "4BQ7Xabc001234: from=<a@example.org>, size=1000, class=0, nrcpts=1, msgid=<{raw}>, bodytype=8BITMIME, proto=ESMTPS, daemon=MTA-v4, relay=mx.example.net [192.0.2.1]",
        ),
    ),
    (
        "sm-mta",
        Template(
            "4BQ7Xabc001234: to=<{local}@example.net>, delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=30000, relay=mx.example.net. [192.0.2.2], dsn=2.0.0, stat=Sent ({reply})",
        ),
    ),
    (
        "sm-mta",
        Template(
            "4BQ7Xabc001234: to=<b@example.net>, ctladdr=<{local}@example.org> (1000/1000), delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=30000, relay=mx.example.net. [192.0.2.2], dsn=4.0.0, stat=Deferred: 450 {reply}",
        ),
    ),
    (
        "sm-mta",
        Template(
            "4BQ7Xabc001234: to=<b@example.net>, delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=30000, relay=mx.example.net. [192.0.2.2], dsn=5.0.0, reply=550 {reply}, stat=User unknown",
        ),
    ),
    (
        "sm-mta",
        Template(
            "4BQ7Xabc001234: ruleset=check_rcpt, arg1=<{local}@example.net>, relay=mx.example.net [192.0.2.1], reject=550 5.7.1 <{local}@example.net>... Relaying denied",
        ),
    ),
    (
        "sm-mta",
        Template(
            "ruleset=check_mail, arg1=<{local}@example.org>, relay=mx.example.net [192.0.2.1], reject=553 5.1.8 <{local}@example.org>... Domain does not exist",
        ),
    ),
    (
        "sm-mta",
        Template("STARTTLS=server, cert-subject=/CN={raw}, cert-issuer=/CN={raw}, verifymsg=ok"),
    ),
    (
        "sm-mta",
        Template("rejecting commands from mx.example.net [192.0.2.1] due to pre-greeting traffic"),
    ),
    (
        "sm-mta",
        Template("4BQ7Xabc001234: mx.example.net [192.0.2.1]: {raw} [rejected]"),
    ),
    (
        "sm-mta",
        Template("4BQ7Xabc001234: <{local}@example.net>... User unknown"),
    ),
    (
        "sm-mta",
        Template(
            "4BQ7Xabc001234: mx.example.net [192.0.2.1] did not issue MAIL/EXPN/VRFY/ETRN during connection to MTA",
        ),
    ),
];

pub const OPENSMTPD: Entries = &[
    (
        "smtpd",
        Template(
            "0123456789abcdef smtp envelope evpid=0123abcd89abcdef from=<{name}@example.org> to=<{name}@example.net>",
        ),
    ),
    (
        "smtpd",
        Template(
            "0123456789abcdef smtp failed-command command=\"{raw}\" result=\"500 Invalid command\"",
        ),
    ),
    (
        "smtpd",
        Template(
            "0123456789abcdef smtp failed-command address=192.0.2.1 host=mx.example.net command=\"RCPT TO:<{raw}>\" result=\"550 Invalid recipient\"",
        ),
    ),
    (
        "smtpd",
        Template("0123456789abcdef smtp authentication user={raw} result=permfail"),
    ),
    (
        "smtpd",
        Template(
            "0123456789abcde0 mta delivery evpid=0123abcd89abcdef from=<{name}@example.org> to=<{name}@example.net> rcpt=<-> source=\"192.0.2.9\" relay=\"192.0.2.2 (mx.example.net)\" delay=1s result=\"Ok\" stat=\"{reply}\"",
        ),
    ),
    (
        "smtpd",
        Template(
            "0123456789abcde0 mta delivery evpid=0123abcd89abcdef from=<a@example.org> to=<b@example.net> rcpt=<-> source=\"192.0.2.9\" relay=\"192.0.2.2 (mx.example.net)\" delay=1s result=\"TempFail\" stat=\"450 {reply}\"",
        ),
    ),
    (
        "smtpd",
        Template("0123456789abcde0 mta error reason=Unexpected reply: {reply}"),
    ),
    (
        "smtpd",
        Template(
            "smtp-in: Failed command on session 0123456789abcdef: \"{raw}\" => 500 Invalid command",
        ),
    ),
    (
        "smtpd",
        Template(
            "smtp-in: Accepted message 0123abcd on session 0123456789abcdef: from=<{name}@example.org>, to=<{name}@example.net>, size=1000, ndest=1, proto=ESMTP",
        ),
    ),
    (
        "smtpd",
        Template(
            "relay: Ok for 0123abcd89abcdef: session=0123456789abcde0, from=<a@example.org>, to=<b@example.net>, rcpt=<->, source=192.0.2.9, relay=192.0.2.2 (mx.example.net), delay=1s, stat={reply}",
        ),
    ),
];

pub const HEADERS: &[Template] = &[
    Template(
        "from mx.example.net ([192.0.2.1]:4711 helo={raw})\n\tby mail.example.org with esmtps  (TLS1.3) tls TLS_AES_256_GCM_SHA384\n\t(Exim 4.96)\n\t(envelope-from <{local}@example.net>)\n\tid 1vum00-000000-00\n\tfor {local}@example.org; Tue, 24 Feb 2026 08:00:00 +0100",
    ),
    Template(
        "from [192.0.2.1] (helo={raw})\n\tby mail.example.org with esmtp (Exim 4.96)\n\t(envelope-from <a@example.net>)\n\tid 1vum00-000000-00\n\tfor b@example.org; Tue, 24 Feb 2026 08:00:00 +0100",
    ),
    Template(
        "from mx.example.net ([192.0.2.1] helo=h ident={raw})\n\tby mail.example.org with esmtp (Exim 4.96)\n\tid 1vum00-000000-00\n\tfor b@example.org; Tue, 24 Feb 2026 08:00:00 +0100",
    ),
    Template(
        "from {neutered} (mx.example.net [192.0.2.1])\n\tby mail.example.org (Postfix) with ESMTP id 4c1Xyz0Abcz1\n\tfor <{local}@example.org>; Tue, 24 Feb 2026 08:00:00 +0100 (CET)",
    ),
    Template(
        "from {neutered} (mx.example.net [192.0.2.1])\n\t(using TLSv1.2 with cipher ECDHE-RSA-AES256-GCM-SHA384 (256/256 bits))\n\t(Client CN \"{neutered}\", Issuer \"{neutered}\" (not verified))\n\tby mail.example.org (Postfix) with ESMTPS id 4c1Xyz0Abcz1\n\tfor <{local}@example.org>; Tue, 24 Feb 2026 08:00:00 +0100 (CET)",
    ),
    Template(
        "from {name} (mx.example.net [192.0.2.1])\n\tby mail.example.org (8.17.1.9/8.17.1.9) with ESMTP id 4BQ7Xabc001234\n\tfor <{local}@example.org>; Tue, 24 Feb 2026 08:00:00 +0100",
    ),
    Template(
        "from {name} (mx.example.net [192.0.2.1])\n\t(authenticated bits=0)\n\tby mail.example.org (8.17.1.9/8.17.1.9) with ESMTPSA id 4BQ7Xabc001234\n\t(version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 bits=256 verify=NOT)\n\tfor <b@example.org>; Tue, 24 Feb 2026 08:00:00 +0100",
    ),
    Template(
        "from {name} (mx.example.net [192.0.2.1])\n\tby mail.example.org (OpenSMTPD) with ESMTP id 0123abcd\n\tfor <{name}@example.org>;\n\tTue, 24 Feb 2026 08:00:00 +0100 (CET)",
    ),
    Template(
        "from unknown (HELO {raw}) (192.0.2.1)\n  by mail.example.org with SMTP; 24 Feb 2026 08:00:00 -0000",
    ),
    Template(
        "from unknown (HELO {raw}) ({raw}@192.0.2.1)\n  by mail.example.org with ESMTPS (TLSv1.2 encrypted); 24 Feb 2026 08:00:00 -0000",
    ),
];
