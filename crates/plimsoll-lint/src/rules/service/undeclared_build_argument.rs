use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::service::ServiceSubject};

rule! {
    /// A build argument that the Dockerfile never declares.
    ///
    /// ## Why
    /// The builder drops it with a warning at most. What it was meant to set, a version or a
    /// switch, keeps its default, and nobody notices.
    ///
    /// ## Bad
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   app:
    ///     build:
    ///       context: .
    ///       args:
    ///         APP_VERSION: "1.4"
    ///         APP_VERSON: "1.4"
    ///         # ^ undeclared-build-argument
    /// # file: Dockerfile
    /// FROM debian:13
    /// ARG APP_VERSION=1.0
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   app:
    ///     build:
    ///       context: .
    ///       target: app
    ///       args:
    ///         BASE: debian:13
    ///         OTHER: used by another stage
    ///         HTTPS_PROXY: http://proxy:3128
    ///         BUILDKIT_INLINE_CACHE: 1
    /// # file: Dockerfile
    /// ARG BASE
    /// FROM ${BASE} AS app
    /// CMD ["app"]
    /// FROM app AS other
    /// ARG OTHER
    /// ```
    ///
    /// ## Limits
    /// Arguments of the builder itself and of Dockerfile frontends other than Docker's are not
    /// known, apart from the usual ones.
    ///
    /// ## References
    /// - Dockerfile reference: `ARG`, predefined arguments
    "undeclared-build-argument" for ServiceSubject {
        aliases: [],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    let (Some(build), Some(image)) = (&service.build, &service.built_image) else { return };
    let dockerfile = &image.dockerfile;
    let declares = |name: &str| {
        dockerfile.all_instructions().any(|it| match &it.kind {
            plimsoll_dockerfile::InstructionKind::Arg(all) => {
                all.iter().any(|it| it.name.text == name)
            }
            _ => false,
        })
    };
    for argument in &build.args {
        let name = argument.name.value.as_str();
        if is_predefined(name) || declares(name) {
            continue;
        }
        let file = dockerfile.source.name();
        let message = format!("`{file}` declares no argument `{name}`, so the value is dropped");
        let _ = sink.report_at(subject.place(&argument.name), message);
    }
}

/// Arguments that every build knows without declaring them.
fn is_predefined(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.ends_with("_proxy")
        || ["BUILDKIT_", "BUILDX_", "TARGET", "BUILD", "SOURCE_DATE_EPOCH", "DOCKER_"]
            .iter()
            .any(|it| name.starts_with(it))
}
