//! Whose headers count as ours: it can be said anew while mails are loaded.

use super::chain::host;
use super::{Hop, Mail, Model, Trust};

/// Whose headers count as ours.
#[derive(Clone, Debug, Default)]
pub(super) struct Ours {
    /// What the program was started with.
    first: Trust,
    /// What was said since; `None` while that is nothing else.
    now: Option<Trust>,
}

impl Ours {
    pub(super) const fn new(first: Trust) -> Self {
        Self { first, now: None }
    }

    fn trust(&self) -> &Trust {
        self.now.as_ref().unwrap_or(&self.first)
    }

    /// Judges a mail that was judged by what the program was started with.
    pub(super) fn judge(&self, mail: &mut Mail) {
        if let Some(trust) = &self.now {
            mail.judge_again(trust);
        }
    }
}

impl Hop {
    /// The host that wrote the header, in lower case; empty where the header does not name it.
    pub fn writer(&self) -> String {
        host(&self.by).to_ascii_lowercase()
    }
}

impl Model {
    /// The hosts and networks whose headers are believed.
    pub fn trust(&self) -> &Trust {
        self.ours.trust()
    }

    /// Believes the headers of a mail from the newest down to `hop`, which counts from 0, and no older one: the
    /// hosts that wrote them are ours from now on, in every mail. That may not suffice: the header above has to show
    /// that one of our hosts handed the message in, see [`Trust`].
    pub fn trust_down_to(&mut self, row: u32, hop: usize) {
        let Some(mail) = self.mails.get(row as usize) else {
            return;
        };
        let writers: Vec<String> = mail.hops.iter().map(Hop::writer).collect();
        let mut trust = self.trust().clone();
        trust.hosts.retain(|own| {
            !writers
                .iter()
                .any(|writer| own.eq_ignore_ascii_case(writer))
        });
        let newest = writers.len().saturating_sub(1);
        // Without any name the topmost header counts as ours.
        let is_default = hop == newest && trust.hosts.is_empty();
        if !is_default {
            for writer in writers.into_iter().skip(hop).rev() {
                if !writer.is_empty() && !trust.hosts.contains(&writer) {
                    trust.hosts.push(writer);
                }
            }
        }
        self.believe(Some(trust));
    }

    /// Believes the headers that were believed when the program was started.
    pub fn trust_as_started(&mut self) {
        self.believe(None);
    }

    fn believe(&mut self, trust: Option<Trust>) {
        self.ours.now = trust;
        let trust = self.ours.trust();
        for mail in &mut self.mails {
            mail.judge_again(trust);
        }
        self.generation += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::super::Evidence;
    use super::*;
    use crate::parse::message::parse;

    const OWN: Evidence = Evidence::Own;
    const PEER: Evidence = Evidence::Peer;
    const UNVERIFIED: Evidence = Evidence::Unverified;

    /// Three hosts of ours, then one of a stranger.
    const HEADERS: &str = "\
Received: from filter.our.example (filter.our.example [192.0.2.2]) by mailbox.our.example (Postfix) with ESMTP id 4
Received: from mx.our.example (mx.our.example [192.0.2.1]) by filter.our.example (Postfix) with ESMTP id 3
Received: from out.other.example (out.other.example [203.0.113.9]) by mx.our.example (Postfix) with ESMTP id 2
Received: from laptop (unknown [203.0.113.77]) by out.other.example (Postfix) with ESMTPSA id 1
";

    fn mail() -> Mail {
        Mail::new(parse(HEADERS.as_bytes()), &Trust::default(), &[])
    }

    fn evidence(model: &Model, row: usize) -> Vec<Evidence> {
        let hops = model.mails[row].hops.iter();
        hops.map(|hop| hop.evidence).collect()
    }

    #[test]
    fn the_line_goes_down_and_up_and_back() {
        let mut model = Model::default();
        model.add_mail(mail());
        let begun = [UNVERIFIED, PEER, PEER, OWN];
        assert_eq!(evidence(&model, 0), begun);
        let generation = model.generation;

        model.trust_down_to(0, 1);
        assert_eq!(evidence(&model, 0), [PEER, OWN, OWN, OWN]);
        assert!(model.generation > generation, "views have to notice");
        assert_eq!(
            model.trust().hosts,
            [
                "mailbox.our.example",
                "filter.our.example",
                "mx.our.example"
            ]
        );
        // What comes in later is judged alike.
        model.add_mail(mail());
        assert_eq!(evidence(&model, 1), [PEER, OWN, OWN, OWN]);

        model.trust_down_to(0, 2);
        assert_eq!(evidence(&model, 1), [UNVERIFIED, PEER, OWN, OWN]);
        model.trust_down_to(0, 3);
        assert_eq!(evidence(&model, 0), begun);
        assert!(model.trust().is_default());

        model.trust_down_to(0, 1);
        model.trust_as_started();
        assert_eq!(evidence(&model, 0), begun);
        assert_eq!(evidence(&model, 1), begun);
    }

    #[test]
    fn a_header_that_is_not_shown_to_be_ours_stays_a_claim() {
        let forged = HEADERS.replace("mx.our.example [192.0.2.1]", "evil.example [203.0.113.66]");
        let facts = parse(forged.as_bytes());
        let mut model = Model::default();
        model.add_mail(Mail::new(facts, &Trust::default(), &[]));
        model.trust_down_to(0, 1);
        assert_eq!(evidence(&model, 0)[1..], [UNVERIFIED, OWN, OWN]);
        model.trust_down_to(7, 0);
        let unchanged = [UNVERIFIED, OWN, OWN];
        assert_eq!(evidence(&model, 0)[1..], unchanged, "there is no such mail");
    }

    #[test]
    fn networks_given_at_the_start_stay() {
        let trust = Trust {
            networks: vec!["192.0.2.0/24".parse().unwrap()],
            ..Trust::default()
        };
        let mut model = Model::new(Vec::new(), trust);
        model.add_mail(mail());
        model.trust_down_to(0, 2);
        assert_eq!(model.trust().networks.len(), 1);
        model.trust_as_started();
        assert_eq!(model.trust().networks.len(), 1);
    }
}
