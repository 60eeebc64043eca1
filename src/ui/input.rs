//! What happens to the explorer from outside: keys, pastes, resizes, signals, a vanished terminal.
//!
//! Three threads send it down a channel, so that the loop waits in one place:
//! one reads keys, one waits for signals, one looks whether the terminal is still there. The last
//! is needed because crossterm reads a vanished terminal for ever without an error.

use std::io::{self, IsTerminal};
use std::process;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use crossterm::event::{self, Event, KeyEvent, KeyEventKind};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;

use super::terminal;

/// How often the terminal is looked for.
const LOOK: Duration = Duration::from_millis(300);

/// How long the program may take to end by itself once it has to.
const PATIENCE: Duration = Duration::from_secs(3);

/// One thing that happened.
#[derive(Debug)]
pub enum Input {
    /// A key was pressed; releases and repeats reported as such are left out.
    Key(KeyEvent),
    /// Text was pasted: one line, runs of control characters made a space.
    Paste(String),
    /// The terminal has another size now. Drawing asks for it.
    Resize,
    /// Somebody asks for a stop as `ctrl-z` would: [`Terminal::suspend`](terminal::Terminal::suspend).
    Suspend,
    /// The process goes on after a stop: [`Terminal::resume`](terminal::Terminal::resume).
    Continue,
    /// The program has to end, because of this signal (SIGTERM, SIGHUP, SIGINT or SIGQUIT).
    Stop(i32),
    /// The program has to end, because the terminal is gone.
    Gone,
}

/// Starts to listen; every [`Input`] is sent as `wrap` makes it, until nobody receives any more.
///
/// After a [`Input::Stop`] or [`Input::Gone`] the program has three seconds to end by itself;
/// then the terminal is given back and the process ends.
///
/// # Errors
/// When the terminal cannot be read, or a thread or a signal handler cannot be had.
pub fn listen<T: Send + 'static>(sender: &Sender<T>, wrap: fn(Input) -> T) -> io::Result<()> {
    // Makes crossterm open the terminal and catch SIGWINCH now, not at the first read.
    event::poll(Duration::ZERO)?;
    let new_line = || Line {
        sender: sender.clone(),
        wrap,
    };
    let (keys, calls, watch) = (new_line(), new_line(), new_line());
    // Registered here: a signal that comes after this call is never lost.
    let signals = Signals::new([SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT])?;
    thread::Builder::new()
        .name("signals".into())
        .spawn(move || pass_signals(signals, &calls))?;
    thread::Builder::new()
        .name("terminal".into())
        .spawn(move || watch_terminal(&watch))?;
    thread::Builder::new()
        .name("keys".into())
        .spawn(move || pass_keys(&keys))?;
    Ok(())
}

/// The way to the loop.
struct Line<T> {
    sender: Sender<T>,
    wrap: fn(Input) -> T,
}

impl<T> Line<T> {
    /// False when nobody listens any more.
    fn send(&self, input: Input) -> bool {
        self.sender.send((self.wrap)(input)).is_ok()
    }

    /// Says that the program has to end, and ends it should it not do so.
    fn send_last(&self, input: Input, exit_code: i32) {
        self.send(input);
        thread::sleep(PATIENCE);
        // A stalled terminal must not keep the process either.
        thread::spawn(terminal::restore);
        thread::sleep(PATIENCE / 10);
        process::exit(exit_code);
    }
}

fn pass_keys<T>(line: &Line<T>) {
    loop {
        let Ok(event) = event::read() else {
            return line.send_last(Input::Gone, 1);
        };
        if let Some(input) = translate(event)
            && !line.send(input)
        {
            return;
        }
    }
}

fn pass_signals<T>(mut signals: Signals, line: &Line<T>) {
    for signal in signals.forever() {
        let heard = match signal {
            SIGTSTP => line.send(Input::Suspend),
            SIGCONT => line.send(Input::Continue),
            _ => return line.send_last(Input::Stop(signal), 128 + signal),
        };
        if !heard {
            return;
        }
    }
}

fn watch_terminal<T>(line: &Line<T>) {
    // After a hang-up the terminal stops answering as one.
    while io::stdout().is_terminal() {
        thread::sleep(LOOK);
    }
    line.send_last(Input::Gone, 1);
}

fn translate(event: Event) -> Option<Input> {
    match event {
        Event::Key(key) if key.kind == KeyEventKind::Press => Some(Input::Key(key)),
        Event::Paste(text) => Some(Input::Paste(one_line(&text))),
        Event::Resize(..) => Some(Input::Resize),
        _ => None,
    }
}

fn one_line(text: &str) -> String {
    text.split(char::is_control)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyEventState, KeyModifiers};

    use super::*;

    fn key(kind: KeyEventKind) -> Event {
        let (code, modifiers) = (KeyCode::Char('q'), KeyModifiers::NONE);
        Event::Key(KeyEvent {
            code,
            modifiers,
            kind,
            state: KeyEventState::NONE,
        })
    }

    #[test]
    fn only_presses_are_keys() {
        assert!(matches!(
            translate(key(KeyEventKind::Press)),
            Some(Input::Key(_))
        ));
        assert!(translate(key(KeyEventKind::Release)).is_none());
        assert!(translate(key(KeyEventKind::Repeat)).is_none());
        assert!(translate(Event::FocusGained).is_none());
    }

    #[test]
    fn a_paste_is_one_line_without_controls() {
        assert_eq!(
            one_line("to:a\r\n\tgrade>=C\x1b[31m\n"),
            "to:a grade>=C [31m"
        );
        assert_eq!(one_line("Grüße"), "Grüße");
    }
}
