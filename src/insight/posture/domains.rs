//! Domains: the hosts of one organisation, compared.

use hashbrown::HashMap;

use super::contacts::Contacts;
use super::runs::{WINDOW_MS, compare};
use super::{Level, Posture, Postures, Trend};
use crate::model::{Model, organisation};
use crate::parse::Direction;
use crate::tls::Grade;

impl Contacts {
    /// The posture of every organisational domain, with its hosts compared: the hosts of the same
    /// contacts.
    pub fn domains(&self, model: &Model, hosts: &Postures) -> Postures {
        let mut domains = self.by(model, Level::Domain);
        let place_of: HashMap<(bool, String), usize> = domains
            .all
            .iter()
            .enumerate()
            .map(|(at, domain)| ((is_inbound(domain), domain.name.to_string()), at))
            .collect();
        for (number, host) in (0_u32..).zip(&hosts.all) {
            let key = (is_inbound(host), organisation(&host.name).to_owned());
            if let Some(domain) = place_of.get(&key).and_then(|at| domains.all.get_mut(*at)) {
                domain.members.push(number);
            }
        }
        for domain in &mut domains.all {
            domain.differs = differ(domain, hosts);
            if domain.differs {
                domain.trend = Trend::Mixed;
            }
        }
        domains
    }
}

fn is_inbound(posture: &Posture) -> bool {
    posture.direction == Direction::In
}

/// Whether the latest runs of the hosts differ in grade, as far as they fall into one window and rest on
/// more than one contact.
fn differ(domain: &Posture, hosts: &Postures) -> bool {
    let runs = domain
        .members
        .iter()
        .filter_map(|at| hosts.all.get(*at as usize)?.runs.last());
    let latest: Vec<Grade> = runs
        .filter(|run| run.contacts > 1 && domain.last - run.last <= WINDOW_MS)
        .map(|run| run.grade)
        .collect();
    // S compares with less than the others do: the extremes of those show every difference.
    let stated = latest.iter().filter(|grade| **grade != Grade::S);
    let (best, worst) = (stated.clone().min(), stated.max());
    let pair = best.zip(worst);
    pair.is_some_and(|(best, worst)| {
        latest
            .iter()
            .any(|grade| compare(*grade, *best).is_ne() || compare(*grade, *worst).is_ne())
    })
}
