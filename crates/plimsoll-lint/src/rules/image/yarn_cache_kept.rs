use plimsoll_finding::{Check, Sink};

use crate::{
    image_cache::report_cache, notable::YARN_CACHE, rule::also, subject::image::ImageSubject,
};

also! { "yarn-cache-kept", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    report_cache(subject, &YARN_CACHE, sink);
}
