//! TLS statements by number: each distinct one is stored once and interpreted once.

use crate::tls::{Session, Statement, Verify};

use super::{Interner, SessionId, Symbol};

/// Distinct statements as byte strings, so that loading compares bytes and interprets nothing.
#[derive(Clone, Debug)]
pub struct Statements {
    keys: Interner,
    /// Cache of recent statements by [`recent_slot`]: a log repeats a handful.
    recent: [SessionId; RECENT],
}

impl Default for Statements {
    fn default() -> Self {
        Self {
            keys: Interner::default(),
            recent: [0; RECENT],
        }
    }
}

/// Number of cache slots: the values of the byte that [`recent_slot`] gives.
const RECENT: usize = 256;

/// Byte behind each text of a key.
const SEPARATOR: u8 = 0x1f;

impl Statements {
    /// The number of a statement; 0 for none. There is room for 65,535 distinct ones, which only forged lines exceed:
    /// further ones get the number of the statement "TLS" without details.
    pub fn intern(
        &mut self,
        statement: Option<&Statement<'_>>,
        scratch: &mut Vec<u8>,
    ) -> SessionId {
        let Some(statement) = statement else { return 0 };
        let slot = recent_slot(statement);
        let recent = self.recent.get(slot).copied().unwrap_or(0);
        if recent != 0 && is_key_of(self.key(recent), statement) {
            return recent;
        }
        encode(statement, scratch);
        let known = self.keys.find(scratch);
        let symbol = match known {
            Some(symbol) => symbol,
            None if self.keys.len() < u32::from(SessionId::MAX) => self.keys.intern(scratch),
            None => {
                encode(&Statement::default(), scratch);
                self.keys.intern(scratch)
            }
        };
        let id = SessionId::try_from(symbol.0).unwrap_or(SessionId::MAX);
        if let Some(recent) = self.recent.get_mut(slot) {
            *recent = id;
        }
        id
    }

    /// Removes all statements but keeps the allocations.
    pub(super) fn clear(&mut self) {
        self.keys.clear();
        self.recent = [0; RECENT];
    }

    fn key(&self, id: SessionId) -> &[u8] {
        self.keys.get(Symbol(u32::from(id)))
    }

    /// Number of statements with number 0, "none".
    fn len(&self) -> usize {
        self.keys.len() as usize
    }
}

/// Cache slot of a statement, by the parts in which common statements differ.
fn recent_slot(statement: &Statement<'_>) -> usize {
    let cipher = statement.cipher;
    let bytes = [
        statement.version.last().copied().unwrap_or(0),
        cipher.get(cipher.len() / 2).copied().unwrap_or(0),
        statement.verify.map_or(u8::MAX, |verify| verify as u8),
        statement.resumed.map_or(u8::MAX, u8::from),
    ];
    let known = u64::from(u32::from_le_bytes(bytes)) << 32;
    let lengths = cipher.len() << 16 | statement.group.len() << 24;
    let short = lengths ^ usize::from(statement.bits.unwrap_or(0));
    let spread = (known ^ short as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    usize::from(spread.to_be_bytes()[0])
}

/// Whether `key` encodes the statement. Never true for another statement. False for a statement with a
/// [`SEPARATOR`] in one of its texts: the full lookup finds its key.
fn is_key_of(key: &[u8], statement: &Statement<'_>) -> bool {
    let mut rest = key.strip_prefix(&head(statement));
    for part in [statement.version, statement.cipher, statement.group] {
        // An empty part matches anyway: skipping the comparison saves time.
        let after = match part {
            [] => rest,
            _ => rest.and_then(|rest| rest.strip_prefix(part)),
        };
        rest = after.and_then(|after| after.strip_prefix(&[SEPARATOR]));
    }
    rest.is_some_and(<[u8]>::is_empty)
}

/// The TLS sessions of a model by number.
#[derive(Clone, Debug, Default)]
pub struct Sessions {
    statements: Statements,
    /// Interpreted statements, by number minus 1.
    interpreted: Vec<Session>,
}

impl Sessions {
    /// The session with a number; `None` for 0.
    pub fn get(&self, id: SessionId) -> Option<&Session> {
        self.interpreted.get(usize::from(id).checked_sub(1)?)
    }

    /// All sessions with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (SessionId, &Session)> {
        (1..).zip(&self.interpreted)
    }

    /// Interns the statements of a part; gives the new number of each old one.
    pub(super) fn carry_over(
        &mut self,
        part: &Statements,
        scratch: &mut Vec<u8>,
    ) -> Vec<SessionId> {
        let mut map = vec![0];
        for id in 1..part.len() {
            let key = part.key(SessionId::try_from(id).unwrap_or(SessionId::MAX));
            let Some(statement) = decode(key) else {
                map.push(0);
                continue;
            };
            map.push(self.statements.intern(Some(&statement), scratch));
            while self.interpreted.len() + 1 < self.statements.len() {
                self.interpreted.push(Session::from_statement(&statement));
            }
        }
        map
    }

    /// Number of the same session with another verification result.
    pub(super) fn verified_as(&mut self, id: SessionId, verify: Verify) -> SessionId {
        let key = self.statements.key(id).to_vec();
        let statement = decode(&key).map(|statement| Statement {
            verify: Some(verify),
            ..statement
        });
        statement.map_or(id, |statement| self.intern(&statement))
    }

    /// The number of a statement, which is interpreted if it is new.
    pub fn intern(&mut self, statement: &Statement<'_>) -> SessionId {
        let mut scratch = Vec::new();
        let id = self.statements.intern(Some(statement), &mut scratch);
        while self.interpreted.len() + 1 < self.statements.len() {
            self.interpreted.push(Session::from_statement(statement));
        }
        id
    }
}

