use std::collections::BTreeMap;

use plimsoll_finding::{Check, Sink};

use crate::{
    image_text::bytes,
    notable::LARGE_HIDDEN,
    rule::rule,
    subject::image::{HiddenFact, ImageSubject},
};

rule! {
    /// Files are deleted in a later layer than the one that holds them.
    ///
    /// ## Why
    /// The deletion only hides them: everybody still pulls the bytes, and can get the files out of
    /// the lower layer. Deleting them in the same step, or building in another stage, takes them
    /// away.
    ///
    /// ## Bad
    /// ```yaml
    /// layers:
    ///   - {instruction: "COPY src.tar /"}
    ///   - {instruction: "RUN rm /src.tar"}
    /// hidden:
    ///   - {path: src.tar, size: 5000000, layer: 0, by: 1}
    /// # ^ file-deleted-later
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// layers:
    ///   - {instruction: "COPY src.tar /"}
    ///   - {instruction: "RUN rm /src.tar"}
    /// hidden:
    ///   - {path: src.tar, size: 5000, layer: 0, by: 1}
    /// ```
    ///
    /// ```yaml
    /// layers:
    ///   - {instruction: "COPY app /"}
    ///   - {instruction: "COPY app /"}
    /// hidden:
    ///   - {path: app, size: 5000000, layer: 0, by: 1, overwritten: true}
    /// ```
    ///
    /// ```yaml
    /// layers:
    ///   - {instruction: "ADD rootfs.tar /", base: true}
    ///   - {instruction: "RUN rm /big", base: true}
    /// hidden:
    ///   - {path: big, size: 5000000, layer: 0, by: 1}
    /// ```
    ///
    /// ## Limits
    /// Speaks of files of 1 MiB and more; a smaller one that is a secret is `secret-file-in-image`.
    /// What the base image does among its own layers is left alone.
    ///
    /// ## References
    /// - Docker documentation: building best practices
    "file-deleted-later" for ImageSubject {
        aliases: [],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: ["image.minimal"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let mut groups: BTreeMap<(usize, usize), Vec<&HiddenFact>> = BTreeMap::new();
    for file in &subject.hidden {
        let in_base = subject.layers.get(file.by).is_some_and(|it| it.in_base);
        if file.is_deleted && file.entry.size >= LARGE_HIDDEN && !in_base {
            groups.entry((file.layer, file.by)).or_default().push(file);
        }
    }
    for ((_, by), files) in groups {
        let size = files.iter().fold(0_u64, |sum, it| sum.saturating_add(it.entry.size));
        let Some(largest) = files.iter().max_by_key(|it| it.entry.size) else { continue };
        let message = match files.len() {
            1 => format!("{} are deleted too late, and everybody pulls them", bytes(size)),
            n => format!(
                "{n} files of {} are deleted too late, and everybody pulls them",
                bytes(size)
            ),
        };
        let draft = sink.report_place(subject.hidden_place(largest), message);
        let instruction = subject.layers.get(by).map(|it| it.instruction.as_str());
        if let Some(instruction) = instruction.filter(|it| !it.is_empty()) {
            let _ = draft.evidence(format!("deleted by `{instruction}`"));
        }
    }
}
