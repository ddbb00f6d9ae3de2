//! What the terminal can do, and the progress bar on it.

use std::io::{IsTerminal as _, stderr, stdout};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use plimsoll_engine::{Progress, environment};
use plimsoll_report::Options;

use crate::arguments::{Arguments, When};

/// What the report on standard output may use; `to_file` is a report that goes elsewhere.
pub(crate) fn options(arguments: &Arguments, verbose: bool, to_file: bool) -> Options {
    let environment = environment();
    let set = |name: &str| environment.get(name).is_some_and(|it| !it.is_empty());
    let is_terminal = stdout().is_terminal() && !to_file;
    let is_dumb = environment.get("TERM").is_some_and(|it| it == "dumb");
    let color = match arguments.color {
        When::Always => true,
        When::Never => false,
        When::Auto => is_terminal && !set("NO_COLOR") && !is_dumb,
    };
    let columns = environment.get("COLUMNS").and_then(|it| it.parse().ok());
    let seen = terminal_size::terminal_size().map(|it| usize::from(it.0.0));
    let width = columns.or(seen.filter(|_| is_terminal)).unwrap_or(DEFAULT_WIDTH);
    Options { color, width, hyperlinks: color && is_terminal && !set("CI"), verbose }
}

/// How wide a report is where nobody says.
const DEFAULT_WIDTH: usize = 100;

/// A bar on standard error, where that is a terminal; it appears only when the work takes long.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// A bar, or nothing where `quiet` or nobody looks.
    pub(crate) fn new(quiet: bool) -> Self {
        let target = if quiet || !stderr().is_terminal() {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr_with_hz(8)
        };
        let bar = ProgressBar::with_draw_target(None, target);
        let template = "{bar:30} {pos}/{len} files, {elapsed} {wide_msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Takes the bar off the screen.
    pub(crate) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

impl Progress for Bar {
    fn total(&self, n_files: usize) {
        self.0.set_length(n_files as u64);
        // Short work needs no bar.
        if n_files < LONG_WORK {
            self.0.set_draw_target(ProgressDrawTarget::hidden());
        }
    }

    fn step(&self) {
        self.0.inc(1);
    }
}

/// Fewer files than this are done before a bar could be read.
const LONG_WORK: usize = 2_000;
