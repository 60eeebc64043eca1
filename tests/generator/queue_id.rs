//! Queue IDs as mail servers make them.

use super::random::Random;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The last `width` digits of a number to the base of 62.
pub fn base62(mut number: u64, width: usize) -> String {
    let mut digits = vec!['0'; width];
    for digit in digits.iter_mut().rev() {
        *digit = char::from(DIGITS[(number % 62) as usize]);
        number /= 62;
    }
    digits.into_iter().collect()
}

/// Exim's: seconds, process, and a part of the second; `long` since 4.97.
pub fn exim(millis: u64, process: u64, long: bool) -> String {
    let seconds = base62(millis / 1000, 6);
    let part = millis % 1000;
    if long {
        let process = base62(process, 11);
        format!("{seconds}-{process}-{}", base62(part * 1000 / 2, 4))
    } else {
        let process = base62(process, 6);
        format!("{seconds}-{process}-{}", base62(part * 2, 2))
    }
}

/// Postfix's short form: part of a second and inode, in hexadecimal.
pub fn postfix(millis: u64, chance: &mut Random) -> String {
    format!("{:05X}{:06X}", millis % 1000 * 1000, chance.below(1 << 24))
}

/// What another server called a message.
pub fn foreign(chance: &mut Random) -> String {
    format!("{:X}", 0x10_0000_0000 + chance.below(0xf0_0000_0000))
}
