//! Postures made all at once, to look at them.

use std::cell::RefCell;
use std::ops::Deref;
use std::sync::Arc;

use crate::insight::posture::{Contacts, Names, Posture, Postures};
use crate::model::{AsOf, GradeBook, Model};
use crate::tls::Profile;

/// The contacts of a log, and what their postures are made with.
pub(super) struct Gathered {
    pub(super) contacts: Contacts,
    pub(super) grades: GradeBook,
    pub(super) names: RefCell<Names>,
}

/// Postures, all of them made.
#[derive(Clone)]
pub(super) struct Made {
    postures: Arc<Postures>,
    pub(super) all: Vec<Posture>,
}

impl Deref for Made {
    type Target = Postures;

    fn deref(&self) -> &Postures {
        &self.postures
    }
}

impl Gathered {
    pub(super) fn of(model: &Model, as_of: AsOf) -> Self {
        let profile = Arc::new(Profile::named("default").unwrap());
        Self {
            contacts: Contacts::of(model, |_| true),
            grades: GradeBook::of(model, profile, as_of),
            names: RefCell::default(),
        }
    }

    fn made(&self, model: &Model, postures: Postures) -> Made {
        let places = 0..postures.briefs().len() as u32;
        let all = places.map(|at| postures.whole(model, &self.grades, at).unwrap());
        Made {
            all: all.collect(),
            postures: Arc::new(postures),
        }
    }

    pub(super) fn addresses(&self, model: &Model) -> Made {
        let mut names = self.names.borrow_mut();
        let made = self.contacts.addresses(model, &self.grades, &mut names);
        self.made(model, made)
    }

    pub(super) fn hosts(&self, model: &Model) -> Made {
        let mut names = self.names.borrow_mut();
        let made = self.contacts.hosts(model, &self.grades, &mut names);
        self.made(model, made)
    }

    pub(super) fn domains(&self, model: &Model, hosts: &Made) -> Made {
        let (mut names, hosts) = (self.names.borrow_mut(), Arc::clone(&hosts.postures));
        let made = (self.contacts).domains(model, &self.grades, &mut names, hosts);
        self.made(model, made)
    }
}
