use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_posture::ServiceOrigin;
use plimsoll_text::Location;

use crate::{
    rule::rule,
    service_place::{key_place, value_place},
    subject::service::ServiceSubject,
};

rule! {
    /// A restart policy other than `on-failure:5`.
    ///
    /// ## Why
    /// A service that dies at once and is restarted for ever takes processor time and hides its
    /// fault. The benchmark asks for five tries, after which somebody has to look.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     restart: always
    ///     # ^ restart-policy-not-on-failure-five
    ///   swarm:
    ///     image: example.com/app:1.4
    ///     deploy:
    ///       restart_policy:
    ///         condition: on-failure
    ///         max_attempts: 10
    ///         # ^ restart-policy-not-on-failure-five
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     restart: on-failure:5
    ///   swarm:
    ///     image: example.com/app:1.4
    ///     deploy:
    ///       restart_policy:
    ///         condition: on-failure
    ///         max_attempts: 5
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1.4
    ///     restart: on-failure:5
    ///   once:
    ///     image: example.com/app:1.4
    ///     restart: "no"
    ///   silent:
    ///     image: example.com/app:1.4
    /// ```
    ///
    /// ## Limits
    /// `unless-stopped` and `always` are what many services want; hence this is no rule for
    /// everyone. A service without a policy is never restarted, which is bounded too.
    ///
    /// ## References
    /// - Compose Specification: `restart`, `deploy.restart_policy`
    /// - CIS Docker Benchmark, section 5: the `on-failure` restart policy
    "restart-policy-not-on-failure-five" for ServiceSubject {
        aliases: ["kics:restart_policy_on_failure_not_set_to_5", "docker-bench:5.15"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.restart-policy"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let node = subject.node();
    let text = |path: &[&str]| node.and_then(|it| it.find(path)).and_then(|it| it.as_str());
    if let Some(place) = value_place(subject, &["restart"]) {
        let policy = text(&["restart"]).unwrap_or_default();
        if !policy.contains('$') {
            report_policy(subject, sink, policy, place);
        }
    } else if let Some(restart) = &subject.service().restart
        && value_place(subject, &["deploy", "restart_policy"]).is_none()
    {
        report_policy(subject, sink, &restart.value, subject.place(restart));
    }
    let attempts = ["deploy", "restart_policy", "max_attempts"];
    let Some(place) = value_place(subject, &attempts) else {
        report_unbounded(subject, sink);
        return;
    };
    let number = text(&attempts).unwrap_or_default();
    if number != "5" && !number.contains('$') {
        let edits = subject.replace(&place, &Value::number(TRIES)).unwrap_or_default();
        sink.report_at(place, "the container is restarted another number of times than five").fix(
            "Try five times",
            Safety::Unsafe,
            edits,
        );
    }
}

/// A policy of a swarm without a number of tries goes on for ever.
fn report_unbounded(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let policy = ["deploy", "restart_policy"];
    let Some(node) = subject.node().and_then(|it| it.find(&policy)) else { return };
    let condition = node.get("condition").and_then(|it| it.as_str()).unwrap_or("any");
    if matches!(condition, "any" | "on-failure")
        && let Some(place) = key_place(subject, &policy)
    {
        let _ = sink.report_at(place, "the container is restarted for ever; set `max_attempts: 5`");
    }
}

fn report_policy(subject: &ServiceSubject, sink: &mut Sink<'_>, policy: &str, place: Location) {
    if matches!(policy, "" | "no" | "false" | "none" | "on-failure:5") {
        return;
    }
    let tries = policy.strip_prefix("on-failure:").and_then(|it| it.parse::<u32>().ok());
    let is_container = subject.service().origin == ServiceOrigin::Container;
    if is_container && tries.is_some_and(|it| it < 5) {
        return;
    }
    let edits = subject.replace(&place, &Value::text("on-failure:5")).unwrap_or_default();
    let message = format!("the restart policy is `{policy}`, not `on-failure:5`");
    sink.report_at(place, message).fix("Try five times", Safety::Unsafe, edits);
}

const TRIES: i64 = 5;
