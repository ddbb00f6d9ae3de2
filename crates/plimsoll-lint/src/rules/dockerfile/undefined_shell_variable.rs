use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};
use plimsoll_shell::{Node, Script, WordPartKind, walk_script};

use crate::{
    rule::rule,
    shell_text::{Assignments, plain_scripts},
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// Variable that nothing sets.
    ///
    /// ## Why
    /// An unset variable is empty. A typo in its name, or an `ARG` of another stage, goes
    /// unnoticed.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN tar -xf "app-${VERSOIN}.tar"
    /// # ^ undefined-shell-variable
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// ARG VERSION
    /// ENV NAME=app
    /// RUN size=1; echo "$VERSION $NAME $size $HOME $HTTP_PROXY ${X:-y}"
    /// RUN . /etc/os-release && echo "$ID"
    /// RUN while read -r line; do echo "$line"; done < list
    /// RUN for file in *; do echo "$file"; done
    /// ```
    ///
    /// ## Limits
    /// The base image may set the variable. Scripts that read other scripts are left alone.
    ///
    /// ## References
    /// - Dockerfile reference: `ARG`, scope
    "undefined-shell-variable" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2154", "hadolint:SC2154", "tally:shellcheck/SC2154",
        ],
        severity: Info,
        confidence: Low,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let environment = subject.dockerfile.environment_at(run.index);
    let mut told: Vec<String> = Vec::new();
    for script in plain_scripts(run).into_iter().filter(|it| !reads_others(it)) {
        let mut assignments = None;
        walk_script(script, &mut |node| {
            let Node::Part(part, _) = node else { return };
            let WordPartKind::Parameter(parameter) = &part.kind else { return };
            let name = parameter.name.as_str();
            let plain = !parameter.is_special() && parameter.operator.is_none();
            if !plain
                || is_usual(name)
                || told.len() >= MAX_TOLD
                || told.iter().any(|it| it == name)
            {
                return;
            }
            let is_assigned = |it: &Assignments| it.has(name);
            if environment.get(name).is_none()
                && !is_assigned(assignments.get_or_insert_with(|| Assignments::of(script)))
            {
                told.push(name.to_owned());
                let message = format!("nothing here sets `{name}`, so it may be empty");
                sink.report(part.span, message);
            }
        });
    }
}

fn reads_others(script: &Script) -> bool {
    let names = script.commands().iter().filter_map(|it| it.command.name());
    names.into_iter().any(|it| matches!(it, "." | "source" | "eval"))
}

/// Whether a shell, a base image or a builder commonly sets the variable.
fn is_usual(name: &str) -> bool {
    USUAL.contains(&name) || USUAL_PREFIXES.iter().any(|it| name.starts_with(it))
}

static USUAL: &[&str] = &[
    "HOME",
    "PATH",
    "PWD",
    "OLDPWD",
    "USER",
    "HOSTNAME",
    "SHELL",
    "TERM",
    "LANG",
    "IFS",
    "PPID",
    "RANDOM",
    "UID",
    "EUID",
    "LINENO",
    "SECONDS",
    "OPTARG",
    "OPTIND",
    "SHLVL",
    "REPLY",
    "PIPESTATUS",
    "OSTYPE",
    "HOSTTYPE",
    "MACHTYPE",
    "FUNCNAME",
    "DEBIAN_FRONTEND",
    "TMPDIR",
    "LOGNAME",
    "PHP_INI_DIR",
    "GOPATH",
    "GOROOT",
    "JAVA_HOME",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "VIRTUAL_ENV",
    "CONDA_DIR",
    "SOURCE_DATE_EPOCH",
    "PS1",
];

static USUAL_PREFIXES: &[&str] = &[
    "BASH",
    "LC_",
    "TARGET",
    "BUILD",
    "BUILDKIT_",
    "NODE_",
    "PYTHON_",
    "PHP_",
    "GOLANG_",
    "JAVA_",
    "NGINX_",
    "RUBY_",
    "POSTGRES_",
    "MYSQL_",
    "CUDA_",
    "NVIDIA_",
    "DOTNET_",
    "ASPNET",
];

/// One instruction tells no more than this, whatever it holds.
const MAX_TOLD: usize = 20;

const WANTED: Wanted = Wanted::every("$");
