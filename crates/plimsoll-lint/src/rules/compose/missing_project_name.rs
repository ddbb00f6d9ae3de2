use plimsoll_config::tree::Node;
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::compose::ComposeSubject};

rule! {
    /// A project without a `name`.
    ///
    /// ## Why
    /// Without one the project is called after its folder: a copy in another folder is another
    /// project with other volumes, and two folders of one name get into each other's way.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    /// # ^ missing-project-name
    ///   web:
    ///     image: example.com/web:1
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// name: shop
    /// services:
    ///   web:
    ///     image: example.com/web:1
    /// ```
    ///
    /// ## Limits
    /// `COMPOSE_PROJECT_NAME` and `-p` name a project as well. Files that are laid over others need
    /// no name.
    ///
    /// ## References
    /// - Compose Specification: version and name top-level elements
    "missing-project-name" for ComposeSubject {
        aliases: ["dclint:require-project-name-field"],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ComposeSubject, sink: &mut Sink<'_>) {
    if subject.is_overlay {
        return;
    }
    let Some(root) = subject.root() else { return };
    let Some(services) = root.own_entry("services") else { return };
    if root.get("name").is_none_or(Node::is_null) {
        let message = "the project has no `name`, so it is called after its folder";
        let _ = sink.report(services.key.span, message);
    }
}
