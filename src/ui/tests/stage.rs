//! An explorer without a terminal: real loading, real questions, keys in, screens out.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::rc::Rc;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDate;
use crossterm::event::KeyEvent;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Style};

use crate::clipboard::{Choice, Clipboard, Env};
use crate::ingest::{self, Progress};
use crate::model::{AsOf, Model, Zone};
use crate::query::History;
use crate::report::mask::Mask;
use crate::report::shell::Replay;
use crate::source::Input;
use crate::text::Lang;
use crate::tls::Profile;
use crate::ui::app::{Effect, Event};
use crate::ui::effects::EffectRunner;
use crate::ui::keymap::Key;
use crate::ui::run::Wake;
use crate::ui::theme::{Depth, Name};
use crate::ui::{App, Case, Cases, Keymap, Setup, Theme, view};

/// A log and a mail with every grade, and one journey that both tell of.
pub(super) const SHOWCASE: [(&str, &str); 2] = [
    ("mainlog", include_str!("../../../assets/showcase/mainlog")),
    (
        "answer.eml",
        include_str!("../../../assets/showcase/answer.eml"),
    ),
];

/// The case everything is measured by.
pub(super) const DEMO: [(&str, &str); 2] = [
    ("mainlog", include_str!("../../../assets/demo/mainlog")),
    ("reply.eml", include_str!("../../../assets/demo/reply.eml")),
];

/// A model of files given as text.
pub(super) fn model(files: &[(&str, &str)]) -> Model {
    let leak = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
    let input = |(name, text): &(&str, &str)| Input::Bundled {
        name: leak(name),
        bytes: leak(text).as_bytes(),
    };
    model_of(files.iter().map(input).collect())
}

/// A model of inputs, read as if in Berlin.
pub(super) fn model_of(inputs: Vec<Input>) -> Model {
    let options = ingest::Options {
        zone: zone(),
        year: Some(2020),
        host: Some("mail.example.org".to_owned()),
        ..ingest::Options::default()
    };
    let loaded = ingest::load(inputs, options);
    assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
    loaded.model
}

fn zone() -> Zone {
    Zone::parse("Europe/Berlin").unwrap()
}

/// What a test may want otherwise than usual.
pub(super) struct Stager {
    model: Model,
    size: (u16, u16),
    theme: Name,
    filter: &'static str,
    past: &'static str,
    masked: bool,
    lang: Lang,
    loading: bool,
    following: bool,
    cases: Cases,
}

impl Stager {
    pub(super) fn of(model: Model) -> Self {
        Self {
            model,
            size: (120, 40),
            theme: Name::Dark,
            filter: "",
            past: "",
            masked: false,
            lang: Lang::En,
            loading: false,
            following: false,
            cases: Cases::default(),
        }
    }

    /// As if it was one of these bundled cases.
    pub(super) fn case(mut self, open: usize, all: &[(&str, &str)]) -> Self {
        let all = all.iter().map(|(name, about)| Case {
            name: (*name).to_owned(),
            about: (*about).to_owned(),
        });
        let all = all.collect();
        self.cases = Cases { all, open };
        self
    }

    pub(super) fn size(mut self, columns: u16, lines: u16) -> Self {
        self.size = (columns, lines);
        self
    }

    pub(super) fn theme(mut self, theme: Name) -> Self {
        self.theme = theme;
        self
    }

    pub(super) fn filter(mut self, filter: &'static str) -> Self {
        self.filter = filter;
        self
    }

    /// Filters of earlier sessions, oldest first.
    pub(super) fn past(mut self, filters: &'static str) -> Self {
        self.past = filters;
        self
    }

    pub(super) fn masked(mut self) -> Self {
        self.masked = true;
        self
    }

    /// Texts to send are in German.
    pub(super) fn german(mut self) -> Self {
        self.lang = Lang::De;
        self
    }

    /// As if more was to come.
    pub(super) fn loading(mut self) -> Self {
        self.loading = true;
        self
    }

    /// As if its logs could grow, and were followed.
    pub(super) fn following(mut self) -> Self {
        self.following = true;
        self
    }

