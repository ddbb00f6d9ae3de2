use plimsoll_finding::{Check, Sink};

use crate::{
    rule::also,
    subject::image::ImageSubject,
    tls_verification::{GIT_SWITCHES, report_image_switches},
};

also! { "git-tls-verification-off", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    report_image_switches(subject, GIT_SWITCHES, sink);
}
