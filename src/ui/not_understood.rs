//! The list of lines that were not understood, and the counts by reason above them.

use crate::model::Model;
use crate::text::{human, pad_left, width};

/// The counts above the lines: lines that were not understood, by reason, and lines of programs that move no mail.
pub(super) fn counts(model: &Model) -> Vec<String> {
    let reasons = model.reasons.most_frequent().into_iter();
    let mut counts: Vec<(u64, &str)> = reasons.map(|(reason, count)| (count, reason)).collect();
    if model.foreign() > 0 {
        counts.push((model.foreign(), "of programs that move no mail"));
    }
    let numbers = counts
        .iter()
        .map(|&(count, what)| (human::count(count), what));
    let numbers: Vec<(String, &str)> = numbers.collect();
    let widest = numbers.iter().map(|(number, _)| number.len()).max();
    let widest = widest.unwrap_or(0);
    let counts = numbers
        .into_iter()
        .map(|(number, what)| format!("{}  {what}", pad_left(&number, widest)));
    counts.chain(model.reasons.cut()).collect()
}

/// Number of entries of the list: counts and lines.
pub(super) fn entries(model: &Model) -> usize {
    counts(model).len() + model.not_understood.len()
}

/// The words above the list.
pub(super) fn title(model: &Model) -> String {
    match model.reasons.total() {
        0 => "every line was understood".to_owned(),
        1 => "one line was not understood".to_owned(),
        count => format!("{} lines were not understood", human::count(count)),
    }
}

/// The command that exports these lines in a form that can be shown to others, in at most `cells` cells; `None` where
/// there are no lines.
pub(super) fn command(model: &Model, cells: usize) -> Option<&'static str> {
    let forms = [
        "hopgrade export not-understood lists them with shapes that name nobody",
        "hopgrade export not-understood",
    ];
    let any = model.reasons.total() > 0;
    forms.into_iter().find(|form| any && width(form) <= cells)
}

/// At most `most` entries from position `top` on; `count` makes an entry of a count, `line` one of a line.
pub(super) fn from<T>(
    model: &Model,
    top: usize,
    most: usize,
    count: impl Fn(String) -> T,
    line: impl Fn(&crate::model::NotUnderstood) -> T,
) -> Vec<T> {
    let counts = counts(model);
    let skipped = top.saturating_sub(counts.len());
    let lines = model.not_understood.iter().skip(skipped).map(line);
    let counts = counts.into_iter().skip(top).map(count);
    counts.chain(lines).take(most).collect()
}
