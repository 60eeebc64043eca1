//! An explanation for programs: one JSON object for each story, with the steps or hops in it. What it is
//! about is under `story`: `message`, `journey` or `chain`; a journey is that of the message before it.

use std::iter;

use serde_json::{Map, Value, json};

use super::super::moment;
use super::Stories;
use crate::insight::{ChainStory, JourneyStory, Label, Rung, Step, Timeline};
use crate::model::{AsOf, GradeBook};
use crate::text::{Clean, Lang};
use crate::tls::Grade;

pub(super) fn write(stories: Stories<'_>, grades: &GradeBook) -> String {
    let timelines = stories.timelines.iter().flat_map(|timeline| {
        let journeys = JourneyStory::below(stories.journeys, timeline).map(of_journey);
        iter::once(of_timeline(timeline, stories.lang)).chain(journeys)
    });
    let chains = stories.chains.iter().map(of_chain);
    let mut out = String::new();
    for mut object in timelines.chain(chains) {
        judged_by(&mut object, grades);
        out.push_str(&object.to_string());
        out.push('\n');
    }
    out
}

/// Grades mean nothing without the rules they follow, and each line may be read alone.
fn judged_by(object: &mut Value, grades: &GradeBook) {
    object["profile"] = json!(grades.profile().name);
    object["as_of"] = match grades.as_of() {
        AsOf::Day(day) => json!(day.to_string()),
        AsOf::Event => json!("event"),
    };
}

fn of_timeline(timeline: &Timeline, lang: Lang) -> Value {
    json!({
        "story": "message",
        "queue_id": &*timeline.queue_id,
        "grade": letter(timeline.grade.grade),
        "incomplete": timeline.grade.incomplete,
        "headline": &*timeline.headline,
        "steps": timeline.steps.iter().map(of_step).collect::<Value>(),
        "facts": facts(&timeline.labels),
        "not_said": texts(&timeline.coverage.sentences(lang)),
    })
}

fn of_step(step: &Step) -> Value {
    let grading = step.grading.as_ref();
    json!({
        "time": moment::rfc3339(step.time),
        "until": step.until.map(moment::rfc3339),
        "grade": grading.map(|grading| letter(grading.grade)),
        "reasons": grading.map_or(&[][..], |grading| &grading.reasons).iter().map(|code| &**code).collect::<Value>(),
        "title": &*step.title,
        "notes": texts(&step.notes),
    })
}

fn of_journey(journey: &JourneyStory) -> Value {
    let stations = journey.stations.iter().map(|station| {
        json!({
            "time": moment::rfc3339(station.time),
            "host": &*station.host,
            "queue_id": &*station.queue_id,
            "status": station.status.name(),
            "grade": letter(station.grade),
            "notes": texts(&station.notes),
        })
    });
    let notices = journey.references.iter().map(|reference| {
        json!({
            "time": moment::rfc3339(reference.time),
            "title": &*reference.text,
            "status": reference.status.name(),
            "grade": letter(reference.grade),
        })
    });
    json!({
        "story": "journey",
        "stations": stations.collect::<Value>(),
        "notices": notices.collect::<Value>(),
    })
}

fn of_chain(chain: &ChainStory) -> Value {
    json!({
        "story": "chain",
        "from": &*chain.from,
        "to": &*chain.to,
        "grade": letter(chain.grades.witnessed),
        "claimed": chain.grades.claimed.map(letter),
        "incomplete": chain.grades.incomplete,
        "headline": &*chain.headline,
        "hops": chain.rungs.iter().map(of_rung).collect::<Value>(),
        "findings": texts(&chain.findings),
        "facts": facts(&chain.labels),
    })
}

fn of_rung(rung: &Rung) -> Value {
    json!({
        "hop": rung.number,
        "time": rung.time.map(moment::rfc3339),
        "delay_seconds": rung.delay,
        "from": &*rung.from,
        "by": &*rung.by,
        "grade": letter(rung.grading.grade),
        "reasons": rung.grading.reasons.iter().map(|code| &**code).collect::<Value>(),
        "protection": &*rung.protection,
        "evidence": rung.evidence.name(),
        "findings": texts(&rung.findings),
    })
}

fn letter(grade: Grade) -> String {
    grade.letter().to_string()
}

fn texts(texts: &[Clean]) -> Value {
    texts.iter().map(Clean::as_str).collect()
}

/// Facts by their names; of a name that comes again the values are joined by a line break.
fn facts(labels: &[Label]) -> Value {
    let mut facts = Map::new();
    for label in labels {
        let value = match facts.get(label.kind.name()).and_then(Value::as_str) {
            Some(before) => format!("{before}\n{}", &*label.value),
            None => label.value.to_string(),
        };
        facts.insert(label.kind.name().to_owned(), value.into());
    }
    facts.into()
}
