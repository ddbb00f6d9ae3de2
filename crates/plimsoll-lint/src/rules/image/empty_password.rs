use plimsoll_finding::{Check, Sink};

use crate::{
    image_accounts::{passwd, shadow},
    rule::rule,
    subject::image::ImageSubject,
};

rule! {
    /// An account that needs no password.
    ///
    /// ## Why
    /// Whoever may run `su`, or reaches a login in the container, becomes this user without being
    /// asked.
    ///
    /// ## Bad
    /// ```yaml
    /// files:
    ///   - path: etc/shadow
    /// # ^ empty-password
    ///     mode: 640
    ///     content: |
    ///       root::19000:0:::::
    ///       app:!:19000::::::
    /// ```
    ///
    /// ```yaml
    /// files:
    ///   - path: etc/passwd
    /// # ^ empty-password
    ///     content: |
    ///       root:x:0:0:root:/root:/bin/sh
    ///       app::10001:10001::/app:/bin/sh
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// files:
    ///   - path: etc/shadow
    ///     mode: 640
    ///     content: |
    ///       root:*:19000:0:::::
    ///       app:!:19000::::::
    /// ```
    ///
    /// ## Limits
    /// What other stores of accounts say (LDAP, PAM modules) is not seen.
    ///
    /// ## References
    /// - shadow(5)
    "empty-password" for ImageSubject {
        aliases: ["dockle:DKL-LI-0001"],
        severity: Critical,
        confidence: High,
        audience: Default,
        controls: ["image.user"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let mut report = |name: &str, place| {
        let message = format!("`{name}` needs no password; lock the account with `!`");
        let _ = sink.report_place(place, message).name(name);
    };
    if let Some((file, accounts)) = shadow(subject) {
        for it in accounts.iter().filter(|it| it.password.is_empty() && !it.name.is_empty()) {
            report(it.name, subject.line_place(file, it.line));
        }
    }
    if let Some((file, accounts)) = passwd(subject) {
        for it in accounts.iter().filter(|it| it.password.is_empty() && !it.name.is_empty()) {
            report(it.name, subject.line_place(file, it.line));
        }
    }
}
