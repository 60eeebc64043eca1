//! Options that take one of a few values of the library by its name, and what the help says of each.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::cases;
use crate::ingest::Forced;
use crate::insight::Severity;
use crate::report::Form;
use crate::report::evidence::Addressee;
use crate::report::rows::Kind;
use crate::ui::theme;

/// How a text is written: for people in one of its forms, or for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextFormat {
    Prose(Form),
    Ndjson,
}

/// A parser of the names; each value stands beside its own.
fn one_of<T, const N: usize>(all: [(T, PossibleValue); N]) -> impl TypedValueParser<Value = T>
where
    T: Clone + Send + Sync + 'static,
{
    let names = all.clone().map(|(_, name)| name);
    PossibleValuesParser::new(names).try_map(move |given| {
        let found = all.iter().find(|(_, name)| name.get_name() == given);
        let value = found.map(|(value, _)| value.clone());
        value.ok_or("is no such value")
    })
}

fn named(name: &'static str, help: &'static str) -> PossibleValue {
    PossibleValue::new(name).help(help)
}

/// The tables that can be exported.
pub(super) fn tables() -> impl TypedValueParser<Value = Kind> {
    one_of(Kind::ALL.map(|table| {
        let help = match table {
            Kind::Messages => "One row for each queue entry, and for each loaded message file",
            Kind::Events => "One row for each fact in a log",
            Kind::Hops => "One row for each Received header, oldest first",
            Kind::Hosts => "One row for each remote host and direction: its grades over time",
            Kind::Domains => "One row for each organisational domain and direction",
            Kind::Findings => "One row for each thing that somebody should act on",
            Kind::NotUnderstood => {
                "One row for each line that was not understood, with a shape that names nobody"
            }
        };
        (table, named(table.name(), help))
    }))
}

/// The formats of stories.
pub(super) fn story_formats() -> impl TypedValueParser<Value = TextFormat> {
    text_formats("One JSON object for each story: a message, a journey, a chain of headers")
}

/// The formats of evidence.
pub(super) fn evidence_formats() -> impl TypedValueParser<Value = TextFormat> {
    text_formats("One JSON object for each finding, with its facts")
}

fn text_formats(objects: &'static str) -> impl TypedValueParser<Value = TextFormat> {
    let [text, markdown, html] = Form::ALL.map(|form| {
        let help = match form {
            Form::Text => "Plain text",
            Form::Markdown => "Markdown",
            Form::Html => "One HTML file, fit for printing",
        };
        (TextFormat::Prose(form), named(form.name(), help))
    });
    let ndjson = (TextFormat::Ndjson, named("ndjson", objects));
    one_of([text, markdown, html, ndjson])
}

/// For whom evidence is written.
pub(super) fn addressees() -> impl TypedValueParser<Value = Addressee> {
    one_of(Addressee::ALL.map(|addressee| {
        let help = match addressee {
            Addressee::Authority => "A data-protection authority",
            Addressee::Postmaster => "The postmaster on the other side",
        };
        (addressee, named(addressee.name(), help))
    }))
}

/// From which severity on a finding is told; what is only worth knowing never is.
pub(super) fn severities() -> impl TypedValueParser<Value = Severity> {
    let warning = named(Severity::Warning.name(), "Warnings and violations");
    let violation = named(Severity::Violation.name(), "Violations alone");
    one_of([
        (Severity::Warning, warning),
        (Severity::Violation, violation),
    ])
}

/// The themes of the explorer.
pub(super) fn themes() -> impl TypedValueParser<Value = theme::Name> {
    one_of(theme::Name::ALL.map(|name| (name, PossibleValue::new(name.as_str()))))
}

/// The formats of inputs.
pub(super) fn inputs() -> impl TypedValueParser<Value = Forced> {
    PossibleValuesParser::new(Forced::names()).try_map(|name| name.parse::<Forced>())
}

/// The bundled cases.
pub(super) fn case_names() -> PossibleValuesParser {
    PossibleValuesParser::new(cases::all().iter().map(|case| case.name.as_str()))
}
