//! Shares of counts as cells of a bar.

/// Cells for each count: in proportion to the counts, at least one for each that is not zero, `cells` in all.
pub fn lengths(counts: &[u32], cells: usize) -> Vec<usize> {
    let total: u64 = counts.iter().map(|count| u64::from(*count)).sum();
    let share = |count: u32| {
        let exact = u64::from(count) * cells as u64 / total.max(1);
        usize::try_from(exact)
            .unwrap_or(0)
            .max(usize::from(count > 0))
    };
    let mut lengths: Vec<usize> = counts.iter().map(|count| share(*count)).collect();
    // Rounding is made up by the longest.
    while total > 0 && lengths.iter().sum::<usize>() != cells {
        let sum: usize = lengths.iter().sum();
        let Some(longest) = lengths.iter_mut().max() else {
            break;
        };
        *longest = if sum < cells {
            *longest + 1
        } else {
            *longest - 1
        };
    }
    lengths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_share_has_a_cell_and_all_cells_are_used() {
        assert_eq!(lengths(&[812, 0, 14, 2], 8), [6, 0, 1, 1]);
        assert_eq!(lengths(&[1, 1, 1], 8), [2, 2, 4]);
        assert_eq!(lengths(&[5], 8), [8]);
        assert_eq!(lengths(&[0, 0], 8), [0, 0]);
        assert_eq!(lengths(&[9; 9], 8).len(), 9);
    }
}