    pub(super) fn raise(self) -> Stage {
        let names = [self.theme]
            .into_iter()
            .chain(Name::ALL.into_iter().filter(|n| *n != self.theme));
        let setup = Setup {
            model: Arc::new(RwLock::new(self.model)),
            progress: progress(self.loading, self.following),
            profiles: ["default", "bsi"]
                .map(|name| Arc::new(Profile::named(name).unwrap()))
                .to_vec(),
            as_of: AsOf::Day(NaiveDate::from_ymd_opt(2026, 3, 1).unwrap()),
            as_of_findings: AsOf::Event,
            zone: zone(),
            themes: names
                .map(|n| (n.to_string(), Theme::named(n, Depth::Sixteen)))
                .collect(),
            keymap: Keymap::new(&BTreeMap::new()).unwrap(),
            lang: self.lang,
            mask: Mask::new([7; 16]),
            masked: self.masked,
            filter: self.filter.to_owned(),
            history: History::from_lines(self.past, 10),
            replay: Replay {
                inputs: vec!["/var/log/exim4/mainlog".to_owned()],
                ..Replay::default()
            },
            cases: self.cases.clone(),
            notice: None,
        };
        Stage::of(setup, self.size)
    }
}

/// A load that has ended, or one that goes on for ever.
fn progress(loading: bool, following: bool) -> Arc<Progress> {
    let progress = Progress::default();
    if following {
        progress.following.offer(1);
        progress.following.set(true);
        progress.finish();
    }
    if loading || following {
        return Arc::new(progress);
    }
    let mut load = ingest::start(Vec::new(), ingest::Options::default());
    load.wait();
    load.progress
}

/// An explorer, and everything it asks to have done.
pub(super) struct Stage {
    pub(super) app: App,
    office: EffectRunner,
    wakes: Receiver<Wake>,
    /// Where a terminal would be.
    terminal: File,
    pub(super) remembered: Rc<RefCell<Vec<String>>>,
    /// Effects that the loop itself sees to.
    pub(super) asked: Vec<Effect>,
}

impl Stage {
    fn of(setup: Setup, size: (u16, u16)) -> Self {
        let mut terminal = tempfile::tempfile().unwrap();
        let clipboard =
            Clipboard::new(Choice::Osc52, Env::default(), terminal.try_clone().unwrap());
        terminal.read_to_end(&mut Vec::new()).unwrap();
        let remembered = Rc::new(RefCell::new(Vec::new()));
        let keeper = Rc::clone(&remembered);
        let remember = Box::new(move |filter: &str| keeper.borrow_mut().push(filter.to_owned()));
        let (sender, wakes) = channel();
        let office = EffectRunner::start(&setup, clipboard, remember, sender).unwrap();
        let app = App::new(setup, size);
        let asked = Vec::new();
        let mut stage = Self {
            app,
            office,
            wakes,
            terminal,
            remembered,
            asked,
        };
        let first = stage.app.start();
        stage.perform(first);
        stage.settle();
        stage
    }

