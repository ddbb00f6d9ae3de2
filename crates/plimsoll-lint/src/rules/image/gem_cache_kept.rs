use plimsoll_finding::{Check, Sink};

use crate::{
    image_cache::report_cache, notable::GEM_CACHE, rule::also, subject::image::ImageSubject,
};

also! { "gem-cache-kept", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    report_cache(subject, &GEM_CACHE, sink);
}
