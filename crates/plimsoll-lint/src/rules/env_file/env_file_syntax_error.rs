use plimsoll_config::env_file::EnvFileErrorKind;
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::env_file::EnvFileSubject};

rule! {
    /// Compose cannot read a line of a `.env` file.
    ///
    /// ## Why
    /// Compose refuses the whole file at the first line that it cannot read, and with it the
    /// project. Other readers skip the line, and the service starts without the value.
    ///
    /// ## Bad
    /// ```ini
    /// GOOD=1
    /// MY NAME=x
    /// # ^ env-file-syntax-error
    /// =value
    /// # ^ env-file-syntax-error
    /// A$B=1
    /// # ^ env-file-syntax-error
    /// ```
    ///
    /// ## Good
    /// ```ini
    /// # a comment
    /// GOOD=1
    /// export OTHER="two words"
    /// FROM_ENVIRONMENT
    /// YAML: style
    /// ```
    ///
    /// ## Limits
    /// The file is read as Docker Compose reads it; other readers take more, or less.
    ///
    /// ## References
    /// - Docker documentation: `.env` file syntax
    "env-file-syntax-error" for EnvFileSubject {
        aliases: [],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &EnvFileSubject, sink: &mut Sink<'_>) {
    for error in subject.errors.iter().filter(|it| it.kind != EnvFileErrorKind::TooMany) {
        sink.report(error.span, format!("compose refuses this file: {error}"));
    }
}
