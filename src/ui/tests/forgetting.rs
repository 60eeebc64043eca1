//! The oldest is forgotten while somebody looks at it.

use std::sync::Arc;
use std::thread;

use super::stage::{SHOWCASE, Stage, Stager, model};

/// Has the older half forgotten, as a loader does that needs room.
fn forget(stage: &mut Stage) {
    let (shared, progress) = (
        Arc::clone(&stage.app.setup.model),
        Arc::clone(&stage.app.setup.progress),
    );
    let loader = thread::spawn(move || {
        let renewal = shared.read().unwrap().without_older_half();
        progress.renewals.offer(renewal, &shared, || (), || false);
    });
    while !stage.renew() {
        thread::yield_now();
    }
    loader.join().unwrap();
}

/// The queue IDs of the marked messages, the oldest first.
fn marked(stage: &Stage) -> Vec<Vec<u8>> {
    let model = stage.app.model();
    let marks = stage.app.list().marks.iter();
    let messages = marks.map(|row| model.messages.get(*row).unwrap());
    messages.map(|message| model.queue_id(message)).collect()
}

#[test]
fn the_cursor_and_the_marks_stay_on_their_messages() {
    let mut stage = Stager::of(model(&SHOWCASE)).raise();
    let all = stage.app.list().rows.len();
    // The oldest is marked as well.
    stage.press("G m g g j j m j");
    let (before, marks) = (stage.selected(), marked(&stage));
    assert_eq!(marks.len(), 2);
    forget(&mut stage);
    assert_eq!(stage.selected(), before);
    let left = stage.app.list().rows.len();
    assert!(left > 3 && left < all * 3 / 4, "{left} of {all}");
    assert_eq!(marked(&stage), marks[1..]);
    assert!(
        stage.screen().contains("oldest left out"),
        "{}",
        stage.screen()
    );
}

#[test]
fn a_filter_goes_on_and_what_was_forgotten_is_told() {
    let mut stage = Stager::of(model(&SHOWCASE))
        .filter("status:delivered")
        .raise();
    let before = stage.selected();
    forget(&mut stage);
    assert!(
        stage.toast().contains("the oldest was left out"),
        "{}",
        stage.toast()
    );
    assert_eq!(stage.selected(), before);
    let model = stage.app.model();
    let delivered = |row: &u32| model.messages.get(*row).unwrap().status().name() == "delivered";
    assert!(stage.app.list().rows.iter().all(delivered));
}

#[test]
fn an_open_detail_stays_and_one_of_a_forgotten_message_is_closed() {
    let mut stage = Stager::of(model(&SHOWCASE)).size(100, 30).raise();
    stage.press("j enter");
    let before = stage.screen();
    forget(&mut stage);
    stage.press("down");
    stage.press("up");
    let title = |screen: &str| screen.lines().nth(3).unwrap().to_owned();
    assert_eq!(title(&stage.screen()), title(&before));
    stage.press("esc G enter");
    assert!(stage.app.detail.is_some());
    forget(&mut stage);
    assert!(stage.app.detail.is_none(), "{}", stage.screen());
    stage.press("enter");
    assert!(stage.app.detail.is_some());
}

#[test]
fn findings_of_what_was_forgotten_are_gone_and_the_others_keep_their_rows() {
    let mut stage = Stager::of(model(&SHOWCASE)).raise();
    stage.press("4");
    let before = stage.app.finds.rows.len();
    let ids = |stage: &Stage| -> Vec<String> {
        let rows = stage.app.finds.rows.iter();
        let found = rows.filter_map(|row| stage.app.findings.get(*row));
        found.map(|finding| finding.id.clone()).collect()
    };
    let all = ids(&stage);
    let last = stage.app.finds.rows[before - 1];
    let name = stage.app.findings.get(last).unwrap().id.clone();
    stage.press("G enter");
    forget(&mut stage);
    assert!(stage.app.detail.is_none(), "its numbers are of before");
    let left = ids(&stage);
    assert!(left.len() < before, "{left:?}");
    assert!(left.iter().all(|id| all.contains(id)));
    let still = stage.app.findings.get(last);
    assert!(still.is_none_or(|finding| finding.id == name));
}

#[test]
fn nothing_happens_where_nobody_needs_room() {
    let mut stage = Stager::of(model(&SHOWCASE)).raise();
    assert!(!stage.renew());
}
