//! What a row is joined with: the other queue entries of its journey, the notices about it, its headers.

use crate::model::Model;
use crate::query::eval::Table;

/// Everything that belongs to a row's journey, beginning behind the row itself and going round: whoever
/// goes on from the first to the first comes by everything.
pub(super) fn around(model: &Model, table: Table, row: u32) -> Vec<(Table, u32)> {
    let (messages, mails) = match table {
        Table::Messages => {
            let legs = model.journey_of(row);
            let messages: Vec<u32> = legs.iter().map(|leg| leg.message).collect();
            let mails = model.mails_of_messages(&messages);
            (messages, mails)
        }
        Table::Chains => {
            let messages = model.messages_of_mail(row);
            let mut mails = model.mails_of_messages(&messages);
            if !mails.contains(&row) {
                mails.push(row);
            }
            (messages, mails)
        }
    };
    let mut notices: Vec<u32> = Vec::new();
    for message in &messages {
        let others = model.notices_of(*message).into_iter();
        for other in others.map(|notice| notice.other) {
            if !messages.contains(&other) && !notices.contains(&other) {
                notices.push(other);
            }
        }
    }
    let mut all: Vec<(Table, u32)> = Vec::new();
    all.extend(messages.into_iter().map(|row| (Table::Messages, row)));
    all.extend(notices.into_iter().map(|row| (Table::Messages, row)));
    all.extend(mails.into_iter().map(|row| (Table::Chains, row)));
    if let Some(own) = all.iter().position(|place| *place == (table, row)) {
        all.rotate_left(own);
        all.remove(0);
    }
    all
}
