//! Domains: the hosts of one organisation, compared.

use hashbrown::HashMap;

use super::contacts::Contacts;
use super::{Level, Posture, Postures, Trend, standing};
use crate::model::{Model, organisation};
use crate::parse::Direction;

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
            domain.standings = standing::of(domain, hosts);
            domain.differs = standing::differ(&domain.standings);
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
