//! The filter line: typing, errors, history, completion.

use insta::assert_snapshot;

use super::stage::{SHOWCASE, Stage, Stager, model, model_of};
use crate::source::Input;
use crate::ui::app::Event;

fn showcase() -> Stage {
    Stager::of(model(&SHOWCASE)).size(80, 24).raise()
}

fn rows(stage: &Stage) -> usize {
    stage.app.list().rows.len()
}

#[test]
fn rows_follow_what_is_typed() {
    let mut stage = showcase();
    stage.write("/");
    let mut counts = Vec::new();
    for letter in ["s", "t", "r", "o", "m"] {
        stage.write(letter);
        counts.push(rows(&stage));
    }
    assert!(
        counts.is_sorted_by(|more, fewer| more >= fewer),
        "{counts:?}"
    );
    assert_eq!(counts.last(), Some(&1));
}

#[test]
fn an_unfinished_term_keeps_the_last_rows_and_says_nothing_yet() {
    let mut stage = showcase();
    stage.write("/status:deferred");
    assert_eq!(rows(&stage), 3);
    stage.write(" ");
    for typed in ["gra", "grade>=", "(to:recht", "\"a b", "text:/a b", "OR"] {
        for letter in typed.chars() {
            stage.write(letter.encode_utf8(&mut [0; 4]));
            assert!(
                stage.app.filter.shown_error().is_none(),
                "in {}",
                stage.app.filter.text()
            );
        }
        assert_eq!(rows(&stage), 3, "after {typed}");
        for _ in typed.chars() {
            stage.press("backspace");
        }
    }
    stage.write("grade>=");
    stage.press("enter");
    assert!(
        stage.app.filter.is_editing(),
        "Enter is the end of typing: now it is said"
    );
    assert!(stage.app.filter.shown_error().is_some());
}

#[test]
fn keys_typed_ahead_wait_for_the_rows_they_are_about() {
    let mut stage = showcase();
    stage.write("/to:pager");
    // Faster than any answer: keep the filter, sort, open, scroll, copy.
    stage.type_ahead("enter s enter j y i");
    assert!(stage.app.detail.is_none());
    stage.settle();
    assert!(stage.app.detail.is_some(), "{}", stage.screen());
    assert_eq!(stage.app.list().sort.words(), "grade, worst first");
    assert!(stage.copied()[0].starts_with("1vumwo-"));
}

#[test]
fn esc_forgets_what_was_typed_ahead_and_quit_never_waits() {
    let mut stage = showcase();
    stage.write("/to:pager").press("enter");
    stage.type_ahead("ctrl-l enter esc");
    stage.settle();
    assert!(stage.app.detail.is_none());
    stage.type_ahead("s q");
    assert_eq!(stage.asked.len(), 1);
}

#[test]
fn an_error_stands_under_its_place() {
    let mut stage = showcase();
    stage.write("/status:deferred grade>=Q to:x");
    assert_snapshot!(stage.screen());
    assert_eq!(rows(&stage), 3, "the last good filter stays in force");
}

#[test]
fn an_error_far_to_the_right_is_still_in_sight() {
    let mut stage = showcase();
    stage.resize(40, 12);
    stage.write("/to:somebody@example.org from:somebody.else@example.net sizes>3");
    assert_snapshot!(stage.screen());
}

#[test]
fn esc_restores_filter_rows_and_place() {
    let mut stage = showcase();
    stage.write("/from:example.org").press("enter G k k");
    let before = stage.screen();
    stage.write("/ zeitung grade>=").press("esc");
    assert_eq!(stage.screen(), before);
    stage
        .write("/")
        .press("ctrl-u")
        .write("nothing at all")
        .press("ctrl-c");
    assert_eq!(stage.screen(), before);
}

#[test]
fn a_filter_typed_over_a_detail_shows_the_rows_it_leaves() {
    for columns in [80, 140] {
        let mut stage = showcase();
        stage
            .resize(columns, 24)
            .write("/telko")
            .press("enter enter j j");
        let before = stage.screen();
        stage.write("/ grade:R");
        assert!(stage.screen().contains("LAST▼"), "{}", stage.screen());
        stage.press("esc");
        assert_eq!(stage.screen(), before);
        stage.write("/").press("enter");
        assert_eq!(stage.screen(), before, "nothing else was asked");
        stage.write("/ OR grade:R").press("enter");
        assert_eq!((rows(&stage), stage.app.detail.is_none()), (3, true));
        stage.press("esc");
        assert_eq!(stage.screen(), before, "where it was typed");
        stage.press("esc esc");
        assert_eq!(rows(&stage), 29);
    }
}

