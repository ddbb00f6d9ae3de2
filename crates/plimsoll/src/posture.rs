//! `posture`: shows each service as it will run.

use std::io::{self, BufWriter, Write as _};

use plimsoll_engine::PostureRequest;
use plimsoll_report::posture as report;

use crate::{
    Failure,
    arguments::{Arguments, PlainFormat, PostureArguments},
    request::config_choice,
    terminal::options,
};

/// Resolves the project that `arguments` names and shows its services.
pub(crate) fn posture(all: &Arguments, arguments: &PostureArguments) -> Result<u8, Failure> {
    let request = PostureRequest {
        paths: arguments.files.clone(),
        profiles: arguments.profile.clone(),
        variables: plimsoll_engine::environment(),
        config: config_choice(all),
    };
    let posture = plimsoll_engine::posture(&request)?;
    let mut out = BufWriter::new(io::stdout().lock());
    match arguments.format {
        PlainFormat::Human => {
            report::write_human(&posture, &options(all, false, false), &mut out)?;
        }
        PlainFormat::Json => report::write_json(&posture, &mut out)?,
    }
    out.flush()?;
    Ok(0)
}
