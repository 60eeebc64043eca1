use super::super::Mask;

const MASK: Mask = Mask::new([7; 16]);

/// A line in which `{` and `}` enclose what must be masked; all the rest must stay as it is.
fn check(marked: &str) {
    let line = marked.replace(['{', '}'], "");
    let hidden = MASK.text(&line);
    let told = format!("{line}\nis\n{hidden}");
    let pieces: Vec<&str> = marked.split(['{', '}']).collect();
    let mut rest = hidden.strip_prefix(pieces[0]).expect(&told);
    for secret_and_kept in pieces[1..].chunks(2) {
        let [secret, kept] = *secret_and_kept else {
            panic!("{marked}")
        };
        let end = if kept.is_empty() {
            Some(rest.len())
        } else {
            rest.find(kept)
        };
        let (shown, behind) = rest.split_at(end.expect(&told));
        assert!(!shown.is_empty() && !shown.contains(secret), "{told}");
        rest = &behind[kept.len()..];
    }
    assert_eq!(rest, "", "{told}");
    assert_eq!(MASK.text(&hidden), hidden, "masked once more");
}

#[test]
fn mail_servers_keep_their_addresses() {
    for line in [
        // Postfix
        "relay=mx.example.net[198.51.100.7]:25, delay=1, status=sent (250 OK)",
        "relay=10.0.0.9[10.0.0.9]:24, delay=1",
        "status=deferred (TLS is required, but was not offered by host mx.example.net[198.51.100.7])",
        "status=bounced (host dyn-mx.example.net[198.51.100.7] said: 550 no)",
        "connect to mx.example.net[2001:db8::7]:25: Connection refused",
        "conversation with pool1.example.net[198.51.100.7] timed out",
        "Trusted TLS connection established to mx.example.net[198.51.100.7]:25: TLSv1.3",
        "client=mx.example.org[192.0.2.1]",
        // Exim
        "=> H=mx.example.net [198.51.100.7]:25 I=[192.0.2.1]:41234",
        // Sendmail
        "relay=mx.example.net. [IPv6:2001:db8::7], dsn=2.0.0",
        "relay=dsl.example.net. [198.51.100.7], dsn=2.0.0",
        // OpenSMTPD
        r#"source="192.0.2.1" relay="198.51.100.7 (mx.example.net)" delay=1s"#,
        "mta connecting address=smtp+tls://198.51.100.7:25 host=mx.example.net",
        // Received
        "Received: from mx.example.org (mx.example.org [192.0.2.1])",
        "Received: from mx.example.org ([192.0.2.1])",
    ] {
        check(line);
    }
}

#[test]
fn clients_keep_only_their_network() {
    for line in [
        // Postfix
        "client={p5b0.dip0}.provider.example[{203.0.113.177}], sasl_method=PLAIN",
        "connect from unknown[{203.0.113.177}]",
        "client=unknown[{2001:db8:1:2::3}]:50012",
        "lost connection after AUTH from {203.0.113.177}[{203.0.113.177}]",
        // Exim
        "H={p5b0.dip0}.provider.example ({annas-laptop}) [{203.0.113.177}]",
        // Sendmail
        "STARTTLS=server, relay={p5b0.dip0}.provider.example [{203.0.113.177}] (may be forged)",
        "relay=[IPv6:{2001:db8:1:2::3}], version=TLSv1.3",
        // Received
        "Received: from {annas-laptop} ({p5b0.dip0}.provider.example [{203.0.113.177}])",
        "Received: from {p5b0.dip0}.provider.example ([{203.0.113.177}])",
    ] {
        check(line);
    }
}

#[test]
fn a_sentence_on_accounts_is_no_login() {
    check("A user name or account token of 66 characters stands before the client's address.");
    check("from x.example ({203.0.113.177}) (account {anna} HELO x)");
}

