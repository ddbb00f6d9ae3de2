//! Judging images: where they come from, what is in them, what is known about it.

mod codec;
mod merged;
mod contents;
mod describe;
mod facts;
mod read;
mod record;
mod scan;
mod secrets;
mod source;
mod target;
mod vulnerabilities;
mod vex;
mod base;
mod compare;
mod recommend;

pub use compare::{ComparedImages, compare_images};
pub use recommend::recommend_images;
pub use scan::{ImageOutcome, ImageRequest, describe_image, scan_image};
pub use target::names_an_image;
