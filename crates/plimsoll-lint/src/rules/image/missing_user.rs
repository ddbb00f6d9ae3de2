use plimsoll_finding::{Check, Sink};

use crate::{
    image_accounts::{RunUser, run_user},
    rule::also,
    subject::image::ImageSubject,
};

also! { "missing-user", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    if run_user(subject) == Some(RunUser::Unset) {
        let message = "the image names no user, so this runs as root";
        let _ = sink.report_place(subject.setting_place("User", ""), message);
    }
}
