//! While logs are followed.

use super::stage::{SHOWCASE, Stager, model};
use crate::ui::app::Event;

#[test]
fn what_cannot_grow_is_not_followed() {
    let mut stage = Stager::of(model(&SHOWCASE)).raise();
    stage.press("f");
    assert_eq!(stage.toast(), "nothing that was loaded can grow");
    assert!(!stage.app.setup.progress.following.is_on());
}

#[test]
fn following_is_shown_and_ends_by_its_key() {
    let mut stage = Stager::of(model(&SHOWCASE)).loading().raise();
    assert!(!stage.screen().contains("following"));
    stage.press("f");
    assert_eq!(stage.toast(), "the logs are followed as they grow");
    assert!(stage.screen().lines().next().unwrap().contains("following"));
    stage.press("f");
    assert_eq!(stage.toast(), "the logs are no longer followed");
    assert!(!stage.app.setup.progress.following.is_on());
}

#[test]
fn ctrl_c_ends_it_once_everything_is_loaded() {
    let mut stage = Stager::of(model(&SHOWCASE)).following().raise();
    stage.press("ctrl-c");
    assert_eq!(stage.toast(), "the logs are no longer followed");
    assert!(!stage.app.setup.progress.is_cancelled());
}

#[test]
fn an_explorer_that_follows_sleeps_until_something_comes() {
    let mut stage = Stager::of(model(&SHOWCASE)).following().raise();
    assert!(!stage.app.is_busy());
    stage.press("j j");
    let before = stage.selected();
    let progress = stage.app.setup.progress.clone();
    progress.following.tell("mainlog was rotated".to_owned());
    stage.grow(model(&[
        SHOWCASE[0],
        (
            "more",
            "2026-02-25 04:55:03 1vzzzz-0001iL-S3 <= new@example.org U=c P=local S=400\n",
        ),
    ]));
    assert!(stage.screen().contains("1vzzzz"), "{}", stage.screen());
    assert_eq!(stage.selected(), before);
    assert_eq!(stage.toast(), "mainlog was rotated");
    stage.give(Event::Tick);
    assert_eq!(stage.toast(), "mainlog was rotated", "until the next key");
}
