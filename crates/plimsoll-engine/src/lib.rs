//! One file for each use: judging, mending, posture. The boundary that faces call.
//!
//! Knows neither flags nor formats.

mod error;
mod classify;
mod load;
mod settings;
mod contexts;
mod judge;
mod project;
mod image;
mod import;
mod pipeline;
mod run;
mod secrets;
mod offsets;
mod verify_dockerfile;
mod verify_tree;
mod fix;
mod write;
mod init;
mod posture;
mod effective;
mod host;
mod comply;
mod database;

pub use plimsoll_finding::Safety;
pub use plimsoll_fs::{
    Error as FileError, current_dir, environment, exists, read_stdin, timestamp, today,
};
pub use plimsoll_net::HttpOptions;
pub use plimsoll_policy::{Verdict, settings_sample, settings_schema};
pub use plimsoll_vuln::Day;

pub use crate::{
    classify::{FileKind, classify, is_candidate},
    comply::{ComplyRequest, comply},
    database::{
        BuildAnswer, BuildRequest, Database, DatabaseChoice, DatabaseError, DatabaseOrigin,
        DatabaseProgress, FeedChange, Freshness, SilentDatabase, SkipReason, SkippedFeed,
        SourceAge, Staleness, UpdateAnswer, UpdateRequest, build_database, database_status,
        update_database, user_store,
    },
    error::Error,
    fix::{AppliedFix, LeftFinding, Mended, MendedFile, fix, fix_text, write_mended},
    host::{DriftRequest, HostOutcome, HostRequest, HostSource, drift, judge_host},
    image::{
        ComparedImages, ImageOutcome, ImageRequest, compare_images, describe_image, names_an_image,
        recommend_images, scan_image,
    },
    init::{InitFile, init_files},
    posture::{PostureRequest, posture},
    run::{Outcome, Progress, Request, Silent, all_rules, judge, nearest_rule, write_baseline},
    secrets::find_secrets,
    settings::{ConfigChoice, DatabaseTerms, database_terms},
    write::write_file,
};
