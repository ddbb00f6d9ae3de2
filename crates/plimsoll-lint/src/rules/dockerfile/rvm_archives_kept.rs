use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};

use crate::{rule::rule, run_step::report, subject::dockerfile::DockerfileSubject};

rule! {
    /// RVM keeps sources, archives and logs.
    ///
    /// ## Why
    /// `rvm install` leaves the sources and archives of each Ruby that it builds, several times the
    /// size of the Ruby itself.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN rvm install 3.4.1
    /// # ^ rvm-archives-kept
    /// RUN bash -lc "rvm install 3.3.7 && rvm use 3.3.7"
    /// # ^ rvm-archives-kept
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN rvm install 3.4.1 && rvm cleanup all
    /// RUN rvm use 3.4.1
    /// ```
    ///
    /// ## Limits
    /// A clean-up inside a script is not seen.
    ///
    /// ## References
    /// - RVM documentation: `rvm cleanup`
    "rvm-archives-kept" for DockerfileSubject {
        aliases: ["dockerfile_lint:no_rvm_cleanup_all"],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: ["image.minimal"],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let steps = subject.steps(run);
    let is_rvm = |idx: &usize, verb: &str| {
        steps.get(*idx).is_some_and(|it| it.name == "rvm" && it.has_argument(&[verb]))
    };
    let last = (0..steps.len()).rev().find(|it| is_rvm(it, "install"));
    let Some((idx, step)) = last.and_then(|it| Some((it, steps.get(it)?))) else { return };
    if !(idx + 1..steps.len()).any(|it| is_rvm(&it, "cleanup")) {
        let message =
            "`rvm install` leaves sources and archives; end the `RUN` with `rvm cleanup all`";
        report(subject, run, sink, step.name_span, message);
    }
}

const WANTED: Wanted = Wanted::word(&["rvm"]);
