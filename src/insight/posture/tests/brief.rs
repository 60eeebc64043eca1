//! Postures in brief, and what they cost.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::atomic::{AtomicU32, Ordering};

use super::gathered::{Gathered, Made};
use super::*;

/// Whatever happens, on both sides: hosts of one name, of none, in several domains.
fn all_kinds() -> Log {
    let mut log = Log::default()
        .days(0, "mx1.example.net", &[A13, REFUSED, PLAIN, C10, A13, A13])
        .days(0, "mx2.example.net", &[C10, C10, C10, REFUSED, REFUSED])
        .days(0, "mx1.example.com", &[A13, A13, PLAIN, PLAIN])
        .days(3, "192.0.2.1", &[A12, A12]);
    for (nth, peer) in [
        "H=mx1.example.net",
        "H=(mx) [192.0.2.1]",
        "H=[IPv6:2001:DB8::1]",
    ]
    .into_iter()
    .enumerate()
    {
        let id = log.id();
        let line = format!(
            "2026-01-0{} 12:00:00 {id} <= bo@example.net {peer} P=esmtps {C10} S=300",
            nth + 1
        );
        let _ = writeln!(log.text, "{line}");
    }
    log
}

#[test]
fn a_brief_says_what_the_posture_says() {
    let model = all_kinds().model();
    let contacts = contacts(&model);
    let hosts = contacts.hosts(&model);
    let domains = contacts.domains(&model, &hosts);
    assert!(domains.all.iter().any(|domain| domain.differs));
    for made in [contacts.addresses(&model), hosts, domains] {
        assert_eq!(made.briefs().len(), made.all.len());
        let (first, last) = made.span;
        assert_eq!(Some(first), made.all.iter().map(|own| own.first).min());
        assert_eq!(Some(last), made.all.iter().map(|own| own.last).max());
        for ((place, brief), own) in (0..).zip(made.briefs()).zip(&made.all) {
            assert_eq!(
                (brief.direction(), brief.refused, brief.waits),
                (own.direction, own.refused, own.waits)
            );
            assert_eq!(
                (brief.worst, brief.latest, brief.trend),
                (own.worst(), own.latest, own.trend)
            );
            assert_eq!(made.deliveries(place), own.deliveries());
            assert_eq!(made.span_of(&model, place), (own.first, own.last));
            assert_eq!(made.name(&model, place), own.name);
            assert_eq!(made.place_of(brief.row), Some(place));
        }
    }
}

#[test]
fn a_peer_keeps_its_row_whatever_is_selected() {
    let model = all_kinds().model();
    let gathered = contacts(&model);
    let all = gathered.hosts(&model);
    let row_of = |made: &Made, name: &str, direction| {
        let own = |own: &Posture| &*own.name == name && own.direction == direction;
        let place = made.all.iter().position(own).unwrap();
        made.briefs()[place].row
    };
    let some = Gathered {
        contacts: Contacts::of(&model, |event| event.number % 2 == 1),
        ..gathered
    };
    let some = some.hosts(&model);
    assert!(some.all.len() > 3);
    for own in &some.all {
        let row = |made| row_of(made, &own.name, own.direction);
        assert_eq!(row(&some), row(&all), "{}", own.name);
    }
    let rows: Vec<u32> = all.briefs().iter().map(|own| own.row).collect();
    let distinct: BTreeSet<u32> = rows.iter().copied().collect();
    assert_eq!(distinct.len(), rows.len());
    assert_eq!(all.place_of(rows.into_iter().max().unwrap() + 1), None);
}

/// Bytes that a host and a contact may take. There are hundreds of thousands and millions of them.
const PER_HOST: usize = 32;
const PER_CONTACT: usize = 4;

#[test]
fn a_host_costs_few_bytes() {
    let log = (0..2000).fold(Log::default(), |log, host| {
        log.out(
            host % 20,
            &format!("mx{host}.example{}.net", host % 500),
            A13,
        )
    });
    let model = log.model();
    let contacts = contacts(&model);
    let hosts = contacts.hosts(&model);
    assert_eq!(hosts.all.len(), 2000);
    let most = 2000 * (PER_HOST + PER_CONTACT);
    assert!(hosts.heap_bytes() <= most, "{}", hosts.heap_bytes());
    let domains = contacts.domains(&model, &hosts);
    assert_eq!(domains.all.len(), 500);
    // Its place in its domain.
    let most = 500 * (PER_HOST + 4) + 2000 * (PER_CONTACT + 4);
    assert!(domains.heap_bytes() <= most, "{}", domains.heap_bytes());
}

#[test]
fn nobody_wants_the_contacts_any_more() {
    let model = all_kinds().model();
    assert!(Contacts::unless(&model, |_| true, &|| true).is_none());
    let asked = AtomicU32::new(0);
    let once = || asked.fetch_add(1, Ordering::Relaxed) > 0;
    // The second time it is asked, messages are walked.
    assert!(Contacts::unless(&model, |_| true, &once).is_none());
    assert!(Contacts::unless(&model, |_| true, &|| false).is_some());
}
