use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_text::Edit;

use crate::{
    package_manager::{Manager, PackageCommand, package_commands},
    rule::rule,
    run_step::report,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// `apt` in a script.
    ///
    /// ## Why
    /// `apt` is made for people at a terminal. Its output and options may change from one release
    /// to the next, and it says so itself whenever its output goes into a file. `apt-get` and
    /// `apt-cache` keep still.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt update && apt install -y curl
    /// # ^ apt-instead-of-apt-get
    /// RUN ["apt", "full-upgrade", "-y"]
    /// # ^ apt-instead-of-apt-get
    /// RUN sudo apt -y upgrade
    /// # ^ apt-instead-of-apt-get
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y curl
    /// # ^ apt-instead-of-apt-get
    /// RUN ["apt-get", "dist-upgrade", "-y"]
    /// # ^ apt-instead-of-apt-get
    /// RUN sudo apt-get -y upgrade --with-new-pkgs
    /// # ^ apt-instead-of-apt-get
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y curl
    /// RUN echo "apt install curl" > /etc/motd && rm -rf /var/lib/apt
    /// RUN apt-key list
    /// RUN apt --version
    /// ```
    ///
    /// ## Limits
    /// Verbs that `apt-get` and `apt-cache` do not have, such as `apt list`, are reported without a
    /// fix.
    ///
    /// ## References
    /// - `apt(8)`: "Script usage and differences from other apt tools"
    "apt-instead-of-apt-get" for DockerfileSubject {
        aliases: [
            "hadolint:DL3027", "kics:run_using_apt", "checkov:CKV_DOCKER_9",
            "semgrep:prefer-apt-get", "dockerfile-doctor:DD024", "droast:DF059",
        ],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: Safe,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let steps = subject.steps(run);
    let commands: Vec<PackageCommand<'_>> = package_commands(steps)
        .filter(|it| it.manager == Manager::Apt && it.is_named("apt") && it.verb.is_some())
        .collect();
    let Some(first) = commands.first() else { return };
    let edits: Option<Vec<Edit>> = commands
        .iter()
        .map(|it| edits(subject, it))
        .collect::<Option<Vec<Vec<Edit>>>>()
        .map(|it| it.concat());
    report(
        subject,
        run,
        sink,
        first.step.name_span,
        "`apt` is made for people; scripts use `apt-get`",
    )
    .fix("Use `apt-get`", Safety::Safe, edits.unwrap_or_default());
}

/// What makes it the same command of the stable tools; `None` if nothing does.
fn edits(subject: &DockerfileSubject, command: &PackageCommand<'_>) -> Option<Vec<Edit>> {
    let verb = command.verb?;
    let (tool, new_verb) = match verb.text.as_str() {
        "full-upgrade" => ("apt-get", Some("dist-upgrade")),
        "show" | "search" | "policy" | "depends" | "rdepends" | "showsrc" => ("apt-cache", None),
        "install" | "update" | "upgrade" | "remove" | "purge" | "autoremove" | "clean"
        | "autoclean" | "build-dep" | "source" | "download" | "reinstall" | "satisfy"
        | "changelog" | "dist-upgrade" => ("apt-get", None),
        _ => return None,
    };
    let name = command.step.name_span;
    let written = subject.dockerfile.source.slice(name);
    if written.trim_matches('"') != "apt" {
        return None;
    }
    let mut res = vec![command.step.replace_word(name, tool)?];
    if let Some(new_verb) = new_verb {
        res.push(command.step.replace_word(verb.span, new_verb)?);
    }
    // `apt upgrade` may add packages, which `apt-get upgrade` does only when told to.
    if verb.text == "upgrade" && !command.has_option(&["--with-new-pkgs", "--without-new-pkgs"]) {
        res.push(command.step.insert_after(verb.span, "--with-new-pkgs")?);
    }
    Some(res)
}

const WANTED: Wanted = Wanted::word(&["apt"]);
