//! The lines on which events stand.

use super::Chunked;

/// The line of each event, by the event's number.
///
/// Mostly the next event stands on the next line: kept is only where that is not so.
#[derive(Clone, Debug, Default)]
pub(super) struct LineRuns {
    runs: Chunked<Run>,
}

/// Events that stand on lines that follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    /// Its first event.
    event: u32,
    /// The line on which that stands.
    line: u32,
}

impl Run {
    const fn line_of(self, event: u32) -> u32 {
        self.line.wrapping_add(event.wrapping_sub(self.event))
    }
}

impl LineRuns {
    /// Notes the line of an event, which comes after all that are noted.
    #[inline]
    pub(super) fn push(&mut self, event: u32, line: u32) {
        let last = self.runs.len().checked_sub(1);
        let last = last.and_then(|at| self.runs.get(at));
        if last.map(|run| run.line_of(event)) != Some(line) {
            self.runs.push(Run { event, line });
        }
    }

    /// Notes the lines of all events of a part: of the first one the number and the line are told.
    pub(super) fn append(&mut self, part: &Self, event: u32, line: u32) {
        for run in part.runs.iter() {
            self.push(event + run.event, line + run.line);
        }
    }

    /// The line of an event; 0 where none is noted.
    pub(super) fn line(&self, event: u32) -> u32 {
        // The last run that begins no later.
        let (mut found, mut from, mut to) = (None, 0, self.runs.len());
        while from < to {
            let middle = from.midpoint(to);
            match self.runs.get(middle) {
                Some(run) if run.event <= event => {
                    found = Some(run);
                    from = middle + 1;
                }
                _ => to = middle,
            }
        }
        found.map_or(0, |run| run.line_of(event))
    }

    /// Drops all but keeps the room.
    pub(super) fn clear(&mut self) {
        self.runs.clear();
    }

    /// Bytes held on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.runs.heap_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_back_whatever_their_order() {
        let lines = [1, 2, 3, 7, 7, 7, 8, 2, 1, 2, 900, 901];
        let (mut runs, mut part) = (LineRuns::default(), LineRuns::default());
        for (event, line) in (0..).zip(lines) {
            runs.push(event, line);
            part.push(event, line - 1);
        }
        for (event, line) in (0..).zip(lines) {
            assert_eq!((runs.line(event), part.line(event)), (line, line - 1));
        }
        runs.append(&part, 12, 902);
        for (event, line) in (12..).zip(lines) {
            assert_eq!(runs.line(event), 901 + line);
        }
        // The part goes on where the events before it end.
        assert_eq!(runs.runs.len(), 2 * part.runs.len() - 1);
        assert_eq!(LineRuns::default().line(3), 0);
    }
}
