use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{
    base::{base_image, final_from},
    rule::rule,
    started::{sets_variable, start_text},
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// Python that keeps its output back.
    ///
    /// ## Why
    /// Without a terminal Python collects its output before it writes. What it printed last
    /// before a crash never reaches the log. `PYTHONUNBUFFERED=1` writes at once.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM python:3.13
    /// # ^ python-output-buffered
    /// CMD ["python", "app.py"]
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM python:3.13
    /// ENV PYTHONUNBUFFERED=1
    /// CMD ["python", "app.py"]
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM python:3.13
    /// ENV PYTHONUNBUFFERED=1
    /// CMD ["python", "app.py"]
    /// ```
    /// ```dockerfile
    /// FROM python:3.13
    /// CMD ["python", "-u", "app.py"]
    /// ```
    ///
    /// ## Limits
    /// Known by the official image only.
    ///
    /// ## References
    /// - Python documentation: environment variables
    "python-output-buffered" for DockerfileSubject {
        aliases: [
            "dockerfile-doctor:DD015", "droast:DF032",
        ],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: [],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let dockerfile = &subject.dockerfile;
    let Some(stage) = dockerfile.final_stage() else { return };
    let Some(from) = final_from(dockerfile) else { return };
    let is_python =
        base_image(dockerfile, stage.index).is_some_and(|it| it.familiar_name() == "python");
    let Some(start) = start_text(dockerfile) else { return };
    let unbuffered = sets_variable(dockerfile, "PYTHONUNBUFFERED")
        || start.split_whitespace().any(|it| it == "-u");
    if is_python && !unbuffered {
        let edit = Edit::insert(from.span.end, "\nENV PYTHONUNBUFFERED=1");
        sink.report(from.name, "Python keeps its output back; set `PYTHONUNBUFFERED=1`").fix(
            "Set it",
            Safety::Unsafe,
            vec![edit],
        );
    }
}
