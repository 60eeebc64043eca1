//! What strangers write reaches screen, clipboard and files as nothing but text.

#[path = "../../../tests/common/hostile.rs"]
mod attack;

use std::fs;

use super::stage::{Stage, Stager, model_of};
use super::wire::Far;
use crate::source::Input;

fn stage(columns: u16, lines: u16) -> Stage {
    let input = |name, bytes: Vec<u8>| Input::Bundled {
        name,
        bytes: bytes.leak(),
    };
    // A host whose name is an attack, and about which something is found.
    let refused = [
        b"2026-02-24 08:00:06 1vum00-000000-00 == d@example.net R=dnslookup T=remote_smtp defer (-38) H=",
        attack::ATTACK,
        b" [192.0.2.3]: a TLS session is required, but the server did not offer TLS support\n",
    ];
    let inputs = vec![
        input("mainlog", [attack::log(), refused.concat()].concat()),
        input("evil.eml", attack::mail()),
        input("\x1b]52;c;ZXZpbA==\x07.eml", attack::mail()),
    ];
    Stager::of(model_of(inputs)).size(columns, lines).raise()
}

/// Everything that is sent to the terminal to draw the screens that the keys lead to.
fn drawn(stage: &mut Stage, keys: &[&str]) -> Vec<u8> {
    let mut far = Far::of(stage);
    let frames = keys.iter().map(|key| {
        stage.press(key);
        far.draw(stage)
    });
    frames.collect::<Vec<_>>().concat()
}

#[test]
fn the_attack_is_one() {
    assert!(attack::danger(attack::ATTACK).is_some());
    let text = attack::without_drawing(b"\x1b[2J\x1b[1337m\x1b[31mred\x1b]52;c;AA==\x07");
    assert_eq!(text, b"\x1b[1337mred\x1b]52;c;AA==\x07");
    assert!(attack::danger("\u{9b}".as_bytes()).is_some());
    assert!(attack::danger("\u{202e}".as_bytes()).is_some());
    assert_eq!(attack::danger("Grüße, 日本語\n".as_bytes()), None);
}

#[test]
fn screens() {
    let tour = [
        "1", "enter", "G", "r", "G", "r", "J", "r", "esc", "M", "enter", "M", "esc", "U", "pgdn",
        "esc", "3", "enter", "G", "r", "G", "r", "o", "esc", "J", "esc", "m", "y i", "H", "esc",
        "/", "tab", "esc", "4", "enter", "G", "r", "G", "r", "M", "M", "J", "e", "G", "L", "t",
        "L", "esc", "enter", "esc", "esc", "H", "esc",
    ];
    for (columns, lines) in [(80, 24), (140, 60), (40, 10)] {
        let bytes = drawn(&mut stage(columns, lines), &tour);
        let text = attack::without_drawing(&bytes);
        assert_eq!(attack::danger(&text), None);
        assert!(
            String::from_utf8(text).unwrap().contains("\\x1b]52"),
            "the attack is shown"
        );
    }
}

#[test]
fn completions_of_hostile_values() {
    let mut stage = stage(120, 30);
    for field in ["from:", "to:", "host:", "domain:", "cipher:", "id:"] {
        stage.press("/").write(field);
        let bytes = drawn(&mut stage, &["tab", "tab"]);
        assert_eq!(
            attack::danger(&attack::without_drawing(&bytes)),
            None,
            "{field}"
        );
        stage.press("esc");
    }
}

#[test]
fn copies_and_files() {
    let mut stage = stage(120, 30);
    for list in ["1", "3", "4"] {
        stage
            .press(list)
            .press("g y y y i y r y t j y y y i y r y t");
    }
    // Everything that is found, in one text for each addressee.
    stage.press("g");
    for _ in 0..stage.app.list().rows.len() {
        stage.press("m");
    }
    stage.press("y e y n");
    let copied = stage.copied();
    assert_eq!(copied.len(), 26);
    assert!(copied[24].len() > 2000, "{}", copied[24]);
    for text in &copied {
        assert_eq!(attack::danger(text.as_bytes()), None, "{text}");
    }
    assert!(copied.iter().any(|text| text.contains("\\x1b]52;c;")));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy");
    stage
        .press("w ctrl-u")
        .write(path.to_str().unwrap())
        .press("enter");
    assert_eq!(attack::danger(&fs::read(&path).unwrap()), None);
}
