//! `hosts` and `domains`: one row for each peer and direction.

use std::sync::LazyLock;

use super::super::value::{Column, Holds, Row, Value};
use super::Facts;
use crate::insight::posture::Level;
use crate::tls::Grade;

/// In the order of CONTRACT.
pub(super) static HOSTS: LazyLock<Vec<Column>> = LazyLock::new(|| {
    let mut columns = BOTH.to_vec();
    columns.insert(2, Column::new("ip", Holds::Ip, 1));
    columns
});

/// In the order of CONTRACT; then how many hosts are compared, and how many of them are as good as the best.
pub(super) static DOMAINS: LazyLock<Vec<Column>> = LazyLock::new(|| {
    let mut columns = BOTH.to_vec();
    columns.push(Column::new("hosts", Holds::Number, 1));
    columns.push(Column::new("hosts_at_best", Holds::Number, 2));
    columns
});

/// What hosts and domains have.
static BOTH: [Column; 19] = [
    Column::new("direction", Holds::Direction, 8),
    Column::new("name", Holds::Host, 9),
    Column::new("first", Holds::Time, 0),
    Column::new("last", Holds::Time, 2),
    Column::new("deliveries", Holds::Number, 3),
    Column::new("grade_a", Holds::Number, 4),
    Column::new("grade_b", Holds::Number, 4),
    Column::new("grade_c", Holds::Number, 5),
    Column::new("grade_d", Holds::Number, 5),
    Column::new("grade_e", Holds::Number, 5),
    Column::new("grade_f", Holds::Number, 5),
    Column::new("grade_s", Holds::Number, 4),
    Column::new("refused", Holds::Number, 6),
    Column::new("waits", Holds::Number, 2),
    Column::new("best", Holds::Grade, 1),
    Column::new("worst", Holds::Grade, 6),
    Column::new("latest", Holds::Grade, 7),
    Column::new("trend", Holds::Word, 7),
    Column::new("since", Holds::Time, 1),
];

/// The grades that have a column, in the order of the columns.
const COUNTED: [Grade; 7] = [
    Grade::A,
    Grade::B,
    Grade::C,
    Grade::D,
    Grade::E,
    Grade::F,
    Grade::S,
];

/// The row of a posture of the selection.
pub(super) fn row(facts: &Facts<'_>, number: u32) -> Option<Row> {
    let postures = facts.postures.get()?;
    let posture = postures.whole(facts.model, facts.grades, number)?;
    let mut row = vec![
        Value::Word(posture.direction.name()),
        Value::Text(posture.name.clone()),
    ];
    if postures.level == Level::Host {
        // Null where it has several: nothing is said of one then that holds for another.
        let ip = posture.ip().map(|ip| ip.to_string());
        row.push(Value::text(ip.unwrap_or_default().as_bytes()));
    }
    row.extend([Value::Time(posture.first), Value::Time(posture.last)]);
    row.push(Value::Integer(posture.deliveries().into()));
    row.extend(COUNTED.map(|grade| Value::Integer(posture.tally.of(grade).into())));
    row.extend([posture.refused, posture.waits].map(|count| Value::Integer(count.into())));
    row.extend([posture.best(), posture.worst(), posture.latest].map(Value::Grade));
    row.push(Value::Word(posture.trend.name()));
    row.push(posture.since().map_or(Value::Null, Value::Time));
    if postures.level == Level::Domain {
        let (hosts, at_best) = posture.compared();
        row.extend([hosts, at_best].map(|count| Value::Integer(i64::try_from(count).unwrap_or(0))));
    }
    Some(row)
}
