//! The clipboard of a local display, behind the feature `clipboard`.

#[cfg(feature = "clipboard")]
pub(super) use display::Native;
#[cfg(not(feature = "clipboard"))]
pub(super) use none::Native;

#[cfg(feature = "clipboard")]
mod display {
    use std::sync::mpsc::{self, Receiver, Sender};
    use std::thread;
    use std::time::Duration;

    use crate::clipboard::{CopyError, PATIENCE};
    use crate::text::Clean;

    /// How long the end of the program waits for another to take the contents over.
    const FAREWELL: Duration = Duration::from_millis(500);

    /// The connection to the display, made at the first copy and kept until the end.
    ///
    /// It lives on a thread of its own: a display that does not answer (a forwarded one whose
    /// connection is gone) would hold the screen for many seconds.
    #[derive(Default)]
    pub(in crate::clipboard) enum Native {
        /// Nothing was copied yet.
        #[default]
        Unused,
        /// The thread serves.
        Connected(Server),
        /// The display did not answer once; it is not asked again.
        Silent,
    }

    impl Native {
        /// Gives a text to the display.
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

    /// The thread that holds the connection: takes texts, answers each.
    pub(in crate::clipboard) struct Server {
        /// None only while it is dropped.
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

        /// The answer, or none when it took too long.
        fn ask(&self, text: &str) -> Option<Result<(), arboard::Error>> {
            self.texts.as_ref()?.send(text.to_owned()).ok()?;
            self.answers.recv_timeout(PATIENCE).ok()
        }
    }

    impl Drop for Server {
        fn drop(&mut self) {
            self.texts = None;
            // Ends when the thread has handed its contents over and is gone.
            let _ = self.answers.recv_timeout(FAREWELL);
        }
    }

    /// Copies what comes in; connects anew after a failure, for a display may come back.
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

    /// No clipboard: this program was built without one.
    #[derive(Default)]
    pub(in crate::clipboard) struct Native(());

    impl Native {
        /// Says so.
        #[expect(clippy::unused_self, reason = "the same call as with a display")]
        pub(in crate::clipboard) fn copy(&mut self, _: &str) -> Result<(), CopyError> {
            Err(CopyError::Native(Clean::line(
                "built without the feature \"clipboard\"",
            )))
        }
    }
}
