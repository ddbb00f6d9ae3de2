//! Raw advisory feeds, read into [`plimsoll_package::Advisory`] records and the tables beside them.
//!
//! [`FEEDS`] lists what there is; [`read_document`] reads one document of one feed and gives what
//! it says, record by record, to a [`Sink`]. One file per format. The crate must not know where
//! documents come from, nor how what they say is kept.

mod error;
mod time;
mod nullable;
mod sink;
mod yaml;
mod requirement;
pub mod zip;
pub mod osv;
pub mod debian_tracker;
pub mod secdb;
pub mod ubuntu;
pub mod red_hat;
pub mod csaf;
pub mod red_hat_csaf;
pub mod amazon;
pub mod rocky;
pub mod wolfi;
pub mod arch;
pub mod rustsec;
pub mod rubysec;
pub mod friends_of_php;
pub mod known_exploited;
pub mod epss;
pub mod vulnrichment;
pub mod end_of_life;
pub mod official_images;
pub mod vex;
mod feed;
mod read;

pub use crate::{
    error::FeedError,
    feed::{FEEDS, Feed, Format, Layout},
    read::read_document,
    sink::{Fact, LeftOut, Sink, Tally},
    time::parse_time,
};
