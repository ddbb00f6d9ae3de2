use plimsoll_config::{daemon_json::DaemonProblemKind, daemon_keys::ValueKind};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// A value of the wrong type.
    ///
    /// ## Why
    /// The daemon refuses to start with a value of the wrong type. The options of a log driver,
    /// for one, are texts even where they are numbers.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "log-opts": {
    ///     "max-size": "10m",
    ///     "max-file": 3
    /// # ^ daemon-wrong-type
    ///   },
    ///   "debug": "false",
    /// # ^ daemon-wrong-type
    ///   "mtu": "1400",
    /// # ^ daemon-wrong-type
    ///   "hosts": "fd://"
    /// # ^ daemon-wrong-type
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "log-opts": {
    ///     "max-size": "10m",
    ///     "max-file": "3"
    /// # ^ daemon-wrong-type
    ///   },
    ///   "debug": false,
    /// # ^ daemon-wrong-type
    ///   "mtu": 1400,
    /// # ^ daemon-wrong-type
    ///   "hosts": ["fd://"]
    /// # ^ daemon-wrong-type
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "log-opts": { "max-size": "10m", "max-file": "3" },
    ///   "hosts": ["fd://"],
    ///   "default-shm-size": "64M",
    ///   "shutdown-timeout": 30
    /// }
    /// ```
    ///
    /// ## Limits
    /// Mappings of runtimes and of the builder are not looked into.
    ///
    /// ## References
    /// - dockerd reference: daemon configuration file
    "daemon-wrong-type" for DaemonSubject {
        aliases: [],
        severity: High,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Safe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    for problem in &subject.file.problems {
        let DaemonProblemKind::WrongType(kind) = problem.kind else { continue };
        let message = format!("this must be {}; the daemon will not start", kind.describe());
        let text = subject.file.source().slice(problem.span);
        let edits = mended(text, kind).map(|it| vec![Edit::replace(problem.span, it)]);
        let title = "Write it as the type that the daemon expects";
        sink.report(problem.span, message).fix(title, Safety::Safe, edits.unwrap_or_default());
    }
}

/// The value `text` as `kind`, where there is no doubt what was meant.
fn mended(text: &str, kind: ValueKind) -> Option<String> {
    let inner = text.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    match (kind, inner) {
        (ValueKind::Text, None) if is_number(text) || is_truth(text) => Some(format!("\"{text}\"")),
        (ValueKind::Texts, Some(_)) => Some(format!("[{text}]")),
        (ValueKind::Truth, Some(inner)) if is_truth(inner) => Some(inner.to_owned()),
        (ValueKind::Number | ValueKind::Count, Some(inner)) if is_number(inner) => {
            Some(inner.to_owned())
        }
        _ => None,
    }
}

fn is_truth(text: &str) -> bool {
    matches!(text, "true" | "false")
}

/// A whole number without leading zeros, which JSON does not know.
fn is_number(text: &str) -> bool {
    text.len() < 16 && text.parse::<i64>().is_ok_and(|it| it.to_string() == text)
}
