//! The terminal guard: takes the terminal, draws frames, gives the terminal back whatever happens.
//!
//! It is given back when [`Terminal`] is dropped, on a panic, and by the last resort of
//! [`input`](super::input) when the program does not end by itself.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once, PoisonError};
use std::thread;

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::execute;
use crossterm::style::{Attribute, SetAttribute};
use crossterm::terminal::{
    EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use ratatui::Frame;
use signal_hook::consts::SIGTSTP;
use signal_hook::low_level::emulate_default_handler;

use super::paint::Painter;
use crate::text::clean_block;

/// True while the terminal is ours and has to be given back.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// What panicking threads said while the screen was no place to say it.
static UNSAID: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// The terminal in the state that drawing needs: raw mode, alternate screen, bracketed paste.
pub struct Terminal {
    painter: Painter,
    out: File,
    _entered: Entered,
}

impl Terminal {
    /// Takes the terminal behind standard output. Keys come from standard input when it is a
    /// terminal, else from `/dev/tty`.
    ///
    /// The calling thread is the one whose panics are shown at once; those of other threads are
    /// shown when the terminal is given back.
    ///
    /// # Errors
    /// When there is no terminal to take.
    pub fn open() -> io::Result<Self> {
        hook_panics();
        Ok(Self {
            _entered: Entered::now()?,
            painter: Painter::full_screen()?,
            out: writer()?,
        })
    }

    /// Draws one frame.
    ///
    /// # Errors
    /// When the terminal is gone. The program should end then.
    pub fn draw(&mut self, view: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        let bytes = self.painter.paint(view)?;
        self.out.write_all(&bytes)
    }

    /// Gives the terminal to the shell and stops this process; returns when it is continued.
    ///
    /// Does nothing when standard input is no terminal: the program that feeds it would not be
    /// stopped, and the shell would wait for it.
    ///
    /// # Errors
    /// When the terminal cannot be taken again. The program should end then.
    pub fn suspend(&mut self) -> io::Result<()> {
        if !io::stdin().is_terminal() {
            return Ok(());
        }
        restore();
        emulate_default_handler(SIGTSTP)?;
        self.resume()
    }

    /// Takes the terminal again after others had it. The next frame is drawn whole.
    ///
    /// # Errors
    /// When the terminal cannot be taken again. The program should end then.
    pub fn resume(&mut self) -> io::Result<()> {
        // A shell has put its own modes in force meanwhile: leave ours, then set them anew.
        restore();
        self.painter.forget();
        enter()
    }
}

/// A second writer to the terminal behind standard output, for what is no frame: OSC 52.
///
/// # Errors
/// When standard output is closed.
pub fn writer() -> io::Result<File> {
    Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
}

/// Gives the terminal back; does nothing when that was done already.
///
/// Errors are ignored: a terminal that cannot be written to any more needs nothing.
pub fn restore() {
    if !ENTERED.swap(false, Ordering::SeqCst) {
        return;
    }
    // Not through `io::stdout()`: a stalled thread may hold its lock for ever.
    if let Ok(mut tty) = writer() {
        let _ = execute!(
            tty,
            EndSynchronizedUpdate,
            SetAttribute(Attribute::Reset),
            DisableBracketedPaste,
            LeaveAlternateScreen,
            Show
        );
    }
    let _ = disable_raw_mode();
    let unsaid = std::mem::take(&mut *UNSAID.lock().unwrap_or_else(PoisonError::into_inner));
    for message in unsaid {
        let _ = writeln!(io::stderr(), "{message}");
    }
}

fn enter() -> io::Result<()> {
    enable_raw_mode()?;
    ENTERED.store(true, Ordering::SeqCst);
    execute!(writer()?, EnterAlternateScreen, EnableBracketedPaste, Hide)
}

/// Shows a panic on the screen of the shell, not on ours.
fn hook_panics() {
    static HOOKED: Once = Once::new();
    HOOKED.call_once(|| {
        let drawing = thread::current().id();
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if thread::current().id() == drawing || !ENTERED.load(Ordering::SeqCst) {
                restore();
                previous(info);
                return;
            }
            let message = format!(
                "thread {:?} {info}",
                thread::current().name().unwrap_or("?")
            );
            let message = clean_block(message.as_bytes()).into_owned();
            UNSAID
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(message);
        }));
    });
}

/// Proof that the terminal was taken; gives it back at the end.
struct Entered;

impl Entered {
    fn now() -> io::Result<Self> {
        let entered = Self;
        enter()?;
        Ok(entered)
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        restore();
    }
}
