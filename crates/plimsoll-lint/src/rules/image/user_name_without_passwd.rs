use plimsoll_finding::{Check, Sink};

use crate::{
    image_accounts::{RunUser, file_at, groups, passwd, run_group, run_user},
    rule::also,
    subject::image::ImageSubject,
};

also! { "user-name-without-passwd", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let place = || subject.setting_place("User", "");
    if let Some(RunUser::Name(name)) = run_user(subject) {
        let accounts = passwd(subject).map(|it| it.1);
        let is_missing = match &accounts {
            Some(accounts) => accounts.iter().all(|it| it.name != name),
            None => is_without(subject, "etc/passwd"),
        };
        if is_missing {
            let message = format!("no `/etc/passwd` of the image has `{name}`, so it cannot start");
            let _ = sink.report_place(place(), message);
        }
    }
    let group = run_group(subject).filter(|it| it.parse::<u64>().is_err() && *it != "root");
    let Some(group) = group.filter(|_| run_user(subject).is_some()) else { return };
    let is_missing = match groups(subject) {
        Some(groups) => !groups.contains(&group),
        None => is_without(subject, "etc/group"),
    };
    if is_missing {
        let message = format!("no `/etc/group` of the image has `{group}`, so it cannot start");
        let _ = sink.report_place(place(), message);
    }
}

/// Whether there surely is no such file. A database that could not be read may hold any name.
fn is_without(subject: &ImageSubject, path: &str) -> bool {
    subject.files_are_complete && file_at(subject, path).is_none()
}
