use plimsoll_finding::{Check, Sink};

use crate::{
    image_cache::report_cache, notable::YUM_CACHE, rule::also, subject::image::ImageSubject,
};

also! { "yum-cache-kept", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    report_cache(subject, &YUM_CACHE, sink);
}
