use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::compose::ComposeSubject};

rule! {
    /// A service that is built and has an image name without a pull policy.
    ///
    /// ## Why
    /// Compose first tries to pull the named image and builds only if that fails: which of the two
    /// runs depends on what lies in the registry. With `pull_policy` the file says what is meant.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   web:
    ///     # ^ build-and-image
    ///     build: .
    ///     image: example.com/web:1
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   web:
    ///     build: .
    ///     image: example.com/web:1
    ///     pull_policy: build
    ///   api:
    ///     build: ./api
    ///   proxy:
    ///     image: example.com/proxy:1
    /// ```
    ///
    /// ## Limits
    /// A name for the built image is needed to push it; then say `pull_policy: build`.
    ///
    /// ## References
    /// - Compose Specification: `build`, using `build` and `image`
    "build-and-image" for ComposeSubject {
        aliases: ["dclint:no-build-and-image"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ComposeSubject, sink: &mut Sink<'_>) {
    for (name, service) in subject.services() {
        let has = |key: &str| service.get(key).is_some_and(|it| !it.is_null());
        if has("build") && has("image") && !has("pull_policy") {
            let message = "`build` and `image` without `pull_policy`: either may run";
            let _ = sink.report(name.span, message);
        }
    }
}
