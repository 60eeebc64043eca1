//! Saying which hosts are ours, and what their headers are worth then.

use insta::assert_snapshot;

use super::stage::{DEMO, Stage, Stager, model};
use crate::model::Evidence;

fn demo() -> Stage {
    Stager::of(model(&DEMO)).size(80, 24).raise()
}

fn evidence(stage: &Stage) -> Vec<Evidence> {
    let model = stage.app.model();
    let hops = model.mails[0].hops.iter();
    hops.map(|hop| hop.evidence).collect()
}

#[test]
fn the_hosts_of_a_mail_are_listed_newest_first() {
    let mut stage = demo();
    stage.press("3 enter");
    assert!(stage.screen().contains("t trust"), "{}", stage.screen());
    stage.press("t j");
    assert_snapshot!(stage.screen());
}

#[test]
fn the_trust_line_goes_below_the_chosen_host_and_back() {
    let mut stage = demo();
    let begun = evidence(&stage);
    stage.press("3 enter t j enter");
    assert_eq!(evidence(&stage)[1..], [Evidence::Own, Evidence::Own]);
    let screen = stage.screen();
    assert!(screen.contains("2 of 3 headers are witnessed"), "{screen}");
    assert!(screen.contains("E o plain inside witnessed"), "{screen}");
    stage.press("y f");
    let copied = stage.copied().concat();
    assert!(
        copied.contains("--trust userserver --trust mailout02.t-online.de"),
        "{copied}"
    );
    // The list of mails knows, too, and the list begins where the line is.
    stage.press("esc t enter");
    assert_eq!(evidence(&stage)[1..], [Evidence::Own, Evidence::Own]);
    stage.press("t g enter");
    assert_eq!(evidence(&stage), begun);
    assert!(stage.screen().contains("as at the start"));
    stage.press("y f");
    assert!(!stage.copied().pop().unwrap().contains("--trust"));
}

#[test]
fn a_host_that_is_not_shown_to_be_ours_is_named() {
    const FORGED: &str = "\
Received: from mx.our.example (evil.example [203.0.113.66]) by mailbox.our.example (Postfix) with ESMTP id 2; Tue, 25 Feb 2020 13:26:31 +0100
Received: from good.example (good.example [203.0.113.9]) by mx.our.example (Postfix) with ESMTPS id 1; Tue, 25 Feb 2020 13:26:30 +0100

";
    let mut stage = Stager::of(model(&[("forged.eml", FORGED)]))
        .size(120, 24)
        .raise();
    stage.press("3 t G enter");
    let screen = stage.screen();
    let told = "does not show that mx.our.example handed the message in";
    assert!(screen.contains(told), "{screen}");
    assert_ne!(evidence(&stage)[0], Evidence::Own);
}

#[test]
fn a_header_without_a_writer_stays_a_claim() {
    const UNNAMED: &str = "\
Received: from a.example (a.example [203.0.113.9]) by mailbox.our.example (Postfix) with ESMTP id 2; Tue, 25 Feb 2020 13:26:31 +0100
Received: from b.example (b.example [203.0.113.8]) with ESMTP id 1; Tue, 25 Feb 2020 13:26:30 +0100

";
    let mut stage = Stager::of(model(&[("unnamed.eml", UNNAMED)]))
        .size(120, 24)
        .raise();
    stage.press("3 t G");
    assert!(stage.screen().contains("(not named)"), "{}", stage.screen());
    stage.press("enter");
    let screen = stage.screen();
    assert!(screen.contains("does not name its writer"), "{screen}");
    assert_ne!(evidence(&stage)[0], Evidence::Own);
}

#[test]
fn only_mails_have_headers_to_believe() {
    let mut stage = demo();
    stage.press("1 t");
    assert!(stage.app.overlay.is_none());
    assert!(stage.screen().contains("in the view behind 3"));
}
