//! Where a chain of headers and a log meet: the same journey.

use super::{Mail, Model};

impl Model {
    /// The loaded mails that are the same message as a log message: a hop's queue ID is the message's,
    /// or the Message-IDs agree.
    pub fn mails_of_message(&self, number: u32) -> Vec<u32> {
        let Some(message) = self.messages.get(number) else {
            return Vec::new();
        };
        let queue_id = self.queue_id(message);
        let message_id = self.strings.message_ids.get(message.message_id);
        let same = |mail: &Mail| {
            mail.hops.iter().any(|hop| hop.queue_id == queue_id)
                || (!message_id.is_empty() && mail.message_id().as_bytes() == message_id)
        };
        (0_u32..)
            .zip(&self.mails)
            .filter(|(_, mail)| same(mail))
            .map(|(row, _)| row)
            .collect()
    }

    /// The log messages that are the same message as a loaded mail, oldest first.
    pub fn messages_of_mail(&self, row: u32) -> Vec<u32> {
        let Some(mail) = self.mails.get(row as usize) else {
            return Vec::new();
        };
        let mut found: Vec<u32> = Vec::new();
        for hop in mail.hops.iter().filter(|hop| !hop.queue_id.is_empty()) {
            found.extend(self.messages_of_queue_id(&hop.queue_id));
        }
        if !mail.message_id().is_empty() {
            let ids = &self.strings.message_ids;
            let same = (0_u32..).zip(self.messages.iter()).filter(|(_, message)| {
                !message.message_id.is_none()
                    && ids.get(message.message_id) == mail.message_id().as_bytes()
            });
            found.extend(same.map(|(number, _)| number));
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}
