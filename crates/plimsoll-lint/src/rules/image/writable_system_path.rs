use plimsoll_finding::{Check, Sink};
use plimsoll_oci::{Entry, EntryKind};

use crate::{
    image_accounts::{RunUser, run_account, run_group, run_user},
    notable::SYSTEM_FOLDERS,
    rule::rule,
    subject::image::ImageSubject,
};

rule! {
    /// The user that runs the container may change what the system runs and trusts.
    ///
    /// ## Why
    /// An intruder who only has the rights of the service can then replace programs, libraries or
    /// accounts, and wait for root to use them.
    ///
    /// ## Bad
    /// ```yaml
    /// config: {user: "10001:10001"}
    /// files:
    ///   - {path: usr/local/bin, kind: directory, mode: 755, user: 10001}
    /// # ^ writable-system-path
    ///   - {path: usr/bin/tool, mode: 775, group: 10001}
    /// # ^ writable-system-path
    /// ```
    ///
    /// ```yaml
    /// config: {user: "10001"}
    /// files:
    ///   - {path: etc/passwd, mode: 664, content: "root:x:0:0::/root:/bin/sh"}
    /// # ^ writable-system-path
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// config: {user: "10001:10001"}
    /// files:
    ///   - {path: usr/local/bin, kind: directory, mode: 755}
    ///   - {path: etc/passwd, mode: 664, content: "root:x:0:0::/root:/bin/sh"}
    ///   - {path: opt/app, kind: directory, mode: 755, user: 10001}
    /// ```
    ///
    /// ```yaml
    /// files:
    ///   - {path: usr/local/bin, kind: directory, mode: 755, user: 10001}
    /// ```
    ///
    /// ## Limits
    /// Further groups of the user are not counted. Root may change everything, which `root-user` is
    /// about; what everybody may change is `world-writable-mode`. Without a group of its own an
    /// account that the image does not know has the group of root.
    ///
    /// ## References
    /// - CIS benchmarks of Linux distributions: permissions of system files
    "writable-system-path" for ImageSubject {
        aliases: [],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["image.user", "runtime.drift"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let Some((user, group)) = identity(subject) else { return };
    for file in subject.files.iter().filter(|it| is_of_system(&it.entry)) {
        let entry = &file.entry;
        let is_owner = u64::from(entry.user) == user && entry.mode & 0o200 != 0;
        let is_group = group == Some(u64::from(entry.group)) && entry.mode & 0o020 != 0;
        if is_owner || is_group {
            let whose = if is_owner { "belongs to" } else { "may be written by the group of" };
            let message = format!("`/{}` {whose} the user that runs the container", entry.path);
            let _ = sink.report_place(subject.file_place(file), message);
        }
    }
}

/// The numbers of the user and of its first group, if it is not root.
fn identity(subject: &ImageSubject) -> Option<(u64, Option<u64>)> {
    let account = run_account(subject).map(|it| it.1);
    let user = match run_user(subject)? {
        RunUser::Number(number) => number,
        RunUser::Name(_) => account?.user?,
        RunUser::Unset | RunUser::Root => return None,
    };
    let group = match run_group(subject) {
        Some(group) => group.parse().ok(),
        None => Some(account.map_or(0, |it| it.group.unwrap_or(0))),
    };
    (user != 0).then_some((user, group))
}

fn is_of_system(entry: &Entry) -> bool {
    let folder = entry.path.rsplit_once('/').map_or("", |it| it.0);
    match entry.kind {
        EntryKind::Directory => SYSTEM_FOLDERS.contains(&entry.path.as_str()),
        EntryKind::File | EntryKind::HardLink(_) => SYSTEM_FOLDERS.contains(&folder),
        _ => false,
    }
}
