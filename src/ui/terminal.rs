//! The terminal guard: takes the terminal, draws frames, gives the terminal back whatever happens.
//!
//! It is given back when [`Terminal`] is dropped, on a panic, and by the last resort of
//! [`input`](super::input) when the program does not end by itself.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::os::fd::AsFd;
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once, PoisonError};
use std::thread;

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::style::{Attribute, SetAttribute, force_color_output};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::Frame;
use ratatui::backend::CrosstermBackend;
use signal_hook::consts::SIGTSTP;
use signal_hook::low_level::emulate_default_handler;

use crate::text::clean_block;

/// True while the terminal is ours and has to be given back.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// What panicking threads said while the screen was no place to say it.
static UNSAID: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// The terminal in the state that drawing needs: raw mode, alternate screen, bracketed paste.
pub struct Terminal {
    // Dropped before `_entered`, so that nothing is written to a terminal already given back.
    inner: ratatui::Terminal<CrosstermBackend<Tty>>,
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
        // Under NO_COLOR crossterm 0.29 writes a bare `CSI m` for every colour, which also puts
        // bold and reverse out. Which colours are used is decided by the theme alone.
        force_color_output(true);
        let entered = Entered::now()?;
        let inner = ratatui::Terminal::new(CrosstermBackend::new(Tty::open()?))?;
        Ok(Self {
            inner,
            _entered: entered,
        })
    }

    /// Draws one frame; terminals that know synchronized updates show it in one piece.
    ///
    /// # Errors
    /// When the terminal is gone. The program should end then.
    pub fn draw(&mut self, view: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        queue!(self.inner.backend_mut(), BeginSynchronizedUpdate)?;
        self.inner.draw(view)?;
        execute!(self.inner.backend_mut(), EndSynchronizedUpdate)
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
        enter()?;
        // Not `clear`: it asks the terminal where its cursor is, and the keys thread has the answer.
        let size = self.inner.size()?;
        self.inner.resize(size.into())
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

/// The way to the screen; reports a vanished terminal once.
///
/// From then on it swallows what is written: dropping a ratatui terminal writes once more and
/// would complain on a standard error that is as dead, which is a panic.
struct Tty {
    out: BufWriter<File>,
    gone: bool,
}

impl Tty {
    fn open() -> io::Result<Self> {
        Ok(Self {
            out: BufWriter::with_capacity(64 * 1024, writer()?),
            gone: false,
        })
    }

    fn unless_gone<T>(
        &mut self,
        nothing: T,
        work: impl FnOnce(&mut BufWriter<File>) -> io::Result<T>,
    ) -> io::Result<T> {
        if self.gone {
            return Ok(nothing);
        }
        let done = work(&mut self.out);
        self.gone = done
            .as_ref()
            .is_err_and(|error| error.kind() != io::ErrorKind::Interrupted);
        done
    }
}

impl Write for Tty {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unless_gone(bytes.len(), |out| out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unless_gone((), Write::flush)
    }
}
