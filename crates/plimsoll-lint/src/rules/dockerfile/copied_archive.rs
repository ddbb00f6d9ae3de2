use plimsoll_finding::{Check, Sink};

use crate::{copied_archive::copied_archives, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Archive that is copied into the image as a file.
    ///
    /// ## Why
    /// `COPY` leaves an archive packed. If the files inside are what the image needs, `ADD` unpacks
    /// it in the same step.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// COPY dist.tgz /opt/
    /// # ^ copied-archive
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// ADD dist.tgz /opt/
    /// COPY --from=build /dist.tgz /opt/
    /// COPY app.jar notes.txt /opt/
    /// ```
    ///
    /// ## Limits
    /// An archive may be wanted as it is; this rule cannot tell. One that a later `RUN` unpacks is
    /// for `copied-then-extracted`.
    ///
    /// ## References
    /// - Dockerfile reference: `ADD`
    "copied-archive" for DockerfileSubject {
        aliases: ["droast:DF067"],
        severity: Info,
        confidence: Low,
        audience: Style,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    for copied in copied_archives(&subject.dockerfile) {
        if copied.extraction.is_none() {
            let message = "this archive stays packed; if its files are wanted, `ADD` unpacks it";
            sink.report(copied.instruction.name, message);
        }
    }
}
