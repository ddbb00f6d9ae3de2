use plimsoll_config::tree::Layout;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    entry_order::{Ranked, first_unordered, sorted_edits},
    rule::rule,
    subject::compose::ComposeSubject,
};

rule! {
    /// Top-level keys that are not in the usual order.
    ///
    /// ## Why
    /// Readers find fragments first, then the services, then what they share.
    ///
    /// ## Bad
    /// ```yaml
    /// volumes:
    ///   data:
    /// services:
    /// # ^ unordered-top-level-keys
    ///   web:
    ///     image: example.com/web:1
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    /// volumes:
    ///   data:
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// x-common: {a: 1}
    /// name: shop
    /// services:
    ///   web:
    ///     image: example.com/web:1
    /// networks:
    ///   front:
    /// volumes:
    ///   data:
    /// secrets:
    ///   key:
    ///     file: ./key
    /// ```
    ///
    /// ## Limits
    /// The order is: `x-` keys, version, name, include, services, networks, volumes, secrets,
    /// configs. Other keys may stand anywhere. Nothing is moved where a comment stands between what
    /// would be sorted, nor where anchors are used.
    ///
    /// ## References
    /// - Compose Specification: the compose file
    "unordered-top-level-keys" for ComposeSubject {
        aliases: ["dclint:top-level-properties-order"],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: Safe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ComposeSubject, sink: &mut Sink<'_>) {
    let Some(root) = subject.root() else { return };
    let entries = root.own_entries().iter();
    let ranked: Vec<_> =
        entries.map(|it| Ranked::entry(it, it.key.as_str().and_then(rank))).collect();
    let Some(found) = first_unordered(&ranked) else { return };
    let is_block = root.resolved().layout == Layout::Block;
    let edits = if is_block { sorted_edits(&subject.tree, &ranked) } else { None };
    sink.report(found.place, "the top-level keys are not in the usual order").fix(
        "Sort the keys",
        Safety::Safe,
        edits.unwrap_or_default(),
    );
}

fn rank(key: &str) -> Option<usize> {
    if key.starts_with("x-") {
        return Some(0);
    }
    ORDER.iter().position(|it| *it == key).map(|it| it + 1)
}

static ORDER: &[&str] =
    &["version", "name", "include", "services", "networks", "volumes", "secrets", "configs"];
