use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword, Word};
use plimsoll_finding::{Check, Severity, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// A system directory as working directory or volume.
    ///
    /// ## Why
    /// A working directory below `/proc` is how containers broke out of an unpatched engine
    /// (CVE-2024-21626). A volume over `/etc`, `/dev` or `/lib` hides or leaks what the system runs
    /// on.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.24
    /// WORKDIR /proc/self/fd/7
    /// # ^ system-directory
    /// WORKDIR self
    /// # ^ system-directory
    /// WORKDIR /srv/../etc
    /// # ^ system-directory
    /// VOLUME ["/data", "/dev"]
    /// # ^ system-directory
    /// VOLUME /usr
    /// # ^ system-directory
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.24
    /// WORKDIR /development
    /// WORKDIR /usr/src/app
    /// WORKDIR "/srv/app"
    /// WORKDIR etc
    /// VOLUME /etc/nginx/conf.d
    /// VOLUME /var/lib/data
    /// WORKDIR C:\app
    /// WORKDIR $HOME
    /// ```
    ///
    /// ## Limits
    /// A path with a variable of unknown value is left alone. Below `/etc`, `/usr` and `/lib` only
    /// the directories themselves are reported, as programs keep their own places there.
    ///
    /// ## References
    /// - CVE-2024-21626
    /// - CIS Docker Benchmark: do not mount sensitive host system directories
    "system-directory" for DockerfileSubject {
        aliases: ["trivy:DS-0030", "dockle:DKL-DI-0002"],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["runtime.sensitive-mounts"],
        fix: None,
        check: Check::On(&[Keyword::Workdir, Keyword::Volume], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    match &instruction.kind {
        InstructionKind::Workdir(word) => {
            let Some(path) = working_directory(subject, instruction) else { return };
            if is_system(&path) {
                let message = format!("`{path}` is the system's, not a place to work in");
                let draft = sink.report(word.span, message);
                if NEVER.contains(&path.as_str()) {
                    // Files end up among the system's, which is untidy but opens nothing.
                    let _ = draft.severity(Severity::Low);
                }
            }
        }
        InstructionKind::Volume(volume) => {
            for word in &volume.paths {
                let path = value_of(subject, instruction, word).map(|it| normal(&it));
                let Some(path) = path.filter(|it| is_system(it)) else { continue };
                let message =
                    format!("a volume over `{path}` hides or leaks what the system runs on");
                let _ = sink.report(word.span, message);
            }
        }
        _ => {}
    }
}

/// The directory after this `WORKDIR`, as far as it is known.
fn working_directory(subject: &DockerfileSubject, instruction: &Instruction) -> Option<String> {
    let stage = instruction.stage?;
    let mut parts: Vec<String> = Vec::new();
    let instructions = subject.dockerfile.stage_instructions(stage).iter().rev();
    for here in instructions.filter(|it| it.index <= instruction.index).take(MAX_STEPS) {
        let InstructionKind::Workdir(word) = &here.kind else { continue };
        let path = value_of(subject, here, word)?;
        let is_absolute = path.starts_with('/');
        parts.push(path);
        if is_absolute {
            break;
        }
    }
    parts.reverse();
    let is_absolute = parts.first().is_some_and(|it| it.starts_with('/'));
    is_absolute.then(|| normal(&parts.join("/")))
}

fn value_of(subject: &DockerfileSubject, instruction: &Instruction, word: &Word) -> Option<String> {
    subject.dockerfile.expand_word(instruction, word).value.filter(|it| !it.contains('\\'))
}

/// The path without `.`, `..` and doubled slashes.
fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

fn is_system(path: &str) -> bool {
    let below = |it: &str| path == it || path.starts_with(&format!("{it}/"));
    NEVER.contains(&path) || NEVER_BELOW.iter().any(|it| below(it))
}

/// Directories that no program has places of its own below.
static NEVER_BELOW: &[&str] = &["/proc", "/sys", "/dev", "/boot"];

static NEVER: &[&str] =
    &["/etc", "/lib", "/lib64", "/bin", "/sbin", "/usr", "/usr/bin", "/usr/sbin", "/usr/lib"];

/// How many instructions back a relative path is followed.
const MAX_STEPS: usize = 1000;
