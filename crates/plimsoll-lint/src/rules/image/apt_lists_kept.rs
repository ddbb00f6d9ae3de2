use plimsoll_finding::{Check, Sink};

use crate::{
    image_cache::report_cache, notable::APT_LISTS, rule::also, subject::image::ImageSubject,
};

also! { "apt-lists-kept", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    report_cache(subject, &APT_LISTS, sink);
}
