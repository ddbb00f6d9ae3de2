use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_posture::{ServiceOrigin, User};

use crate::{rule::rule, subject::service::ServiceSubject};

rule! {
    /// A service that is told to run as root.
    ///
    /// ## Why
    /// Root in a container is the root of the host's kernel with some doors shut. Each hole in the
    /// runtime, each careless mount opens one of them. This service asks for it, even where its
    /// image names another user.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   worker:
    ///     image: example.com/worker:1.4
    ///     user: root
    ///     # ^ root-service
    ///   tool:
    ///     image: example.com/tool:2.0
    ///     user: "0:0"
    ///     # ^ root-service
    /// ```
    ///
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   app:
    ///     build: .
    ///     user: root
    ///     # ^ root-service
    /// # file: Dockerfile
    /// FROM alpine:3.22
    /// USER app
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   worker:
    ///     image: example.com/worker:1.4
    ///     user: "10001:10001"
    ///   tool:
    ///     image: example.com/tool:2.0
    ///     user: "10001:10001"
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   worker:
    ///     image: example.com/worker:1.4
    ///     user: "10001:10001"
    ///   image:
    ///     image: example.com/worker:1.4
    ///   variable:
    ///     image: example.com/worker:1.4
    ///     user: ${WORKER_UID}
    /// ```
    ///
    /// ## Limits
    /// Images that start as root without being told are reported in their Dockerfile. The files
    /// that the service writes may have to change their owner after the fix.
    ///
    /// ## References
    /// - Compose Specification: `user`
    /// - CIS Docker Benchmark, section 4: a user for the container
    "root-service" for ServiceSubject {
        aliases: ["compose-lint:CL-0018", "docker-bench:4.1"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["image.user"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    let Some(user) = service.user.as_ref() else { return };
    let place = subject.place(user);
    if service.origin == ServiceOrigin::Container {
        if service.effective_user().value.is_root() == Some(true) {
            let message = "the container runs as root; name a user without rights";
            let _ = sink.report_at(place, message);
        }
        return;
    }
    let is_unset = place.text().contains('$') && user.value.is_empty();
    if is_unset || User::Named(user.value.clone()).is_root() != Some(true) {
        return;
    }
    let edits = subject.replace(&place, &Value::text(ORDINARY_USER)).unwrap_or_default();
    let message = "the container is told to run as root; name a user without rights";
    let mut draft = sink.report_at(place, message);
    let of_image = service.built_image.as_ref().and_then(|it| it.user.as_ref());
    if let Some(place) = of_image.and_then(|it| it.location()) {
        draft = draft.related_at(place.clone(), "the image names another user, in vain");
    }
    draft.fix("Run as an ordinary user", Safety::Unsafe, edits);
}

/// A number that belongs to nobody on ordinary hosts.
const ORDINARY_USER: &str = "10001:10001";
