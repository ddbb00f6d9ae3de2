use plimsoll_config::tree::{Layout, Node};
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    entry_order::{Ranked, first_unordered, sorted_edits},
    rule::rule,
    subject::compose::ComposeSubject,
};

rule! {
    /// Dependencies that are not in the order of the alphabet.
    ///
    /// ## Why
    /// One order makes lists easy to compare. Compose starts what is needed first whatever the
    /// order.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     depends_on:
    ///       - redis
    ///       - database
    ///       # ^ unordered-dependencies
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     depends_on:
    ///       - database
    ///       - redis
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     depends_on:
    ///       database:
    ///         condition: service_healthy
    ///       redis:
    ///         condition: service_started
    /// ```
    ///
    /// ## Limits
    /// Capitals count as small letters. Nothing is moved where a comment stands between what would
    /// be sorted, nor where anchors are used.
    ///
    /// ## References
    /// - Compose Specification: `depends_on`
    "unordered-dependencies" for ComposeSubject {
        aliases: ["dclint:service-dependencies-alphabetical-order"],
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
        let Some(needed) = service.get("depends_on") else { continue };
        let name = |it: &Node| it.as_str().map(str::to_lowercase);
        let entries = needed.own_entries().iter().filter(|it| !it.is_merge());
        let mut ranked: Vec<_> = entries.map(|it| Ranked::entry(it, name(&it.key))).collect();
        let items = needed.items().iter();
        ranked.extend(items.map(|it| Ranked::item(&subject.tree, it, name(it))));
        let Some(found) = first_unordered(&ranked) else { continue };
        let is_block = needed.resolved().layout == Layout::Block;
        let edits = if is_block { sorted_edits(&subject.tree, &ranked) } else { None };
        sink.report(found.place, "the dependencies are not in the order of the alphabet").fix(
            "Sort the dependencies",
            Safety::Safe,
            edits.unwrap_or_default(),
        );
    }
}
