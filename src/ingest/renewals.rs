//! The moment at which a model without its older half takes the place of the model.
//!
//! Every row gets a new number then. A view that holds row numbers puts the new model in place itself, when it is
//! between two steps of its own and can translate them: no number ever leads to another row. Where no view is
//! open, the loader puts it in place.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use crate::model::{Kept, Model, Renewal};

/// How often a loader that waits looks whether it was ended.
const LOOK: Duration = Duration::from_millis(20);

/// A renewal on its way from the loader to whoever holds numbers.
#[derive(Default)]
pub struct Renewals {
    state: Mutex<State>,
    taken: Condvar,
}

#[derive(Default)]
struct State {
    attended: bool,
    offered: Option<Renewal>,
}

impl Renewals {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on the loader waits for [`Renewals::perform`].
    pub fn attend(&self) {
        self.state().attended = true;
    }

    /// True while the loader waits.
    pub fn is_awaited(&self) -> bool {
        self.state().offered.is_some()
    }

    /// Renews the model if the loader wants it; tells what stayed.
    pub fn perform(&self, model: &RwLock<Model>) -> Option<Kept> {
        let mut state = self.state();
        let renewal = state.offered.take()?;
        let (kept, old) = renew(model, renewal);
        drop(state);
        self.taken.notify_all();
        drop(old);
        Some(kept)
    }

    /// Has the model renewed. Waits until it is, or until the load is ended.
    pub(crate) fn offer(
        &self,
        renewal: Renewal,
        model: &RwLock<Model>,
        ring: impl Fn(),
        ended: impl Fn() -> bool,
    ) {
        let mut state = self.state();
        if !state.attended {
            drop(state);
            renew(model, renewal);
            return;
        }
        state.offered = Some(renewal);
        drop(state);
        ring();
        let mut state = self.state();
        while state.offered.is_some() && !ended() {
            let waited = self.taken.wait_timeout(state, LOOK);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.offered = None;
    }
}

fn renew(model: &RwLock<Model>, renewal: Renewal) -> (Kept, Model) {
    let mut model = model.write().unwrap_or_else(PoisonError::into_inner);
    model.renew(renewal)
}
