use plimsoll_finding::{Check, Sink};

use crate::{host_path::normal_path, rule::rule, subject::service::ServiceSubject};

rule! {
    /// A device that opens the host is given to a service.
    ///
    /// ## Why
    /// Whoever reads a disk or the memory of the host past its file system has every file and every
    /// secret on it, and whoever writes there owns it.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   agent:
    ///     image: example.com/agent:1.4
    ///     devices:
    ///       - /dev/sda:/dev/sda
    ///       # ^ dangerous-device-exposed
    ///       - /dev/../dev/mem
    ///       # ^ dangerous-device-exposed
    ///     device_cgroup_rules:
    ///       - "b *:* rwm"
    ///       # ^ dangerous-device-exposed
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   media:
    ///     image: example.com/media:1.4
    ///     devices:
    ///       - /dev/dri
    ///       - /dev/ttyUSB0:/dev/ttyUSB0
    ///     device_cgroup_rules:
    ///       - "c 189:* rmw"
    /// ```
    ///
    /// ## Limits
    /// Names of disks that an administrator chose (`/dev/disk/by-id/...` counts as a disk) are not
    /// all known.
    ///
    /// ## References
    /// - Compose Specification: `devices`
    /// - CIS Docker Benchmark, section 5: host devices
    "dangerous-device-exposed" for ServiceSubject {
        aliases: ["compose-lint:CL-0016", "docker-bench:5.18"],
        severity: Critical,
        confidence: High,
        audience: Default,
        controls: ["runtime.devices"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    for device in &service.devices {
        let Some(path) = normal_path(&device.value.host) else { continue };
        if is_dangerous(&path) {
            let message = format!("`{path}` reads and writes the host past its file systems");
            let _ = sink.report_at(subject.place(device), message);
        }
    }
    for rule in &service.device_cgroup_rules {
        let mut words = rule.value.split_whitespace();
        let (kind, numbers) = (words.next(), words.next().unwrap_or_default());
        let is_wide = numbers.starts_with('*') || kind == Some("a");
        if is_wide && matches!(kind, Some("a" | "b" | "c")) {
            let message = "the container may open every device of that kind; name the numbers";
            let _ = sink.report_at(subject.place(rule), message);
        }
    }
}

fn is_dangerous(path: &str) -> bool {
    let Some(name) = path.strip_prefix("/dev") else { return false };
    let Some(name) = name.strip_prefix('/') else { return name.is_empty() };
    let is_numbered = |prefix: &str| {
        name.strip_prefix(prefix)
            .and_then(|it| it.bytes().next())
            .is_some_and(|it| it.is_ascii_alphanumeric())
    };
    WHOLE_NAMES.contains(&name)
        || DISKS.iter().any(|it| is_numbered(it))
        || FOLDERS.iter().any(|it| name.starts_with(it))
}

static WHOLE_NAMES: &[&str] =
    &["mem", "kmem", "port", "kmsg", "kcore", "core", "uinput", "vhost-net", "loop-control"];

/// Starts of the names of disks; a letter or a number follows.
static DISKS: &[&str] =
    &["sd", "hd", "vd", "xvd", "nvme", "mmcblk", "md", "dm-", "loop", "sr", "sg"];

static FOLDERS: &[&str] = &["mapper/", "disk/", "input/", "cpu/", "bsg/"];
