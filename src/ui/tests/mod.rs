//! The explorer driven by keys, its screens compared.

mod actions;
mod cases;
mod copying;
mod filtering;
mod findings;
mod following;
mod forgetting;
mod hostile;
mod hosts;
mod journeys;
mod loading;
mod masking;
mod moving;
mod overview;
mod screens;
mod stage;
mod trusting;
mod wire;
