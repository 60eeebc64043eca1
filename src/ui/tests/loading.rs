//! While the loader works.

use std::sync::Arc;

use crate::ui::app::Event;

use super::stage::{DEMO, SHOWCASE, Stager, model};

#[test]
fn keys_work_and_progress_is_shown() {
    let mut stage = Stager::of(model(&SHOWCASE)).loading().raise();
    assert!(stage.screen().contains("beginning …"), "{}", stage.screen());
    assert!(stage.screen().contains("Ctrl-C stops"));
    stage.press("j j enter");
    assert!(stage.app.detail.is_some());
    stage.press("y i");
    assert!(
        stage.screen().contains("the ID: sent"),
        "what was done is told before progress"
    );
    stage.press("j");
    assert!(
        stage.screen().contains("Ctrl-C stops"),
        "and goes away with the next key"
    );
}

#[test]
fn ctrl_c_stops_the_load_and_keeps_what_is_there() {
    let mut stage = Stager::of(model(&SHOWCASE)).loading().raise();
    stage.write("/anna").press("ctrl-c");
    assert!(
        !stage.app.setup.progress.is_cancelled(),
        "in the filter it ends the filter"
    );
    stage.press("ctrl-c");
    assert!(stage.app.setup.progress.is_cancelled());
    assert_eq!(stage.toast(), "loading stopped; what was read is kept");
    assert_eq!(stage.app.list().rows.len(), 29);
}

#[test]
fn that_only_a_part_was_read_stays_on_screen() {
    const PART: &str = "only a part was read";
    let mut stage = Stager::of(model(&SHOWCASE)).loading().raise();
    stage.press("ctrl-c j");
    assert!(stage.screen().contains("stopping …"), "{}", stage.screen());
    let progress = Arc::clone(&stage.app.setup.progress);
    progress.finish();
    for keys in ["j", "esc", "j", "2", "4", "j", "enter", "j", "e", "j"] {
        stage.press(keys);
        let told = stage.app.toast.is_some() || stage.screen().contains(PART);
        assert!(told, "{keys}: {}", stage.screen());
    }
    assert!(stage.screen().contains(PART), "{}", stage.screen());
    let text = &stage.app.preview.as_ref().unwrap().written.text;
    assert!(text.as_str().contains("was stopped before their end"));
    let stage = Stager::of(model(&SHOWCASE)).raise();
    assert!(!stage.screen().contains(PART));
}

/// Who reads a text while more is read sees the final numbers without asking for them.
#[test]
fn an_open_text_is_written_again_when_the_load_has_ended() {
    let open = || {
        let mut stage = Stager::of(model(&SHOWCASE)).loading().raise();
        stage.press("4 e j j");
        let preview = stage.app.preview.as_ref().unwrap();
        assert!(preview.written.text.as_str().contains("still being read"));
        stage.give(Event::Tick);
        assert!(!stage.app.awaits_evidence(), "not before the end");
        stage.app.setup.progress.finish();
        assert!(stage.app.is_busy());
        stage
    };
    let mut stage = open();
    stage.give(Event::Tick);
    let preview = stage.app.preview.as_ref().unwrap();
    assert!(!preview.written.text.as_str().contains("still being read"));
    assert_eq!(preview.top, 2, "it stays scrolled");
    assert!(!stage.app.is_busy());

    let mut stage = open();
    let effects = stage.app.update(Event::Tick);
    assert!(stage.app.awaits_evidence());
    stage.type_ahead("esc");
    stage.perform(effects);
    stage.settle();
    assert!(stage.app.preview.is_none(), "what was put away stays away");
}

#[test]
fn where_only_mails_are_loaded_they_are_shown() {
    let stage = Stager::of(model(&SHOWCASE[1..])).raise();
    assert!(stage.screen().contains("SEEN SAID"), "{}", stage.screen());
    assert!(stage.selected().contains("postmaster@telko.example"));
}

/// Which of a log and a mail is read first depends on the machine.
#[test]
fn messages_that_come_after_mails_are_shown_unless_a_key_was_pressed() {
    for (keys, shown) in [("", "1j69ZJ-0001iL-S3"), ("j", "SEEN SAID")] {
        let mut stage = Stager::of(model(&SHOWCASE[1..])).loading().raise();
        assert!(stage.screen().contains("SEEN SAID"), "{}", stage.screen());
        stage.press(keys);
        stage.grow(model(&[SHOWCASE[1], DEMO[0]]));
        assert!(stage.screen().contains(shown), "{}", stage.screen());
    }
}

#[test]
fn what_was_left_out_is_told_until_it_is_put_away() {
    let mut stage = Stager::of(model(&SHOWCASE)).size(80, 24).raise();
    let progress = &stage.app.setup.progress;
    progress.leave_out("old.log: cannot open: Permission denied (os error 13)".to_owned());
    progress.leave_out("copy.log: holds the same text as mainlog; left out".to_owned());
    stage.press("j");
    let told = " old.log: cannot open: Permission denied (os e… (and one more)   Esc hides this";
    let screen = stage.screen();
    assert_eq!(screen.lines().nth(22), Some(told), "{screen}");
    stage.press("esc");
    assert!(!stage.screen().contains("old.log"));
}
