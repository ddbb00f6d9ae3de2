//! One file for each use: judging, mending, posture. The boundary that faces call.

mod classify;
mod init;

pub use crate::{
    classify::{FileKind, classify, is_candidate},
    init::{InitFile, init_files},
};
