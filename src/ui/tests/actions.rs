//! Every action has a key and a name, and never does nothing without a word.

use super::stage::{SHOWCASE, Stage, Stager, model};
use crate::ui::action::ActionInfo;
use crate::ui::{ACTIONS, DEFAULT_KEYS, Scope};

/// In the middle of the list or of the overview, or in a long detail scrolled down a little.
fn stage(scope: Scope) -> Stage {
    let mut stage = Stager::of(model(&SHOWCASE)).size(100, 20).raise();
    stage.press("j j j j j j j j j j j");
    if scope == Scope::Detail {
        stage.press("enter j j");
        assert!(stage.app.detail.is_some());
    }
    if scope == Scope::Overview {
        stage.press("5 left left down");
    }
    stage
}

/// What a person could notice.
fn noticed(stage: &Stage) -> (String, usize) {
    (stage.screen(), stage.asked.len())
}

fn does_something(stage: &mut Stage, before: &(String, usize), what: &str) {
    assert!(
        noticed(stage) != *before,
        "{what} did nothing and said nothing"
    );
}

#[test]
fn by_its_keys() {
    for (scope, keys, action) in DEFAULT_KEYS {
        let scopes: &[Scope] = match scope {
            Scope::Everywhere => &[Scope::List, Scope::Detail, Scope::Overview],
            one => std::slice::from_ref(one),
        };
        for scope in scopes {
            let mut stage = stage(*scope);
            let before = noticed(&stage);
            stage.press(keys);
            does_something(
                &mut stage,
                &before,
                &format!("{keys} for {action:?} in {scope:?}"),
            );
        }
    }
}

/// What the help names without saying where it works.
#[test]
fn by_the_keys_of_lists_elsewhere() {
    for scope in [Scope::Detail, Scope::Overview] {
        for keys in ["s", "S", "d", "H"] {
            let mut stage = stage(scope);
            let before = noticed(&stage);
            stage.press(keys);
            does_something(&mut stage, &before, &format!("{keys} in {scope:?}"));
        }
    }
}

#[test]
fn by_its_name_in_the_palette() {
    for ActionInfo { name, .. } in ACTIONS {
        for scope in [Scope::List, Scope::Detail, Scope::Overview] {
            let mut stage = stage(scope);
            let before = noticed(&stage);
            stage.write(":").write(&name.replace('_', " "));
            let first = stage.screen();
            let first = first.lines().nth(3).unwrap();
            assert!(
                first.contains(&format!("▌ {}", name.replace('_', " "))),
                "{name}: {first}"
            );
            stage.press("enter");
            does_something(&mut stage, &before, &format!("{name} in {scope:?}"));
        }
    }
}

#[test]
fn what_cannot_be_done_is_said() {
    let mut stage = Stager::of(model(&[])).raise();
    for (keys, said) in [
        ("enter", "there is no row to open"),
        ("m", "there is no row to mark"),
        ("u", "nothing is marked"),
        ("n", "no bad grade below"),
        ("N", "no bad grade above"),
        ("o", "nothing that is loaded is joined with this"),
        ("H", "this row names no remote host"),
        ("y y", "there is no row to copy"),
        ("w", "nothing was copied yet; y copies"),
        ("J", "this is the last row"),
        ("K", "this is the first row"),
        ("ctrl-c", "nothing is being loaded; q leaves"),
        ("esc", "this is where you began; q leaves"),
        ("ctrl-l", "this is where you began; q leaves"),
    ] {
        stage.press(keys);
        assert_eq!(stage.toast(), said, "{keys}");
    }
}

#[test]
fn an_unfinished_key_shows_how_it_can_go_on() {
    let mut stage = stage(Scope::List);
    stage.press("y");
    let screen = stage.screen();
    assert!(screen.ends_with(
        "y sentence   i ID   r raw   t story   e evidence   n note   f filter   Esc none"
    ));
    stage.press("esc");
    assert!(stage.app.detail.is_none() && stage.toast().is_empty());
    assert!(stage.screen().contains("Enter open"));
}
