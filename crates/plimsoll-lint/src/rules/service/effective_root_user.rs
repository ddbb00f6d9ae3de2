use plimsoll_finding::{Check, Sink};
use plimsoll_posture::User;

use crate::{rule::rule, subject::service::ServiceSubject};

rule! {
    /// A service that ends up as root because no file names another user.
    ///
    /// ## Why
    /// Who a container runs as is decided in two files: the compose file, else the Dockerfile, else
    /// the base image. Here all of them together come to root, and root in a container has most of
    /// the ways out of it open. The finding names the place that decides.
    ///
    /// ## Bad
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   web:
    ///     # ^ effective-root-user
    ///     build: ./web
    ///   told:
    ///     # ^ effective-root-user
    ///     build: ./told
    /// # file: web/Dockerfile
    /// FROM debian:13
    /// CMD ["web"]
    /// # file: told/Dockerfile
    /// FROM example.com/base:1
    /// USER 0:0
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   by-compose:
    ///     build: ./web
    ///     user: "10001:10001"
    ///   by-dockerfile:
    ///     build: ./good
    ///   unknown-base:
    ///     build: ./unknown
    ///   told-so:
    ///     build: ./web
    ///     user: root
    ///   foreign:
    ///     image: example.com/app:1
    /// # file: web/Dockerfile
    /// FROM debian:13
    /// CMD ["web"]
    /// # file: good/Dockerfile
    /// FROM debian:13
    /// USER 10001:10001
    /// # file: unknown/Dockerfile
    /// FROM example.com/base:1
    /// CMD ["app"]
    /// ```
    ///
    /// ## Limits
    /// Only services that are built here; images of others may start as anyone. A program that
    /// gives root up by itself after its start is not seen. A service whose compose entry asks for
    /// root by name is the matter of another rule.
    ///
    /// ## References
    /// - Compose Specification: `user`
    /// - CIS Docker Benchmark, section 4: a user for the container
    "effective-root-user" for ServiceSubject {
        aliases: [],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["image.user"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    let Some(image) = service.built_image.as_ref().filter(|_| service.user.is_none()) else {
        return;
    };
    let user = service.effective_user();
    if user.value.is_root() != Some(true) {
        return;
    }
    let decided = user.location().or(image.base.as_ref().and_then(|it| it.location()));
    let file = image.dockerfile.source.name();
    let (message, reason) = match user.value {
        User::Named(_) => (
            format!("`{}` runs as root, because `{file}` says so", service.name),
            "this decides it",
        ),
        _ => (
            format!("`{}` runs as root, because `{file}` names no user", service.name),
            "the base image, which starts as root, decides it",
        ),
    };
    let mut draft = sink.report_at(service.place.clone(), message);
    if let Some(place) = decided {
        draft = draft.related_at(place.clone(), reason);
    }
    let _ = draft.evidence("neither the compose files nor the Dockerfile name an ordinary user");
}
