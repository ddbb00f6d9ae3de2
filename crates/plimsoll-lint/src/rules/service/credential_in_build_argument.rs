use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, service_secret::written_secret, subject::service::ServiceSubject};

rule! {
    /// A secret that is written as a build argument.
    ///
    /// ## Why
    /// Build arguments stay in the history of the image, where everyone who can pull it reads them,
    /// and in this file besides.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   app:
    ///     build:
    ///       context: .
    ///       args:
    ///         NPM_TOKEN: abc123
    ///         # ^ credential-in-build-argument
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   app:
    ///     build:
    ///       context: .
    ///       args:
    ///         VERSION: "1.4"
    ///       secrets: [npm]
    /// secrets:
    ///   npm:
    ///     environment: NPM_TOKEN
    /// ```
    ///
    /// ## Limits
    /// A secret is known by the name of its argument or by a well-known form; others are not seen.
    ///
    /// ## References
    /// - Compose Specification: `build.secrets`
    /// - Docker documentation: build secrets
    "credential-in-build-argument" for ServiceSubject {
        aliases: [],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["secrets.build-arg"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let Some(build) = &subject.service().build else { return };
    for argument in &build.args {
        let Some(found) = written_secret(argument) else { continue };
        let name = &argument.name.value;
        let message = format!("the secret in `{name}` stays in the image; mount a build secret");
        sink.report_at(subject.place(&argument.name), message).secret_at(found.place);
    }
}
