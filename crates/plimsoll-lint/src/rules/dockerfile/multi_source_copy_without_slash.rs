use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{file_path::base_name, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Several sources copied to a destination without a slash at its end.
    ///
    /// ## Why
    /// With more than one source the destination has to be a directory, and only a slash at its end
    /// says so. Without it the build fails, or one file overwrites the other.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22
    /// COPY package.json yarn.lock app
    /// # ^ multi-source-copy-without-slash
    /// ADD ["a.txt", "b.txt", "/data"]
    /// # ^ multi-source-copy-without-slash
    /// COPY --chmod=644 a \
    /// # ^ multi-source-copy-without-slash
    ///     b "/srv/c"
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.22
    /// COPY package.json yarn.lock app/
    /// # ^ multi-source-copy-without-slash
    /// ADD ["a.txt", "b.txt", "/data/"]
    /// # ^ multi-source-copy-without-slash
    /// COPY --chmod=644 a \
    /// # ^ multi-source-copy-without-slash
    ///     b "/srv/c/"
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22
    /// COPY package.json yarn.lock
    /// COPY package.json yarn.lock app/
    /// COPY ["package.json", "yarn.lock", "app/"]
    /// COPY a b .
    /// COPY a b /srv/.
    /// COPY a b $TARGET
    /// COPY *.json app
    /// ```
    ///
    /// ```dockerfile
    /// # escape=`
    /// FROM mcr.microsoft.com/windows/servercore:ltsc2022
    /// COPY a b C:\app\
    /// ```
    ///
    /// ## Limits
    /// A pattern that matches several files counts as one source. A destination that ends in a
    /// variable of unknown value is left alone.
    ///
    /// ## References
    /// - Dockerfile reference: `COPY`, destination
    "multi-source-copy-without-slash" for DockerfileSubject {
        aliases: [
            "hadolint:DL3021", "kics:copy_with_more_than_two_arguments_not_ending_with_slash",
            "trivy:DS-0011", "droast:DF048", "dockerfilelint:add_dest_invalid",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Safe,
        check: Check::On(&[Keyword::Copy, Keyword::Add], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let (InstructionKind::Copy(copy) | InstructionKind::Add(copy)) = &instruction.kind else {
        return;
    };
    let dockerfile = &subject.dockerfile;
    let word = &copy.destination;
    let written = word.text.trim_matches(['"', '\'']);
    if copy.sources.len() < 2 || is_directory(written) {
        return;
    }
    if written.contains('$') {
        let value = dockerfile.expand_word(instruction, word).value;
        if value.is_none_or(|it| it.is_empty() || is_directory(&it)) {
            return;
        }
    }
    let message = "with several sources the destination is a directory; end it with `/`";
    let draft = sink.report(instruction.name, message).related(word.span, "the destination");
    let quoted = dockerfile.source.slice(word.span).ends_with(['"', '\'']);
    let end = word.span.end - usize::from(quoted);
    draft.fix("End the destination with `/`", Safety::Safe, vec![Edit::insert(end, "/")]);
}

fn is_directory(path: &str) -> bool {
    path.is_empty() || path.ends_with(['/', '\\']) || matches!(base_name(path), "." | "..")
}
