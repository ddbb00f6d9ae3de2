use std::collections::BTreeMap;

use plimsoll_finding::{Check, Sink};

use crate::{image_accounts::passwd, rule::rule, subject::image::ImageSubject};

rule! {
    /// Two accounts of one name or one number.
    ///
    /// ## Why
    /// Files and rights of one belong to the other too, and which of them a program means depends
    /// on the order of lines.
    ///
    /// ## Bad
    /// ```yaml
    /// files:
    ///   - path: etc/passwd
    /// # ^ duplicate-account
    ///     content: |
    ///       app:x:10001:10001::/app:/usr/sbin/nologin
    ///       web:x:10001:10002::/web:/usr/sbin/nologin
    /// ```
    ///
    /// ```yaml
    /// files:
    ///   - path: etc/passwd
    /// # ^ duplicate-account
    ///     content: |
    ///       app:x:10001:10001::/app:/usr/sbin/nologin
    ///       app:x:10002:10002::/app:/usr/sbin/nologin
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// files:
    ///   - path: etc/passwd
    ///     content: |
    ///       app:x:10001:10001::/app:/usr/sbin/nologin
    ///       web:x:10002:10001::/web:/usr/sbin/nologin
    /// ```
    ///
    /// ## Limits
    /// A second account of number 0 is `extra-root-account`.
    ///
    /// ## References
    /// - passwd(5)
    "duplicate-account" for ImageSubject {
        aliases: ["dockle:DKL-LI-0002"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["image.user"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let Some((file, accounts)) = passwd(subject) else { return };
    let (mut names, mut numbers) = (BTreeMap::new(), BTreeMap::new());
    for it in &accounts {
        let earlier = names.insert(it.name, it.line);
        let other = it.user.filter(|it| *it != 0).and_then(|user| numbers.insert(user, it.name));
        let message = match (earlier, other) {
            (Some(line), _) => format!("`{}` also stands in line {line}", it.name),
            (None, Some(other)) => format!("`{}` has the number of `{other}`", it.name),
            (None, None) => continue,
        };
        let _ = sink.report_place(subject.line_place(file, it.line), message).name(it.name);
    }
}
