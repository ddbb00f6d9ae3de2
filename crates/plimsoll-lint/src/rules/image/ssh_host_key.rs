use plimsoll_finding::{Check, Sink};

use crate::{image_secret::is_host_key, rule::rule, subject::image::ImageSubject};

rule! {
    /// Private host key of an SSH server in the image.
    ///
    /// ## Why
    /// Every container of the image then has the same key, and everybody who can pull the image has
    /// it too: they can pose as the server to whoever logs in.
    ///
    /// ## Bad
    /// ```yaml
    /// files:
    ///   - {path: etc/ssh/ssh_host_ed25519_key, mode: 600, size: 400}
    /// # ^ ssh-host-key
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// files:
    ///   - {path: etc/ssh/ssh_host_ed25519_key.pub, mode: 644, size: 90}
    ///   - {path: etc/ssh/ssh_host_rsa_key, mode: 600, size: 0}
    /// ```
    ///
    /// ## Limits
    /// Keys in other places than those that a server makes by itself are `secret-file-in-image`.
    ///
    /// ## References
    /// - sshd(8)
    /// - NIST SP 800-190, section 3.1.4
    "ssh-host-key" for ImageSubject {
        aliases: [],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["image.no-secrets", "secrets.layers"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let is_kept = |size: u64, path: &str| size > 0 && is_host_key(path);
    for file in subject.files.iter().filter(|it| is_kept(it.entry.size, &it.entry.path)) {
        let message = "every container of this image has the same host key; make it at the start";
        let _ = sink.report_place(subject.file_place(file), message);
    }
    for file in subject.hidden.iter().filter(|it| is_kept(it.entry.size, &it.entry.path)) {
        let message = "a later layer hides this host key, but everybody who pulls the image has it";
        let _ = sink.report_place(subject.hidden_place(file), message);
    }
}
