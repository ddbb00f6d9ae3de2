//! `scan` and `lint`: judge, then show.

use std::io::{self, BufWriter, Write};

use plimsoll_engine::{Outcome, timestamp};
use plimsoll_report::{Run, checklist, github, gitlab, html, human, json, junit, markdown, sarif};

use crate::{
    Failure,
    arguments::{
        Arguments, Format, JudgeArguments, OutputArguments, ReportArguments, ScanArguments,
        SelectionArguments,
    },
    request::request,
    terminal::{Bar, options},
};

/// Judges files as `arguments` say; images are another matter.
pub(crate) fn scan(all: &Arguments, arguments: &ScanArguments) -> Result<u8, Failure> {
    if !arguments.vex.files.is_empty() {
        let message = "`--vex` speaks of the vulnerabilities of an image, and what is scanned is \
                       none; name one image or archive";
        return Err(Failure::Usage(message.to_owned()));
    }
    judge(all, &arguments.judge)
}

/// Refuses a form in which only images have an answer.
pub(crate) fn check_format(output: &OutputArguments) -> Result<(), Failure> {
    if !output.format.is_of_images() {
        return Ok(());
    }
    let message = "this format tells what is said of the vulnerabilities of an image; use it with \
                   `plimsoll image`";
    Err(Failure::Usage(message.to_owned()))
}

/// Judges what `arguments` name and shows the verdict.
pub(crate) fn judge(all: &Arguments, arguments: &JudgeArguments) -> Result<u8, Failure> {
    check_format(&arguments.output)?;
    let started = timestamp();
    let mut request = request(all, &arguments.selection, &arguments.paths, arguments.kind)?;
    request.compose_files.clone_from(&arguments.compose_files);
    let bar = Bar::new(arguments.output.quiet);
    let outcome = plimsoll_engine::judge(&request, &bar);
    bar.finish();
    show(all, &outcome?, &arguments.selection, &arguments.output, started)
}

/// Shows what other tools found, and what is judged besides, in one answer.
pub(crate) fn report(all: &Arguments, arguments: &ReportArguments) -> Result<u8, Failure> {
    check_format(&arguments.output)?;
    let started = timestamp();
    let mut request = request(all, &arguments.selection, &arguments.paths, None)?;
    request.import.clone_from(&arguments.import);
    let bar = Bar::new(arguments.output.quiet);
    let outcome = plimsoll_engine::judge(&request, &bar);
    bar.finish();
    show(all, &outcome?, &arguments.selection, &arguments.output, started)
}

/// Shows a verdict and gives the exit code.
pub(crate) fn show(
    all: &Arguments,
    outcome: &Outcome,
    selection: &SelectionArguments,
    output: &OutputArguments,
    started: String,
) -> Result<u8, Failure> {
    if let Some(path) = &selection.write_baseline {
        plimsoll_engine::write_baseline(outcome, path)?;
    }
    let run = circumstances(outcome, started);
    if let Some(path) = &output.output {
        let mut text = Vec::new();
        write(all, outcome, &run, output, true, &mut text)?;
        let text = String::from_utf8_lossy(&text);
        plimsoll_engine::write_file(path, &text).map_err(plimsoll_engine::Error::from)?;
    } else {
        let mut out = BufWriter::new(io::stdout().lock());
        write(all, outcome, &run, output, false, &mut out)?;
        out.flush()?;
    }
    Ok(if selection.exit_zero { 0 } else { outcome.verdict.outcome.exit_code() })
}

/// Writes a verdict in the form that is asked for.
pub(crate) fn write(
    all: &Arguments,
    outcome: &Outcome,
    run: &Run,
    output: &OutputArguments,
    to_file: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let verdict = &outcome.verdict;
    let options = options(all, output.verbose, to_file);
    match output.format {
        Format::Human => human::write(verdict, run, &options, out),
        Format::Json => json::write(verdict, run, out),
        Format::Sarif => sarif::write(verdict, run, out),
        Format::Junit => junit::write(verdict, run, out),
        Format::Gitlab => gitlab::write(verdict, run, out),
        Format::Github => github::write(verdict, run, out),
        Format::Markdown => markdown::write(verdict, run, out),
        Format::Html => html::write(verdict, run, out),
        Format::Checklist => checklist::write(verdict, run, &options, out),
        // Refused before anything is judged.
        Format::Openvex | Format::CyclonedxVex => Ok(()),
    }
}

/// When and how the program runs.
pub(crate) fn circumstances(outcome: &Outcome, started: String) -> Run {
    let folder = plimsoll_engine::current_dir().ok().map(|it| it.display().to_string());
    Run {
        started,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        command: std::env::args().collect::<Vec<_>>().join(" "),
        working_directory: folder,
        repository_root: Some(outcome.root.display().to_string()),
        help_base: None,
    }
}
