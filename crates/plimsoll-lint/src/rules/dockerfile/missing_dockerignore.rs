use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{copied::takes_whole_context, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// No `.dockerignore` beside a broad copy.
    ///
    /// ## Why
    /// Without it the whole folder is sent to the builder and copied: the history, local
    /// settings, keys, results of other builds.
    ///
    /// ## Bad
    /// ```dockerfile
    /// # file: Dockerfile
    /// FROM debian:12
    /// COPY . /app
    /// # ^ missing-dockerignore
    /// # file: main.c
    /// int main;
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// # file: Dockerfile
    /// FROM debian:12
    /// COPY . /app
    /// # file: .dockerignore
    /// .git
    /// ```
    /// ```dockerfile
    /// FROM debian:12
    /// COPY . /app
    /// ```
    ///
    /// ## Limits
    /// Says nothing where the build context is not known.
    ///
    /// ## References
    /// - Dockerfile reference: `.dockerignore` files
    "missing-dockerignore" for DockerfileSubject {
        aliases: ["droast:DF033"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["image.no-secrets"],
        fix: None,
        check: Check::On(&[Keyword::Copy, Keyword::Add], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let Some(context) = &subject.context else { return };
    if context.ignore.is_none() && takes_whole_context(instruction) {
        sink.report(instruction.name, "no `.dockerignore` keeps anything out of this copy");
    }
}
