use plimsoll_dockerfile::InstructionKind;
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{
    base::{base_image, final_instructions},
    rule::rule,
    signal::canonical_name,
    started::starts,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// nginx stopped without letting requests end.
    ///
    /// ## Why
    /// nginx ends at once on `SIGTERM` and lets open requests finish on `SIGQUIT`.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM nginx:1.29
    /// STOPSIGNAL SIGTERM
    /// # ^ nginx-stopsignal
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM nginx:1.29
    /// STOPSIGNAL SIGQUIT
    /// # ^ nginx-stopsignal
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM nginx:1.29
    /// STOPSIGNAL SIGQUIT
    /// FROM debian:12
    /// STOPSIGNAL SIGTERM
    /// ```
    ///
    /// ## Limits
    /// nginx is known by its official image, or as the first word of `CMD` or `ENTRYPOINT`.
    ///
    /// ## References
    /// - nginx documentation: controlling nginx
    "nginx-stopsignal" for DockerfileSubject {
        aliases: ["tally:prefer-nginx-sigquit"],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: [],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let dockerfile = &subject.dockerfile;
    let Some(stage) = dockerfile.final_stage() else { return };
    let is_nginx = base_image(dockerfile, stage.index).is_some_and(|it| {
        matches!(it.familiar_name().as_str(), "nginx" | "nginxinc/nginx-unprivileged")
    });
    let last = final_instructions(dockerfile)
        .filter_map(|it| match &it.kind {
            InstructionKind::Stopsignal(word) => Some(word),
            _ => None,
        })
        .last();
    let Some(word) = last.filter(|_| is_nginx || starts(dockerfile, &["nginx"])) else { return };
    if canonical_name(&word.text).is_some_and(|it| it == "SIGTERM" || it == "SIGINT") {
        let edit = Edit::replace(word.span, "SIGQUIT");
        sink.report(word.span, "nginx lets requests finish on `SIGQUIT` only").fix(
            "Use `SIGQUIT`",
            Safety::Unsafe,
            vec![edit],
        );
    }
}
