//! A message over several hosts, explained.

use std::sync::Arc;

use chrono::NaiveDate;
use insta::assert_snapshot;

use super::{Stories, html, markdown, text};
use crate::insight::{JourneyStory, Timeline};
use crate::model::sample::hosts::three_hosts;
use crate::model::{AsOf, GradeBook, Zone};
use crate::text::Lang;
use crate::tls::Profile;

fn explained(id: &str, write: fn(Stories<'_>, Zone, &GradeBook) -> String) -> String {
    let model = three_hosts();
    let profile = Arc::new(Profile::named("default").unwrap());
    let day = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
    let grades = GradeBook::of(&model, profile, AsOf::Day(day));
    let numbers = model.messages_of_queue_id(id.as_bytes());
    let timelines = numbers
        .iter()
        .filter_map(|number| Timeline::of(&model, &grades, *number, Lang::En));
    let stories = Stories {
        timelines: &timelines.collect::<Vec<_>>(),
        journeys: &JourneyStory::all(&model, &grades, &numbers, Lang::En),
        chains: &[],
        lang: Lang::En,
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
fn a_journey_as_a_page() {
    assert_snapshot!("journey_html", explained("1vuaAA-000001-00", html));
}

/// The words of a text, without its layout and its markup.
fn words(text: &str) -> Vec<String> {
    let mut bare = String::new();
    let mut inside = false;
    for character in text.chars() {
        match character {
            '<' => inside = true,
            '>' => {
                inside = false;
                bare.push(' ');
            }
            _ if !inside => bare.push(character),
            _ => {}
        }
    }
    let bare = bare
        .replace("&gt;", ">")
        .replace("&lt;", "<")
        .replace("&quot;", "\"");
    let bare = bare.replace("&amp;", "&");
    bare.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn a_page_says_what_the_text_says() {
    for id in ["1vuaAA-000001-00", "1vudDD-000004-00", "1vueEE-000005-00"] {
        let page = words(&explained(id, html));
        for word in words(&explained(id, text)) {
            let told = page
                .iter()
                .any(|own| own.trim_matches([':', ',']) == word.trim_matches([':', ',']));
            assert!(told, "{id}: {word:?} is missing");
        }
    }
}

#[test]
fn a_bounce_tells_of_what() {
    assert_snapshot!("bounce_text", explained("1vueEE-000005-00", text));
}