    pub(super) fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if matches!(effect, Effect::Case(_) | Effect::Suspend | Effect::Quit) {
                self.asked.push(effect);
            } else if let Some(event) = self.office.perform(effect, &self.app) {
                let more = self.app.update(event);
                self.perform(more);
            }
        }
    }

    /// Waits until nothing is under way any more.
    pub(super) fn settle(&mut self) {
        while self.app.awaits_answer() || self.app.awaits_evidence() {
            let wake = self.wakes.recv_timeout(Duration::from_secs(20)).unwrap();
            let Wake::Event(event) = wake else {
                unreachable!("nobody types here")
            };
            let effects = self.app.update(event);
            self.perform(effects);
        }
    }

    /// Has the oldest forgotten, as the loop does when the loader needs room.
    pub(super) fn renew(&mut self) -> bool {
        let Some(event) = self.office.renew() else {
            return false;
        };
        self.give(event);
        true
    }

    pub(super) fn give(&mut self, event: Event) {
        let effects = self.app.update(event);
        self.perform(effects);
        self.settle();
    }

    /// Presses keys, named as in a configuration and separated by spaces.
    pub(super) fn press(&mut self, keys: &str) -> &mut Self {
        for key in keys.split_whitespace() {
            self.type_ahead(key);
            self.settle();
        }
        self
    }

    /// Presses keys and waits for nothing.
    pub(super) fn type_ahead(&mut self, keys: &str) {
        for key in keys.split_whitespace() {
            let key: Key = key.parse().unwrap();
            let effects = self.app.update(Event::Key(KeyEvent::from(key)));
            self.perform(effects);
        }
    }

    /// Types text, letter by letter.
    pub(super) fn write(&mut self, text: &str) -> &mut Self {
        for letter in text.chars() {
            let code = crossterm::event::KeyCode::Char(letter);
            self.give(Event::Key(code.into()));
        }
        self
    }

    pub(super) fn resize(&mut self, columns: u16, lines: u16) -> &mut Self {
        self.give(Event::Resize(columns, lines));
        self
    }

    /// Puts another model in the place of the one that is shown, as loading does.
    pub(super) fn grow(&mut self, mut longer: Model) -> &mut Self {
        {
            let mut model = self.app.setup.model.write().unwrap();
            longer.generation += model.generation;
            *model = longer;
        }
        self.give(Event::Tick);
        self
    }

    pub(super) fn buffer(&self) -> Buffer {
        let (columns, lines) = self.app.size;
        let mut terminal = Terminal::new(TestBackend::new(columns, lines)).unwrap();
        terminal.draw(|frame| view(&self.app, frame)).unwrap();
        terminal.backend().buffer().clone()
    }

    /// The text of the screen, without the spaces at the end of lines.
    pub(super) fn screen(&self) -> String {
        let text = text_of(&self.buffer());
        text.trim_end_matches('\n').to_owned()
    }

    /// The line of the selected row.
    pub(super) fn selected(&self) -> String {
        let screen = self.screen();
        let line = screen
            .lines()
            .find(|line| line.starts_with('▌'))
            .unwrap_or_default();
        line.to_owned()
    }

    pub(super) fn toast(&self) -> &str {
        self.app.toast.as_deref().unwrap_or_default()
    }

    /// Everything that was sent to the terminal to be copied, decoded.
    pub(super) fn copied(&mut self) -> Vec<String> {
        use std::io::{Seek, SeekFrom};
        let mut bytes = String::new();
        self.terminal.seek(SeekFrom::Start(0)).unwrap();
        self.terminal.read_to_string(&mut bytes).unwrap();
        let sent = bytes.split("\x1b]52;c;").skip(1);
        let texts = sent.map(|sent| {
            let base64 = sent.strip_suffix("\x1b\\").unwrap();
            String::from_utf8(STANDARD.decode(base64).unwrap()).unwrap()
        });
        texts.collect()
    }
}

fn text_of(buffer: &Buffer) -> String {
    let mut out = String::new();
    for row in buffer.area.rows() {
        let mut line = String::new();
        let mut wide = 0;
        for at in row.columns() {
            let symbol = buffer[(at.x, at.y)].symbol();
            if wide == 0 {
                line.push_str(symbol);
                wide = crate::text::width(symbol).saturating_sub(1);
            } else {
                wide -= 1;
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// How the cells of a screen look: a dot where they look like nothing special, a letter for each
/// look elsewhere, then what the letters mean.
pub(super) fn looks_of(buffer: &Buffer) -> String {
    let mut looks: Vec<Style> = Vec::new();
    let mut map = String::new();
    for row in buffer.area.rows() {
        for at in row.columns() {
            let style = buffer[(at.x, at.y)].style();
            let known = looks.iter().position(|known| *known == style);
            let nth = known.unwrap_or_else(|| {
                looks.push(style);
                looks.len() - 1
            });
            let letter = char::from(b'a' + u8::try_from(nth).unwrap());
            map.push(if is_plain(style) { '.' } else { letter });
        }
        map.push('\n');
    }
    let named = ('a'..).zip(looks).filter(|(_, look)| !is_plain(*look));
    let legend = named.map(|(letter, look)| format!("{letter}: {}\n", in_words(look)));
    map + &legend.collect::<String>()
}

fn is_plain(style: Style) -> bool {
    in_words(style) == "Reset NONE"
}

fn in_words(style: Style) -> String {
    let ground = style.bg.filter(|ground| *ground != Color::Reset);
    let ground = ground.map_or_else(String::new, |ground| format!(" on {ground}"));
    format!(
        "{}{ground} {:?}",
        style.fg.unwrap_or_default(),
        style.add_modifier
    )
}
