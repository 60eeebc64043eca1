//! Whom an attempt concerns that names no recipient: its line stands before those of the addresses of the same run of
//! the transport, which went on to the next host.

use crate::parse::{Direction, Kind};

use super::super::attempts::OUTCOME_WITHIN_MS;
use super::super::domain::same_organisation;
use super::super::tried::Step;
use super::super::{Endpoint, Model, Symbol};
use super::Stop;

/// More lines of the message are not searched.
const MOST_STEPS: usize = 1000;

/// The outcomes of one connection.
#[derive(Debug)]
struct Block {
    attempt: u16,
    recipients: Vec<Symbol>,
    /// The host, or a recipient, is of the organisation of the host that was passed over.
    is_akin: bool,
}

/// The walk through a message, for the attempts of which no line names a recipient.
pub(super) struct Run<'a> {
    model: &'a Model,
    steps: &'a [Step],
}

impl<'a> Run<'a> {
    /// Of a message, by all of its steps.
    pub(super) const fn of(model: &'a Model, steps: &'a [Step]) -> Self {
        Self { model, steps }
    }

    /// The stop, once for each recipient of the run. Messages go to several hosts at a time: where more than one
    /// connection may be that of the run, it is not sure whose recipients are meant.
    pub(super) fn stops(&self, stop: Stop) -> Vec<Stop> {
        let mut blocks = self.blocks(stop);
        if blocks.iter().any(|block| block.is_akin) {
            blocks.retain(|block| block.is_akin);
        }
        let is_sure = blocks.len() == 1;
        let recipients = blocks.into_iter().flat_map(|block| block.recipients);
        let stops = recipients.map(|recipient| Stop {
            recipient,
            is_sure,
            ..stop
        });
        let stops: Vec<Stop> = stops.collect();
        if stops.is_empty() {
            return vec![stop];
        }
        stops
    }

    /// The outcomes that follow, as long as a line of a connection stands before its outcome.
    fn blocks(&self, stop: Stop) -> Vec<Block> {
        let strings = &self.model.strings;
        let host = strings.endpoint(stop.host);
        let first = self
            .steps
            .partition_point(|step| step.event.number < stop.event);
        let steps = self.steps.get(first..).unwrap_or_default();
        let until = steps
            .first()
            .map_or(0, |step| step.event.time() + OUTCOME_WITHIN_MS);
        let mut blocks: Vec<Block> = Vec::new();
        for step in steps.iter().take(MOST_STEPS) {
            if step.event.time() > until {
                break;
            }
            if !is_outcome(self.model, step) {
                continue;
            }
            let recipient = strings.recipient(&step.event);
            let is_akin = self.is_akin(&host, step);
            let own = blocks.iter_mut().find(|own| own.attempt == step.attempt);
            if let Some(own) = own {
                own.recipients.push(recipient);
                own.is_akin |= is_akin;
            } else {
                blocks.push(Block {
                    attempt: step.attempt,
                    recipients: vec![recipient],
                    is_akin,
                });
            }
        }
        blocks
    }

    fn is_akin(&self, host: &Endpoint<'_>, step: &Step) -> bool {
        if host.name.is_empty() {
            return false;
        }
        let strings = &self.model.strings;
        let address = strings.addresses.get(step.event.address);
        let at = memchr::memrchr(b'@', address).map_or(address.len(), |at| at + 1);
        let domain = address.get(at..).unwrap_or_default();
        let others = [strings.endpoint(step.event.peer).name, domain];
        let own = String::from_utf8_lossy(host.name);
        others.iter().any(|other| {
            !other.is_empty() && same_organisation(&own, &String::from_utf8_lossy(other))
        })
    }
}

/// Whether a line tells what became of a recipient on a connection. Old releases of Exim do not name the host on it.
fn is_outcome(model: &Model, step: &Step) -> bool {
    let event = &step.event;
    matches!(event.kind, Kind::Delivery | Kind::Deferral | Kind::Failure)
        && event.direction() != Some(Direction::Local)
        && !model.strings.recipient(event).is_none()
        && (step.attempt > 0 || model.was_stopped(event))
}
