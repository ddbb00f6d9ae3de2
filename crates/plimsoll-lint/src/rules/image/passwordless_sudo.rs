use plimsoll_finding::{Check, Sink};

use crate::{image_accounts::text_of, rule::rule, subject::image::ImageSubject};

rule! {
    /// `sudo` or `doas` without a password.
    ///
    /// ## Why
    /// Whoever gets to run code as that user is root one command later, so that running as another
    /// user than root gains nothing.
    ///
    /// ## Bad
    /// ```yaml
    /// files:
    ///   - path: etc/sudoers.d/app
    /// # ^ passwordless-sudo
    ///     mode: 440
    ///     content: |
    ///       app ALL=(ALL) NOPASSWD: ALL
    /// ```
    ///
    /// ```yaml
    /// files:
    ///   - path: etc/doas.conf
    /// # ^ passwordless-sudo
    ///     content: permit nopass app as root
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// files:
    ///   - path: etc/sudoers
    ///     mode: 440
    ///     content: |
    ///       Defaults env_reset
    ///       root ALL=(ALL:ALL) ALL
    ///       # %wheel ALL=(ALL) NOPASSWD: ALL
    ///       app ALL=(ALL) NOPASSWD: ALL, !ALL
    ///   - path: etc/doas.conf
    ///     content: permit persist app
    /// ```
    ///
    /// ## Limits
    /// Which commands a line allows is not weighed. Lines that end in `!ALL` allow nothing.
    ///
    /// ## References
    /// - sudoers(5)
    /// - doas.conf(5)
    "passwordless-sudo" for ImageSubject {
        aliases: [],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["image.user"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    for file in &subject.files {
        let path = file.entry.path.as_str();
        let is_sudo = path == "etc/sudoers" || path.starts_with("etc/sudoers.d/");
        if !is_sudo && path != "etc/doas.conf" {
            continue;
        }
        for (idx, line) in text_of(file).unwrap_or_default().lines().enumerate().take(MAX_LINES) {
            let line = line.trim();
            let user = if is_sudo { sudo_user(line) } else { doas_user(line) };
            if let Some(user) = user {
                let message = format!("`{user}` becomes root without a password");
                let _ = sink.report_place(subject.line_place(file, idx + 1), message).name(user);
            }
        }
    }
}

fn sudo_user(line: &str) -> Option<&str> {
    let is_rule = !line.starts_with('#') && !line.starts_with("Defaults");
    let allows = is_rule && line.contains("NOPASSWD") && !line.ends_with("!ALL");
    line.split_whitespace().next().filter(|_| allows)
}

fn doas_user(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace();
    let allows = words.next() == Some("permit") && line.contains("nopass");
    let mut rest = words.filter(|it| !OPTIONS.contains(it));
    rest.next().filter(|_| allows)
}

static OPTIONS: &[&str] = &["nopass", "persist", "keepenv", "nolog"];

const MAX_LINES: usize = 10_000;
