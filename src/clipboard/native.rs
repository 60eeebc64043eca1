//! Clipboard of a local display, with the feature `clipboard`.

#[cfg(feature = "clipboard")]
pub(super) use display::Native;
#[cfg(not(feature = "clipboard"))]
pub(super) use none::Native;

#[cfg(feature = "clipboard")]
mod display {
    use std::sync::mpsc::{self, Receiver, Sender};
    use std::thread;
    use std::time::Duration;

    use crate::clipboard::{CopyError, TIME_LIMIT};
    use crate::text::Clean;

    /// Time for which the exit of the program waits for another program to take over the contents.
    const HANDOVER_LIMIT: Duration = Duration::from_millis(500);

    /// Connection to the display, made at the first copy and kept until the end.
    ///
    /// It is on a separate thread, because a display that does not answer (a forwarded one whose connection is
    /// lost) would block the screen for many seconds.
    #[derive(Default)]
    pub(in crate::clipboard) enum Native {
        /// Not connected yet.
        #[default]
        Unused,
        /// Connected, through a thread.
        Connected(Server),
        /// The display has not answered once, and is not asked again.
        Silent,
    }

    impl Native {
        /// Copies a text to the display.
        pub(in crate::clipboard) fn copy(&mut self, text: &str) -> Result<(), CopyError> {
            if matches!(self, Self::Unused) {
                *self = Self::Connected(Server::start());
            }
            let answer = match self {
                Self::Connected(server) => server.ask(text),
                _ => None,
            };
            match answer {
                Some(Ok(())) => Ok(()),
                Some(Err(error)) => Err(CopyError::Native(Clean::line(error.to_string()))),
                None => {
                    *self = Self::Silent;
                    Err(CopyError::Native(Clean::line(
                        "the display does not answer",
                    )))
                }
            }
        }
    }

    /// Thread that holds the connection. It receives texts and answers each.
    pub(in crate::clipboard) struct Server {
        /// `None` only while being dropped.
        texts: Option<Sender<String>>,
        answers: Receiver<Result<(), arboard::Error>>,
    }

    impl Server {
        fn start() -> Self {
            let (texts, received) = mpsc::channel();
            let (answer, answers) = mpsc::channel();
            thread::spawn(move || serve(&received, &answer));
            Self {
                texts: Some(texts),
                answers,
            }
        }

        /// Answer of the thread; `None` on timeout.
        fn ask(&self, text: &str) -> Option<Result<(), arboard::Error>> {
            self.texts.as_ref()?.send(text.to_owned()).ok()?;
            self.answers.recv_timeout(TIME_LIMIT).ok()
        }
    }

    impl Drop for Server {
        fn drop(&mut self) {
            self.texts = None;
            // Ends when the thread has handed its contents over.
            let _ = self.answers.recv_timeout(HANDOVER_LIMIT);
        }
    }

    /// Copies each text received. Reconnects after a failure, since the display may be available again.
    fn serve(texts: &Receiver<String>, answer: &Sender<Result<(), arboard::Error>>) {
        let mut clipboard = None;
        for text in texts {
            let copied = match clipboard.take().map_or_else(arboard::Clipboard::new, Ok) {
                Ok(mut connected) => {
                    let done = connected.set_text(text);
                    clipboard = done.is_ok().then_some(connected);
                    done
                }
                Err(error) => Err(error),
            };
            if answer.send(copied).is_err() {
                return;
            }
        }
    }
}

#[cfg(not(feature = "clipboard"))]
mod none {
    use crate::clipboard::CopyError;
    use crate::text::Clean;

    /// Placeholder in a program built without a clipboard.
    #[derive(Default)]
    pub(in crate::clipboard) struct Native(());

    impl Native {
        /// Always fails.
        #[expect(clippy::unused_self, reason = "the same call as with a display")]
        pub(in crate::clipboard) fn copy(&mut self, _: &str) -> Result<(), CopyError> {
            Err(CopyError::Native(Clean::line(
                "built without the feature \"clipboard\"",
            )))
        }
    }
}
