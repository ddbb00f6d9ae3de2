use plimsoll_config::dockerignore::DockerIgnore;
use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// `COPY` of a file that the ignore file keeps out of the build.
    ///
    /// ## Why
    /// What `.dockerignore` matches is not sent to the builder, so the file is not found and the
    /// build fails.
    ///
    /// ## Bad
    /// ```dockerfile
    /// # file: Dockerfile
    /// FROM alpine:3.22
    /// COPY Dockerfile /
    /// # ^ copied-ignored-file
    /// ADD app ./logs/today.txt /srv/
    /// # ^ copied-ignored-file
    /// # file: .dockerignore
    /// Dockerfile
    /// logs
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// # file: Dockerfile
    /// FROM alpine:3.22 AS build
    /// COPY . /
    /// COPY app vendor/kept.txt /srv/
    /// COPY vendor /vendor
    /// COPY logs* /srv/
    /// COPY $FILE /srv/
    /// FROM alpine:3.22
    /// COPY --from=build logs /srv/
    /// ADD https://example.com/logs /srv/
    /// # file: .dockerignore
    /// logs
    /// vendor
    /// !vendor/kept.txt
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// COPY Dockerfile /
    /// ```
    ///
    /// ## Limits
    /// Needs the folder of the Dockerfile as the build context. Patterns and variables in a source
    /// are left alone, and so is a folder out of which the ignore file takes something back in.
    ///
    /// ## References
    /// - Docker build checks: copy of an ignored file
    "copied-ignored-file" for DockerfileSubject {
        aliases: ["buildkit:CopyIgnoredFile", "droast:DF077"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::On(&[Keyword::Copy, Keyword::Add], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let (InstructionKind::Copy(copy) | InstructionKind::Add(copy)) = &instruction.kind else {
        return;
    };
    let ignore = subject.context.as_ref().and_then(|it| it.ignore.as_ref());
    let Some(ignore) = ignore.filter(|_| copy.from.is_none() && !instruction.onbuild) else {
        return;
    };
    for word in copy.paths() {
        let source = word.unquoted(subject.dockerfile.escape);
        let path = source.trim_start_matches("./").trim_matches('/');
        let is_file = !source.contains(['$', '*', '?', '[', ':', '@']);
        if is_file && ignore.matches(path).ignored && !takes_back(ignore, path) {
            let message = format!("`{path}` is not sent to the builder: the ignore file has it");
            sink.report(word.span, message);
        }
    }
}

/// Whether an exception may let in something below `folder`.
fn takes_back(ignore: &DockerIgnore, folder: &str) -> bool {
    ignore.patterns().iter().filter(|it| it.is_exception).any(|it| {
        let below = it.text.strip_prefix(folder).is_some_and(|it| it.starts_with('/'));
        below || it.text.contains(['*', '?', '['])
    })
}
