//! Changes a text a little: bytes, words, fields, lines, and pieces of other texts.

use crate::random::Random;

/// Bytes that mean something to a grammar.
const SIGNS: &[u8] = b" \t\r\n\0\x1b\x7f\x80\xff\"'\\<>()[]{}:;,.=*/-_@#!?%&|+~0129AZaz";

/// Changes `text` in one to five places. `others` and `words` are what may be put in.
pub fn mutate(random: &mut Random, text: &mut Vec<u8>, others: &[Vec<u8>], words: &[&str]) {
    for _ in 0..=random.below(5) {
        once(random, text, others, words);
    }
}

fn once(random: &mut Random, text: &mut Vec<u8>, others: &[Vec<u8>], words: &[&str]) {
    match random.below(13) {
        0 => put(random, text, |random| vec![*random.pick(SIGNS)]),
        1 => put(random, text, |random| vec![random.byte()]),
        2 => {
            let at = random.below(text.len());
            let sign = *random.pick(SIGNS);
            if let Some(byte) = text.get_mut(at) {
                *byte = sign;
            }
        }
        3 => {
            let (at, bit) = (random.below(text.len()), random.below(8));
            if let Some(byte) = text.get_mut(at) {
                *byte ^= 1 << bit;
            }
        }
        4 => {
            let (start, end) = range(random, text);
            text.drain(start..end);
        }
        5 => {
            let (start, end) = range(random, text);
            let copy = text[start..end].to_vec();
            put(random, text, |_| copy.clone());
        }
        6 => text.truncate(random.below(text.len() + 1)),
        7 | 8 => put(random, text, |random| {
            random.pick(words).as_bytes().to_vec()
        }),
        9 => exchange_fields(random, text, words),
        10 if !others.is_empty() => {
            let other = random.pick(others);
            let (start, end) = range(random, other);
            put(random, text, |_| other[start..end].to_vec());
        }
        11 if !others.is_empty() => {
            let other = random.pick(others);
            text.truncate(random.below(text.len() + 1));
            text.extend_from_slice(&other[random.below(other.len())..]);
        }
        _ => {
            let most = if random.one_in(20) { 3000 } else { 40 };
            let many = 1 + random.below(most);
            let sign = *random.pick(SIGNS);
            put(random, text, |_| vec![sign; many]);
        }
    }
}

fn put(random: &mut Random, text: &mut Vec<u8>, what: impl Fn(&mut Random) -> Vec<u8>) {
    let at = border(random, text);
    let what = what(random);
    text.splice(at..at, what);
}

/// A place: any, or more likely one beside a separator.
fn border(random: &mut Random, text: &[u8]) -> usize {
    let at = random.below(text.len() + 1);
    if random.one_in(3) {
        return at;
    }
    let rest = text.get(at..).unwrap_or_default();
    let sign = rest
        .iter()
        .position(|byte| b" ,;:=<>()[]\"\n".contains(byte));
    sign.map_or(at, |sign| at + sign + random.below(2))
}

fn range(random: &mut Random, text: &[u8]) -> (usize, usize) {
    let (one, other) = (border(random, text), border(random, text));
    let (start, end) = (one.min(other), one.max(other));
    if random.one_in(4) {
        (start, end)
    } else {
        (start, end.min(start + 60))
    }
}

/// Puts two fields in each other's place, or a word in the place of one.
fn exchange_fields(random: &mut Random, text: &mut Vec<u8>, words: &[&str]) {
    let separator = *random.pick(b" ,\n;:");
    let mut fields: Vec<&[u8]> = text.split(|byte| *byte == separator).collect();
    let (one, other) = (random.below(fields.len()), random.below(fields.len()));
    if random.one_in(2) {
        fields.swap(one, other);
    } else {
        fields[one] = random.pick(words).as_bytes();
    }
    *text = fields.join(&separator);
}
