//! Another of the bundled cases, chosen from their list.

use insta::assert_snapshot;

use super::stage::{DEMO, Stage, Stager, model};
use crate::ui::app::Effect;

const CASES: [(&str, &str); 3] = [
    (
        "one",
        "What happened first, in a sentence that is longer than a narrow terminal has room for on one line.",
    ),
    ("two", "Another thing."),
    ("three", "A third thing."),
];

fn demo() -> Stage {
    let stager = Stager::of(model(&DEMO)).size(80, 24);
    stager.case(0, &CASES).raise()
}

#[test]
fn the_list_of_cases() {
    let mut stage = demo();
    assert!(stage.screen().contains("C cases"), "{}", stage.screen());
    stage.press("C j");
    assert_snapshot!(stage.screen());
    stage.press("j j j k enter");
    assert!(matches!(stage.asked.as_slice(), [Effect::Case(1)]));
}

#[test]
fn the_case_that_is_shown_is_not_loaded_again() {
    let mut stage = demo();
    stage.press("C enter");
    assert!(stage.asked.is_empty() && stage.app.overlay.is_none());
    stage.press("C G esc");
    assert!(stage.asked.is_empty() && stage.app.overlay.is_none());
}

#[test]
fn where_files_are_shown_there_are_no_cases() {
    let mut stage = Stager::of(model(&DEMO)).size(80, 24).raise();
    assert!(!stage.screen().contains("C cases"));
    stage.press("C");
    assert!(stage.app.overlay.is_none());
    assert!(stage.screen().contains("`hopgrade demo` shows one"));
}
