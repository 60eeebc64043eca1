//! `--where`: a filter, or what is wrong with it.

use super::args::Filter;
use super::failure::Failure;
use crate::query::{Query, QueryError};
use crate::report::rows::Kind;
use crate::text::width;

/// Reads the filter; none selects everything.
pub(super) fn parse(filter: &Filter) -> Result<Query, Failure> {
    let text = filter.text.as_deref().unwrap_or_default();
    Query::parse(text).map_err(|source| Failure::Filter {
        text: text.to_owned(),
        source,
    })
}

/// Reads the filter for the rows of a table, which must have what it asks for.
pub(super) fn of_table(filter: &Filter, table: Kind) -> Result<Query, Failure> {
    let query = parse(filter)?;
    table.check(&query)?;
    Ok(query)
}

/// The error, the filter, and a caret under the mistake.
pub(super) fn explained(text: &str, error: &QueryError) -> String {
    let part = |range| text.get(range).unwrap_or_default();
    let before = width(part(0..error.span.start));
    let under = width(part(error.span.clone())).max(1);
    let line = text.replace(char::is_control, " ");
    let caret = "^".repeat(under);
    format!("--where: {error}\n  {line}\n  {:before$}{caret}", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_under_the_mistake() {
        let text = "to:ü.example grade>=Q".to_owned();
        let filter = Filter { text: Some(text) };
        let Err(failure @ Failure::Filter { .. }) = parse(&filter) else {
            panic!("Q is no grade");
        };
        let told = failure.to_string();
        let lines: Vec<&str> = told.lines().collect();
        assert!(lines[0].starts_with("--where: \"Q\""), "{told}");
        assert_eq!(lines[1], "  to:ü.example grade>=Q");
        assert_eq!(lines[2], format!("  {}^", " ".repeat(20)));
    }
}
