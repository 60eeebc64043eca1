//! How much of the machine the program takes.

use super::args::Reading;
use super::failure::Failure;

/// Gives way to other programs, if that was asked for. Must come before threads are started, which inherit it.
pub(super) fn step_back(reading: &Reading) -> Result<(), Failure> {
    let Some(steps) = reading.nice else {
        return Ok(());
    };
    // On Linux the order in which the disk serves programs follows from it.
    let nice = rustix::process::nice(steps);
    nice.map(drop).map_err(Failure::Nice)
}

#[cfg(test)]
mod tests {
    use rustix::process::getpriority_process;

    use super::*;

    #[test]
    fn priority_is_lowered_for_the_threads_that_follow() {
        // On a thread of its own: on Linux the others keep theirs.
        let (before, after) = std::thread::spawn(|| {
            let before = getpriority_process(None).unwrap();
            let reading = Reading {
                nice: Some(3),
                ..Reading::default()
            };
            step_back(&reading).unwrap();
            let later = std::thread::spawn(|| getpriority_process(None).unwrap());
            (before, later.join().unwrap())
        })
        .join()
        .unwrap();
        assert_eq!(after, (before + 3).min(19));
        step_back(&Reading::default()).unwrap();
    }
}
