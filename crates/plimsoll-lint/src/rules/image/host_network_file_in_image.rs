use plimsoll_finding::{Check, Sink};

use crate::{
    image_accounts::{file_at, text_of},
    rule::rule,
    subject::image::ImageSubject,
};

rule! {
    /// Names or name servers are written into the image.
    ///
    /// ## Why
    /// The engine puts files of its own in the place of `/etc/hosts` and `/etc/resolv.conf`, so
    /// what the image says there is lost in one place and believed in another: a build, a root
    /// file system that is started otherwise. It mostly tells of a host that the image was copied
    /// from, or of somebody who wanted a name to lead elsewhere.
    ///
    /// ## Bad
    /// ```yaml
    /// files:
    ///   - path: etc/hosts
    /// # ^ host-network-file-in-image
    ///     content: |
    ///       127.0.0.1 localhost
    ///       10.0.0.7 registry.example.com
    /// ```
    ///
    /// ```yaml
    /// files:
    ///   - path: etc/resolv.conf
    /// # ^ host-network-file-in-image
    ///     content: nameserver 10.0.0.1
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// files:
    ///   - path: etc/hosts
    ///     content: |
    ///       # names
    ///       127.0.0.1 localhost
    ///       ::1 localhost ip6-loopback
    ///       ff02::1 ip6-allnodes
    ///   - path: etc/resolv.conf
    ///     content: ""
    /// ```
    ///
    /// ## Limits
    /// Entries for the machine itself are left alone.
    ///
    /// ## References
    /// - Docker documentation: networking, DNS services
    "host-network-file-in-image" for ImageSubject {
        aliases: ["dockle:hosts"],
        severity: Low,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    for (path, is_told) in
        [("etc/hosts", names_other as fn(&str) -> bool), ("etc/resolv.conf", names_server)]
    {
        let Some(file) = file_at(subject, path) else { continue };
        let lines = text_of(file).unwrap_or_default().lines().enumerate().take(MAX_LINES);
        let found = lines.map(|it| (it.0 + 1, it.1.trim())).find(|it| is_told(it.1));
        if let Some((line, _)) = found {
            let message = format!("`/{path}` names other machines; leave that to the engine");
            let _ = sink.report_place(subject.line_place(file, line), message);
        }
    }
}

fn names_other(line: &str) -> bool {
    let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
    let Some(address) = words.next() else { return false };
    let is_own = ["127.", "0.0.0.0", "::1", "fe00::", "ff00::", "ff02::", "255.255.255.255"];
    words.next().is_some() && !is_own.iter().any(|it| address.starts_with(it))
}

fn names_server(line: &str) -> bool {
    line.strip_prefix("nameserver").is_some_and(|it| !it.trim().starts_with("127."))
}

const MAX_LINES: usize = 10_000;
