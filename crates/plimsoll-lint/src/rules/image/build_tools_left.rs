use plimsoll_finding::{Check, Sink};

use crate::{
    installed::BUILD_TOOLS,
    rule::also,
    subject::image::{ImageSubject, PackageFact},
};

also! { "build-tools-left", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let tools: Vec<&PackageFact> = subject
        .packages
        .iter()
        .filter(|it| it.kind.is_system() && BUILD_TOOLS.contains(&stem(&it.name)))
        .collect();
    let Some(first) = tools.first() else { return };
    let mut names: Vec<&str> = tools.iter().map(|it| it.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let message = match names.len() {
        1 => format!("`{}` stays in the image; build in another stage", first.name),
        n => format!(
            "`{}` and {} more build tools stay in the image; build in another stage",
            first.name,
            n - 1
        ),
    };
    let draft = sink.report_place(subject.package_place(first), message);
    let _ = draft.evidence(names.iter().take(MAX_NAMES).copied().collect::<Vec<_>>().join(", "));
}

/// The name without the version that distributions end it with: `gcc-14`, `clang19`.
fn stem(name: &str) -> &str {
    let stem = name.trim_end_matches(|it: char| it.is_ascii_digit() || it == '.');
    stem.trim_end_matches('-')
}

const MAX_NAMES: usize = 20;
