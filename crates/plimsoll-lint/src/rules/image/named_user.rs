use plimsoll_finding::{Check, Sink};

use crate::{
    image_accounts::{RunUser, run_user},
    rule::also,
    subject::image::ImageSubject,
};

also! { "named-user", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    if let Some(RunUser::Name(name)) = run_user(subject) {
        let message = format!("`{name}` is a name; Kubernetes can only check a number for root");
        let _ = sink.report_place(subject.setting_place("User", ""), message);
    }
}
