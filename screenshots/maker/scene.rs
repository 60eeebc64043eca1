//! What a picture shows, as data: a program, a terminal, keys and waits.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::palette::Background;
use crate::pty::Pty;

/// How long a text may take to appear.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long the last step may go on drawing: a deadline, not silence, for a screen that follows
/// something is never silent.
const SETTLE: Duration = Duration::from_millis(300);

/// One picture.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scene {
    /// The name of its files.
    pub name: String,
    /// What it shows, for those who cannot see it.
    pub title: String,
    /// Columns and rows of the terminal.
    size: (u16, u16),
    /// The colours of the terminal.
    #[serde(default)]
    pub background: Background,
    /// The arguments of the program, from the folder of the project.
    #[serde(default)]
    args: Vec<String>,
    /// Additions to an environment that has little more than `PATH` and `TERM`.
    #[serde(default)]
    env: BTreeMap<String, String>,
    /// What happens before the picture is taken.
    #[serde(default)]
    steps: Vec<Step>,
}

/// One thing a person would do or wait for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    /// Wait until the screen shows this text.
    Wait(String),
    /// Type this; `<Enter>`, `<Esc>`, `<C-c>` are keys.
    Keys(String),
    /// Do nothing for so many milliseconds.
    Rest(u64),
}

#[derive(Deserialize)]
struct File {
    scene: Vec<Scene>,
}

/// Reads the scenes of a file.
pub fn load(path: &Path) -> Result<Vec<Scene>> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let file: File = toml::from_str(&text).with_context(|| path.display().to_string())?;
    Ok(file.scene)
}

impl Scene {
    /// Runs the program through all steps and gives back what is on its screen then.
    pub fn play(&self, program: &Path) -> Result<vt100::Screen> {
        // The colours that the terminal of the picture has.
        let mut env = vec![("COLORTERM", "truecolor")];
        env.extend(
            self.env
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        );
        let mut pty = Pty::open(program, &self.args, &env, self.size)?;
        for step in &self.steps {
            match step {
                Step::Wait(text) => pty.wait_for(text, PATIENCE)?,
                Step::Keys(keys) => pty.send(keys)?,
                Step::Rest(milliseconds) => pty.settle(Duration::from_millis(*milliseconds))?,
            }
        }
        pty.settle(SETTLE)?;
        Ok(pty.screen())
    }
}
