use plimsoll_finding::{Check, Sink};

use crate::{image_release::report_release, rule::also, subject::image::ImageSubject};

also! { "end-of-life-runtime", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    for package in &subject.packages {
        if let Some(release) = &package.release {
            report_release(release, subject.package_place(package), sink);
        }
    }
}
