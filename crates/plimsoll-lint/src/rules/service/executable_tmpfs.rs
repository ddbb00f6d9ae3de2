use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_posture::MountKind;

use crate::{rule::rule, subject::service::ServiceSubject};

rule! {
    /// A `tmpfs` on which programs may be run or set-user-id bits count.
    ///
    /// ## Why
    /// The engine mounts memory with `noexec`, `nosuid` and `nodev`, so that what lands in `/tmp`
    /// cannot be started. Options that take this back make it the place to drop a program.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     tmpfs:
    ///       - /tmp:exec,size=64m
    ///       # ^ executable-tmpfs
    ///       - /run:suid,dev
    ///       # ^ executable-tmpfs
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     tmpfs:
    ///       - /tmp:noexec,size=64m
    ///       - /run:nosuid,nodev
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     tmpfs:
    ///       - /tmp
    ///       - /run:noexec,nosuid,size=1m
    /// ```
    ///
    /// ## Limits
    /// Some programs unpack libraries to `/tmp` and load them from there; they need `exec`.
    ///
    /// ## References
    /// - Docker documentation: tmpfs mounts
    "executable-tmpfs" for ServiceSubject {
        aliases: ["compose-lint:CL-0022"],
        severity: Low,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    for mount in subject.service().mounts.iter().filter(|it| it.value.kind == MountKind::Tmpfs) {
        let options = &mount.value.options;
        let weak: Vec<&str> = options.iter().map(String::as_str).filter(|it| is_weak(it)).collect();
        if weak.is_empty() {
            continue;
        }
        let place = subject.place(mount);
        let mended: Vec<String> = options
            .iter()
            .map(|it| if is_weak(it) { format!("no{it}") } else { it.clone() })
            .collect();
        let text = format!("{}:{}", mount.value.target, mended.join(","));
        let edits = if place.text().contains('$') {
            None
        } else {
            subject.replace(&place, &Value::text(text))
        };
        let message = format!("`{}` makes the memory a place to drop programs", weak.join("`, `"));
        sink.report_at(place, message).fix(
            "Mount it without",
            Safety::Unsafe,
            edits.unwrap_or_default(),
        );
    }
}

fn is_weak(option: &str) -> bool {
    matches!(option, "exec" | "suid" | "dev")
}
