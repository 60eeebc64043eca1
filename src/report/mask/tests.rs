use super::client::looks_like_client;
use super::*;
use crate::insight::LabelKind;
use crate::report::value::{Column, Holds, Value};

const MASK: Mask = Mask::new([7; 16]);

#[test]
fn the_same_person_is_the_same_pseudonym_everywhere() {
    let alone = MASK.address("Anna@example.org");
    assert!(
        alone.starts_with("p-") && alone.ends_with("@example.org"),
        "{alone}"
    );
    assert_eq!(alone.len(), "p-".len() + DIGITS + "@example.org".len());
    let text = MASK.text("rejected <anna@example.org>: no");
    assert_eq!(text, format!("rejected <{alone}>: no"));
    assert_ne!(alone, MASK.address("anna@example.net"));
    assert_ne!(alone, Mask::new([8; 16]).address("anna@example.org"));
}

/// Texts made with a key can be compared with those of every release: these never change. Counted by another
/// program.
#[test]
fn a_key_gives_the_same_pseudonyms_in_every_release() {
    assert_eq!(MASK.address("Anna@example.org"), "p-azy7dw@example.org");
    let key: [u8; 16] = std::array::from_fn(|at| u8::try_from(at).unwrap());
    assert_eq!(
        Mask::new(key).address("anna@example.org"),
        "p-sqpjg8@example.org"
    );
}

#[test]
fn roles_and_words_of_the_mail_system_stay() {
    for kept in ["postmaster@example.org", ":blackhole:", "", "Mailer-Daemon"] {
        assert_eq!(MASK.address(kept), kept);
    }
    assert!(MASK.address("|/usr/bin/filter anna").starts_with("p-"));
    assert!(
        MASK.address("bounce+anna=example.org@example.net")
            .ends_with("@example.net")
    );
}

#[test]
fn addresses_of_clients_are_cut_to_their_network() {
    assert_eq!(MASK.ip("192.0.2.77"), "192.0.2.0/24");
    assert_eq!(MASK.ip("2001:db8:1:2::3"), "2001:db8:1::/48");
    assert_eq!(MASK.ip("::1"), "::1");
    assert_eq!(MASK.ip("no address"), "no address");
}

#[test]
fn free_text_keeps_mail_hosts_and_times() {
    for kept in [
        "2020-02-25 10:55:03 H=rx.example.org [192.0.2.77]:25: refused",
        "Exim 4.98.2 at 10:55:03, 5.7.1, 2 connections",
        "[127.0.0.1] and ::1",
    ] {
        assert_eq!(MASK.text(kept), kept);
    }
    let text = MASK.text("received from [192.0.2.77]:587, then 2001:db8:1:2::3");
    assert_eq!(
        text,
        "received from [192.0.2.0/24]:587, then 2001:db8:1::/48"
    );
    let client = MASK.text("H=p5b2f1a.dip0.example.net (annas-laptop) [192.0.2.77] P=esmtpsa");
    assert!(
        client.starts_with("H=p-") && client.ends_with(" [192.0.2.0/24] P=esmtpsa"),
        "{client}"
    );
    assert!(
        !client.contains("anna") && !client.contains("p5b2f1a"),
        "{client}"
    );
    for masked in [text, client, MASK.text("to anna@example.org")] {
        assert_eq!(MASK.text(&masked), masked);
    }
}

#[test]
fn who_looks_like_a_client() {
    for (name, ip) in [
        ("", "192.0.2.77"),
        ("192.0.2.77", ""),
        ("p5b2f1a.dip0.example.net", "192.0.2.77"),
        ("host-192-0-2-77.example.net", "192.0.2.77"),
        ("77.2.0.192.in-addr.example.net", "192.0.2.77"),
        ("c000024d.example.net", "192.0.2.77"),
    ] {
        assert!(looks_like_client(name, ip), "{name} {ip}");
    }
    for name in ["mx1.example.org", "mail-out-07.example.org"] {
        assert!(!looks_like_client(name, "192.0.2.77"), "{name}");
    }
}

#[test]
fn a_client_keeps_its_provider_only() {
    let masked = MASK.client_name("p5b2f1a.dip0.example.net");
    assert!(masked.ends_with(".example.net") && !masked.contains("p5b2f1a"));
    assert!(MASK.client_name("annas-laptop").starts_with("p-"));
}

#[test]
fn a_row_is_masked_by_what_its_columns_hold() {
    let columns = [
        Column::new("direction", Holds::Direction, 0),
        Column::new("peer_name", Holds::Host, 0),
        Column::new("peer_ip", Holds::Ip, 0),
        Column::new("subject", Holds::Subject, 0),
        Column::new("message_id", Holds::MessageId, 0),
    ];
    let row = |direction| {
        let texts = ["", "192.0.2.77", "A secret", "4711.anna@example.org"];
        let texts = texts.map(|text| Value::text(text.as_bytes()));
        let mut row: Vec<Value> = [Value::Word(direction)].into_iter().chain(texts).collect();
        MASK.row(&columns, &mut row);
        row
    };
    let inbound = row("in");
    assert_eq!(inbound[2].as_str(), Some("192.0.2.0/24"));
    assert_eq!(inbound[3], Value::Null);
    assert!(inbound[4].as_str().unwrap().ends_with("@example.org"));
    assert!(!inbound[4].as_str().unwrap().contains("anna"));
    assert_eq!(row("out")[2].as_str(), Some("192.0.2.77"));
}

