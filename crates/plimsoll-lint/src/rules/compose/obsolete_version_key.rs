use plimsoll_config::edit::{self, CommentAbove};
use plimsoll_finding::{Check, Safety, Sink};

use crate::{rule::rule, subject::compose::ComposeSubject};

rule! {
    /// A top-level `version`.
    ///
    /// ## Why
    /// Compose has not read the key since its second edition and prints a warning instead. Readers
    /// take it for a promise of some behaviour.
    ///
    /// ## Bad
    /// ```yaml
    /// version: "3.8"
    /// # ^ obsolete-version-key
    /// services:
    ///   web:
    ///     image: example.com/web:1
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    /// ```
    ///
    /// ## Limits
    /// `docker stack deploy` of old engines still wants the key.
    ///
    /// ## References
    /// - Compose Specification: version and name top-level elements
    "obsolete-version-key" for ComposeSubject {
        aliases: ["dclint:no-version-field"],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: Safe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ComposeSubject, sink: &mut Sink<'_>) {
    let Some(root) = subject.root() else { return };
    let Some(entry) = root.own_entry("version") else { return };
    let edits = edit::delete_entry(&subject.tree, root, "version", CommentAbove::Keep);
    sink.report(entry.key.span, "compose ignores `version` and warns about it").fix(
        "Remove the key",
        Safety::Safe,
        edits.unwrap_or_default(),
    );
}
