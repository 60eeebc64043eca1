//! Values that occur in the loaded data, for completion.

use crate::model::{Interner, Model, Symbol};
use crate::query::{Field, Seen, TextField, ValueSource};
use crate::text::clean;

/// Most strings that are searched for one completion: enough to be useful, few enough not to be felt.
const LOOKED_AT: u32 = 500_000;

/// The values of a model.
pub(super) struct SeenValues<'a>(pub &'a Model);

impl ValueSource for SeenValues<'_> {
    fn seen(&self, field: Field, typed: &str, most: usize) -> Vec<Seen> {
        let strings = &self.0.strings;
        let mut values = match field {
            Field::Text(TextField::From | TextField::To | TextField::Addr) => {
                beginning(&strings.addresses, typed, most, |_, text| Some(text))
            }
            Field::Text(TextField::Domain) => {
                beginning(&strings.addresses, typed, most, |_, text| {
                    text.rsplit(|&byte| byte == b'@')
                        .next()
                        .filter(|domain| domain.len() < text.len())
                })
            }
            Field::Text(TextField::Host | TextField::Barred) => {
                beginning(&strings.peers, typed, most, |at, _| {
                    Some(strings.endpoint(at).name).filter(|name| !name.is_empty())
                })
            }
            Field::Ip => beginning(&strings.peers, typed, most, |at, _| {
                Some(strings.endpoint(at).ip).filter(|ip| !ip.is_empty())
            }),
            Field::Text(TextField::Cipher) => {
                let ciphers = self
                    .0
                    .sessions
                    .iter()
                    .map(|(_, session)| session.cipher.clone());
                ciphers
                    .filter(|cipher| starts(cipher.as_bytes(), typed))
                    .collect()
            }
            _ => Vec::new(),
        };
        values.sort();
        values.dedup();
        values.truncate(most);
        values
            .into_iter()
            .map(|text| Seen {
                text,
                note: String::new(),
            })
            .collect()
    }
}

fn beginning<'a>(
    strings: &'a Interner,
    typed: &str,
    most: usize,
    part: impl Fn(Symbol, &'a [u8]) -> Option<&'a [u8]>,
) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for at in (1..strings.len().min(LOOKED_AT)).map(Symbol) {
        let Some(text) = part(at, strings.get(at)).filter(|text| starts(text, typed)) else {
            continue;
        };
        let text = clean(text).into_owned();
        if !found.contains(&text) {
            found.push(text);
        }
        if found.len() >= most {
            break;
        }
    }
    found
}

fn starts(text: &[u8], typed: &str) -> bool {
    text.get(..typed.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(typed.as_bytes()))
}
