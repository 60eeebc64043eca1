//! The rows of a selection as a table, which several threads make where they are many.

use std::io::{self, Write};

use super::mask::Mask;
use super::pieces;
use super::rows::{Facts, Kind, RowId, findings};
use super::value::Table;
use super::write::Format;

/// Rows that a thread makes at a time.
pub(super) const PIECE: usize = if cfg!(test) { 2 } else { 1 << 11 };

/// Writes the selected rows of a table; `mask` hides people.
pub fn write(
    facts: &Facts<'_>,
    kind: Kind,
    selected: &[RowId],
    mask: Option<&Mask>,
    format: Format,
    out: &mut dyn Write,
) -> io::Result<()> {
    let table = |selected| table(facts, kind, selected, mask);
    // How wide the columns of a text are depends on the rows before.
    if selected.len() <= PIECE || matches!(format, Format::Table(_)) {
        return format.write(table(selected), out);
    }
    let pieces = selected.chunks(PIECE).enumerate();
    let make = |(nth, selected), out: &mut dyn Write| match nth {
        0 => format.write(table(selected), out),
        _ => format.write_more(table(selected), out),
    };
    pieces::write(pieces.collect(), make, out).map(|_| ())
}

fn table<'a>(
    facts: &'a Facts<'a>,
    kind: Kind,
    selected: &'a [RowId],
    mask: Option<&'a Mask>,
) -> Table<'a> {
    let table = || kind.table(facts, selected.iter().copied());
    match mask {
        Some(mask) if kind == Kind::Findings => findings::masked(facts, mask, selected),
        Some(mask) => mask.table(table()),
        None => table(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::sample::hosts::three_hosts;
    use crate::model::{AsOf, GradeBook};
    use crate::report::log_lines;
    use crate::tls::Profile;

    #[test]
    fn pieces_are_together_what_one_would_be() {
        let model = three_hosts();
        let profile = Arc::new(Profile::named("default").unwrap());
        let grades = GradeBook::of(&model, profile, AsOf::Event);
        let facts = Facts::new(&model, &grades, "");
        let mask = Mask::new([7; 16]);
        let messages: Vec<RowId> = (0..model.messages.len()).map(RowId::Message).collect();
        let events: Vec<RowId> = (0..model.events.len()).map(RowId::Event).collect();
        for (kind, selected) in [(Kind::Messages, messages), (Kind::Events, events)] {
            assert!(selected.len() > PIECE);
            for format in [Format::Ndjson, Format::Csv] {
                for selected in [&selected[..], &selected[..1], &[]] {
                    let (mut pieces, mut whole) = (Vec::new(), Vec::new());
                    let mask = Some(&mask);
                    write(&facts, kind, selected, mask, format, &mut pieces).unwrap();
                    format
                        .write(table(&facts, kind, selected, mask), &mut whole)
                        .unwrap();
                    assert_eq!(pieces, whole);
                }
            }
        }
    }

    /// A line of a piece that says again what the last one of the piece before said.
    #[test]
    fn a_line_of_several_facts_stands_there_once_in_pieces_too() {
        let model = three_hosts();
        let rows: Vec<RowId> = [0, 1, 1, 1, 2, 2, 3].map(RowId::Event).to_vec();
        let (mut pieces, mut once) = (Vec::new(), Vec::new());
        assert!(
            log_lines::write(&model, &rows, None, &mut pieces).is_ok_and(|lost| lost.is_none())
        );
        for row in [0, 1, 2, 3] {
            log_lines::write(&model, &[RowId::Event(row)], None, &mut once).unwrap();
        }
        assert_eq!(pieces, once);
        assert_eq!(once.split_inclusive(|byte| *byte == b'\n').count(), 4);
    }
}
