//! The latest outcome for each address of a message.

use hashbrown::{HashMap, HashSet};

use crate::model::{Event, Strings, Symbol};

/// Latest outcome for one address.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Delivered,
    Deferred,
    Failed,
    Discarded,
}

/// An envelope recipient, and the final address that it expanded to; both are equal without an alias.
type Address = (Symbol, Symbol);

/// Latest outcome for each final address of a message. The addresses of one alias are separate: one of them may be
/// delivered while another fails.
#[derive(Default)]
pub(super) struct Fates {
    /// The first addresses: for the handful of most messages, a linear search is faster than hashing.
    few: Vec<(Address, Fate)>,
    /// All further addresses: mailing lists have thousands.
    many: HashMap<Address, Fate>,
    /// Addresses in `many` that were deferred since the whole message failed last.
    deferred: Vec<Address>,
    /// True when the whole message failed while no address was deferred.
    failed_whole: bool,
    /// True when the whole message was removed while no address was deferred.
    removed_whole: bool,
}

impl Fates {
    const FEW: usize = 16;

    pub(super) fn take(&mut self, strings: &Strings, event: &Event, fate: Fate) {
        let (recipient, address) = (strings.recipient(event), event.address);
        if address.is_none() && fate == Fate::Failed {
            self.failed_whole |= !self.fail_deferred();
            return;
        }
        if fate == Fate::Discarded && recipient == address && self.drop_deferred_to(address) {
            return;
        }
        if recipient != address {
            // The alias itself may have been deferred before it was expanded.
            self.forget_deferral((recipient, recipient));
        }
        self.set((recipient, address), fate);
    }

    fn set(&mut self, address: Address, fate: Fate) {
        if let Some(known) = self.few.iter_mut().find(|(known, _)| *known == address) {
            known.1 = fate;
        } else if self.few.len() < Self::FEW && !self.many.contains_key(&address) {
            self.few.push((address, fate));
        } else {
            let known = self.many.insert(address, fate);
            if fate == Fate::Deferred && known != Some(fate) {
                self.deferred.push(address);
            }
        }
    }

    /// Turns all deferred addresses into failed ones, because the whole message failed; false when there are none.
    fn fail_deferred(&mut self) -> bool {
        self.settle_deferred(Fate::Failed)
    }

    /// The message was removed, or an envelope of it: nobody who waits gets it any more.
    pub(super) fn drop_deferred(&mut self, event: &Event) {
        if event.address.is_none() {
            self.removed_whole |= !self.settle_deferred(Fate::Discarded);
        } else {
            self.drop_deferred_to(event.address);
        }
    }

    /// Gives all deferred addresses another fate; false when there are none.
    fn settle_deferred(&mut self, settled: Fate) -> bool {
        let Self {
            few,
            many,
            deferred,
            ..
        } = self;
        let mut any = false;
        let mut settle = |fate: &mut Fate| {
            if *fate == Fate::Deferred {
                *fate = settled;
                any = true;
            }
        };
        for (_, fate) in few {
            settle(fate);
        }
        for address in deferred.drain(..) {
            if let Some(fate) = many.get_mut(&address) {
                settle(fate);
            }
        }
        any
    }

    /// Drops an address that was deferred, whoever expanded to it: an administrator names the address alone. False
    /// when it was not deferred, or is one of too many to look.
    fn drop_deferred_to(&mut self, address: Symbol) -> bool {
        let waits =
            |((_, own), fate): &&mut (Address, Fate)| *own == address && *fate == Fate::Deferred;
        let known = self.few.iter_mut().find(waits);
        known.map(|(_, fate)| *fate = Fate::Discarded).is_some()
    }

    /// Whether the message was dropped for a recipient to whom it was delivered under no address.
    pub(super) fn drops_recipients(&self) -> bool {
        let few = self.few.iter().copied();
        let many = self.many.iter().map(|(address, fate)| (*address, *fate));
        let all = || few.clone().chain(many.clone());
        let with = |wanted| move |(_, fate): &(Address, Fate)| *fate == wanted;
        let delivered = all().filter(with(Fate::Delivered));
        let delivered: HashSet<Symbol> = delivered.map(|((recipient, _), _)| recipient).collect();
        let mut dropped = all().filter(with(Fate::Discarded));
        dropped.any(|((recipient, _), _)| !recipient.is_none() && !delivered.contains(&recipient))
    }

    fn forget_deferral(&mut self, address: Address) {
        let wanted = (address, Fate::Deferred);
        if let Some(at) = self.few.iter().position(|known| *known == wanted) {
            self.few.swap_remove(at);
        } else if self.many.get(&address) == Some(&Fate::Deferred) {
            self.many.remove(&address);
        }
    }

    pub(super) fn clear(&mut self) {
        self.few.clear();
        if !self.many.is_empty() {
            // Replaced: clearing a large table would take as long for each of the next messages.
            self.many = HashMap::default();
        }
        self.deferred.clear();
        self.failed_whole = false;
        self.removed_whole = false;
    }

    /// Number of distinct envelope recipients, with one that no line names where the message ended for another one
    /// than those.
    pub(super) fn recipients(&self) -> usize {
        let unnamed = usize::from(self.ends_for_another());
        if self.few.len() < 2 && self.many.is_empty() {
            return self.few.len() + unnamed;
        }
        let few = self.few.iter().map(|((recipient, _), _)| *recipient);
        let many = self.many.keys().map(|(recipient, _)| *recipient);
        let mut all: Vec<Symbol> = few.chain(many).collect();
        all.sort_unstable();
        all.dedup();
        all.len() + unnamed
    }

    fn ends_for_another(&self) -> bool {
        if !self.failed_whole && !self.removed_whole {
            return false;
        }
        let [delivered, _, failed, discarded] = self.named_counts();
        self.failed_whole && failed == 0 || self.removed_whole && delivered > 0 && discarded == 0
    }

    /// Number of addresses by fate, in the order of [`Fate`]. A message that failed as a whole has at least one failed
    /// address, even where no line names it.
    pub(super) fn counts(&self) -> [usize; 4] {
        let mut counts = self.named_counts();
        let failed = &mut counts[Fate::Failed as usize];
        if self.failed_whole && *failed == 0 {
            *failed = 1;
        }
        counts
    }

    /// Number of addresses on log lines, by fate.
    fn named_counts(&self) -> [usize; 4] {
        let mut counts = [0; 4];
        let few = self.few.iter().map(|(_, fate)| fate);
        for fate in few.chain(self.many.values()) {
            counts[*fate as usize] += 1;
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_fails_with_the_message_however_often_it_is_given_up() {
        let mut fates = Fates::default();
        let address = |nth| (Symbol(nth), Symbol(nth));
        // Enough to use the table. Each one is deferred before the whole message fails again.
        for nth in 1..=20_000 {
            fates.set(address(nth), Fate::Deferred);
            assert!(fates.fail_deferred());
            assert!(!fates.fail_deferred());
        }
        assert_eq!(fates.counts(), [0, 0, 20_000, 0]);
        for nth in 1..=20_000 {
            fates.set(address(nth), Fate::Deferred);
        }
        fates.set(address(19_000), Fate::Delivered);
        fates.forget_deferral(address(18_000));
        assert!(fates.fail_deferred());
        assert_eq!(fates.counts(), [1, 0, 19_998, 0]);
        fates.clear();
        assert!(!fates.fail_deferred());
    }
}
