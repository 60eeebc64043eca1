//! A message over several hosts, explained.

use std::sync::Arc;

use chrono::NaiveDate;
use insta::assert_snapshot;

use super::{Stories, markdown, text};
use crate::insight::{JourneyStory, Timeline};
use crate::model::sample::hosts::three_hosts;
use crate::model::{AsOf, GradeBook, Zone};
use crate::tls::Profile;

fn explained(id: &str, write: fn(Stories<'_>, Zone, &GradeBook) -> String) -> String {
    let model = three_hosts();
    let profile = Arc::new(Profile::named("default").unwrap());
    let day = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
    let grades = GradeBook::of(&model, profile, AsOf::Day(day));
    let numbers = model.messages_of_queue_id(id.as_bytes());
    let timelines = numbers
        .iter()
        .filter_map(|number| Timeline::of(&model, &grades, *number));
    let stories = Stories {
        timelines: &timelines.collect::<Vec<_>>(),
        journeys: &JourneyStory::all(&model, &grades, &numbers),
        chains: &[],
    };
    write(stories, Zone::parse("UTC").unwrap(), &grades)
}

#[test]
fn a_journey_as_text() {
    assert_snapshot!("journey_text", explained("1vudDD-000004-00", text));
}

#[test]
fn a_journey_as_markdown() {
    assert_snapshot!("journey_markdown", explained("1vuaAA-000001-00", markdown));
}

#[test]
fn a_bounce_tells_of_what() {
    assert_snapshot!("bounce_text", explained("1vueEE-000005-00", text));
}