#[test]
fn enter_keeps_the_filter_for_later_sessions() {
    let mut stage = showcase();
    stage.write("/ grade>=C ").press("enter");
    assert!(!stage.app.filter.is_editing());
    assert_eq!(*stage.remembered.borrow(), ["grade>=C"]);
}

#[test]
fn arrows_walk_through_earlier_filters_and_back_to_the_draft() {
    let mut stage = Stager::of(model(&SHOWCASE))
        .past("to:a\ngrade>=D\n")
        .raise();
    stage.write("/dra").press("up");
    assert_eq!(stage.app.filter.text(), "grade>=D");
    assert!(rows(&stage) < 29, "it is asked at once");
    stage.press("up up");
    assert_eq!(stage.app.filter.text(), "to:a");
    stage.press("down down down");
    assert_eq!(stage.app.filter.text(), "dra");
}

#[test]
fn tab_completes_fields_then_values_that_were_seen() {
    let mut stage = showcase();
    stage.write("/sta").press("tab");
    assert_eq!(stage.app.filter.text(), "status:");
    stage.press("tab");
    assert_eq!(stage.app.filter.text(), "status:delivered");
    assert_snapshot!(stage.screen());
    stage.press("tab tab backtab");
    assert_eq!(stage.app.filter.text(), "status:partial");
    stage.write(" host:mx.r").press("tab");
    assert_eq!(
        stage.app.filter.text(),
        "status:partial host:mx.recht.example"
    );
    stage.press("esc").write("/").press("backtab backtab");
    assert!(stage.screen().contains("until:"), "{}", stage.screen());
}

#[test]
fn what_is_pasted_goes_into_the_filter_in_one_step() {
    let mut stage = showcase();
    stage.give(Event::Paste("status:deferred grade=R".to_owned()));
    assert_eq!(stage.app.filter.text(), "status:deferred grade=R");
    assert_eq!(rows(&stage), 2);
}

#[test]
fn a_filter_of_the_command_line_is_in_force_at_once() {
    let stage = Stager::of(model(&SHOWCASE)).filter("grade>=F").raise();
    assert_eq!(rows(&stage), 2);
    assert!(stage.screen().contains(" / grade>=F"));
}

#[test]
fn reading_lines_again_shows_how_far_it_is() {
    let mut stage = showcase();
    stage.write("/text:hello");
    for ticket in 0..100 {
        stage.give(Event::Reading {
            ticket,
            percent: 42,
        });
    }
    assert!(stage.screen().contains("reading lines again   42 %"));
    stage.write("!");
    assert!(!stage.screen().contains("reading"), "{}", stage.screen());
}

#[test]
fn messages_whose_lines_are_gone_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["mainlog.1", "mainlog"].map(|name| folder.path().join(name));
    for (path, id) in paths.iter().zip(["1vwX91", "1vwX92"]) {
        let line = format!(
            "2026-03-01 08:00:00 {id}-000AYt-Tm <= a@example.org H=a.example [192.0.2.1] P=esmtp S=9 T=\"Hello\"\n"
        );
        std::fs::write(path, line).unwrap();
    }
    let inputs = paths.each_ref().map(|path| Input::File(path.clone()));
    let mut stage = Stager::of(model_of(inputs.to_vec())).raise();
    std::fs::write(&paths[1], "").unwrap();

    stage.write("/text:hello").press("enter");
    let screen = stage.screen();
    let counts = "row 1 of 1, 2 in all, 1 not searched";
    assert!(screen.contains(counts), "{screen}");
    stage
        .write("/")
        .press("ctrl-u")
        .write("from:a")
        .press("enter");
    let screen = stage.screen();
    assert!(screen.contains("row 1 of 2"), "{screen}");
    assert!(!screen.contains("not searched"), "{screen}");
}
