//! Runs one target: a few thousand changed inputs, or as many as fit in the time that is asked for.
//!
//! | variable | meaning |
//! |---|---|
//! | `HOPGRADE_FUZZ_SECONDS` | run each target so long instead; choose one by the name of its test |
//! | `HOPGRADE_FUZZ_SEED` | another number gives other inputs |

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use crate::mutate::mutate;
use crate::random::Random;

/// What is fed to what.
pub struct Target<'a> {
    /// For the report.
    pub name: &'a str,
    /// Inputs without [`seconds`].
    pub rounds: u64,
    /// Longer inputs are cut.
    pub longest: usize,
    /// Where changes begin.
    pub seeds: Vec<Vec<u8>>,
    /// What the grammar knows.
    pub words: &'a [&'a str],
}

/// How long each target runs, if that is asked for.
pub fn seconds() -> Option<Duration> {
    let asked = std::env::var("HOPGRADE_FUZZ_SECONDS").ok()?;
    asked.parse().ok().map(Duration::from_secs)
}

pub fn seed() -> u64 {
    let asked = std::env::var("HOPGRADE_FUZZ_SEED").ok();
    asked.and_then(|seed| seed.parse().ok()).unwrap_or(2026)
}

/// Counts rounds or seconds.
pub struct Budget {
    began: Instant,
    time: Option<Duration>,
    rounds: u64,
    done: u64,
}

impl Budget {
    pub fn new(rounds: u64) -> Self {
        Self {
            began: Instant::now(),
            time: seconds(),
            rounds,
            done: 0,
        }
    }

    /// True while there is some left; counts one round.
    pub fn spend(&mut self) -> bool {
        let left = match self.time {
            Some(time) => self.began.elapsed() < time,
            None => self.done < self.rounds,
        };
        self.done += u64::from(left);
        left
    }

    pub fn report(&self, name: &str) {
        let seconds = self.began.elapsed().as_secs_f32();
        eprintln!("{name}: {} executions in {seconds:.1} s", self.done);
    }
}

impl Target<'_> {
    /// Checks the seeds and changed inputs. `check` panics where something is wrong; what it gives tells
    /// apart ways of reading: an input that is read in a new way is changed further.
    pub fn run<T: Hash>(&self, check: impl Fn(&[u8]) -> T) {
        let way = |input: &[u8]| {
            let mut hasher = DefaultHasher::new();
            check(input).hash(&mut hasher);
            hasher.finish()
        };
        let mut random = Random::new(seed());
        let mut pool = self.seeds.clone();
        let mut ways = HashSet::new();
        for input in &self.seeds {
            ways.insert(self.guarded(input, &way));
        }
        let mut budget = Budget::new(self.rounds);
        while budget.spend() {
            let mut input = random.pick(&pool).clone();
            mutate(&mut random, &mut input, &pool, self.words);
            input.truncate(self.longest);
            if ways.insert(self.guarded(&input, &way)) && pool.len() < 20_000 {
                pool.push(input);
            }
        }
        budget.report(self.name);
    }

    /// Runs one input; where it fails, says which, made smaller.
    fn guarded(&self, input: &[u8], way: &impl Fn(&[u8]) -> u64) -> u64 {
        let fails = |input: &[u8]| catch_unwind(AssertUnwindSafe(|| way(input)));
        fails(input).unwrap_or_else(|_| {
            let small = minimised(input, |input| fails(input).is_err());
            // The last message is that of the smallest input.
            let _ = fails(&small);
            panic!("{}: fails with b\"{}\"", self.name, small.escape_ascii());
        })
    }
}

/// Leaves out pieces, large ones first, as long as it still fails.
pub fn minimised(input: &[u8], fails: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let mut small = input.to_vec();
    let mut piece = small.len().next_power_of_two() / 2;
    let until = Instant::now() + Duration::from_secs(20);
    while piece > 0 {
        let mut at = 0;
        while at < small.len() && Instant::now() < until {
            let end = (at + piece).min(small.len());
            let mut without = small.clone();
            without.drain(at..end);
            if fails(&without) {
                small = without;
            } else {
                at = end;
            }
        }
        piece /= 2;
    }
    small
}
