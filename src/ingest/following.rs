//! What the loader and those who watch it tell each other while logs are followed.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Whether logs are followed, and what happened to them.
#[derive(Default)]
pub struct Following {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    on: bool,
    ended: bool,
    logs: usize,
    news: Vec<String>,
    bell: Option<Box<dyn Fn() + Send>>,
}

impl Following {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True while logs are followed, or will be once they are loaded.
    pub fn is_on(&self) -> bool {
        self.state().on
    }

    /// Begins or ends to follow.
    pub fn set(&self, on: bool) {
        self.state().on = on;
        self.changed.notify_all();
    }

    /// How many logs can grow, known when everything is loaded; 0 also once the loader has ended.
    pub fn logs(&self) -> usize {
        self.state().logs
    }

    /// What happened to the logs since the last call, as sentences.
    pub fn take_news(&self) -> Vec<String> {
        std::mem::take(&mut self.state().news)
    }

    /// Has `bell` called whenever the model grew, there are news or the loader ends, on the loader's thread.
    pub fn on_change(&self, bell: impl Fn() + Send + 'static) {
        self.state().bell = Some(Box::new(bell));
    }

    /// Ends the loader as well.
    pub(super) fn end(&self) {
        let mut state = self.state();
        (state.on, state.ended, state.logs) = (false, true, 0);
        drop(state);
        self.changed.notify_all();
        self.ring();
    }

    pub(crate) fn offer(&self, logs: usize) {
        let mut state = self.state();
        state.logs = if state.ended { 0 } else { logs };
    }

    pub(crate) fn tell(&self, news: String) {
        self.state().news.push(news);
    }

    pub(super) fn ring(&self) {
        if let Some(bell) = &self.state().bell {
            bell();
        }
    }

    /// Waits for the time of the next look at the logs; false when there will be none.
    pub(super) fn pause(&self, time: Duration) -> bool {
        let mut state = self.state();
        if state.on && !state.ended {
            let waited = self.changed.wait_timeout(state, time);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        while !state.on && !state.ended {
            let waited = self.changed.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
        !state.ended
    }
}
