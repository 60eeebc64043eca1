//! The overview in a sentence.

use super::Figures;
use crate::text::human;
use crate::tls::Grade;

/// What is told together, and the words for it.
const KINDS: [(&[Grade], &str); 5] = [
    (&[Grade::A, Grade::B], "well encrypted"),
    (&[Grade::S], "encrypted, how strongly is not stated"),
    (&[Grade::C, Grade::D], "weakly encrypted"),
    (&[Grade::E, Grade::F], "in clear"),
    (&[Grade::Unknown], "not stated"),
];

impl Figures {
    /// How much was protected, and how well.
    pub fn headline(&self) -> String {
        let refused = self.refused();
        let over_network =
            self.tally.all() - self.tally.of(Grade::Refused) - self.tally.of(Grade::Local);
        if over_network == 0 {
            return match refused.as_str() {
                "" => "Nothing crossed the network.".to_owned(),
                refused => format!("Nothing crossed the network; {refused}."),
            };
        }
        let parts = KINDS.into_iter().filter_map(|(grades, words)| {
            let count: u32 = grades.iter().map(|grade| self.tally.of(*grade)).sum();
            (count > 0).then(|| format!("{} {words}", share(count, over_network)))
        });
        let parts = parts.collect::<Vec<_>>().join(", ");
        let what = if over_network == 1 {
            "delivery or arrival"
        } else {
            "deliveries and arrivals"
        };
        let refused = if refused.is_empty() {
            refused
        } else {
            format!("; {refused}")
        };
        format!(
            "{} {what}: {parts}{refused}.",
            human::count(over_network.into())
        )
    }

    /// What ended for want of TLS, or of the TLS that was required. Of a handshake that failed most lines do not tell
    /// whether TLS was required.
    fn refused(&self) -> String {
        let (failed, below) = (self.handshakes_failed, self.below_requirement);
        let kinds = [
            (
                self.tally.of(Grade::Refused) - failed - below,
                "refused for want of TLS",
            ),
            (below, "refused for the certificate or the strength of TLS"),
            (failed, "ended in a TLS handshake that failed"),
        ];
        let told = kinds.into_iter().filter_map(|(count, what)| match count {
            0 => None,
            1 => Some(format!("one attempt {what}")),
            _ => Some(format!("{} attempts {what}", human::count(count.into()))),
        });
        told.collect::<Vec<_>>().join(", ")
    }
}

/// `all`, `96 %`, `under 1 %`; what is not nothing is not written as nothing, and what is not all not as all.
pub fn share(count: u32, all: u32) -> String {
    match rounded(count, all) {
        Rounded::All => "all".to_owned(),
        Rounded::Least => "under 1 %".to_owned(),
        Rounded::Most => "over 99 %".to_owned(),
        Rounded::Percent(percent) => format!("{percent} %"),
    }
}

/// The same in at most five cells, for a table.
pub fn percent(count: u32, all: u32) -> String {
    match rounded(count, all) {
        Rounded::All => "100 %".to_owned(),
        Rounded::Least => "<1 %".to_owned(),
        Rounded::Most => ">99 %".to_owned(),
        Rounded::Percent(percent) => format!("{percent} %"),
    }
}

enum Rounded {
    All,
    Least,
    Most,
    Percent(u64),
}

fn rounded(count: u32, all: u32) -> Rounded {
    if count == all {
        return Rounded::All;
    }
    let (count, all) = (u64::from(count), u64::from(all));
    match (count * 200 + all) / (all * 2).max(1) {
        0 if count > 0 => Rounded::Least,
        100 => Rounded::Most,
        percent => Rounded::Percent(percent),
    }
}
