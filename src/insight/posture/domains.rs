//! Domains: the hosts of one organisation, compared.

use std::sync::Arc;

use super::contacts::Contacts;
use super::standing::{self, Standing};
use super::{Level, Names, Postures, Trend, group};
use crate::model::{Endpoint, GradeBook, Model};

/// The hosts behind domains.
#[derive(Clone, Debug)]
pub(super) struct Domains {
    pub(super) hosts: Arc<Postures>,
    /// Their places, domain by domain.
    members: Vec<u32>,
    /// Where those of each domain end; they begin where those of the domain before end.
    ends: Vec<u32>,
}

impl Contacts {
    /// The posture of every organisational domain, with its hosts compared: the hosts of the same
    /// contacts, and their names.
    pub fn domains(
        &self,
        model: &Model,
        grades: &GradeBook,
        names: &mut Names,
        hosts: Arc<Postures>,
    ) -> Postures {
        let mut all = self.by(model, grades, Level::Domain, names);
        let domains = Domains::of(model, names, hosts, &all);
        for place in (0..).take(all.briefs.len()) {
            // One alone differs from none.
            if domains.members(place).len() > 1 {
                let last = all.span_of(model, place).1;
                let standings = domains.standings(model, grades, place, last);
                if let Some(own) = all.briefs.get_mut(place as usize)
                    && standing::differ(&standings)
                {
                    own.trend = Trend::Mixed;
                }
            }
        }
        all.domains = Some(domains);
        all
    }
}

impl Domains {
    fn of(model: &Model, names: &Names, hosts: Arc<Postures>, domains: &Postures) -> Self {
        let of_host = hosts.briefs().iter().map(|host| {
            let name = group::name(hosts.level, &model.strings.endpoint(host.peer))?;
            let endpoint = Endpoint {
                name: &name,
                ..Endpoint::default()
            };
            let domain = group::name(Level::Domain, &endpoint)?;
            domains.place_of(names.find(&domain, host.direction().into())?)
        });
        let of_host: Vec<Option<u32>> = of_host.collect();
        let mut ends = vec![0_u32; domains.briefs().len()];
        for place in of_host.iter().flatten() {
            if let Some(count) = ends.get_mut(*place as usize) {
                *count += 1;
            }
        }
        let mut start = 0;
        for end in &mut ends {
            start += std::mem::replace(end, start);
        }
        let mut members = vec![0; start as usize];
        for (host, place) in (0..).zip(&of_host) {
            if let Some(end) = place.and_then(|place| ends.get_mut(place as usize))
                && let Some(slot) = members.get_mut(*end as usize)
            {
                *slot = host;
                *end += 1;
            }
        }
        Self {
            hosts,
            members,
            ends,
        }
    }

    /// The hosts of a domain.
    pub(super) fn members(&self, place: u32) -> &[u32] {
        let end_of = |place: u32| self.ends.get(place as usize).copied();
        let start = place.checked_sub(1).and_then(end_of).unwrap_or(0);
        let end = end_of(place).unwrap_or(start);
        let range = start as usize..end as usize;
        self.members.get(range).unwrap_or_default()
    }

    /// How the hosts of a domain stand at its last contact.
    pub(super) fn standings(
        &self,
        model: &Model,
        grades: &GradeBook,
        place: u32,
        last: i64,
    ) -> Vec<Standing> {
        let members = self.members(place).iter();
        let hosts = members.filter_map(|host| self.hosts.posture(model, grades, *host));
        standing::of(last, hosts)
    }

    pub(super) fn heap_bytes(&self) -> usize {
        (self.members.capacity() + self.ends.capacity()) * size_of::<u32>()
    }
}
