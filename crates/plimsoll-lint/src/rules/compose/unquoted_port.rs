use plimsoll_config::tree::{NodeKind, ScalarStyle};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{rule::rule, subject::compose::ComposeSubject};

rule! {
    /// A port mapping without quotes.
    ///
    /// ## Why
    /// Old readers of YAML take `22:22` for a number to the base of sixty: 1342. Quotes keep it
    /// text for all of them, and nobody has to remember which numbers are hit.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     ports:
    ///       - 22:22
    ///       # ^ unquoted-port
    ///       - 127.0.0.1:8080:80/tcp # the proxy
    ///       # ^ unquoted-port
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     ports:
    ///       - "22:22"
    ///       - "127.0.0.1:8080:80/tcp" # the proxy
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     ports:
    ///       - "8080:80"
    ///       - '8081:81'
    ///       - ${PORT}:82
    ///       - target: 80
    ///         published: 8083
    /// ```
    ///
    /// ## Limits
    /// Values that start with a variable are never read as numbers, so they are left alone.
    ///
    /// ## References
    /// - Compose Specification: `ports`, short syntax
    "unquoted-port" for ComposeSubject {
        aliases: ["dclint:require-quotes-in-ports"],
        severity: Medium,
        confidence: High,
        audience: Style,
        controls: [],
        fix: Safe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ComposeSubject, sink: &mut Sink<'_>) {
    for (_, service) in subject.services() {
        let Some(ports) = service.get("ports") else { continue };
        for item in ports.items() {
            let NodeKind::Scalar { value, style: ScalarStyle::Plain } = &item.kind else {
                continue;
            };
            if item.tag.is_some() || value.contains('$') || !is_port(value) {
                continue;
            }
            let edits = vec![Edit::replace(item.span, format!("\"{value}\""))];
            sink.report(item.span, "a port without quotes may be read as a number").fix(
                "Quote the port",
                Safety::Safe,
                edits,
            );
        }
    }
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|it| it.is_ascii_alphanumeric() || b".:-/[]".contains(&it))
}
