//! A message over several hosts: seen from each, and gone along.

use insta::assert_snapshot;

use super::stage::{Stage, Stager};
use crate::model::sample::hosts::three_hosts;

fn stage(columns: u16, lines: u16) -> Stage {
    Stager::of(three_hosts()).size(columns, lines).raise()
}

/// The queue ID in the title of the open detail.
fn shown(stage: &Stage) -> String {
    let detail = stage.app.detail.as_ref().unwrap();
    detail.content.timelines[0].queue_id.to_string()
}

#[test]
fn the_other_hosts_stand_below_the_timeline() {
    let mut stage = stage(100, 46);
    stage.write("/to:carla").press("enter enter");
    assert_snapshot!("a_journey", stage.screen());
}

#[test]
fn o_goes_round_the_journey_and_esc_back_to_where_one_was() {
    for columns in [100, 140] {
        let mut stage = stage(columns, 14);
        stage.press("G k enter j j");
        let first = shown(&stage);
        let before = stage.screen();
        assert!(before.contains("o next host"), "{before}");
        let mut met = vec![first.clone()];
        for _ in 0..4 {
            stage.press("o");
            met.push(shown(&stage));
        }
        assert_eq!(
            met,
            [
                "1vuaAA-000001-00",
                "1vubBB-000002-00",
                "1vudDD-000004-00",
                "1vueEE-000005-00",
                "1vuaAA-000001-00",
            ]
        );
        stage.press("j r esc esc esc esc");
        assert_eq!(stage.screen(), before, "{met:?}");
        stage.press("esc");
        assert!(stage.app.detail.is_none());
    }
}

#[test]
fn no_person_is_told_when_masked() {
    let mut stage = Stager::of(three_hosts()).size(120, 60).masked().raise();
    stage.press("enter");
    for _ in 0..4 {
        let screen = stage.screen();
        for secret in ["anna@", "bo@", "carla@"] {
            assert!(!screen.contains(secret), "{screen}");
        }
        stage.press("o");
    }
}
