use plimsoll_finding::{Check, Sink};

use crate::{
    image_cache::report_cache, notable::PIP_CACHE, rule::also, subject::image::ImageSubject,
};

also! { "pip-cache-kept", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    report_cache(subject, &PIP_CACHE, sink);
}