#[test]
fn what_a_person_owns_tells_nobody() {
    for line in [
        "553 5.7.1 Sender address rejected: not owned by user {anna.secret}; proto=ESMTP",
        "status=sent (delivered to command: {/home/carl.builder/bin/filter --user carl}",
        r#"H={p5b0.dip0}.provider.example [{203.0.113.177}] P=esmtps CV=no DN="{CN=Anna Secret,O=Home}" S=1"#,
        r#"=> H=mx.example.net [198.51.100.7] CV=yes DN="CN=mx.example.net" S=1"#,
        "=> |{/usr/bin/vacation anna.secret} <{anna}@example.org> R=u T=address_pipe",
        "1s2Rxy-00000001Ckx-0hJp => {|/usr/bin/vacation anna.secret} <{anna}@example.org> R=u",
        "=> /home/{anna.secret}/Maildir <{anna}@example.org> R=u T=address_directory",
        "C27A5D8: message-id=<{anna-1}@{laptop-anna}.lan>",
        "S=1000 id={anna-1}@{laptop} T",
        "Message-ID: <{1}@{laptop-anna}.lan>",
        "helo {anna}@[{203.0.113.177}]",
    ] {
        check(line);
    }
}

#[test]
fn a_tag_is_no_part_of_the_address_behind_it() {
    for line in [
        "S=1000 id={abc}@example.org for {anna}@example.net",
        "S=1000 id*={abc}@example.org",
        "msgid={abc}@example.org, proto=ESMTP",
        "message-id={abc}@example.org",
        "ruleset=check_mail, arg1={anna}@example.org, relay={anna}@localhost",
        "from={anna}@example.org, to={bo}@example.net,{carla}@example.net, delay=1",
        "envelope-from={anna}@example.org",
        // No tags: the sender as others rewrote it.
        "F=<{prvs=123=anna}@example.org> P=<{SRS0=x=y=example.org=anna}@example.net>",
        "{bounce-anna=example.org}@example.net",
    ] {
        check(line);
    }
}

