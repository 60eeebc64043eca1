//! Aligned text for a terminal, as wide as it is.

use std::borrow::Cow;
use std::io::{self, Write};

use super::super::moment;
use super::super::value::{Column, Holds, Row, Table, Value, joined};
use crate::model::Zone;
use crate::text::{pad_left, pad_right, truncate_middle, width};

/// Rows looked at before the widths are settled: rows that follow are cut to fit.
const SAMPLE: usize = 1000;
/// No column is wider than this, however wide the terminal is.
const WIDEST: usize = 48;
/// No column is made narrower than this to make room for others.
const NARROWEST: usize = 14;
/// Between two columns.
const GAP: usize = 2;

/// How a table is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Cells in a line; `None` where nothing limits it.
    pub width: Option<usize>,
    /// The zone of the times.
    pub zone: Zone,
}

/// A column that is shown, with the cells it takes.
struct Shown {
    nth: usize,
    column: Column,
    title: String,
    width: usize,
}

pub(super) fn write(table: Table<'_>, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let Table { columns, mut rows } = table;
    let sample: Vec<Row> = rows.by_ref().take(SAMPLE).collect();
    let shown = fit(measure(columns, &sample, layout), layout.width);
    let titles = shown
        .iter()
        .map(|own| (own, Cow::Borrowed(own.title.as_str())));
    write_line(titles, out)?;
    for row in sample.into_iter().chain(rows) {
        let cells = shown.iter().map(|own| {
            let text = row.get(own.nth).map(|cell| text(cell, layout.zone));
            (own, Cow::Owned(text.unwrap_or_default()))
        });
        write_line(cells, out)?;
    }
    Ok(())
}

/// The columns that hold anything, each as wide as its widest cell.
fn measure(columns: &[Column], sample: &[Row], layout: Layout) -> Vec<Shown> {
    let worth = columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.rank > 0);
    worth
        .filter_map(|(nth, column)| {
            let cells = || sample.iter().filter_map(|row| row.get(nth));
            if !sample.is_empty() && cells().all(Value::is_blank) {
                return None;
            }
            let title = title(column, layout.zone);
            let widest = cells().map(|cell| width(&text(cell, layout.zone))).max();
            let width = widest.unwrap_or(0).min(WIDEST).max(width(&title));
            Some(Shown {
                nth,
                column: *column,
                title,
                width,
            })
        })
        .collect()
}

/// The name of a column in capitals; a time names its zone.
fn title(column: &Column, zone: Zone) -> String {
    let name = column.name.to_uppercase();
    match column.holds {
        Holds::Time => format!("{name} ({})", zone.name()),
        _ => name,
    }
}

/// Makes the columns fit: first by leaving out the least dear, then by narrowing the widest.
fn fit(mut shown: Vec<Shown>, limit: Option<usize>) -> Vec<Shown> {
    let Some(limit) = limit else { return shown };
    let least = |shown: &[Shown]| -> usize {
        let widths = shown.iter().map(|own| least_width(own) + GAP);
        widths.sum::<usize>().saturating_sub(GAP)
    };
    while shown.len() > 1 && least(&shown) > limit {
        let dearest_last = (0..shown.len()).rev();
        let Some(out) = dearest_last.min_by_key(|&at| shown.get(at).map(|own| own.column.rank))
        else {
            break;
        };
        shown.remove(out);
    }
    let total = |shown: &[Shown]| -> usize { shown.iter().map(|own| own.width + GAP).sum() };
    let mut over = total(&shown).saturating_sub(limit + GAP);
    while over > 0 {
        let widest = shown
            .iter_mut()
            .filter(|own| own.width > least_width(own))
            .max_by_key(|own| own.width);
        let Some(widest) = widest else { break };
        widest.width -= 1;
        over -= 1;
    }
    shown
}

/// What is cut in the middle can be read still; a number or a time cannot.
fn least_width(own: &Shown) -> usize {
    match own.column.holds {
        Holds::Number | Holds::Time | Holds::Grade | Holds::Flag => own.width,
        _ => own.width.min(NARROWEST),
    }
}

fn text(value: &Value, zone: Zone) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) => text.as_str().to_owned(),
        Value::Word(word) => (*word).to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Bool(yes) => (if *yes { "yes" } else { "no" }).to_owned(),
        Value::Grade(grade) => format!("{} {}", grade.letter(), grade.mark()),
        Value::Time(time) => moment::plain(zone, *time),
        Value::List(list) => joined(list),
    }
}

fn write_line<'a>(
    cells: impl Iterator<Item = (&'a Shown, Cow<'a, str>)>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut line = String::new();
    for (own, text) in cells {
        let text = truncate_middle(&text, own.width);
        if !line.is_empty() {
            line.push_str("  ");
        }
        match own.column.holds {
            Holds::Number => line.push_str(&pad_left(&text, own.width)),
            _ => line.push_str(&pad_right(&text, own.width)),
        }
    }
    writeln!(out, "{}", line.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Clean;
    use crate::tls::Grade;

    const COLUMNS: [Column; 4] = [
        Column::new("peer", Holds::Host, 3),
        Column::new("grade", Holds::Grade, 9),
        Column::new("tries", Holds::Number, 5),
        Column::new("subject", Holds::Subject, 1),
    ];

    fn lines(width: Option<usize>) -> Vec<String> {
        let row = |peer: &str, tries| {
            vec![
                Value::Text(Clean::line(peer)),
                Value::Grade(Grade::A),
                Value::Integer(tries),
                Value::Null,
            ]
        };
        let rows = [
            row("mx.example.org", 1),
            row("a-long-name.mail.example.net", 12),
        ];
        let table = Table {
            columns: &COLUMNS,
            rows: Box::new(rows.into_iter()),
        };
        let layout = Layout {
            width,
            zone: Zone::parse("UTC").unwrap(),
        };
        let mut out = Vec::new();
        write(table, layout, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn columns_are_aligned_and_blank_ones_left_out() {
        assert_eq!(
            lines(None),
            [
                "PEER                          GRADE  TRIES",
                "mx.example.org                A ++       1",
                "a-long-name.mail.example.net  A ++      12",
            ]
        );
    }

    #[test]
    fn names_are_cut_in_the_middle_and_then_columns_go() {
        let narrow = lines(Some(34));
        assert!(narrow.iter().all(|line| width(line) <= 34), "{narrow:?}");
        assert!(narrow[2].starts_with("a-long-") && narrow[2].contains("example.net"));
        assert_eq!(
            lines(Some(15)),
            ["GRADE  TRIES", "A ++       1", "A ++      12"]
        );
    }
}
