use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_shell::{Invocation, flag_value};

use crate::{
    every_command::every_invocation,
    rule::rule,
    subject::dockerfile::DockerfileSubject,
    tls_verification::{SetVariable, assignments},
    word_edit::delete_word,
};

rule! {
    /// `pip` trusts a host without checking its certificate.
    ///
    /// ## Why
    /// A trusted host may show any certificate, or none. Whoever sits on the way can then hand the
    /// build another package, whose code runs as soon as it is installed.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM python:3.14
    /// RUN pip install --trusted-host pypi.example.com app
    /// # ^ pip-trusted-host
    /// RUN python3 -m pip install app --trusted-host=pypi.example.com
    /// # ^ pip-trusted-host
    /// RUN PIP_TRUSTED_HOST=pypi.example.com pip install app
    /// # ^ pip-trusted-host
    /// ```
    ///
    /// ```dockerfile
    /// FROM python:3.14
    /// ENV PIP_TRUSTED_HOST=pypi.example.com
    /// # ^ pip-trusted-host
    /// RUN export PIP_TRUSTED_HOST='pypi.example.com' && pip install app
    /// # ^ pip-trusted-host
    /// RUN pip config set global.trusted-host pypi.example.com
    /// # ^ pip-trusted-host
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM python:3.14
    /// RUN pip install app
    /// # ^ pip-trusted-host
    /// RUN python3 -m pip install app
    /// # ^ pip-trusted-host
    /// RUN pip install app
    /// # ^ pip-trusted-host
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM python:3.14
    /// RUN pip install app
    /// RUN pip install app | grep "--trusted-host"
    /// RUN pip install app && echo "--trusted-host"
    /// RUN ASDFPIP_TRUSTED_HOST=test pip install app
    /// RUN echo PIP_TRUSTED_HOST
    /// RUN pip install --index-url https://pypi.example.com/simple --cert /etc/ssl/ca.pem app
    /// ```
    ///
    /// ## Limits
    /// A `pip.conf` that the build copies in is not read.
    ///
    /// ## References
    /// - pip documentation: `--trusted-host`
    "pip-trusted-host" for DockerfileSubject {
        aliases: ["checkov:CKV2_DOCKER_4", "checkov:CKV2_DOCKER_16"],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["image.verified-packages"],
        fix: Unsafe,
        check: Check::OnWith(&[Keyword::Run, Keyword::Env, Keyword::Arg], WANTED, check),
    }
}

const MESSAGE: &str = "`pip` takes any certificate of that host; trust its authority instead";

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let source = &subject.dockerfile.source;
    for SetVariable { name, value, span, in_command, .. } in assignments(subject, instruction) {
        if name != "PIP_TRUSTED_HOST" || value.is_empty() {
            continue;
        }
        let draft = sink.report(span, MESSAGE);
        // `export` without anything prints all variables, so its word stays.
        let before = source.text().get(..span.start).unwrap_or_default().trim_end();
        if in_command && !before.ends_with("export") {
            let edits = delete_word(source, span).into_iter().collect();
            let _ = draft.fix("Leave the variable out", Safety::Unsafe, edits);
        }
    }
    every_invocation(subject, instruction, &mut |invocation| {
        if !is_pip(&invocation) {
            return;
        }
        if let Some(word) = invocation.args.iter().find(|it| it.text().ends_with(".trusted-host")) {
            let _ = sink.report(word.span, MESSAGE);
            return;
        }
        let Some(value) = flag_value(invocation.args, None, &["trusted-host"]) else { return };
        let flag = invocation.args.iter().find(|it| it.text().starts_with("--trusted-host"));
        let span = flag.map_or(value.word.span, |it| it.span.cover(value.word.span));
        let draft = sink.report(span, MESSAGE);
        let is_plain = !source.slice(span).contains(['"', '\'', '\n', '#']);
        if is_plain {
            let edits = delete_word(source, span).into_iter().collect();
            let _ = draft.fix("Check certificates", Safety::Unsafe, edits);
        }
    });
}

/// `pip`, `pip3.14`, `python -m pip`, `uv pip` and their kin.
fn is_pip(invocation: &Invocation<'_>) -> bool {
    let stem = invocation.name.trim_end_matches(|it: char| it.is_ascii_digit() || it == '.');
    let is_module = || {
        let mut words = invocation.args.iter();
        words.any(|it| it.is("-m")) && words.next().is_some_and(|it| it.is("pip"))
    };
    matches!(stem, "pip" | "pipx" | "pipenv" | "uv") || (stem == "python" && is_module())
}

const WANTED: Wanted = Wanted::word(&["PIP_TRUSTED_HOST", "pip", "pipx", "pipenv", "uv", "python"]);
