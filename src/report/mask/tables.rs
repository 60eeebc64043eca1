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
        let direction = cell(Holds::Direction);
        let (name, ip) = (cell(Holds::Host), cell(Holds::Ip));
        // Tables without a direction speak of those who handed us a message.
        let inbound = direction.is_none_or(|direction| direction == "in");
        let client = inbound && looks_like_client(name.unwrap_or_default(), ip.unwrap_or_default());
        for (column, value) in columns.iter().zip(row) {
            self.cell(column.holds, value, client);
        }
    }

    fn cell(&self, holds: Holds, value: &mut Value, client: bool) {
        let shown = |text: &Clean| self.shown(holds, text, client).map(Clean::line);
        match value {
            Value::Text(text) => match shown(text) {
                Some(masked) => *text = masked,
                None => *value = Value::Null,
            },
            Value::List(list) => *list = list.iter().filter_map(shown).collect(),
            Value::Null
            | Value::Word(_)
            | Value::Integer(_)
            | Value::Bool(_)
            | Value::Grade(_)
            | Value::Time(_) => {}
        }
    }

    /// What is shown of a text in such a column; `None` for what a person wrote.
    pub(super) fn shown(&self, holds: Holds, text: &str, client: bool) -> Option<String> {
        match holds {
            Holds::Subject | Holds::Raw => None,
            Holds::Address | Holds::Addresses => Some(self.address(text)),
            Holds::MessageId => Some(self.message_id(text)),
            Holds::Prose => Some(self.text(text)),
            Holds::Path => Some(self.path(text)),
            Holds::Host if client => Some(self.client_name(text)),
            Holds::Helo if client => Some(self.pseudonym(text)),
            Holds::Ip if client => Some(self.ip(text)),
            Holds::Host
            | Holds::Helo
            | Holds::Ip
            | Holds::Word
            | Holds::Direction
            | Holds::Words
            | Holds::Number
            | Holds::Flag
            | Holds::Time
            | Holds::Grade => Some(text.to_owned()),
        }
    }
}
