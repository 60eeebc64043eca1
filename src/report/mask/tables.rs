//! The mask over tables.

use super::super::value::{Column, Holds, Table, Value};
use super::Mask;
use super::client::looks_like_client;
use crate::text::Clean;

impl Mask {
    /// A table with every row masked.
    pub fn table<'a>(&'a self, table: Table<'a>) -> Table<'a> {
        let columns = table.columns;
        let rows = table.rows.map(move |mut row| {
            self.row(columns, &mut row);
            row
        });
        Table {
            columns,
            rows: Box::new(rows),
        }
    }

    /// A row of a table.
    pub fn row(&self, columns: &[Column], row: &mut [Value]) {
        let cell = |holds| {
            let at = columns.iter().position(|column| column.holds == holds);
            at.and_then(|at| row.get(at)).and_then(Value::as_str)
        };
        let direction = columns.iter().position(|own| own.name == "direction");
        let direction = direction.and_then(|at| row.get(at)).and_then(Value::as_str);
        let (name, ip) = (cell(Holds::Host), cell(Holds::Ip));
        // Tables without a direction speak of those who handed us a message.
        let inbound = direction.is_none_or(|direction| direction == "in");
        let client = inbound && looks_like_client(name.unwrap_or_default(), ip.unwrap_or_default());
        for (column, value) in columns.iter().zip(row) {
            self.cell(column.holds, value, client);
        }
    }

    fn cell(&self, holds: Holds, value: &mut Value, client: bool) {
        match value {
            Value::List(list) if holds == Holds::Addresses => {
                for address in list {
                    *address = Clean::line(self.address(address));
                }
            }
            Value::Text(text) => match holds {
                Holds::Subject | Holds::Raw => *value = Value::Null,
                Holds::Address | Holds::MessageId => *text = Clean::line(self.address(text)),
                Holds::Prose => *text = Clean::line(self.text(text)),
                Holds::Host if client => *text = Clean::line(self.client_name(text)),
                Holds::Helo if client => *text = Clean::line(self.pseudonym(text)),
                Holds::Ip if client => *text = Clean::line(self.ip(text)),
                _ => {}
            },
            _ => {}
        }
    }
}
