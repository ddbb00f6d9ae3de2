use plimsoll_finding::{Check, Sink};

use crate::{
    rule::rule,
    secret_name::{is_secret_name, literal_secret},
    subject::service::ServiceSubject,
};

rule! {
    /// A secret that compose hands to the build as an argument.
    ///
    /// ## Why
    /// The value does not stand in the file, but it does in the image: build arguments are kept in
    /// its history and in its provenance, for everyone who can pull it. A build secret is mounted
    /// for one step and leaves no trace.
    ///
    /// ## Bad
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   app:
    ///     build:
    ///       context: .
    ///       args:
    ///         NPM_TOKEN: ${NPM_TOKEN}
    ///         # ^ secret-passed-to-build
    ///         VERSION: "1.4"
    /// # file: Dockerfile
    /// FROM debian:13
    /// ARG NPM_TOKEN
    /// ARG VERSION
    /// ```
    ///
    /// ```yaml
    /// services:
    ///   app:
    ///     build:
    ///       context: .
    ///       args:
    ///         - DEPLOY_PASSWORD
    ///         # ^ secret-passed-to-build
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   app:
    ///     build:
    ///       context: .
    ///       args:
    ///         NPM_TOKEN: ${NPM_TOKEN}
    ///         TOKEN_URL: ${TOKEN_URL}
    ///       secrets: [npm]
    /// secrets:
    ///   npm:
    ///     environment: NPM_TOKEN
    /// # file: Dockerfile
    /// FROM debian:13
    /// ARG TOKEN_URL
    /// ```
    ///
    /// ## Limits
    /// A secret is known by the name of its argument. An argument that the Dockerfile does not
    /// declare does not reach the image, so nothing is said of it. Values that are written down are
    /// the matter of another rule.
    ///
    /// ## References
    /// - Compose Specification: `build.secrets`
    /// - Docker documentation: build secrets
    "secret-passed-to-build" for ServiceSubject {
        aliases: [],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["secrets.build-arg", "secrets.buildkit-mount"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    let Some(build) = &service.build else { return };
    for argument in &build.args {
        let name = argument.name.value.as_str();
        let written = argument.written.as_deref().unwrap_or_default();
        if !is_secret_name(name) || literal_secret(written).is_some() {
            continue;
        }
        let value = argument.value.as_ref();
        let is_path =
            value.is_some_and(|it| !it.value.is_empty() && literal_secret(&it.value).is_none());
        let image = service.built_image.as_ref();
        let declared = image.map(|it| it.arguments.iter().find(|it| it.value == name));
        if is_path || matches!(declared, Some(None)) {
            continue;
        }
        let message =
            format!("the secret `{name}` stays in the history of the image; mount a build secret");
        let mut draft = sink.report_at(subject.place(&argument.name), message);
        if let Some(place) = declared.flatten().and_then(|it| it.location()) {
            draft = draft.related_at(place.clone(), "the build takes it here");
        }
        let _ = draft;
    }
}
