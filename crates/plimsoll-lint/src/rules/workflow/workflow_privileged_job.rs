use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::workflow::WorkflowSubject};

rule! {
    /// A job's container runs privileged.
    ///
    /// ## Why
    /// `--privileged` gives a container every capability and every device of the runner. A step, an
    /// action or a dependency of the build then owns the runner and, where it is kept, every later
    /// job on it.
    ///
    /// ## Bad
    /// ```yaml
    /// on: push
    /// jobs:
    ///   image:
    ///     runs-on: self-hosted
    ///     container:
    ///       image: example/builder:1
    ///       options: --privileged --cpus 2
    ///       # ^ workflow-privileged-job
    ///     services:
    ///       engine:
    ///         image: docker:28.3-dind
    ///         options: >-
    ///           --init
    ///           --cap-add=SYS_ADMIN
    ///         # ^ workflow-privileged-job
    ///     steps: []
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// on: push
    /// jobs:
    ///   image:
    ///     runs-on: self-hosted
    ///     container:
    ///       image: example/builder:1
    ///       options: --privileged=false --cap-drop ALL --name privileged
    ///     steps: []
    /// ```
    ///
    /// ## Limits
    /// GitLab makes jobs privileged in the configuration of the runner, which is not in this file.
    ///
    /// ## References
    /// - CIS Docker Benchmark, section on container runtime: privileged containers
    /// - GitHub documentation: running jobs in a container, options
    "workflow-privileged-job" for WorkflowSubject {
        aliases: [],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["runtime.privileged"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &WorkflowSubject, sink: &mut Sink<'_>) {
    for options in subject.workflow.images().filter_map(|it| it.options.as_ref()) {
        let words: Vec<&str> = options.text.split_whitespace().collect();
        for (idx, word) in words.iter().enumerate() {
            let next = words.get(idx + 1).copied().unwrap_or_default();
            if let Some(what) = opens_runner(word, next) {
                // In a folded text the last word stands on a line of its own.
                let span = subject.word_span(options, word);
                let message = format!(
                    "`{what}` hands the runner to every step of this job; give it the one \
                     capability that it needs, or a rootless builder"
                );
                sink.report(span, message);
                break;
            }
        }
    }
}

/// The option that gives the container the host, without its value.
fn opens_runner<'a>(word: &'a str, next: &'a str) -> Option<&'static str> {
    let (name, value) = word.split_once('=').unwrap_or((word, next));
    let has_value = word.contains('=');
    match name {
        "--privileged" if !has_value || value == "true" => Some("--privileged"),
        "--cap-add" => {
            let upper = value.to_ascii_uppercase();
            match upper.strip_prefix("CAP_").unwrap_or(&upper) {
                "ALL" => Some("--cap-add ALL"),
                "SYS_ADMIN" => Some("--cap-add SYS_ADMIN"),
                _ => None,
            }
        }
        "--pid" if value == "host" => Some("--pid host"),
        _ => None,
    }
}
