//! Overwrites unwanted lines with blanks, so that the text compresses to little.

use super::{ChunkIndex, LineSet};

/// Blanks all lines of a chunk but those in `lines`. Offsets do not change. In a group (the lines between two
/// marks of the index) that has a wanted line, line ends stay, since lines are counted from the mark.
pub(super) fn blank(chunk: &ChunkIndex, text: &mut [u8], lines: &LineSet) {
    let mut done = 0;
    for (first, last) in chunk.groups() {
        let wanted = lines.within(first, last).next().is_some();
        let end = (chunk.end_of(last) as usize).min(text.len());
        let group = text.get_mut(done..end).unwrap_or_default();
        if wanted {
            let numbered = (first..).zip(group.split_inclusive_mut(|&byte| byte == b'\n'));
            let others = numbered.filter(|(line, _)| !lines.has(*line));
            others.for_each(|(_, line)| {
                let length = line.len().saturating_sub(1);
                line.iter_mut().take(length).for_each(|byte| *byte = b' ');
            });
        } else {
            group.fill(b' ');
        }
        done = end;
    }
}
