use super::super::tests::{fact, s};
use super::*;

#[test]
fn message_ids() {
    for (written, id) in [
        ("<a@example.org>", "a@example.org"),
        ("<>", ""),
        ("", ""),
        ("a@example.org", "a@example.org"),
        ("=?UTF-8?B?PDE5?=", "=?UTF-8?B?PDE5?="),
        ("<a> b>", "a> b"),
    ] {
        let text = format!("C27A5D8: message-id={written}");
        let fact = fact("postfix/cleanup", &text);
        assert_eq!(
            (fact.kind, s(fact.message_id), s(fact.text)),
            (Kind::Note, id, ""),
            "{written}"
        );
    }
    let resent = fact(
        "postfix/cleanup",
        "C27A5D8: resent-message-id=<b@example.org>",
    );
    assert_eq!(s(resent.message_id), "");
}

#[test]
fn the_queue_manager() {
    let active = fact(
        "postfix/qmgr",
        "C27A5D8: from=<a@example.org>, size=497, nrcpt=1 (queue active)",
    );
    assert_eq!(
        (active.kind, s(active.sender), active.size, s(active.text)),
        (Kind::Note, "a@example.org", Some(497), "")
    );
    let null = fact(
        "postfix/qmgr",
        "C27A5D8: from=<>, size=1, nrcpt=1 (queue active)",
    );
    assert_eq!(s(null.sender), "<>");
    let quoted = fact(
        "postfix/qmgr",
        r#"C27A5D8: from=<"a>, size=9, b"@example.org>, size=2, nrcpt=1 (queue active)"#,
    );
    assert_eq!(
        (s(quoted.sender), quoted.size),
        (r#""a>, size=9, b"@example.org"#, Some(2))
    );
    let expired = fact(
        "postfix/qmgr",
        "C27A5D8: from=<a@example.org>, status=expired, returned to sender",
    );
    assert_eq!(
        (expired.kind, s(expired.text)),
        (Kind::Failure, "expired, returned to sender")
    );
    assert_eq!(
        (s(expired.sender), s(expired.address)),
        ("a@example.org", "")
    );
}

#[test]
fn lifecycle_by_who_says_it() {
    for (program, text, kind) in [
        ("qmgr", "removed", Kind::Completion),
        ("cleanup", "removed (canceled)", Kind::Completion),
        ("postsuper", "removed", Kind::Removed),
        ("postsuper", "placed on hold", Kind::Frozen),
        ("postsuper", "released from hold", Kind::Thawed),
        ("postsuper", "requeued", Kind::Completion),
        ("qmgr", "skipped, still being delivered", Kind::Note),
    ] {
        let (program, text) = (format!("postfix/{program}"), format!("C27A5D8: {text}"));
        assert_eq!(fact(&program, &text).kind, kind, "{text}");
    }
}

#[test]
fn local_submission() {
    let fact = fact("postfix/pickup", "C27A5D8: uid=0 from=<root>");
    assert_eq!(
        (fact.kind, fact.direction, s(fact.sender)),
        (Kind::Arrival, Some(Direction::Local), "root")
    );
    assert_eq!((s(fact.text), s(fact.protocol)), ("uid=0", ""));
    assert_eq!(s(fact.former_id), "");
}

#[test]
fn a_message_in_the_queue_again_names_its_former_id() {
    let of = |text: &'static str| fact("postfix/pickup", text);
    let again = of("D27A5D8: uid=0 from=<a@example.org> orig_id=C27A5D8");
    assert_eq!(
        (s(again.sender), s(again.former_id)),
        ("a@example.org", "C27A5D8")
    );
    let odd = of("D27A5D8: uid=0 from=<a@example.org> orig_id=no such id");
    assert_eq!((s(odd.sender), s(odd.former_id)), ("a@example.org", ""));
}

#[test]
fn notifications() {
    for what in [
        "sender non-delivery",
        "sender delivery status",
        "sender delay",
        "postmaster non-delivery",
    ] {
        let text = format!("C27A5D8: {what} notification: D27A5D8");
        let fact = fact("postfix/bounce", &text);
        assert_eq!(
            (fact.kind, s(fact.queue_id), s(fact.notification)),
            (Kind::Note, "C27A5D8", "D27A5D8")
        );
        assert_eq!(s(fact.text), &text["C27A5D8: ".len()..]);
    }
}
