use std::collections::BTreeMap;

use plimsoll_finding::{Check, Sink};

use crate::{
    image_text::bytes,
    rule::rule,
    subject::image::{ImageSubject, LayerFact},
};

rule! {
    /// Layers carry bytes that nobody can see.
    ///
    /// ## Why
    /// A file that a later layer overwrites or deletes is still pulled, stored and scanned by
    /// everybody. Changing or deleting it in the same step that makes it keeps it out.
    ///
    /// ## Bad
    /// ```yaml
    /// layers:
    ///   - {instruction: "RUN make", size: 80000000, wasted: 30000000}
    /// # ^ wasted-layer-bytes
    ///   - {instruction: "RUN rm -r /src", size: 1000}
    /// ```
    ///
    /// ```yaml
    /// layers:
    ///   - {instruction: "COPY . /app", size: 9000000, wasted: 2000000}
    /// # ^ wasted-layer-bytes
    ///   - {instruction: "RUN chown -R app /app", size: 2000000}
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// layers:
    ///   - {instruction: "RUN make", size: 200000000, wasted: 5000000}
    /// ```
    ///
    /// ```yaml
    /// layers:
    ///   - {instruction: "RUN make", size: 400000, wasted: 100000}
    /// ```
    ///
    /// ## Limits
    /// Speaks where 10 MB, or a tenth of all bytes, are wasted, and of layers that waste at least 1
    /// MB.
    ///
    /// ## References
    /// - Docker documentation: building best practices
    "wasted-layer-bytes" for ImageSubject {
        aliases: ["dive:lowestEfficiency", "dive:highestWastedBytes", "dive:highestUserWastedPercent"],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: ["image.minimal"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let sum = |of: fn(&LayerFact) -> u64| {
        subject.layers.iter().fold(0_u64, |sum, it| sum.saturating_add(of(it)))
    };
    let (size, wasted) = (sum(|it| it.size), sum(|it| it.wasted_bytes));
    if wasted <= MAX_WASTED && wasted.saturating_mul(10) <= size {
        return;
    }
    let layers = subject.layers.iter().enumerate();
    for (number, layer) in layers.filter(|it| it.1.wasted_bytes >= LEAST) {
        let whose = if layer.in_base { " of the base image" } else { "" };
        let message = format!(
            "{} of the {} in this layer{whose} are hidden by later ones",
            bytes(layer.wasted_bytes),
            bytes(layer.size)
        );
        let draft = sink.report_place(subject.layer_place(number), message);
        if let Some(by) = hider(subject, number) {
            let _ = draft.evidence(format!("most of it by `{}`", by.instruction));
        }
    }
}

/// The layer that hides most of what this one wastes, as far as it is known.
fn hider(subject: &ImageSubject, layer: usize) -> Option<&LayerFact> {
    let mut sums: BTreeMap<usize, u64> = BTreeMap::new();
    for file in subject.hidden.iter().filter(|it| it.layer == layer) {
        let sum = sums.entry(file.by).or_default();
        *sum = sum.saturating_add(file.entry.size);
    }
    let most = sums.into_iter().max_by_key(|it| it.1)?.0;
    subject.layers.get(most).filter(|it| !it.instruction.is_empty())
}

const MAX_WASTED: u64 = 10_000_000;

/// Layers that waste less are not told.
const LEAST: u64 = 1_000_000;
