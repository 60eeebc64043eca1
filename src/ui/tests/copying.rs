//! Copies and files.

use std::fs;

use super::stage::{DEMO, SHOWCASE, Stager, model};

const SENT: &str = "sent to the terminal (OSC 52), not confirmed";

#[test]
fn a_row_in_every_form() {
    let mut stage = Stager::of(model(&DEMO)).raise();
    stage.press("y y y i y r y t y f");
    let copied = stage.copied();
    assert_eq!(
        copied[0],
        "2020-02-25 04:55:03 +0100 1j69ZJ-0001iL-S3 to tosa@rx.t-online.de: deferred, R / refused: \
         TLS was required, not offered by rx.t-online.de on 2 connections (5 waits), mainlog line 1"
    );
    assert_eq!(copied[1], "1j69ZJ-0001iL-S3");
    assert_eq!(copied[2], DEMO[0].1.trim_end());
    assert!(copied[3].starts_with("1j69ZJ-0001iL-S3"), "{}", copied[3]);
    assert!(copied[3].contains("attempt 2"), "{}", copied[3]);
    assert_eq!(copied[4], "hopgrade export messages /var/log/exim4/mainlog");
    assert_eq!(
        stage.toast(),
        format!("the filter as a command line: {SENT}")
    );
}

#[test]
fn a_chain_in_every_form() {
    let mut stage = Stager::of(model(&DEMO)).raise();
    stage
        .press("3 y y y r y t")
        .write("/grade=A")
        .press("enter y f");
    let copied = stage.copied();
    assert!(copied[0].contains("3 hops"), "{}", copied[0]);
    assert!(
        copied[1].starts_with("Received: from mailout02.t-online.de"),
        "{}",
        copied[1]
    );
    assert!(copied[2].contains("not observed by us"), "{}", copied[2]);
    assert_eq!(
        copied[3],
        "hopgrade export hops --where grade=A /var/log/exim4/mainlog"
    );
}

#[test]
fn marked_rows_are_counted_and_copied_together_in_display_order() {
    let mut stage = Stager::of(model(&SHOWCASE)).raise();
    stage.press("j j j j j m j j m");
    assert!(
        stage.screen().contains("2 marked · row 10 of 29"),
        "{}",
        stage.screen()
    );
    stage.press("y i");
    assert_eq!(stage.toast(), format!("2 rows: {SENT}"));
    // Marks that a filter hides still count.
    stage.write("/grade=A").press("enter y i s y i u");
    assert_eq!(stage.toast(), "2 unmarked");
    let copied = stage.copied();
    assert_eq!(copied[0].lines().count(), 2);
    assert!(copied[0].starts_with("1vumsI-"), "{}", copied[0]);
    let mut sorted: Vec<Vec<&str>> = copied.iter().map(|text| text.lines().collect()).collect();
    for lines in &mut sorted {
        lines.sort_unstable();
    }
    assert!(sorted.iter().all(|lines| *lines == sorted[0]), "{copied:?}");
}

#[test]
fn the_last_copy_goes_to_a_file_that_was_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("evidence.txt");
    let typed = path.to_str().unwrap();
    let mut stage = Stager::of(model(&DEMO)).size(120, 20).raise();
    stage.press("w");
    assert_eq!(stage.toast(), "nothing was copied yet; y copies");
    stage.press("y i w");
    assert!(
        stage
            .screen()
            .contains("write the last copy to: hopgrade.txt")
    );
    stage.press("ctrl-u").write(typed).press("enter");
    assert_eq!(stage.toast(), format!("written to {typed}"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "1j69ZJ-0001iL-S3\n");

    // A name that is taken is told, and can be mended.
    stage.press("w ctrl-u").write(typed).press("enter");
    let screen = stage.screen();
    assert!(screen.contains("is already there"), "{screen}");
    stage.write(".2").press("enter");
    assert_eq!(stage.toast(), format!("written to {typed}.2"));
    stage
        .press("w ctrl-u")
        .write("/nonexistent/x")
        .press("enter");
    assert!(
        stage.screen().contains("No such file"),
        "{}",
        stage.screen()
    );
    stage.press("esc");
    assert!(stage.screen().contains("Enter open"));
}
