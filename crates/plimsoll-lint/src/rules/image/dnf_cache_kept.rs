use plimsoll_finding::{Check, Sink};

use crate::{
    image_cache::report_cache, notable::DNF_CACHE, rule::also, subject::image::ImageSubject,
};

also! { "dnf-cache-kept", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    report_cache(subject, &DNF_CACHE, sink);
}
