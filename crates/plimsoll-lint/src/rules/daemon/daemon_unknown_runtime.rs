use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// The default runtime is not defined.
    ///
    /// ## Why
    /// The daemon refuses to start with a default runtime that it does not know.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "default-runtime": "nvidia"
    /// # ^ daemon-unknown-runtime
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "default-runtime": "nvidia",
    ///   "runtimes": { "nvidia": { "path": "nvidia-container-runtime" } }
    /// }
    /// ```
    /// ```json
    /// {
    ///   "default-runtime": "io.containerd.kata.v2"
    /// }
    /// ```
    /// ```json
    /// {
    ///   "default-runtime": "runc"
    /// }
    /// ```
    ///
    /// ## Limits
    /// Runtimes that are added by `--add-runtime` are not seen.
    ///
    /// ## References
    /// - Docker: alternative container runtimes
    "daemon-unknown-runtime" for DaemonSubject {
        aliases: [],
        severity: Medium,
        confidence: Medium,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let file = &subject.file;
    let Some(runtime) = file.text("default-runtime") else { return };
    let is_shim = runtime.value.starts_with("io.containerd.") || runtime.value.starts_with('/');
    let is_stock = matches!(runtime.value, "" | "runc" | "com.docker.hcsshim.v1") || is_shim;
    let runtimes = file.entries("runtimes");
    let is_defined = runtimes.iter().any(|it| it.key.as_str() == Some(runtime.value));
    if !is_stock && !is_defined && file.is_whole() {
        sink.report(
            runtime.span,
            "this runtime is not among `runtimes`; the daemon will not start",
        );
    }
}
