//! What a row is joined with: the other queue entries of its journey, the notices about it, its headers.

use crate::model::Model;
use crate::query::eval::Table;

/// Most rows that are joined with one.
const MOST: usize = 256;

/// Rows of messages and mails that belong to a row's journey, in a ring that begins behind the row itself: opening the
/// first of them again and again leads past every one and back.
pub(super) fn joined(model: &Model, table: Table, row: u32) -> Vec<(Table, u32)> {
    let begin = match table {
        Table::Messages => vec![row],
        // A host or a finding has many messages: they are behind its detail.
        Table::Hosts | Table::Findings | Table::Overview => return Vec::new(),
        Table::Chains => model.messages_of_mail(row),
    };
    let messages = entries(model, &begin);
    let mut mails = model.mails_of_messages(&messages);
    if table == Table::Chains && !mails.contains(&row) {
        mails.push(row);
    }
    let messages = messages.into_iter().map(|row| (Table::Messages, row));
    let mails = mails.into_iter().map(|row| (Table::Chains, row));
    let mut all: Vec<(Table, u32)> = messages.chain(mails).collect();
    if let Some(own) = all.iter().position(|place| *place == (table, row)) {
        all.rotate_left(own);
        all.remove(0);
    }
    all
}

/// Numbers of all messages of the journeys of `begin`, of the notices about them, and of the messages that they are
/// notices about. The result is the same whichever of them `begin` holds. Journeys stand in order of time.
fn entries(model: &Model, begin: &[u32]) -> Vec<u32> {
    let mut journeys: Vec<Vec<u32>> = Vec::new();
    let mut open = begin.to_vec();
    let mut count = 0;
    while let Some(number) = open.pop().filter(|_| count < MOST) {
        if journeys.iter().any(|journey| journey.contains(&number)) {
            continue;
        }
        let legs = model.journey_of(number).into_iter();
        let journey: Vec<u32> = legs.map(|leg| leg.message).collect();
        for &leg in &journey {
            let notices = model.notices_of(leg).into_iter();
            open.extend(notices.map(|notice| notice.other));
        }
        count += journey.len();
        journeys.push(journey);
    }
    journeys.sort_by_key(|journey| {
        let first = journey
            .first()
            .and_then(|number| model.messages.get(*number));
        first.map_or(i64::MAX, |message| model.span_of(message).0)
    });
    journeys.into_iter().flatten().collect()
}
