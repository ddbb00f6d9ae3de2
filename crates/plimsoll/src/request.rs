//! Turns arguments into what the engine is asked.

use std::path::{Path, PathBuf};

use plimsoll_engine::{ConfigChoice, FileKind, Request};

use crate::{
    Failure,
    arguments::{Arguments, AudienceArgument, InputKind, SelectionArguments, SeverityArgument},
};

/// What the engine is asked to judge.
pub(crate) fn request(
    arguments: &Arguments,
    selection: &SelectionArguments,
    paths: &[PathBuf],
    kind: Option<InputKind>,
) -> Result<Request, Failure> {
    let is_input = |it: &&PathBuf| it.as_path() == Path::new("-");
    let standard_input = match paths.iter().find(is_input) {
        Some(_) => {
            Some(plimsoll_engine::read_stdin(MAX_INPUT).map_err(plimsoll_engine::Error::from)?)
        }
        None => None,
    };
    if standard_input.is_some() && kind.is_none() {
        let message = "standard input has no name; say what it is, for example `--as dockerfile`";
        return Err(Failure::Usage(message.to_owned()));
    }
    Ok(Request {
        roots: paths.iter().filter(|it| !is_input(it)).cloned().collect(),
        standard_input,
        kind: kind.map(file_kind),
        compose_files: Vec::new(),
        select: selection.select.clone(),
        ignore: selection.ignore.clone(),
        audience: selection.audience.map(|it| audience(it).to_owned()),
        fail_on: selection.fail_on.map(|it| severity(it).to_owned()),
        strict: selection.strict,
        baseline: selection.baseline.clone(),
        include_ignored: selection.no_gitignore,
        config: config_choice(arguments),
        import: Vec::new(),
    })
}

/// Which settings file the command line asks for.
pub(crate) fn config_choice(arguments: &Arguments) -> ConfigChoice {
    match (&arguments.config, arguments.no_config) {
        (_, true) => ConfigChoice::None,
        (Some(path), false) => ConfigChoice::File(path.clone()),
        (None, false) => ConfigChoice::Search,
    }
}

/// More than this on standard input is no Dockerfile.
const MAX_INPUT: u64 = 10 << 20;

fn audience(argument: AudienceArgument) -> &'static str {
    match argument {
        AudienceArgument::Default => "default",
        AudienceArgument::Hygiene => "hygiene",
        AudienceArgument::Style => "style",
    }
}

fn severity(argument: SeverityArgument) -> &'static str {
    match argument {
        SeverityArgument::Info => "info",
        SeverityArgument::Low => "low",
        SeverityArgument::Medium => "medium",
        SeverityArgument::High => "high",
        SeverityArgument::Critical => "critical",
        SeverityArgument::Never => "never",
    }
}

fn file_kind(kind: InputKind) -> FileKind {
    match kind {
        InputKind::Dockerfile => FileKind::Dockerfile,
        InputKind::Compose => FileKind::Compose,
        InputKind::Kubernetes => FileKind::Kubernetes,
        InputKind::DaemonJson => FileKind::DaemonJson,
        InputKind::Nginx => FileKind::Nginx,
        InputKind::Seccomp => FileKind::Seccomp,
        InputKind::GithubWorkflow => FileKind::GithubWorkflow,
        InputKind::GitlabWorkflow => FileKind::GitlabWorkflow,
        InputKind::ShellScript => FileKind::ShellScript,
        InputKind::EnvFile => FileKind::EnvFile,
    }
}
