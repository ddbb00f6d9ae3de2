use plimsoll_config::tree::{Layout, Node};
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    entry_order::{Ranked, first_unordered, sorted_edits},
    rule::rule,
    subject::compose::ComposeSubject,
};

rule! {
    /// Services that are not in the order of the alphabet.
    ///
    /// ## Why
    /// In a long file one finds a service sooner, and two branches that add one meet less often.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///
    ///   api:
    ///   # ^ unordered-services
    ///     image: example.com/api:1
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   api:
    ///     image: example.com/api:1
    ///
    ///   web:
    ///     image: example.com/web:1
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   api:
    ///     image: example.com/api:1
    ///   web:
    ///     image: example.com/web:1
    /// ```
    ///
    /// ## Limits
    /// Capitals count as small letters. Nothing is moved where a comment stands between what would
    /// be sorted, nor where anchors are used.
    ///
    /// ## References
    /// - Compose Specification: services
    "unordered-services" for ComposeSubject {
        aliases: ["dclint:services-alphabetical-order"],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: Safe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ComposeSubject, sink: &mut Sink<'_>) {
    let Some(services) = subject.root().and_then(|it| it.get("services")) else { return };
    let name = |it: &Node| it.as_str().map(str::to_lowercase);
    let entries = services.own_entries().iter().filter(|it| !it.is_merge());
    let ranked: Vec<_> = entries.map(|it| Ranked::entry(it, name(&it.key))).collect();
    let Some(found) = first_unordered(&ranked) else { return };
    let is_block = services.resolved().layout == Layout::Block;
    let edits = if is_block { sorted_edits(&subject.tree, &ranked) } else { None };
    sink.report(found.place, "the services are not in the order of the alphabet").fix(
        "Sort the services",
        Safety::Safe,
        edits.unwrap_or_default(),
    );
}
