use super::*;

fn english(number: i16, text: &[u8]) -> Option<&'static str> {
    meaning(number, text, Lang::En)
}

#[test]
fn the_text_decides_where_numbers_moved() {
    let text = b"retry time not reached for any host for 'example.org'";
    let meaning = english(-53, text).expect("a known text");
    assert!(meaning.contains("no connection was made"));
    // 4.95 and later, and 4.100 without a number.
    assert_eq!(english(-54, text), Some(meaning));
    assert_eq!(english(0, text), Some(meaning));
    // In 4.95 and later -53 is a local delivery.
    assert_ne!(english(-53, b"retry time not reached"), Some(meaning));
}

#[test]
fn a_moving_number_alone_is_hedged() {
    for number in -58..=-51 {
        let meaning = english(number, b"").expect("a number of the block");
        assert!(meaning.contains("differs between releases"), "{number}");
    }
}

#[test]
fn the_seed() {
    let text = b"a TLS session is required, but the server did not offer TLS support";
    assert_eq!(
        english(-38, text),
        Some("TLS is required, and STARTTLS was not offered on this connection; nothing was sent")
    );
    assert_eq!(
        english(111, b"Connection refused"),
        Some("the connection was refused")
    );
}

#[test]
fn fixed_numbers_all_have_words() {
    for number in (-50..=-2_i16).chain([101, 104, 110, 111, 113]) {
        assert!(english(number, b"").is_some(), "{number}");
    }
    for number in [0, -1, -59, -100, 9999] {
        assert_eq!(english(number, b""), None, "{number}");
    }
}

#[test]
fn every_error_has_words_in_both_languages() {
    let texts = TEXTS.map(|(text, ..)| (0, text));
    let numbers = (-58..=-2_i16)
        .chain(1..=122)
        .map(|number| (number, &b""[..]));
    for (number, text) in numbers.chain(texts) {
        let [own, german] = [Lang::En, Lang::De].map(|lang| meaning(number, text, lang));
        assert_eq!(own.is_some(), german.is_some(), "{number}");
        assert!(own.is_none() || own != german, "{number}: {own:?}");
    }
}
