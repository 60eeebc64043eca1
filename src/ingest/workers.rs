//! The threads that parse. There is one set of them for a whole load, whatever is read at the same time.

use std::iter;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use crate::model::{Clock, Partial, Zone};
use crate::source::Packer;

/// What a thread has for its work.
pub(super) struct Desk {
    /// Reads stamps.
    pub clock: Clock,
    /// Compresses text that has to be kept.
    pub packer: Packer,
}

/// Something to do.
pub(super) type Job = Box<dyn FnOnce(&mut Desk) + Send>;

/// Parts to be filled again.
pub(super) type Spare = Arc<Mutex<Vec<Partial>>>;

/// Threads that take one job after the other. A job never waits for another one.
pub(super) struct Workers {
    jobs: Sender<Job>,
    threads: Vec<JoinHandle<()>>,
    /// For all logs.
    pub spare: Spare,
}

impl Workers {
    /// Starts `count` threads, at least one; fewer where the system gives no more.
    pub(super) fn start(count: usize, zone: Zone) -> Self {
        let (jobs, queue) = channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        let at_work = || {
            let queue = Arc::clone(&queue);
            move || work(&queue, zone)
        };
        let first = thread::spawn(at_work());
        let more = (1..count).map_while(|_| thread::Builder::new().spawn(at_work()).ok());
        Self {
            jobs,
            threads: iter::once(first).chain(more).collect(),
            spare: Spare::default(),
        }
    }

    /// How many they are.
    pub(super) fn count(&self) -> usize {
        self.threads.len()
    }

    /// Where jobs are put.
    pub(super) fn queue(&self) -> Sender<Job> {
        self.jobs.clone()
    }

    /// Has something done; the result comes out of the channel, nothing if the thread failed.
    pub(super) fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Desk) -> T + Send + 'static,
    ) -> Receiver<T> {
        let (out, result) = channel();
        let job: Job = Box::new(move |desk| {
            // Nobody waits for it any more when the load was ended.
            let _ = out.send(job(desk));
        });
        let _ = self.jobs.send(job);
        result
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        // The threads end when nobody can put in a job any more.
        self.jobs = channel().0;
        for thread in self.threads.drain(..) {
            // A panic has been reported by the panic hook already.
            let _ = thread.join();
        }
    }
}

fn work(queue: &Mutex<Receiver<Job>>, zone: Zone) {
    let mut desk = Desk {
        clock: Clock::new(zone),
        packer: Packer::default(),
    };
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        job(&mut desk);
    }
}
