use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_shell::{Parameter, Script, Word, WordPart, WordPartKind, has_flag};
use plimsoll_text::Edit;

use crate::{
    rule::rule,
    shell_text::{Assignments, plain_scripts},
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// `rm -r` of a path that is `/` when a variable is empty.
    ///
    /// ## Why
    /// `rm -rf "$DIR/"*` deletes everything from the root on if `DIR` is empty or misspelt. In a
    /// build this destroys the image in the making, on a host that mounts something in it, more.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// ARG PREFIX
    /// RUN rm -rf "$PREFIX/"*
    /// # ^ rm-with-empty-variable
    /// RUN rm -r $PREFIX/bin
    /// # ^ rm-with-empty-variable
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12
    /// ARG PREFIX
    /// RUN rm -rf "${PREFIX:?}/"*
    /// # ^ rm-with-empty-variable
    /// RUN rm -r ${PREFIX:?}/bin
    /// # ^ rm-with-empty-variable
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// ENV APP=/srv/app
    /// ARG PREFIX
    /// RUN rm -rf "${PREFIX:?}/bin" "$APP/"* "$PREFIX/share/cache"
    /// RUN dir=/srv && rm -rf "$dir/"* && rm -f "$PREFIX/"*
    /// ```
    ///
    /// ## Limits
    /// Only paths that would hit the root, or a folder of the system in it, are reported.
    ///
    /// ## References
    /// - POSIX shell command language: `${parameter:?word}`
    "rm-with-empty-variable" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2115", "hadolint:SC2115", "tally:shellcheck/SC2115",
        ],
        severity: Medium,
        confidence: Medium,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    for script in plain_scripts(run) {
        check_script(subject, run, script, sink);
    }
}

fn check_script(
    subject: &DockerfileSubject,
    run: &Instruction,
    script: &Script,
    sink: &mut Sink<'_>,
) {
    let mut assignments = None;
    for context in script.commands() {
        let Some(invocation) = context.command.effective() else { continue };
        let args = invocation.args;
        let is_recursive = || has_flag(args, 'r', &["recursive"]) || has_flag(args, 'R', &[]);
        if invocation.name != "rm" || !is_recursive() {
            continue;
        }
        for word in invocation.args {
            let Some(parameter) = first_parameter(word) else { continue };
            let name = parameter.name.as_str();
            let rest = rest_after(word, parameter);
            let is_known = |it: &Assignments| it.is_known_plain(subject, run, name);
            if !hits_root(&rest)
                || is_known(assignments.get_or_insert_with(|| Assignments::of(script)))
            {
                continue;
            }
            let message = format!("if `{name}` is empty, this removes `{rest}`");
            let edit = Edit::replace(parameter.span, format!("${{{name}:?}}"));
            sink.report(word.span, message).fix("Stop if it is empty", Safety::Unsafe, vec![edit]);
        }
    }
}

/// The variable that the word starts with, if nothing guards it.
fn first_parameter(word: &Word) -> Option<&Parameter> {
    let first = word.parts.first()?;
    let part = match &first.kind {
        WordPartKind::DoubleQuoted(inner) => inner.first()?,
        _ => first,
    };
    let WordPartKind::Parameter(parameter) = &part.kind else { return None };
    let plain = parameter.operator.is_none()
        && parameter.subscript.is_none()
        && parameter.prefix.is_none()
        && !parameter.is_special();
    plain.then_some(parameter)
}

/// What the word comes to without the variable.
fn rest_after(word: &Word, parameter: &Parameter) -> String {
    fn push(word: &Word, parts: &[WordPart], out: &mut String) {
        for part in parts {
            match &part.kind {
                WordPartKind::DoubleQuoted(inner) => push(word, inner, out),
                WordPartKind::Literal(text)
                | WordPartKind::SingleQuoted(text)
                | WordPartKind::Escaped(text) => out.push_str(text),
                _ => out.push_str(word.raw_of(part)),
            }
        }
    }
    let mut text = String::new();
    push(word, &word.parts, &mut text);
    let own = if parameter.braced { parameter.name.len() + 3 } else { parameter.name.len() + 1 };
    text.get(own..).unwrap_or_default().to_owned()
}

fn hits_root(rest: &str) -> bool {
    let Some(path) = rest.strip_prefix('/') else { return false };
    let path = path.trim_matches('/');
    matches!(path, "" | "*" | ".*") || SYSTEM.contains(&path.trim_end_matches("/*"))
}

/// Folders of the root that no build means to lose.
static SYSTEM: &[&str] = &[
    "bin", "boot", "dev", "etc", "home", "lib", "lib64", "media", "opt", "proc", "root", "run",
    "sbin", "srv", "sys", "usr", "var",
];

const WANTED: Wanted = Wanted::word(&["rm"]).and_every("$");
