use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::service::ServiceSubject};

rule! {
    /// A service that can write to its root file system.
    ///
    /// ## Why
    /// Whoever breaks in can leave programs and change those that are there. With a read-only root
    /// what must be written has a name: a volume or a `tmpfs`.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   app:
    ///     # ^ service-writable-root-filesystem
    ///     image: example.com/app:1.4
    ///   other:
    ///     # ^ service-writable-root-filesystem
    ///     image: example.com/app:1.4
    ///     read_only: false
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     read_only: true # what it writes belongs into a volume or a tmpfs
    ///   other:
    ///     image: example.com/app:1.4
    ///     read_only: true
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     read_only: true
    ///     tmpfs: [/tmp]
    /// ```
    ///
    /// ## Limits
    /// What the service writes, and so what has to be a volume or a `tmpfs`, is not known.
    ///
    /// ## References
    /// - Compose Specification: `read_only`
    /// - CIS Docker Benchmark, section 5: the root file system
    "service-writable-root-filesystem" for ServiceSubject {
        aliases: [
            "semgrep:writable-filesystem-service", "compose-lint:CL-0007", "docker-bench:5.13",
        ],
        severity: Medium,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.read-only-root"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    if service.effective_read_only().value {
        return;
    }
    let reason = Some("what it writes belongs into a volume or a tmpfs");
    let edits = subject.set("read_only", &Value::truth(true), reason).unwrap_or_default();
    let message = "the container can write to its root file system; set `read_only: true`";
    let mut draft = sink.report_at(service.place.clone(), message);
    if let Some(place) = service.read_only.as_ref().and_then(|it| it.location()) {
        draft = draft.related_at(place.clone(), "here");
    }
    draft.fix("Make the root file system read-only", Safety::Unsafe, edits);
}
