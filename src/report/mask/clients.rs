//! The mask over what headers call a person's computer.

use super::stories::with_word;
use super::{Mask, looks_like_client};
use crate::insight::findings::Finding;
use crate::insight::headers::{Client, in_sentence, is_host_name, is_private_name};
use crate::text::Lang;

impl Mask {
    /// A finding in one line.
    pub fn summary(&self, finding: &Finding, lang: Lang) -> String {
        let told = finding.told(lang, |quoted| self.text_naming(quoted, &finding.clients));
        self.text(&told)
    }

    /// Free text that quotes what headers call these hosts. People's computers are not named in it, mail servers are.
    pub fn text_naming(&self, text: &str, clients: &[Client]) -> String {
        self.without_clients(&self.text(text), clients)
    }

    /// A text in which those of these hosts that are people's computers are not named.
    pub fn without_clients(&self, text: &str, clients: &[Client]) -> String {
        let mut text = text.to_owned();
        for client in clients {
            for (name, shown) in self.hidden(client) {
                for written in [name, &in_sentence(name)] {
                    text = with_word(&text, written, &shown);
                }
            }
        }
        text
    }

    /// What must not be told of a host, and what stands for it.
    fn hidden<'c>(&self, client: &'c Client) -> Vec<(&'c str, String)> {
        let Client { name, helo, ip } = client;
        let known = if name.is_empty() { helo } else { name };
        let is_person = looks_like_client(known, ip);
        let tells = |name: &str| is_private_name(name) || is_person && is_host_name(name);
        let mut hidden = Vec::new();
        if tells(name) {
            hidden.push((name.as_str(), self.client_name(name)));
        }
        if helo != name && tells(helo) {
            hidden.push((helo.as_str(), self.pseudonym(helo)));
        }
        if !ip.is_empty() && !hidden.is_empty() {
            hidden.push((ip.as_str(), self.ip(ip)));
        }
        hidden
    }
}
