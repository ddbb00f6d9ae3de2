use plimsoll_finding::{Check, Sink};

use crate::{
    image_cache::report_cache, notable::APT_ARCHIVES, rule::also, subject::image::ImageSubject,
};

also! { "apt-archives-kept", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    report_cache(subject, &APT_ARCHIVES, sink);
}
