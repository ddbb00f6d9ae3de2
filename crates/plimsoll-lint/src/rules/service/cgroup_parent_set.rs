use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::service::ServiceSubject};

rule! {
    /// A service in a control group of somebody's choice.
    ///
    /// ## Why
    /// Limits of processes, memory and CPU hang on the control group. A service under another
    /// parent shares the limits of that group, or escapes those that were meant for it.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     cgroup_parent: m-executor-abcd
    ///     # ^ cgroup-parent-set
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     mem_limit: 512m
    /// ```
    ///
    /// ## Limits
    /// What limits the named group has is not known.
    ///
    /// ## References
    /// - Compose Specification: `cgroup_parent`
    /// - CIS Docker Benchmark, section 5: cgroup usage
    "cgroup-parent-set" for ServiceSubject {
        aliases: ["kics:cgroup_not_default", "docker-bench:5.25"],
        severity: Medium,
        confidence: Medium,
        audience: Hygiene,
        controls: ["runtime.cgroup-parent"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let parent = subject.service().cgroup_parent.as_ref();
    let Some(parent) = parent.filter(|it| !it.value.trim().is_empty()) else { return };
    let message =
        format!("the container joins the control group `{}` and its limits", parent.value);
    let _ = sink.report_at(subject.place(parent), message);
}
