use plimsoll_finding::{Check, Sink};

use crate::{
    final_image::{FinalImage, Identity, RuntimeUser, user_of},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// The final user is a name, not a number.
    ///
    /// ## Why
    /// Kubernetes cannot tell from a name whether it is root: with `runAsNonRoot` it refuses to
    /// start the container. A number also stays the same when the user database changes, so files
    /// on volumes keep their owner.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.24
    /// USER app
    /// # ^ named-user
    /// ```
    ///
    /// ```dockerfile
    /// USER app
    /// # ^ named-user
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   user: app:app
    /// # ^ named-user
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.24 AS build
    /// USER app
    /// FROM alpine:3.24
    /// USER 10001:10001
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.24
    /// ARG UID=10001
    /// USER $UID
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config: {user: "10001:app"}
    /// ```
    ///
    /// ## Limits
    /// A variable without a known value is left alone, and so is root, which `root-user` reports.
    ///
    /// ## References
    /// - Kubernetes: configure a security context for a pod or container, `runAsNonRoot`
    "named-user" for DockerfileSubject {
        aliases: ["hadolint:DL3066"],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: ["image.user"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let dockerfile = &subject.dockerfile;
    let last = match FinalImage::of(dockerfile).map(|it| it.user()) {
        Some(RuntimeUser::Set(last)) => Some(last),
        Some(RuntimeUser::OfBase(_)) => None,
        // In a fragment the last one that is seen counts.
        None => dockerfile.instructions.iter().rev().find_map(|it| user_of(dockerfile, it)),
    };
    let Some(last) = last else { return };
    if let Identity::Name(name) = &last.identity {
        let message = format!("`{name}` is a name; Kubernetes can only check a number for root");
        let _ = sink.report(last.user.user.span, message);
    }
}
