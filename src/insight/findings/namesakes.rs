//! Hosts without a name that greeted us with that of another one: `host=` finds them as well.

use hashbrown::HashMap;

use super::{Finding, MOST_ADDRESSES};
use crate::model::{Model, Symbol};
use crate::parse::Direction;
use crate::text::Clean;

/// Notes the namesakes of the senders that findings are about.
pub(super) fn note(model: &Model, findings: &mut [Finding]) {
    let mut by_name: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
    for (at, finding) in findings.iter().enumerate() {
        if finding.direction == Some(Direction::In) {
            let name = finding.subject.as_bytes().to_vec();
            by_name.entry(name).or_default().push(at);
        }
    }
    if by_name.is_empty() {
        return;
    }
    for peer in 0..model.strings.peers.len() {
        let endpoint = model.strings.endpoint(Symbol(peer));
        if !endpoint.name.is_empty() || endpoint.ip.is_empty() || endpoint.helo.is_empty() {
            continue;
        }
        let Some(alike) = by_name.get(&endpoint.helo.to_ascii_lowercase()) else {
            continue;
        };
        let label = Clean::line(endpoint.ip.to_ascii_lowercase());
        let Some(address) = endpoint.address() else {
            continue;
        };
        let address = Clean::line(address.to_string());
        for &at in alike {
            if let Some(finding) = findings.get_mut(at) {
                finding.add_namesake(&label, &address);
            }
        }
    }
}

impl Finding {
    /// Only of the addresses that the filter asks for: no others are to be read in it.
    fn add_namesake(&mut self, label: &Clean, address: &Clean) {
        let is_new = self.subject != *label && !self.namesakes.contains(label);
        let is_asked_for = self.addresses.contains(address);
        if is_asked_for && is_new && self.namesakes.len() < MOST_ADDRESSES {
            self.namesakes.push(label.clone());
        }
    }
}
