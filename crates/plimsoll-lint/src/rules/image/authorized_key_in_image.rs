use plimsoll_finding::{Check, Sink};

use crate::{image_accounts::text_of, notable::name_of, rule::rule, subject::image::ImageSubject};

rule! {
    /// A key that opens SSH logins is part of the image.
    ///
    /// ## Why
    /// Whoever has the private half can log in to every container of the image that runs an SSH
    /// server, for as long as the image is in use. Keys of a person do not belong into what
    /// everybody runs.
    ///
    /// ## Bad
    /// ```yaml
    /// files:
    ///   - path: root/.ssh/authorized_keys
    /// # ^ authorized-key-in-image
    ///     mode: 600
    ///     content: ssh-ed25519 AAAA me@example.com
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// files:
    ///   - path: root/.ssh/authorized_keys
    ///     mode: 600
    ///     content: "# none"
    /// ```
    ///
    /// ## Limits
    /// Files that `sshd_config` names in other places are not seen.
    ///
    /// ## References
    /// - sshd(8)
    "authorized-key-in-image" for ImageSubject {
        aliases: [],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["runtime.no-sshd"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let files = subject.files.iter();
    for file in files.filter(|it| name_of(&it.entry.path) == "authorized_keys") {
        let is_key = |it: &str| !it.trim().is_empty() && !it.trim().starts_with('#');
        let n_keys = text_of(file).unwrap_or_default().lines().filter(|it| is_key(it)).count();
        if n_keys > 0 {
            let message = "whoever has the other half of this key can log in; leave it out";
            let place = subject.file_place(file);
            let _ = sink.report_place(place, message).evidence(format!("{n_keys} keys"));
        }
    }
}
