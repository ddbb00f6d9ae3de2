use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{copied::takes_whole_context, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Whole build context copied.
    ///
    /// ## Why
    /// `COPY . .` takes everything that lies in the folder: the history, local settings, keys,
    /// results of other builds. Every change to any of it makes this step and all later ones run
    /// again.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// WORKDIR /app
    /// COPY . .
    /// # ^ broad-copy
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// WORKDIR /app
    /// COPY src/ ./src/
    /// COPY --from=build . .
    /// ```
    /// ```dockerfile
    /// # file: Dockerfile
    /// FROM debian:12
    /// COPY . /app
    /// # file: .dockerignore
    /// .git
    /// ```
    ///
    /// ## Limits
    /// Where a `.dockerignore` is known to be there, the copy counts as meant.
    ///
    /// ## References
    /// - Dockerfile reference: `.dockerignore` files
    "broad-copy" for DockerfileSubject {
        aliases: [
            "dockerfile-doctor:DD070", "droast:DF007", "droast:DF070",
        ],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: ["image.no-secrets"],
        fix: None,
        check: Check::On(&[Keyword::Copy, Keyword::Add], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let ignore = subject.context.as_ref().and_then(|it| it.ignore.as_ref());
    let is_filtered = ignore.is_some_and(|it| !it.patterns().is_empty());
    if takes_whole_context(instruction) && !is_filtered {
        sink.report(instruction.name, "this copies everything in the folder; name what is needed");
    }
}