/// Number of bytes before the texts of a key: key length (two and whether it is stated), resumption, verification.
const HEAD: usize = 5;
/// Byte for a resumption or verification that is not stated.
const NOT_STATED: u8 = 0xff;

fn head(statement: &Statement<'_>) -> [u8; HEAD] {
    let [high, low] = statement.bits.unwrap_or(0).to_be_bytes();
    let resumed = statement.resumed.map_or(NOT_STATED, u8::from);
    let verify = statement.verify.map_or(NOT_STATED, |verify| verify as u8);
    [
        high,
        low,
        u8::from(statement.bits.is_some()),
        resumed,
        verify,
    ]
}

fn encode(statement: &Statement<'_>, out: &mut Vec<u8>) {
    out.clear();
    out.extend_from_slice(&head(statement));
    for part in [statement.version, statement.cipher, statement.group] {
        let start = out.len();
        out.extend_from_slice(part);
        for byte in &mut out[start..] {
            // No real name holds this byte. Replaced, so that it cannot shift the parts behind it.
            *byte = if *byte == SEPARATOR { b'?' } else { *byte };
        }
        out.push(SEPARATOR);
    }
}

fn decode(key: &[u8]) -> Option<Statement<'_>> {
    let (&[high, low, has_bits, resumed, verify], texts) = key.split_first_chunk::<HEAD>()?;
    let mut parts = texts.split(|&byte| byte == SEPARATOR);
    let (version, cipher, group) = (parts.next()?, parts.next()?, parts.next()?);
    let words = [
        Verify::Dane,
        Verify::Verified,
        Verify::Trusted,
        Verify::Unverified,
        Verify::Anonymous,
    ];
    Some(Statement {
        version,
        cipher,
        bits: (has_bits == 1).then(|| u16::from_be_bytes([high, low])),
        group,
        resumed: (resumed != NOT_STATED).then_some(resumed == 1),
        verify: words.into_iter().find(|known| *known as u8 == verify),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_comes_back() {
        for statement in [
            Statement::default(),
            Statement {
                version: b"TLSv1.2",
                cipher: b"ECDHE-RSA-AES256-GCM-SHA384",
                bits: Some(256),
                group: b"X25519",
                resumed: Some(true),
                verify: Some(Verify::Dane),
            },
        ] {
            let mut key = Vec::new();
            encode(&statement, &mut key);
            assert_eq!(decode(&key), Some(statement));
        }
    }

    #[test]
    fn sessions_of_a_part_get_new_numbers() {
        let mut scratch = Vec::new();
        let mut part = Statements::default();
        let old = part.intern(
            Some(&Statement {
                version: b"TLSv1",
                ..Statement::default()
            }),
            &mut scratch,
        );
        let mut all = Sessions::default();
        all.intern(&Statement::default());
        let map = all.carry_over(&part, &mut scratch);
        let new = map[usize::from(old)];
        assert_eq!(
            all.get(new).unwrap().version,
            crate::tls::Version::parse(b"TLSv1")
        );
        assert_eq!(map[0], 0);
        assert!(all.get(0).is_none());
    }
}
