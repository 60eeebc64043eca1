//! From where on the absence of a TLS line proves plaintext.

use super::*;

/// A delivery without a TLS line.
fn silent(second: i64) -> Fact<'static> {
    of("A1B2C3", smtp(second, Kind::Delivery, Turn::Carries))
}

/// The same by another process.
fn silent_by(pid: &'static str, second: i64) -> Fact<'static> {
    Fact {
        dialogue: pid.as_bytes(),
        ..silent(second)
    }
}

/// A delivery with its TLS line.
fn sealed(second: i64) -> [Fact<'static>; 2] {
    [
        with(TLS12, smtp(second, Kind::Session, Turn::Secured)),
        silent(second),
    ]
}

fn restart(second: i64) -> Fact<'static> {
    Fact {
        direction: None,
        peer: Peer::default(),
        ..line(second, "postfix/master", "1", Kind::Note, Turn::Restarts)
    }
}

/// TLS of each delivery.
fn of_deliveries(facts: &[Fact<'static>], per_chunk: usize) -> Vec<TlsState> {
    let model = model_of(facts, per_chunk);
    let events = model.events.iter();
    let deliveries = events.filter(|event| event.kind == Kind::Delivery);
    deliveries.map(|event| model.tls_state(&event)).collect()
}

#[test]
fn silence_is_telling_from_the_first_tls_line_to_the_next_restart() {
    use TlsState::{No, NotStated, Yes};
    let mut facts = vec![restart(0), silent_by("5", 50), silent_by("6", 60)];
    facts.extend(sealed(100));
    // The connection is older than the first TLS line.
    facts.push(Fact {
        open_for: Some(30_000),
        ..silent_by("6", 110)
    });
    facts.extend([silent(200), restart(300), silent_by("9", 400)]);
    facts.extend(sealed(500));
    facts.push(silent(600));
    for per_chunk in [1, 3, 20] {
        assert_eq!(
            of_deliveries(&facts, per_chunk),
            [NotStated, NotStated, Yes, NotStated, No, NotStated, Yes, No]
        );
    }
}

/// A process reads its settings once.
#[test]
fn what_a_process_states_later_it_would_have_stated_before() {
    use TlsState::{No, NotStated, Yes};
    let mut facts = vec![restart(0), silent(50), silent_by("9", 60)];
    facts.extend(sealed(100));
    assert_eq!(of_deliveries(&facts, 2), [No, NotStated, Yes]);
    facts.insert(3, restart(80));
    assert_eq!(of_deliveries(&facts, 2), [NotStated, NotStated, Yes]);
}

#[test]
fn after_lost_lines_silence_is_telling_from_the_next_tls_line() {
    use TlsState::{No, NotStated, Yes};
    let [secured, sent] = sealed(100);
    for (host, behind) in [(&b"mx"[..], NotStated), (b"mx2", No)] {
        let mut outcomes: Vec<_> = [secured.clone(), sent.clone(), silent(200)]
            .map(Outcome::Fact)
            .to_vec();
        outcomes.push(Outcome::LinesLost(host));
        outcomes.push(Outcome::Fact(silent_by("9", 300)));
        outcomes.extend(sealed(400).map(Outcome::Fact));
        outcomes.push(Outcome::Fact(silent(500)));
        let model = crate::model::sample::model(&[("mail.log", &outcomes)]);
        let deliveries = model.events.iter();
        let deliveries = deliveries.filter(|event| event.kind == Kind::Delivery);
        let states: Vec<_> = deliveries.map(|event| model.tls_state(&event)).collect();
        assert_eq!(states, [Yes, No, behind, Yes, No], "{host:?}");
    }
}

#[test]
fn another_program_or_host_proves_nothing() {
    let mut facts = sealed(0).to_vec();
    let other_host = Fact {
        host: b"mx2",
        ..silent(100)
    };
    let other_program = Fact {
        program: b"postfix/relay/smtp",
        ..silent(100)
    };
    facts.extend([other_host, other_program, silent(100)]);
    // What restarts elsewhere changes nothing here.
    facts.push(Fact {
        host: b"mx2",
        ..restart(200)
    });
    facts.push(silent(300));
    let (no, unknown) = (TlsState::No, TlsState::NotStated);
    assert_eq!(
        of_deliveries(&facts, 20),
        [TlsState::Yes, unknown, unknown, no, no]
    );
}
