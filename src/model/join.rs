//! Matches loaded mails with messages of the logs.

use super::{Mail, MessageId, Model};

impl Model {
    /// Rows of the loaded mails that are the same message as a log message or another queue entry of its journey.
    pub fn mails_of_message(&self, number: u32) -> Vec<u32> {
        if self.mails.is_empty() {
            return Vec::new();
        }
        let legs = self.journey_of(number);
        let messages: Vec<u32> = legs.iter().map(|leg| leg.message).collect();
        self.mails_of_messages(&messages)
    }

    /// Rows of the loaded mails that are the same message as one of these log messages: a hop has the queue ID, or
    /// the Message-IDs are equal.
    pub fn mails_of_messages(&self, numbers: &[u32]) -> Vec<u32> {
        let messages = numbers.iter().filter_map(|at| self.messages.get(*at));
        let ids: Vec<(Vec<u8>, MessageId<'_>)> = messages
            .map(|message| {
                let message_id = self.strings.message_ids.get(message.message_id);
                (self.queue_id(message), message_id)
            })
            .collect();
        let same = |mail: &Mail| {
            let of_mail = MessageId::of(mail.message_id().as_bytes());
            ids.iter().any(|(queue_id, message_id)| {
                mail.hops.iter().any(|hop| hop.queue_id == *queue_id)
                    || (!message_id.is_empty() && of_mail == *message_id)
            })
        };
        (0_u32..)
            .zip(&self.mails)
            .filter(|(_, mail)| same(mail))
            .map(|(row, _)| row)
            .collect()
    }

    /// Log messages that are the same message as a loaded mail, each with its whole journey, in journey order.
    pub fn messages_of_mail(&self, row: u32) -> Vec<u32> {
        let Some(mail) = self.mails.get(row as usize) else {
            return Vec::new();
        };
        let mut found: Vec<u32> = Vec::new();
        for hop in mail.hops.iter().filter(|hop| !hop.queue_id.is_empty()) {
            found.extend(self.messages_of_queue_id(&hop.queue_id));
        }
        let id = MessageId::of(mail.message_id().as_bytes());
        if !id.is_empty() {
            let ids = &self.strings.message_ids;
            let same = (0_u32..).zip(self.messages.iter()).filter(|(_, message)| {
                !message.message_id.is_none() && ids.get(message.message_id) == id
            });
            found.extend(same.map(|(number, _)| number));
        }
        found.sort_unstable();
        found.dedup();
        self.with_journeys(&found)
    }

    /// Sorts messages so that those of one journey are together, in journey order.
    pub fn by_journey(&self, numbers: &mut [u32]) {
        let order = self.with_journeys(numbers);
        numbers.sort_by_key(|number| order.iter().position(|ordered| ordered == number));
    }

    /// The messages and all further queue entries of their journeys, journey by journey.
    fn with_journeys(&self, numbers: &[u32]) -> Vec<u32> {
        let mut all = Vec::new();
        for number in numbers {
            if !all.contains(number) {
                let legs = self.journey_of(*number).into_iter();
                let new: Vec<u32> = legs
                    .map(|leg| leg.message)
                    .filter(|message| !all.contains(message))
                    .collect();
                all.extend(new);
            }
        }
        all
    }
}