#[test]
fn every_kind_of_column_has_a_rule() {
    for holds in Holds::ALL {
        let shown = |text| MASK.shown(holds, text, true);
        let anna = shown("anna");
        let told = format!("{holds:?}: {anna:?}");
        match holds {
            Holds::Subject | Holds::Raw => assert_eq!(anna, None, "{told}"),
            Holds::Address | Holds::Addresses | Holds::MessageId | Holds::Host | Holds::Helo => {
                assert_eq!(anna, Some(MASK.pseudonym("anna")), "{told}");
            }
            Holds::Prose => assert_eq!(
                shown("for anna@example.org"),
                Some(format!("for {}", MASK.address("anna@example.org")))
            ),
            Holds::Path => assert_eq!(
                shown("/home/anna/in/anna@example.org"),
                Some(format!(
                    "/home/{}/in/{}",
                    MASK.address("anna"),
                    MASK.address("anna@example.org")
                ))
            ),
            Holds::Ip => assert_eq!(shown("192.0.2.77").as_deref(), Some("192.0.2.0/24")),
            // Nothing about a person stands there.
            Holds::Word | Holds::Direction | Holds::Words => {
                assert_eq!(anna.as_deref(), Some("anna"), "{told}");
            }
            // No texts.
            Holds::Number | Holds::Flag | Holds::Time | Holds::Grade => {}
        }
    }
}

#[test]
fn every_kind_of_label_has_a_rule() {
    let anna = MASK.address("anna");
    for kind in LabelKind::ALL {
        let shown = MASK.label(kind, "anna");
        match kind {
            LabelKind::Subject => assert_eq!(shown, None),
            LabelKind::From | LabelKind::To | LabelKind::MessageId => {
                assert_eq!(shown.as_ref(), Some(&anna), "{kind:?}");
            }
            // Words of ours, of mail systems and of their administrators: addresses alone go.
            LabelKind::Size
            | LabelKind::Hops
            | LabelKind::Route
            | LabelKind::Error
            | LabelKind::Status
            | LabelKind::LoggedBy
            | LabelKind::SeenIn
            | LabelKind::Note => {
                let shown = MASK.label(kind, "of anna@example.org");
                let expected = format!("of {}", MASK.address("anna@example.org"));
                assert_eq!(shown, Some(expected), "{kind:?}");
            }
        }
    }
    let bo = MASK.address("bo@example.org");
    let both = MASK.label(LabelKind::To, "anna, bo@example.org");
    assert_eq!(both, Some(format!("{anna}, {bo}")));
    assert_eq!(MASK.label(LabelKind::From, "<>").as_deref(), Some("<>"));
}

#[test]
fn logins_subjects_and_names_go_where_they_can_be_told() {
    let line = r#"<= anna@example.org H=mx.example.org [192.0.2.1] P=esmtpsa A=plain:anna T="Dear \"Bo\"" for bo@example.net"#;
    let masked = MASK.text(line);
    assert!(
        !masked.contains("anna") && !masked.contains("Dear") && !masked.contains("bo@"),
        "{masked}"
    );
    assert!(
        masked.contains("H=mx.example.org [192.0.2.1] P=esmtpsa A=plain:p-"),
        "{masked}"
    );
    for (login, before) in [
        ("(Authenticated sender: anna)", "(Authenticated sender: p-"),
        (
            "(authenticated as anna@example.org)",
            "(authenticated as p-",
        ),
        ("<= <> U=anna P=local", "<= <> U=p-"),
    ] {
        let masked = MASK.text(login);
        assert!(
            masked.starts_with(before) && !masked.contains("anna"),
            "{masked}"
        );
    }
    let mail = "Received: from mx.example.org\nFrom: Anna Muster <anna@example.org>, Bo <bo@example.net>\nSubject: A secret";
    let masked = MASK.text(mail);
    let anna = MASK.address("anna@example.org");
    let bo = MASK.address("bo@example.net");
    assert_eq!(
        masked,
        format!("Received: from mx.example.org\nFrom: <{anna}>, <{bo}>\nSubject: (masked)")
    );
    assert_eq!(MASK.mailboxes("anna@example.org"), anna);
}

#[test]
fn colons_inside_a_word_are_no_address() {
    let mask = Mask::new([1; 16]);
    for text in [
        "error:0A000152:SSL routines::unsafe legacy renegotiation disabled",
        "error:0A00010B:SSL routines::bad record mac at 10:41:07",
    ] {
        assert_eq!(mask.text(text), text);
    }
    assert_eq!(
        mask.text("from 2001:db8:1:2::77, IPv6:2001:db8:1:2::78 and ::ffff:192.0.2.7"),
        "from 2001:db8:1::/48, IPv6:2001:db8:1::/48 and 192.0.2.0/24"
    );
}
