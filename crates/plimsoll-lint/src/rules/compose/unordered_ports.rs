use plimsoll_config::tree::Layout;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    entry_order::{Ranked, first_unordered, sorted_edits},
    port_text::published_number,
    rule::rule,
    subject::compose::ComposeSubject,
};

rule! {
    /// Ports that are not in rising order.
    ///
    /// ## Why
    /// Two mappings of one port stand side by side then, and are seen.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     ports:
    ///       - "8443:8443"
    ///       - "127.0.0.1:8080:80"
    ///       # ^ unordered-ports
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     ports:
    ///       - "127.0.0.1:8080:80"
    ///       - "8443:8443"
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     ports:
    ///       - "79"
    ///       - "$PORT:1"
    ///       - "127.0.0.1:443:8443"
    ///       - target: 80
    ///         published: 8080
    /// ```
    ///
    /// ## Limits
    /// Ports that a variable names may stand anywhere. Nothing is moved where a comment stands
    /// between what would be sorted, nor where anchors are used.
    ///
    /// ## References
    /// - Compose Specification: `ports`
    "unordered-ports" for ComposeSubject {
        aliases: ["dclint:service-ports-alphabetical-order"],
        severity: Info,
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
        let rank = |it| Ranked::item(&subject.tree, it, published_number(it));
        let ranked: Vec<_> = ports.items().iter().map(rank).collect();
        let Some(found) = first_unordered(&ranked) else { continue };
        let is_block = ports.resolved().layout == Layout::Block;
        let edits = if is_block { sorted_edits(&subject.tree, &ranked) } else { None };
        sink.report(found.place, "the published ports are not in rising order").fix(
            "Sort the ports",
            Safety::Safe,
            edits.unwrap_or_default(),
        );
    }
}
