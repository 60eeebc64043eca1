//! Runs a program in a pseudo-terminal, as a person at a keyboard would.
//!
//! Used by the tests that need a real terminal and by `screenshots/maker`.

#![allow(
    dead_code,
    reason = "each test that includes this file uses its own part of it"
)]
#![allow(
    unreachable_pub,
    reason = "included by several crates, of which none is a library"
)]

use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

/// A running program and the terminal it believes to sit at.
pub struct Pty {
    /// Taken away when the terminal is closed.
    master: Option<Box<dyn MasterPty + Send>>,
    keys: Option<Box<dyn Write + Send>>,
    child: Box<dyn Child + Send + Sync>,
    seen: Arc<Seen>,
    watcher: Option<JoinHandle<()>>,
}

/// What came out of the program, and a bell for those who wait for it.
#[derive(Default)]
struct Seen {
    terminal: Mutex<Terminal>,
    news: Condvar,
}

/// The far side: what a terminal emulator would hold.
struct Terminal {
    screen: vt100::Parser<Wishes>,
    bytes: Vec<u8>,
    /// We are closing the terminal.
    closing: bool,
    /// The last byte has come out of the terminal.
    drained: bool,
}

/// What the program asked of the terminal beyond drawing.
#[derive(Default)]
struct Wishes {
    /// True between the begin and the end of a synchronized update.
    in_frame: bool,
    /// The base64 texts of every OSC 52, in order.
    copied: Vec<Vec<u8>>,
}

impl vt100::Callbacks for Wishes {
    fn copy_to_clipboard(&mut self, _: &mut vt100::Screen, _target: &[u8], data: &[u8]) {
        self.copied.push(data.to_vec());
    }

    fn unhandled_csi(
        &mut self,
        _: &mut vt100::Screen,
        i1: Option<u8>,
        _: Option<u8>,
        params: &[&[u16]],
        c: char,
    ) {
        if i1 == Some(b'?') && params == [[2026]] {
            self.in_frame = c == 'h';
        }
    }
}

impl Default for Terminal {
    fn default() -> Self {
        let (rows, cols) = (vt100::Parser::DEFAULT_ROWS, vt100::Parser::DEFAULT_COLS);
        let screen = vt100::Parser::new_with_callbacks(rows, cols, 0, Wishes::default());
        Self {
            screen,
            bytes: Vec::new(),
            closing: false,
            drained: false,
        }
    }
}