#[test]
fn people_are_masked_where_a_tag_names_them() {
    for line in [
        // Postfix
        "C27A5D8: client=mx.example.org[192.0.2.1], sasl_method=PLAIN, sasl_username={anna.schmidt}, sasl_sender={bo}",
        "C27A5D8: uid=1000 from=<{anna}>",
        "C27A5D8: to=<{bo}@example.net>, orig_to=<{bo.alias}>, relay=local, delay=1",
        "NOQUEUE: reject: RCPT from {p5b0.dip0}.provider.example[{203.0.113.177}]: 554 5.7.1 <{bo}@example.net>: Relay access denied; from=<{anna}@example.org> to=<{bo}@example.net> proto=ESMTP helo=<{annas-laptop}>",
        "NOQUEUE: reject: RCPT from mx.example.org[192.0.2.1]: 554 no; from=<> to=<{bo}@example.net> proto=ESMTP helo=<mx.example.org>",
        "C27A5D8: warning: header Subject: {Krebs; Anna Schmidt from home} from {p5b0.dip0}.provider.example[{203.0.113.177}]; from=<{anna}@example.org> proto=ESMTP helo=<{annas-laptop}>: seen",
        "C27A5D8: hold: header From: {Anna <anna@example.org>} from mx.example.org[192.0.2.1]; from=<> helo=<mx.example.org>",
        "C27A5D8: reject: body {Dear Anna} from local; from=<{anna}@example.org>",
        "header Subject: {Krebs} from local",
        "C27A5D8: info: mime-header Content-Disposition: {attachment; filename=\"Anna Schmidt.pdf}",
        "warning: unknown[{203.0.113.177}]: SASL LOGIN authentication failed: UGFzc3dvcmQ6, sasl_username={anna schmidt}",
        "NOQUEUE: reject: RCPT from unknown[{203.0.113.177}]: 504 5.5.2 <{annas-laptop}>: Helo command rejected: need fully-qualified hostname; from=<> to=<{bo}> proto=ESMTP helo=<{annas laptop}>",
        "disconnect from mx.example.org[192.0.2.1] helo=1 mail=1 rcpt=0/1 quit=1 commands=3/4",
        "C27A5D8: to={bo}@example.net, orig_to={bo.alias}@example.net, relay=local, delay=1",
        // Exim
        "1xVOYi-0000000011B-2O5X <= {anna}@example.org U={anna} P=local S=300 T=\"{Krebs \\\"Anna\\\" Schmidt}\" for {bo}@example.net",
        "<= {anna}@example.org H=mx.example.org [192.0.2.1] P=esmtpsa A=plain:{anna.schmidt} S=300 T=\"{Krebs, and the line is cut he}",
        "1j69ZJ-0001iL-S3 => {bo} <{bo}@example.net> F=<{anna}@example.org> P=<{anna}@example.org> R=local_user",
        "1j69ZJ-0001iL-S3 ** {carla}: Unknown user",
        "1j69ZJ-0001iL-S3 => :blackhole: <{bo}@example.net> R=system_aliases",
        "1j69ZJ-0001iL-S3 => discarded (system filter)",
        "H=({annas-laptop}) [{203.0.113.177}] F=<{anna}@example.org> rejected RCPT <{bo}@example.net>: no",
        "plain_login authenticator failed for ({annas-laptop}) [{203.0.113.177}]: 535 Incorrect authentication data (set_id={anna schmidt})",
        // Sendmail
        "6AN7XecW001009: from={anna}, size=300, class=0, nrcpts=1, msgid=<{abc}@example.org>, relay={anna}@localhost",
        "6AN7XecW001009: to=<{bo}@example.net>,{carla},{\"|/usr/bin/vacation anna\"}, ctladdr=<{anna}@example.org> (1000/1000), delay=00:00:01, mailer=local",
        "6AN7XecW001009: to={carla}, ctladdr={anna} (1000/1000), delay=00:00:01, mailer=local, stat=Sent",
        "AUTH=server, relay={p5b0.dip0}.provider.example [{203.0.113.177}], authid={anna}@example.org, mech=PLAIN, bits=0",
        "AUTH failure (LOGIN): authentication failure (-13), user={anna}, relay=[{203.0.113.177}]",
        "6AN7XecW001009: subject={Krebs, Anna Schmidt}",
        // OpenSMTPD
        "smtp authentication user={anna} address={203.0.113.177} host={p5b0.dip0}.provider.example result=ok",
        "smtp connected address=192.0.2.1 host=mx.example.org",
        "mda delivery evpid=0947b0cf0a80d493 from=<> to=<{bo}@example.net> rcpt=<-> user={bo} delay=0s result=Ok stat=Delivered",
        // Received
        "Received: from [{203.0.113.177}] (helo={annas-laptop} ident={anna}) by mx.example.org",
        "Received: by mx.example.org (Postfix, from userid 1000) id 4711 for <{anna}>; Tue",
        "Received: from localhost by mx.example.org (envelope-from <{anna}>) for <{bo}@example.net>",
        // Other fields of a mail
        "Return-Path: <{anna/secret}>",
        "Return-Path: <>",
        "Delivered-To: {anna}",
        "X-Original-To: {anna}",
        "Resent-Bcc: {Anna Secret}",
        "From {anna/secret} Tue Feb 25 10:00:00 2026",
        "From MAILER-DAEMON Tue Feb 25 10:00:00 2026",
    ] {
        check(line);
    }
}

#[test]
fn folded_headers_are_masked_to_their_end() {
    let masked = MASK.text("Subject: Krebs\n Anna\nTo: Bo\n <bo@example.net>\nX-Mailer: y");
    let bo = MASK.address("bo@example.net");
    assert_eq!(
        masked,
        format!("Subject: (masked)\nTo: <{bo}>\nX-Mailer: y")
    );
}
