use plimsoll_finding::{Check, Sink};
use plimsoll_posture::{OtherCommand, Setting};

use crate::{rule::rule, secret_name::literal_secret, subject::workflow::WorkflowSubject};

rule! {
    /// A registry's password is given as an argument.
    ///
    /// ## Why
    /// Arguments are not secret: every process of the runner can list them, a trace of the shell
    /// prints them, and the engine warns about it each time. `--password-stdin` takes the password
    /// through a pipe that nobody else sees.
    ///
    /// ## Bad
    /// ```yaml
    /// on: push
    /// jobs:
    ///   image:
    ///     runs-on: ubuntu-24.04
    ///     steps:
    ///       - run: |
    ///           docker login -u ci -p ${{ secrets.REGISTRY_TOKEN }} registry.example.com
    ///           # ^ workflow-login-password-argument
    ///           podman login --password="$TOKEN" registry.example.com
    ///           # ^ workflow-login-password-argument
    /// ```
    /// ```yaml
    /// build:
    ///   script:
    ///     - docker login -u "$CI_REGISTRY_USER" -p$CI_REGISTRY_PASSWORD $CI_REGISTRY
    ///     # ^ workflow-login-password-argument
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// on: push
    /// jobs:
    ///   image:
    ///     runs-on: ubuntu-24.04
    ///     steps:
    ///       - run: printf '%s' "$TOKEN" | docker login -u ci --password-stdin registry.example.com
    ///       - run: docker login
    ///       - run: mkdir -p docker/login
    /// ```
    ///
    /// ## Limits
    /// A login that a called script makes is not seen.
    ///
    /// ## References
    /// - Docker command line reference: `docker login`, provide a password using stdin
    "workflow-login-password-argument" for WorkflowSubject {
        aliases: [],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["registry.cred-store"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &WorkflowSubject, sink: &mut Sink<'_>) {
    for login in subject.command_lines.others.iter().filter(|it| it.verb == "login") {
        let Some((option, password)) = password(login) else { continue };
        let Some(location) = option.location() else { continue };
        let message = "the registry's password is an argument, which every process on the runner \
                       can read; use `--password-stdin`";
        let draft = sink.report(location.span, message);
        let written = password.location().filter(|_| literal_secret(&password.value).is_some());
        if let Some(location) = written {
            draft.secret_at(location.clone());
        }
    }
}

/// The option that gives the password, and the word that holds it.
fn password(login: &OtherCommand) -> Option<(&Setting<String>, &Setting<String>)> {
    let mut words = login.arguments.iter();
    while let Some(word) = words.next() {
        let text = word.value.as_str();
        match text {
            "-p" | "--password" => return Some((word, words.next()?)),
            "-u" | "--username" => {
                words.next();
            }
            "--password-stdin" => {}
            _ if text.starts_with("--password=") => return Some((word, word)),
            _ if text.starts_with("-p") && text.len() > 2 => return Some((word, word)),
            _ => {}
        }
    }
    None
}
