use super::*;

#[test]
fn outbound_hosts() {
    for (text, name, ip, port, reused, rest) in [
        (
            "a.example [192.0.2.1]",
            "a.example",
            "192.0.2.1",
            None,
            false,
            "",
        ),
        (
            "a.example DS [192.0.2.1]:25* I=",
            "a.example",
            "192.0.2.1",
            Some(25),
            true,
            " I=",
        ),
        (
            "a.example [2001:db8::1]* X=",
            "a.example",
            "2001:db8::1",
            None,
            true,
            " X=",
        ),
        ("a [192.0.2.1]:-1 C=", "a", "192.0.2.1", None, false, " C="),
        (
            "a [192.0.2.1]: text",
            "a",
            "192.0.2.1",
            None,
            false,
            ": text",
        ),
        (
            "a [192.0.2.1]:25: text",
            "a",
            "192.0.2.1",
            Some(25),
            false,
            ": text",
        ),
        ("[192.0.2.1] x", "", "192.0.2.1", None, false, " x"),
        ("a", "a", "", None, false, ""),
        ("a: text", "a", "", None, false, ": text"),
        ("a [192.0.2", "a", "", None, false, " [192.0.2"),
        ("a [not an ip] x", "a", "", None, false, " [not an ip] x"),
        ("", "", "", None, false, ""),
    ] {
        let (peer, after) = outbound(text.as_bytes());
        let found = [peer.name, peer.ip, after].map(String::from_utf8_lossy);
        assert_eq!(found, [name, ip, rest], "{text}");
        assert_eq!((peer.port, peer.reused), (port, reused), "{text}");
    }
}

#[test]
fn callers_of_session_lines() {
    for (text, helo, ip, rest) in [
        (
            "a.example [192.0.2.1]:1 I=[192.0.2.2]:25 D=1s",
            "",
            "192.0.2.1",
            " D=1s",
        ),
        (
            "a.example (b) [192.0.2.1] rejected x",
            "b",
            "192.0.2.1",
            " rejected x",
        ),
        ("(b) [192.0.2.1]: 535 x", "b", "192.0.2.1", ": 535 x"),
        ("[192.0.2.1] U=root F=<a@b>", "", "192.0.2.1", " F=<a@b>"),
        ("(b) [192.0.2.1]", "b", "192.0.2.1", ""),
    ] {
        let (client, after) = client(text.as_bytes(), AFTER_H).expect(text);
        let found = [client.peer.helo, client.peer.ip, after].map(String::from_utf8_lossy);
        assert_eq!(found, [helo, ip, rest], "{text}");
        assert!(!client.ambiguous, "{text}");
    }
    for text in ["root", "a.example", "(b)", "(b) [x y]", ""] {
        assert!(client(text.as_bytes(), AFTER_H).is_none(), "{text}");
    }
}

#[test]
fn a_helo_name_that_closes_itself_is_contested_and_the_last_address_counts() {
    let text = "a (b) [192.0.2.9] F=<x@y> rejected RCPT <z@y>: no) [192.0.2.1] F=<a@b> rejected RCPT <c@d>: x";
    let (client, rest) = client(text.as_bytes(), AFTER_H).expect("a caller");
    assert!(client.ambiguous);
    assert_eq!(client.peer.ip, b"192.0.2.1");
    assert!(rest.starts_with(b" F=<a@b>"));
}

#[test]
fn an_address_in_the_reason_is_no_host() {
    for reason in [
        "see (list) [192.0.2.9] for more",
        "(x) [192.0.2.9]: no",
        "no (x) [192.0.2.9]",
    ] {
        let text = format!("a (b) [192.0.2.1] F=<x@y> rejected RCPT <z@y>: {reason}");
        let (client, _) = client(text.as_bytes(), AFTER_H).expect("a caller");
        assert!(!client.ambiguous, "{text}");
        assert_eq!(client.peer.ip, b"192.0.2.1", "{text}");
    }
}

#[test]
fn hosts_inside_texts() {
    let (peer, rest) = named(b"mx.example [192.0.2.1]:25, but no", b", but ").expect("a host");
    assert_eq!(
        (peer.name, peer.ip, peer.port),
        (b"mx.example".as_slice(), b"192.0.2.1".as_slice(), Some(25))
    );
    assert_eq!(rest, b", but no");
    assert!(named(b"mx.example [192.0.2.1] x", b", but ").is_none());
    assert!(named(b"mx.example x [192.0.2.1], but ", b", but ").is_none());
}
