//! The command line: words in, words out. Judging is the engine's, showing is the report's.

mod arguments;
mod terminal;
mod request;
mod judge;
mod image;
mod host;
mod fix;
mod posture;
mod describe;
mod init;
mod database;

use std::{
    io::{self, ErrorKind, Write as _},
    process::ExitCode,
};

use clap::Parser as _;

use crate::arguments::{Arguments, Command};

/// Judging makes many small allocations on all cores.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(code) => ExitCode::from(code),
        // The reader went away, as `head` does; that is no failure of ours.
        Err(Failure::Output(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(io::stderr(), "{failure}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<u8, Failure> {
    match &arguments.command {
        Command::Scan(it) => match image::target(&it.judge) {
            Some(target) => image::scan(arguments, it, target),
            None => judge::scan(arguments, it),
        },
        Command::Lint(it) => judge::judge(arguments, it),
        Command::Image(it) => image::image(arguments, it),
        Command::Host(it) => host::host(arguments, it),
        Command::Drift(it) => host::drift(arguments, it),
        Command::Sbom(it) => image::sbom(arguments, it),
        Command::Secrets(it) => image::secrets(arguments, it),
        Command::Rules(it) => describe::rules(arguments, it),
        Command::Explain { rule } => describe::explain(arguments, rule),
        Command::Db(it) => database::database(arguments, it),
        Command::Init { folder, force } => init::init(folder, *force),
        Command::Schema { kind } => describe::schema(*kind),
        Command::Completions { shell } => describe::completions(*shell),
        Command::Man => describe::manual(),
        Command::Fix(it) => fix::fix(arguments, it),
        Command::Report(it) => judge::report(arguments, it),
        Command::Posture(it) => posture::posture(arguments, it),
    }
}

/// Why the program ends with 2.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The run could not start.
    Engine(plimsoll_engine::Error),
    /// Some files could not be written; the others were.
    Files(Vec<plimsoll_engine::FileError>),
    /// The report could not be written.
    Output(io::Error),
    /// The command line asks for something that cannot be.
    Usage(String),
}

impl From<plimsoll_engine::Error> for Failure {
    fn from(error: plimsoll_engine::Error) -> Self {
        Self::Engine(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Engine(error) => {
                write!(f, "error: {error}")?;
                let hint = error.hint();
                if hint.is_empty() { Ok(()) } else { write!(f, "\nhelp: {hint}") }
            }
            Self::Files(errors) => {
                for (number, error) in errors.iter().enumerate() {
                    let line_feed = if number > 0 { "\n" } else { "" };
                    write!(f, "{line_feed}error: {error}\nhelp: {}", error.hint())?;
                }
                Ok(())
            }
            Self::Output(error) => write!(f, "error: the answer could not be written: {error}"),
            Self::Usage(message) => write!(f, "error: {message}"),
        }
    }
}
