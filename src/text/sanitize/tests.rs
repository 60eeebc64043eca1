use proptest::prelude::*;

use super::*;

/// True for characters that could mislead a terminal or a reader, without the table of the sanitiser.
fn hostile(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}')
}

#[test]
fn plain_text_is_borrowed() {
    for text in ["", "mail.example.org", "Grüße", "日本語 ñ — «x»", r"C:\x1b"] {
        assert!(matches!(clean(text.as_bytes()), Cow::Borrowed(same) if same == text));
        assert!(matches!(clean_block(text.as_bytes()), Cow::Borrowed(_)));
    }
}

#[test]
fn controls_are_shown() {
    assert_eq!(clean(b"a\x1b]52;c;QQ==\x07b"), r"a\x1b]52;c;QQ==\x07b");
    assert_eq!(clean(b"nul\0 del\x7f"), r"nul\x00 del\x7f");
    assert_eq!(clean("csi\u{9b}2J".as_bytes()), r"csi\u{9b}2J");
    assert_eq!(clean(b"one\r\ntwo\tthree"), r"one\r\ntwo\tthree");
}

#[test]
fn order_and_width_cannot_be_forged() {
    assert_eq!(
        clean("\u{202e}gro.elpmaxe".as_bytes()),
        r"\u{202e}gro.elpmaxe"
    );
    assert_eq!(
        clean("pay\u{200b}pal\u{ad}".as_bytes()),
        r"pay\u{200b}pal\u{ad}"
    );
    assert_eq!(
        clean("\u{2066}x\u{2069}\u{feff}".as_bytes()),
        r"\u{2066}x\u{2069}\u{feff}"
    );
    assert_eq!(
        clean("a\u{2028}b\u{e0041}".as_bytes()),
        r"a\u{2028}b\u{e0041}"
    );
    assert_eq!(
        clean("\u{f8ff}\u{378}\u{3164}".as_bytes()),
        r"\u{f8ff}\u{378}\u{3164}"
    );
}

#[test]
fn bytes_that_are_no_utf8_are_shown() {
    assert_eq!(clean(b"caf\xe9 \xc3\xbc \xf0\x9f"), r"caf\xe9 ü \xf0\x9f");
    // The same bytes as C1 controls would be, but not encoded.
    assert_eq!(clean(b"\x9b2J"), r"\x9b2J");
    // An overlong slash and a surrogate half.
    assert_eq!(clean(b"\xc0\xaf\xed\xa0\x80"), r"\xc0\xaf\xed\xa0\x80");
}

#[test]
fn marks_are_kept_until_they_pile_up() {
    assert_eq!(
        clean("e\u{301} \u{5e9}\u{5c1}\u{5b8}".as_bytes()),
        "e\u{301} \u{5e9}\u{5c1}\u{5b8}"
    );
    assert_eq!(clean("\u{301}e".as_bytes()), r"\u{301}e");
    let pile = clean(format!("a{}", "\u{301}".repeat(5)).as_bytes()).into_owned();
    assert_eq!(pile, format!("a{}", r"\u{301}".repeat(5)));
}

#[test]
fn blocks_keep_their_lines_and_align_their_tabs() {
    assert_eq!(
        clean_block(b"one\r\n\ttwo\nab\tc\x1b\n"),
        "one\n        two\nab      c\\x1b\n"
    );
    assert_eq!(clean_block("日\tx".as_bytes()), "日      x");
    assert_eq!(clean_block(b"lone\rreturn\n"), "lone\\rreturn\n");
    assert_eq!(clean_block("x\n\u{301}".as_bytes()), "x\n\\u{301}");
}

#[test]
fn clean_text_pads_like_any_text() {
    assert_eq!(format!("[{:>4}]", Clean::line("ab")), "[  ab]");
    assert_eq!(Clean::block("a\nb").as_str(), "a\nb");
}

proptest! {
    #[test]
    fn nothing_hostile_survives(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(!clean(&bytes).chars().any(hostile));
        prop_assert!(!clean_block(&bytes).chars().any(|c| c != '\n' && hostile(c)));
    }

    #[test]
    fn no_character_survives_that_should_not(text in "\\PC*|[\\u{0}-\\u{10ffff}]{0,60}") {
        prop_assert!(!clean(text.as_bytes()).chars().any(hostile));
    }

    #[test]
    fn twice_is_once(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in "\\PC{0,40}") {
        for input in [bytes.as_slice(), text.as_bytes()] {
            let once = clean(input).into_owned();
            prop_assert!(matches!(clean(once.as_bytes()), Cow::Borrowed(_)));
            let block = clean_block(input).into_owned();
            prop_assert_eq!(clean_block(block.as_bytes()), block.as_str());
        }
    }
}

#[test]
fn what_is_hostile_is_seen_wherever_it_stands_in_a_long_line() {
    let line = vec![b'x'; 200];
    for at in 0..line.len() {
        for (byte, shown) in [
            (0x1b, "\\x1b"),
            (0x7f, "\\x7f"),
            (0xff, "\\xff"),
            (0x1f, "\\x1f"),
        ] {
            let mut line = line.clone();
            line[at] = byte;
            for text in [clean(&line), clean_block(&line)] {
                assert_eq!(text.find(shown), Some(at), "{text}");
                assert_eq!(text.len(), 199 + shown.len());
            }
        }
        let mut line = line.clone();
        line[at] = b'\n';
        assert_eq!(clean(&line).find("\\n"), Some(at));
        assert_eq!(clean_block(&line).find('\n'), Some(at));
    }
    for kept in [b' ', b'~', b'\\'] {
        let line = vec![kept; 200];
        assert_eq!(clean(&line).as_bytes(), line);
    }
}
