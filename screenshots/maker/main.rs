//! Makes the pictures of the documentation: runs the real program in a pseudo-terminal, presses
//! keys, draws the screen as SVG, and as PNG where `rsvg-convert` is installed.
//!
//! ```text
//! cargo run --example screenshots [-- [--scenes FILE] [--out FOLDER] [--program FILE] [NAME]...]
//! ```
//!
//! Without names every scene of `assets/screenshots.toml` is taken. The program is the newer of
//! `target/release/hopgrade` and `target/debug/hopgrade` unless one is given.

#![allow(
    unreachable_pub,
    reason = "`pub` here means: for the other files of this program"
)]

mod palette;
mod png;
#[path = "../../tests/common/pty.rs"]
mod pty;
mod scene;
mod shapes;
mod svg;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Parser;

use scene::Scene;

/// Pixels of a PNG for each pixel of an SVG.
const ZOOM: &str = "2";

/// Makes the pictures of the documentation.
#[derive(Parser)]
struct Options {
    /// The scenes.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/screenshots.toml"))]
    scenes: PathBuf,
    /// Where the pictures go.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/screenshots"))]
    out: PathBuf,
    /// The program that is shown.
    #[arg(long)]
    program: Option<PathBuf>,
    /// The scenes to take; all without.
    names: Vec<String>,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let scenes = scene::load(&options.scenes)?;
    for name in &options.names {
        if !scenes.iter().any(|scene| scene.name == *name) {
            bail!("no scene is called {name:?}");
        }
    }
    let program = options.program.map_or_else(newest_build, Ok)?;
    let program = program
        .canonicalize()
        .with_context(|| program.display().to_string())?;
    fs::create_dir_all(&options.out)?;
    for scene in scenes {
        if options.names.is_empty() || options.names.contains(&scene.name) {
            take(&scene, &program, &options.out)
                .with_context(|| format!("scene {:?}", scene.name))?;
        }
    }
    Ok(())
}

/// Plays one scene and writes its pictures.
fn take(scene: &Scene, program: &Path, out: &Path) -> Result<()> {
    let screen = scene.play(program)?;
    let path = out.join(&scene.name).with_extension("svg");
    fs::write(
        &path,
        svg::draw(&screen, scene.background.palette(), &scene.title)?,
    )?;
    println!("{}", path.display());
    let picture = path.with_extension("png");
    let drawn = Command::new("rsvg-convert")
        .args(["-z", ZOOM, "-o"])
        .arg(&picture)
        .arg(&path)
        .status();
    match drawn {
        Ok(status) if status.success() => {
            fs::write(&picture, png::shrink(&fs::read(&picture)?)?)?;
            println!("{}", picture.display());
        }
        Ok(status) => bail!("rsvg-convert: {status}"),
        Err(error) => eprintln!("no PNG: rsvg-convert: {error}"),
    }
    Ok(())
}

fn newest_build() -> Result<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    ["release", "debug"]
        .map(|profile| folder.join(profile).join("hopgrade"))
        .into_iter()
        .filter_map(|path| Some((path.metadata().ok()?.modified().ok()?, path)))
        .max()
        .map(|(_, path)| path)
        .context("build the program first: cargo build")
}
