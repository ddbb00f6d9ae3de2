use plimsoll_finding::{Check, Sink};

use crate::{
    image_accounts::{RunUser, run_account, run_user},
    rule::also,
    subject::image::ImageSubject,
};

also! { "root-user", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let message = match run_user(subject) {
        Some(RunUser::Root) => "the image runs as root; name another user".to_owned(),
        Some(RunUser::Name(name)) if is_root(subject) => {
            format!("`{name}` has the number 0, so the image runs as root")
        }
        _ => return,
    };
    let _ = sink.report_place(subject.setting_place("User", ""), message);
}

fn is_root(subject: &ImageSubject) -> bool {
    run_account(subject).is_some_and(|it| it.1.user == Some(0))
}
