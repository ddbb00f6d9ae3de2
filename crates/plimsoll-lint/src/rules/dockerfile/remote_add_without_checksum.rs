use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Severity, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// `ADD` from an address, without a checksum.
    ///
    /// ## Why
    /// The file at the address can change, or be changed on the way, and the image then holds
    /// something that nobody has looked at. `--checksum` makes the build fail instead.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// ADD https://example.com/app.tar.gz /opt/
    /// # ^ remote-add-without-checksum
    /// ADD ["http://example.com/app.bin", "/opt/app"]
    /// # ^ remote-add-without-checksum
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// ADD --checksum=sha256:0000000000000000000000000000000000000000000000000000000000000000 \
    ///     https://example.com/app.tar.gz /opt/
    /// ADD https://github.com/example/example.git#v1.0.0 /src
    /// ADD app.tar.gz /opt/
    /// COPY app /app
    /// ```
    ///
    /// ## Limits
    /// The checksum has to be worked out from a file that was looked at, so there is no fix.
    /// Repositories (`….git`) are left alone; a commit after `#` pins those.
    ///
    /// ## References
    /// - Dockerfile reference: `ADD --checksum`
    "remote-add-without-checksum" for DockerfileSubject {
        aliases: [
            "kics:curl_or_wget_instead_of_add", "dockerfile-doctor:DD059", "lynis:add_http",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["image.copy-not-add", "image.verified-packages"],
        fix: None,
        check: Check::On(&[Keyword::Add], check),
    }
}

fn check(_: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let InstructionKind::Add(add) = &instruction.kind else { return };
    if instruction.flag("checksum").is_some() {
        return;
    }
    for word in add.paths() {
        let address = word.text.trim_matches(['"', '\'']).to_ascii_lowercase();
        let is_remote = ["http://", "https://", "ftp://"].iter().any(|it| address.starts_with(it));
        let path = address.split(['#', '?']).next().unwrap_or_default();
        if !is_remote || path.ends_with(".git") {
            continue;
        }
        let message = "what is downloaded is not checked; add `--checksum=sha256:…`";
        let draft = sink.report(word.span, message);
        if !address.starts_with("https://") {
            let _ = draft.severity(Severity::High);
        }
    }
}
