use plimsoll_finding::{Check, Sink};

use crate::{
    image_cache::report_cache, notable::ZYPPER_CACHE, rule::also, subject::image::ImageSubject,
};

also! { "zypper-cache-kept", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    report_cache(subject, &ZYPPER_CACHE, sink);
}
