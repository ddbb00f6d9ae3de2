//! One file for each use: judging, mending, posture. The boundary that faces call.
//!
//! Knows neither flags nor formats.

mod error;
mod classify;
mod load;
mod settings;
mod judge;
mod project;
mod import;
mod run;
mod offsets;
mod verify_dockerfile;
mod verify_tree;
mod fix;
mod write;
mod init;
mod posture;
mod effective;

pub use plimsoll_finding::Safety;
pub use plimsoll_fs::{
    Error as FileError, current_dir, environment, exists, read_stdin, timestamp,
};
pub use plimsoll_policy::{Verdict, settings_sample, settings_schema};

pub use crate::{
    classify::{FileKind, classify, is_candidate},
    error::Error,
    fix::{AppliedFix, LeftFinding, Mended, MendedFile, fix, fix_text, write_mended},
    init::{InitFile, init_files},
    posture::{PostureRequest, posture},
    run::{Outcome, Progress, Request, Silent, all_rules, judge, nearest_rule, write_baseline},
    settings::ConfigChoice,
    write::write_file,
};
