use plimsoll_config::tree::Node;
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::compose::ComposeSubject};

rule! {
    /// A container name that the engine refuses.
    ///
    /// ## Why
    /// A name is one letter or digit and then letters, digits, `_`, `.` and `-`. With anything else
    /// the container is not made.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     container_name: shop@web
    ///     # ^ invalid-container-name
    ///   api:
    ///     image: example.com/api:1
    ///     container_name: -api
    ///     # ^ invalid-container-name
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     container_name: Shop_web-1.2
    ///   api:
    ///     image: example.com/api:1
    ///     container_name: ${PROJECT}-api
    /// ```
    ///
    /// ## Limits
    /// Names with variables are not judged.
    ///
    /// ## References
    /// - Compose Specification: `container_name`
    "invalid-container-name" for ComposeSubject {
        aliases: ["dclint:service-container-name-regex"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ComposeSubject, sink: &mut Sink<'_>) {
    for (_, service) in subject.services() {
        let Some(node) = service.get("container_name") else { continue };
        let Some(name) = Node::as_str(node).filter(|it| !it.contains('$')) else { continue };
        if !is_name(name) {
            let message = format!("`{name}` cannot name a container");
            let _ = sink.report(node.span, message);
        }
    }
}

fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    let first = bytes.next().is_some_and(|it| it.is_ascii_alphanumeric());
    let mut rest = bytes.peekable();
    let inside = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'.' | b'-');
    first && rest.peek().is_some() && rest.all(inside)
}
