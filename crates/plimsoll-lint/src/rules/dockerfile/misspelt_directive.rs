use plimsoll_dockerfile::DirectiveKind;
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{rule::rule, spelling::meant, subject::dockerfile::DockerfileSubject};

rule! {
    /// Parser directive with a typo.
    ///
    /// ## Why
    /// A directive that is not known is a comment: `# sytax=...` pins nothing and `# escpae=`
    /// changes nothing, without a word.
    ///
    /// ## Bad
    /// ```dockerfile
    /// # sytax=docker/dockerfile:1
    /// # ^ misspelt-directive
    /// FROM debian:12
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// # syntax=docker/dockerfile:1
    /// # ^ misspelt-directive
    /// FROM debian:12
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// # syntax=docker/dockerfile:1
    /// # check=skip=all
    /// # name=value
    /// FROM debian:12
    /// ```
    ///
    /// ## Limits
    /// None known.
    ///
    /// ## References
    /// - Dockerfile reference: parser directives
    "misspelt-directive" for DockerfileSubject {
        aliases: ["tally:syntax-directive-typo"],
        severity: Medium,
        confidence: Medium,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let directives = subject.dockerfile.directives.iter();
    for directive in directives.filter(|it| it.kind == DirectiveKind::Unknown) {
        let Some(name) = meant(&directive.name.text, ["syntax", "escape", "check"]) else {
            continue;
        };
        let message = format!("`{}` is no directive; `{name}` was meant?", directive.name.text);
        let edit = Edit::replace(directive.name.span, name);
        sink.report(directive.name.span, message).fix(
            format!("Write `{name}`"),
            Safety::Unsafe,
            vec![edit],
        );
    }
}
