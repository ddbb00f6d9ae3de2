use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_shell::Parameter;
use plimsoll_text::Edit;

use crate::{
    rule::rule,
    shell_text::{Assignments, has_backtick, plain_scripts, unquoted_parameters},
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// Variable without quotes.
    ///
    /// ## Why
    /// The shell splits an unquoted value at blanks and expands the patterns in it. A version
    /// with a blank, or a path with a `*`, becomes other arguments than the author saw.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// ARG VERSION
    /// RUN tar -xf app-$VERSION.tar
    /// # ^ unquoted-variable
    /// RUN set -- a b; process $@
    /// # ^ unquoted-variable
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12
    /// ARG VERSION
    /// RUN tar -xf app-"$VERSION".tar
    /// # ^ unquoted-variable
    /// RUN set -- a b; process "$@"
    /// # ^ unquoted-variable
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// ENV RELEASE=1.2.3
    /// RUN curl -o "$NAME" https://example.com/$RELEASE
    /// RUN dir=/srv && cd $dir && exit $?
    /// RUN x=$y; [[ $x = a ]]; for word in $LIST; do echo "$word"; done
    /// RUN apt-get install -y $PACKAGES
    /// RUN make $MAKEFLAGS
    /// RUN ["echo", "$x"]
    /// ```
    ///
    /// ## Limits
    /// A variable that is meant to be split should carry a plural name or one of options
    /// (`PACKAGES`, `CFLAGS`, `OPTS`); such names are left alone. So are variables whose value is
    /// known and plain.
    ///
    /// ## References
    /// - POSIX shell command language: field splitting
    "unquoted-variable" for DockerfileSubject {
        aliases: [
            "shellcheck:SC2086", "hadolint:SC2086", "tally:shellcheck/SC2086",
            "shellcheck:SC2048", "hadolint:SC2048", "tally:shellcheck/SC2048",
            "shellcheck:SC2068", "hadolint:SC2068", "tally:shellcheck/SC2068",
            "shellcheck:SC2248", "hadolint:SC2248", "tally:shellcheck/SC2248",
        ],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: [],
        fix: Unsafe,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let with_fix = !has_backtick(subject, run.span);
    for script in plain_scripts(run) {
        let mut assignments = None;
        let commands = script.commands().iter().map(|it| &it.command);
        let words = commands.flat_map(|it| it.args()).filter(|it| it.assignment_name().is_none());
        for unquoted in words.flat_map(unquoted_parameters) {
            let parameter = unquoted.parameter;
            let name = parameter.name.as_str();
            let is_known = |it: &Assignments| it.is_known_plain(subject, run, name);
            if is_exempt(parameter)
                || is_known(assignments.get_or_insert_with(|| Assignments::of(script)))
            {
                continue;
            }
            let message = format!("`${name}` is split and expanded as a pattern; quote it");
            let draft = sink.report(unquoted.part.span, message);
            // Where a continuation or a comment lies inside, its text is not the variable's.
            let text = subject.dockerfile.source.slice(unquoted.part.span);
            if with_fix && !text.contains(['\n', '"']) {
                let edit = Edit::replace(unquoted.part.span, format!("\"{text}\""));
                draft.fix("Quote it", Safety::Unsafe, vec![edit]);
            }
        }
    }
}

fn is_exempt(parameter: &Parameter) -> bool {
    let name = parameter.name.as_str();
    // With `${x:+...}` the value is a text of the author's own.
    let alternative = parameter.operator.as_ref().is_some_and(|it| it.text.ends_with('+'));
    let upper = name.to_ascii_uppercase();
    parameter.is_numeric()
        || alternative
        || (name.len() > 1 && LISTS.iter().any(|it| upper.ends_with(it)))
}

/// Ends of the names of variables that hold several words.
static LISTS: &[&str] =
    &["S", "ARGS", "ARG_LIST", "LIST", "OPT", "FLAG", "DEPS", "EXTRA", "PARAMS", "CMD", "COMMAND"];

const WANTED: Wanted = Wanted::every("$");
