//! The loop: wait for something, change the state, have its effects done, draw.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use crossterm::terminal::size;

use super::effects::{Remember, TerminalClipboard};

use super::app::{App, Effect, Event, Setup};
use super::effects::EffectRunner;
use super::input::{Input, listen};
use super::terminal::Terminal;
use super::views;

/// How often progress is shown while something is under way.
const BEAT: Duration = Duration::from_millis(100);

/// An event that wakes the loop.
pub(super) enum Wake {
    /// From the terminal or a signal.
    Input(Input),
    /// From a worker.
    Event(Event),
}

/// Why the explorer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The person left.
    Quit,
    /// A signal ended it.
    Signal(i32),
    /// The terminal vanished.
    Gone,
}

/// How showing one thing ended.
enum Over {
    /// With the explorer.
    Ended(Ended),
    /// Another of the bundled cases is asked for, by its place.
    Case(usize),
}

/// Runs the explorer until the person leaves; `remember` keeps a filter for later sessions. `case` loads
/// another of the bundled cases, by its place, when that is asked for.
pub fn run(
    setup: Setup,
    clipboard: TerminalClipboard,
    remember: Remember,
    case: &mut dyn FnMut(usize) -> Setup,
) -> io::Result<Ended> {
    let (sender, wakes) = channel();
    let mut terminal = Terminal::open()?;
    listen(&sender, Wake::Input)?;
    let office = EffectRunner::start(&setup, clipboard, remember, sender.clone())?;
    let app = App::new(setup, size()?);
    let mut shown = Loop { app, office };
    loop {
        let number = match shown.run(&mut terminal, &wakes)? {
            Over::Ended(ended) => return Ok(ended),
            Over::Case(number) => number,
        };
        let (clipboard, remember) = shown.office.close();
        let app = App::after(&shown.app, case(number));
        let office = EffectRunner::start(&app.setup, clipboard, remember, sender.clone())?;
        shown = Loop { app, office };
    }
}

struct Loop {
    app: App,
    office: EffectRunner,
}

impl Loop {
    fn run(&mut self, terminal: &mut Terminal, wakes: &Receiver<Wake>) -> io::Result<Over> {
        let first = self.app.start();
        if let Some(over) = self.perform(terminal, first)? {
            return Ok(over);
        }
        loop {
            if let Some(event) = self.office.renew() {
                let effects = self.app.update(event);
                if let Some(over) = self.perform(terminal, effects)? {
                    return Ok(over);
                }
            }
            self.fit()?;
            let app = &self.app;
            terminal.draw(|frame| views::view(app, frame))?;
            let Some(wake) = self.wait(wakes) else {
                return Ok(Over::Ended(Ended::Gone));
            };
            if let Some(over) = self.take(terminal, wake)? {
                return Ok(over);
            }
            // Whatever else is there already is taken in before the next frame is drawn.
            while let Ok(wake) = wakes.try_recv() {
                if let Some(over) = self.take(terminal, wake)? {
                    return Ok(over);
                }
            }
        }
    }

    /// Takes the size that the next frame will have: a resize can come between its signal and the frame.
    fn fit(&mut self) -> io::Result<()> {
        let (columns, lines) = size()?;
        if (columns, lines) != self.app.size {
            let effects = self.app.update(Event::Resize(columns, lines));
            debug_assert!(effects.is_empty(), "a new size asks for nothing");
        }
        Ok(())
    }

    /// Waits for the next thing; while something is under way, not longer than a beat.
    fn wait(&self, wakes: &Receiver<Wake>) -> Option<Wake> {
        if !self.app.is_busy() {
            return wakes.recv().ok();
        }
        match wakes.recv_timeout(BEAT) {
            Ok(wake) => Some(wake),
            Err(RecvTimeoutError::Timeout) => Some(Wake::Event(Event::Tick)),
            Err(RecvTimeoutError::Disconnected) => None,
        }
    }

    fn take(&mut self, terminal: &mut Terminal, wake: Wake) -> io::Result<Option<Over>> {
        let event = match wake {
            Wake::Event(event) => event,
            Wake::Input(Input::Key(key)) => Event::Key(key),
            Wake::Input(Input::Paste(text)) => Event::Paste(text),
            Wake::Input(Input::Resize) => {
                let (columns, lines) = size()?;
                Event::Resize(columns, lines)
            }
            Wake::Input(Input::Suspend) => {
                terminal.suspend()?;
                return Ok(None);
            }
            Wake::Input(Input::Continue) => {
                terminal.resume()?;
                return Ok(None);
            }
            Wake::Input(Input::Stop(signal)) => {
                return Ok(Some(Over::Ended(Ended::Signal(signal))));
            }
            Wake::Input(Input::Gone) => return Ok(Some(Over::Ended(Ended::Gone))),
        };
        let effects = self.app.update(event);
        self.perform(terminal, effects)
    }

    fn perform(
        &mut self,
        terminal: &mut Terminal,
        effects: Vec<Effect>,
    ) -> io::Result<Option<Over>> {
        for effect in effects {
            match effect {
                Effect::Quit => return Ok(Some(Over::Ended(Ended::Quit))),
                Effect::Case(number) => return Ok(Some(Over::Case(number))),
                Effect::Suspend => terminal.suspend()?,
                other => {
                    let Some(event) = self.office.perform(other, &self.app) else {
                        continue;
                    };
                    let more = self.app.update(event);
                    if let Some(over) = self.perform(terminal, more)? {
                        return Ok(Some(over));
                    }
                }
            }
        }
        Ok(None)
    }
}
