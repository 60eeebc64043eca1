//! Line numbers of events, run-length encoded.

use super::Chunked;

/// Line numbers by event number. Mostly the next event is on the next line, so only the runs are stored.
#[derive(Clone, Debug, Default)]
pub(super) struct LineRuns {
    runs: Chunked<Run>,
}

/// A run of consecutive events on consecutive lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    /// Number of the first event.
    event: u32,
    /// Line of the first event.
    line: u32,
}

impl Run {
    const fn line_of(self, event: u32) -> u32 {
        self.line.wrapping_add(event.wrapping_sub(self.event))
    }
}

impl LineRuns {
    /// Adds the line of an event. Events must come in the order of their numbers.
    #[inline]
    pub(super) fn push(&mut self, event: u32, line: u32) {
        let last = self.runs.len().checked_sub(1);
        let last = last.and_then(|at| self.runs.get(at));
        if last.map(|run| run.line_of(event)) != Some(line) {
            self.runs.push(Run { event, line });
        }
    }

    /// Adds the lines of a part, whose events count from `event` and whose lines count from `line`.
    pub(super) fn append(&mut self, part: &Self, event: u32, line: u32) {
        for run in part.runs.iter() {
            self.push(event + run.event, line + run.line);
        }
    }

    /// The line of an event; 0 for an unknown event.
    pub(super) fn line(&self, event: u32) -> u32 {
        // Binary search for the last run that does not begin after the event.
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

    /// Removes all lines but keeps the allocations.
    pub(super) fn clear(&mut self) {
        self.runs.clear();
    }

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
