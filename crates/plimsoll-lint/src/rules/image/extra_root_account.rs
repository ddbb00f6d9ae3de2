use plimsoll_finding::{Check, Sink};

use crate::{image_accounts::passwd, rule::rule, subject::image::ImageSubject};

rule! {
    /// A second account with the number of root.
    ///
    /// ## Why
    /// It is root under another name. Rules and eyes that look for `root` pass it by, which is why
    /// intruders like to leave one.
    ///
    /// ## Bad
    /// ```yaml
    /// files:
    ///   - path: etc/passwd
    /// # ^ extra-root-account
    ///     content: |
    ///       root:x:0:0:root:/root:/bin/sh
    ///       admin:x:0:0::/home/admin:/bin/sh
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// files:
    ///   - path: etc/passwd
    ///     content: |
    ///       root:x:0:0:root:/root:/bin/sh
    ///       app:x:10001:10001::/app:/usr/sbin/nologin
    /// ```
    ///
    /// ## Limits
    /// Only `/etc/passwd` is read.
    ///
    /// ## References
    /// - passwd(5)
    "extra-root-account" for ImageSubject {
        aliases: ["dockle:DKL-LI-0002"],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["image.user"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let Some((file, accounts)) = passwd(subject) else { return };
    for it in accounts.iter().filter(|it| it.user == Some(0) && it.name != "root") {
        let message = format!("`{}` has the number 0, so it is root by another name", it.name);
        let _ = sink.report_place(subject.line_place(file, it.line), message).name(it.name);
    }
}
