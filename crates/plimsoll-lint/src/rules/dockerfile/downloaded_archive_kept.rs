use std::collections::BTreeSet;

use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    package_cleanup::ImageStages,
    package_report::runs_with,
    rule::rule,
    run_step::{Step, report},
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// A downloaded archive stays in the layer.
    ///
    /// ## Why
    /// An archive that is downloaded, unpacked and left behind is in the image twice. A later `RUN
    /// rm` only hides it. Remove it in the same `RUN`, or pipe the download into `tar`.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN curl -fsSLO https://example.com/app.tar.gz && tar -xzf app.tar.gz -C /opt
    /// # ^ downloaded-archive-kept
    /// RUN wget -q https://example.com/app.zip && \
    /// # ^ downloaded-archive-kept
    ///     unzip app.zip
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13 AS build
    /// RUN curl -fsSLO https://example.com/app.tar.gz && tar -xzf app.tar.gz
    /// FROM debian:13
    /// RUN curl -fsSLO https://example.com/app.tar.gz && tar -xzf app.tar.gz && rm app.tar.gz
    /// RUN curl -fsSL https://example.com/app.tar.gz | tar -xz -C /opt
    /// RUN wget -q https://example.com/app.zip && unzip app.zip && rm -f *.zip
    /// RUN --mount=type=tmpfs,target=/tmp curl -fo /tmp/a.tgz https://example.com/a.tgz && \
    ///     tar -xf /tmp/a.tgz
    /// RUN tar -xf /src/vendored.tar.gz
    /// ```
    ///
    /// ## Limits
    /// The archive must be named in the same way where it is downloaded and where it is unpacked.
    /// Stages that only others copy from are not judged.
    ///
    /// ## References
    /// - Docker documentation, building best practices: `ADD` or `COPY`
    /// - CIS Docker Benchmark 4.3
    "downloaded-archive-kept" for DockerfileSubject {
        aliases: ["dockerfile-doctor:DD016"],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: ["image.minimal"],
        fix: None,
        check: Check::WholeWith(WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let images = ImageStages::of(&subject.dockerfile);
    for run in
        runs_with(subject, &WANTED).filter(|it| images.hold(it) && it.flag("mount").is_none())
    {
        let steps = subject.steps(run);
        let Some(first) = steps.iter().position(|it| matches!(it.name.as_str(), "curl" | "wget"))
        else {
            continue;
        };
        let (downloads, after) = (steps.get(first..), steps.get(first + 1..).unwrap_or_default());
        if after.iter().any(|it| matches!(it.name.as_str(), "rm" | "mv" | "find")) {
            continue;
        }
        let downloads = downloads
            .into_iter()
            .flatten()
            .filter(|it| matches!(it.name.as_str(), "curl" | "wget"));
        let names: BTreeSet<&str> =
            downloads.flat_map(|it| &it.arguments).map(|it| file_name(&it.text)).collect();
        let unpacked = after.iter().filter(|it| UNPACKERS.contains(&it.name.as_str()));
        let mut archives =
            unpacked.flat_map(Step::plain_arguments).filter(|it| is_archive(&it.text));
        let kept = archives.find(|it| names.contains(file_name(&it.text)));
        if let Some(kept) = kept {
            let message =
                format!("`{}` stays in the layer; remove it in the same `RUN`", kept.text);
            report(subject, run, sink, kept.span, message);
        }
    }
}

/// The last part of a path or address, also of `-oPATH` and `--output=PATH`.
fn file_name(text: &str) -> &str {
    let text = text.rsplit(['/', '=']).next().unwrap_or_default();
    text.strip_prefix("-o").or(text.strip_prefix("-O")).unwrap_or(text)
}

fn is_archive(text: &str) -> bool {
    ENDINGS.iter().any(|it| text.ends_with(it))
}

static UNPACKERS: &[&str] = &["tar", "unzip", "bsdtar", "7z", "dpkg", "rpm"];
static ENDINGS: &[&str] = &[
    ".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2", ".tar.zst", ".zip", ".7z",
    ".deb", ".rpm",
];

const WANTED: Wanted = Wanted::word(&["curl", "wget"]);