impl Seen {
    fn lock(&self) -> MutexGuard<'_, Terminal> {
        self.terminal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pty {
    /// Starts `program` in a terminal of `cols` x `rows` cells.
    ///
    /// Its environment is empty but for `PATH`, a UTF-8 locale, `TERM` and what `env` adds.
    pub fn open<A: AsRef<OsStr>>(
        program: &Path,
        args: &[A],
        env: &[(&str, &str)],
        (cols, rows): (u16, u16),
    ) -> Result<Self> {
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("LANG", "C.UTF-8");
        command.env("TERM", "xterm-256color");
        command.cwd(std::env::current_dir()?);
        for (name, value) in env {
            command.env(name, value);
        }
        let pair = native_pty_system().openpty(size(cols, rows))?;
        let child = pair.slave.spawn_command(command)?;
        let reader = pair.master.try_clone_reader()?;
        let keys = pair.master.take_writer()?;
        let seen = Arc::new(Seen::default());
        seen.lock().screen.set_size(cells(rows)?, cells(cols)?);
        let shared = Arc::clone(&seen);
        let watcher = std::thread::spawn(move || {
            watch(reader, &shared);
            shared.lock().drained = true;
            shared.news.notify_all();
        });
        Ok(Self {
            master: Some(pair.master),
            keys: Some(keys),
            child,
            seen,
            watcher: Some(watcher),
        })
    }

    /// Types text; `<Enter>`, `<Esc>`, `<C-c>` and the like stand for keys, `<lt>` for `<`.
    pub fn send(&mut self, text: &str) -> Result<()> {
        let keys = self.keys.as_mut().context("the terminal is closed")?;
        keys.write_all(&key_bytes(text)?)?;
        Ok(keys.flush()?)
    }

    /// Waits until the screen shows `text` and no frame is being drawn.
    pub fn wait_for(&self, text: &str, patience: Duration) -> Result<()> {
        self.wait_until(patience, |screen| screen.contains(text))
            .with_context(|| format!("waited for {text:?}"))
    }

    /// Waits until the text of the screen is as `wanted` and no frame is being drawn.
    pub fn wait_until(&self, patience: Duration, wanted: impl Fn(&str) -> bool) -> Result<()> {
        let deadline = Instant::now() + patience;
        let mut terminal = self.seen.lock();
        loop {
            let text = terminal.screen.screen().contents();
            if !terminal.screen.callbacks().in_frame && wanted(&text) {
                return Ok(());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                bail!("the screen did not come within {patience:?}; it shows:\n{text}");
            }
            let rung = self.seen.news.wait_timeout(terminal, left);
            terminal = rung.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Lets the program draw for a while, then for as long as a frame is open.
    pub fn settle(&self, time: Duration) -> Result<()> {
        std::thread::sleep(time);
        self.wait_until(Duration::from_secs(2), |_| true)
    }

    /// The screen as it is now.
    pub fn screen(&self) -> vt100::Screen {
        self.seen.lock().screen.screen().clone()
    }

    /// The text of the screen as it is now.
    pub fn text(&self) -> String {
        self.screen().contents()
    }

    /// Every byte the program has written.
    pub fn bytes(&self) -> Vec<u8> {
        self.seen.lock().bytes.clone()
    }

    /// What the program has sent to the clipboard by OSC 52, in base64.
    pub fn copied(&self) -> Vec<Vec<u8>> {
        self.seen.lock().screen.callbacks().copied.clone()
    }

    /// Gives the terminal another size; the program hears of it.
    pub fn resize(&self, cols: u16, rows: u16) -> Result<()> {
        let master = self.master.as_ref().context("the terminal is closed")?;
        self.seen.lock().screen.set_size(cells(rows)?, cells(cols)?);
        master.resize(size(cols, rows))
    }

    /// True while the program has the terminal in raw mode.
    pub fn is_raw(&self) -> Result<bool> {
        let master = self.master.as_ref().context("the terminal is closed")?;
        let settings = master
            .get_termios()
            .context("the terminal has no settings")?;
        Ok(!format!("{:?}", settings.local_flags).contains("ICANON"))
    }

    /// The process ID of the program.
    pub fn id(&self) -> Result<u32> {
        self.child.process_id().context("the program has ended")
    }

    /// Sends a signal by its name, such as `TERM`.
    pub fn signal(&self, name: &str) -> Result<()> {
        let id = self.id()?.to_string();
        let status = Command::new("kill").args(["-s", name, &id]).status()?;
        if !status.success() {
            bail!("kill -s {name} {id}: {status}");
        }
        Ok(())
    }

    /// True while the program is stopped, as by `ctrl-z`.
    pub fn is_stopped(&self) -> Result<bool> {
        let id = self.id()?.to_string();
        let state = Command::new("ps")
            .args(["-o", "stat=", "-p", &id])
            .output()?
            .stdout;
        Ok(state.trim_ascii_start().starts_with(b"T"))
    }

    /// Closes the terminal under the program, as a lost connection does.
    pub fn hang_up(&mut self) -> Result<()> {
        let master = self.master.take().context("the terminal is closed")?;
        let tty = master.tty_name().context("the terminal has no name")?;
        self.keys = None;
        self.seen.lock().closing = true;
        // The watcher holds the terminal too and sleeps until something is written to it.
        OpenOptions::new().write(true).open(tty)?.write_all(b"\n")?;
        if let Some(watcher) = self.watcher.take() {
            let _ = watcher.join();
        }
        Ok(())
    }

    /// Waits for the program to end and for all it has written.
    pub fn exit(&mut self, patience: Duration) -> Result<ExitStatus> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(status) = self.child.try_wait()? {
                let drained = Duration::from_secs(1);
                drop(
                    self.seen
                        .news
                        .wait_timeout_while(self.seen.lock(), drained, |t| !t.drained),
                );
                return Ok(status);
            }
            if Instant::now() >= deadline {
                bail!(
                    "still running after {patience:?}; the screen shows:\n{}",
                    self.text()
                );
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Feeds the terminal with what the program writes until one of them is gone.
fn watch(mut reader: impl Read, seen: &Seen) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(length @ 1..) = reader.read(&mut buffer) {
        let mut terminal = seen.lock();
        if terminal.closing {
            return;
        }
        terminal.screen.process(&buffer[..length]);
        terminal.bytes.extend_from_slice(&buffer[..length]);
        seen.news.notify_all();
    }
}

fn size(cols: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols,
        pixel_width: 0,
        pixel_height: 0,
    }
}

fn cells(count: u16) -> Result<NonZeroU16> {
    NonZeroU16::new(count).context("a terminal has at least one cell")
}

/// The bytes a terminal sends for typed text and named keys.
pub fn key_bytes(text: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((typed, named)) = rest.split_once('<') {
        let (name, after) = named.split_once('>').context("a key name ends with '>'")?;
        bytes.extend_from_slice(typed.as_bytes());
        bytes.extend_from_slice(&named_key(name)?);
        rest = after;
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}

fn named_key(name: &str) -> Result<Vec<u8>> {
    let bytes: &[u8] = match name {
        "lt" => b"<",
        "Enter" => b"\r",
        "Esc" => b"\x1b",
        "Tab" => b"\t",
        "S-Tab" => b"\x1b[Z",
        "Space" => b" ",
        "BS" => b"\x7f",
        "Del" => b"\x1b[3~",
        "Up" => b"\x1b[A",
        "Down" => b"\x1b[B",
        "Right" => b"\x1b[C",
        "Left" => b"\x1b[D",
        "Home" => b"\x1b[H",
        "End" => b"\x1b[F",
        "PgUp" => b"\x1b[5~",
        "PgDn" => b"\x1b[6~",
        _ => match name.strip_prefix("C-").map(str::as_bytes) {
            Some(&[letter @ b'a'..=b'z']) => return Ok(vec![letter - b'a' + 1]),
            _ => bail!("no key is called {name:?}"),
        },
    };
    Ok(bytes.to_vec())
}
