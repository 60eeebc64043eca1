//! A text to send, read before it is sent.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::text::Line;

use super::overlay::{ends_reading, scrolls_by};
use super::{App, Effect, EvidenceRequest, EvidenceText, Overlay, Purpose};
use crate::ingest::Stage;
use crate::report::evidence::Addressee;
use crate::ui::Action;
use crate::ui::keymap::{Found, Key, Scope};
use crate::ui::views;

/// A text to send on screen.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The request that it was written for.
    pub request: EvidenceRequest,
    /// The text.
    pub written: EvidenceText,
    /// The text in lines that fit.
    pub lines: Arc<[Line<'static>]>,
    /// Columns and theme that the lines were made for.
    made_for: Option<(u16, usize)>,
    /// Number of lines scrolled down.
    pub top: usize,
    /// It is about what was read so far, and is written again when everything is.
    is_due: bool,
}

impl App {
    /// Shows a text; in another language it stays scrolled to where it was.
    pub(super) fn show_preview(&mut self, request: EvidenceRequest, written: EvidenceText) {
        let before = self.preview.take();
        let same = |before: &Preview| before.request.addressee == request.addressee;
        let top = before.filter(same).map_or(0, |before| before.top);
        self.preview = Some(Preview {
            is_due: written.stage == Stage::GoingOn,
            request,
            written,
            lines: Arc::from([]),
            made_for: None,
            top,
        });
    }

    /// True for a text that is not about everything there is to read.
    pub(super) fn preview_is_due(&self) -> bool {
        self.preview.as_ref().is_some_and(|preview| preview.is_due)
    }

    /// Has a text that was written while its inputs were being read written again, once they are.
    pub(super) fn renew_preview(&mut self) -> Vec<Effect> {
        let done = self.setup.progress.is_done();
        let Some(preview) = self
            .preview
            .as_mut()
            .filter(|preview| preview.is_due && done)
        else {
            return Vec::new();
        };
        preview.is_due = false;
        let request = EvidenceRequest {
            purpose: Purpose::Replace,
            ..preview.request.clone()
        };
        self.request_evidence(request)
    }

    /// Makes the lines of the preview, where they are not made yet, and keeps the last in sight.
    pub(super) fn lay_out_preview(&mut self) {
        let wanted = Some((self.size.0, self.theme));
        let height = self.preview_height();
        let Some(mut preview) = self.preview.take() else {
            return;
        };
        if preview.made_for != wanted {
            let columns = usize::from(self.size.0);
            preview.lines = views::preview::lines(self, &preview.written.text, columns).into();
            preview.made_for = wanted;
        }
        preview.top = preview.top.min(preview.lines.len().saturating_sub(height));
        self.preview = Some(preview);
    }

    /// Lines that a preview has for its text, below its title.
    pub fn preview_height(&self) -> usize {
        self.detail_height().saturating_sub(2).max(1)
    }

    /// Keys of a preview: the keys that scroll a detail, and a few of its own.
    pub(super) fn preview_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        match key.code {
            KeyCode::Char('y') => return self.copy_preview(),
            KeyCode::Char('w') => return self.ask_file_of_preview(),
            KeyCode::Char('t') => return self.turn_preview(),
            _ => {}
        }
        let found = self.setup.keymap.find(Scope::Detail, &[Key::from(key)]);
        let Found::Action(action) = found else {
            return Vec::new();
        };
        if action == Action::Language {
            return self.translate_preview();
        }
        let page = isize::try_from(self.preview_height().saturating_sub(1)).unwrap_or(1);
        match (self.preview.as_mut(), scrolls_by(action, page.max(1))) {
            (Some(preview), Some(by)) => preview.top = preview.top.saturating_add_signed(by),
            _ if ends_reading(action) => self.preview = None,
            _ => {}
        }
        Vec::new()
    }

    fn copy_preview(&mut self) -> Vec<Effect> {
        let Some(preview) = &self.preview else {
            return Vec::new();
        };
        self.has_copy = true;
        let written = &preview.written;
        let name = written.describe(preview.request.addressee);
        vec![Effect::CopyText(written.text.clone(), name)]
    }

    fn ask_file_of_preview(&mut self) -> Vec<Effect> {
        let Some(preview) = &self.preview else {
            return Vec::new();
        };
        self.has_copy = true;
        let name = match preview.request.addressee {
            Addressee::Authority => "evidence.txt",
            Addressee::Postmaster => "note.txt",
        };
        self.overlay = Some(Overlay::WriteTo {
            input: name.into(),
            error: None,
        });
        vec![Effect::Keep(preview.written.text.clone())]
    }

    /// Has the note written in place of the evidence, and the other way round.
    fn turn_preview(&mut self) -> Vec<Effect> {
        let Some(preview) = &self.preview else {
            return Vec::new();
        };
        let request = EvidenceRequest {
            addressee: match preview.request.addressee {
                Addressee::Authority => Addressee::Postmaster,
                Addressee::Postmaster => Addressee::Authority,
            },
            ..preview.request.clone()
        };
        self.request_evidence(request)
    }

    fn translate_preview(&mut self) -> Vec<Effect> {
        let effects = self.next_language();
        let Some(preview) = &self.preview else {
            return effects;
        };
        let request = EvidenceRequest {
            lang: self.lang,
            ..preview.request.clone()
        };
        self.request_evidence(request)
    }
}
