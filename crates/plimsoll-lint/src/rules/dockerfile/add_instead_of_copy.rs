use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// `ADD` where `COPY` would do.
    ///
    /// ## Why
    /// `ADD` unpacks archives and fetches addresses. A reader of `ADD app /app` has to look up
    /// whether one of that happens; `COPY` says that it does not.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ADD app /app
    /// # ^ add-instead-of-copy
    /// ONBUILD ADD --chown=10001:10001 ["a b", "/c"]
    /// # ^ add-instead-of-copy
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.22
    /// COPY app /app
    /// # ^ add-instead-of-copy
    /// ONBUILD COPY --chown=10001:10001 ["a b", "/c"]
    /// # ^ add-instead-of-copy
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ADD rootfs.tar.gz /
    /// ADD https://example.com/file /opt/
    /// ADD git@github.com:example/example.git /src
    /// COPY app /app
    /// ADD $ARCHIVE /opt/
    /// ADD "/target/resources.tar.gz" "resources"
    /// ADD dist/*.tgz /opt/
    /// ADD https://example.com/example.git#main /src
    /// ```
    ///
    /// ## Limits
    /// A source that is a variable may be an archive or an address, so it is left alone. Archives
    /// are told by their names; a pattern without an ending may cover one, so there the fix is not
    /// applied unasked.
    ///
    /// ## References
    /// - Dockerfile reference: `ADD` and `COPY`
    "add-instead-of-copy" for DockerfileSubject {
        aliases: [
            "hadolint:DL3020", "kics:add_instead_of_copy", "trivy:DS-0005", "checkov:CKV_DOCKER_4",
            "semgrep:prefer-copy-over-add", "dockerfile-doctor:DD007", "droast:DF006",
            "dockle:CIS-DI-0009", "docker-bench:4.9", "dockerfilelint:add_src_invalid",
        ],
        severity: Low,
        confidence: High,
        audience: Default,
        controls: ["image.copy-not-add"],
        fix: Safe,
        check: Check::On(&[Keyword::Add], check),
    }
}

fn check(_: &DockerfileSubject, add: &Instruction, sink: &mut Sink<'_>) {
    let InstructionKind::Add(copy) = &add.kind else { return };
    if copy.paths().count() == 0 || copy.paths().any(|it| needs_add(&it.text)) {
        return;
    }
    let own_flags = ["checksum", "keep-git-dir", "unpack"];
    let draft = sink.report(add.name, "`ADD` copies plain files here; `COPY` says so");
    let is_open = copy.paths().any(|it| may_cover_archive(&it.text));
    let safety = if is_open { Safety::Unsafe } else { Safety::Safe };
    if !add.flags.iter().any(|it| own_flags.contains(&it.name.as_str())) {
        draft.fix("Use `COPY`", safety, vec![Edit::replace(add.name, "COPY")]);
    }
}

/// Whether a pattern leaves open how the names end that it matches.
fn may_cover_archive(source: &str) -> bool {
    let source = source.trim_matches(['"', '\'']);
    let tail = source.rsplit(['*', '?', ']']).next().unwrap_or_default();
    tail.len() < source.len() && !tail.contains('.')
}

fn needs_add(source: &str) -> bool {
    let lower = source.trim_matches(['"', '\'']).to_ascii_lowercase();
    let is_remote = lower.contains("://") || lower.starts_with("git@");
    let is_open = lower.contains(".tar*") || lower.contains(".t*");
    is_remote || is_open || lower.contains('$') || ARCHIVES.iter().any(|it| lower.ends_with(it))
}

/// What the engine unpacks, and what people expect it to unpack.
static ARCHIVES: &[&str] = &[
    ".tar",
    ".tar.gz",
    ".tgz",
    ".tar.bz2",
    ".tbz2",
    ".tbz",
    ".tar.xz",
    ".txz",
    ".tar.zst",
    ".tzst",
    ".tar.lz",
    ".tlz",
    ".tar.lzma",
    ".gz",
    ".bz2",
    ".xz",
    ".zst",
    ".lz",
    ".lzma",
    ".tz",
    ".tb2",
    ".tar.z",
    ".zip",
];
