//! `comply`: judge by the controls of a standard, show.

use std::path::PathBuf;

use plimsoll_engine::{ComplyRequest, HostSource, ImageRequest, Request, timestamp};
use plimsoll_report::{
    Run,
    comply::{csv, html, human, json, oscal},
};

use crate::{
    Failure,
    arguments::{Arguments, ComplyArguments, ComplyFormat},
    image::put,
    request::config_choice,
    terminal::{Bar, options},
};

/// Assesses what `arguments` name and shows how the controls stand.
pub(crate) fn comply(all: &Arguments, arguments: &ComplyArguments) -> Result<u8, Failure> {
    let run = Run {
        started: timestamp(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        command: std::env::args().collect::<Vec<_>>().join(" "),
        ..Run::default()
    };
    let mut text = Vec::new();
    match arguments.format {
        ComplyFormat::OscalCatalog => oscal::write_catalog(&run, &mut text)?,
        ComplyFormat::OscalComponent => oscal::write_component(&run, &mut text)?,
        _ => return assess(all, arguments, &run),
    }
    put(arguments.output.as_deref(), &text)?;
    Ok(0)
}

fn assess(all: &Arguments, arguments: &ComplyArguments, run: &Run) -> Result<u8, Failure> {
    let bar = Bar::new(arguments.quiet);
    let answer = plimsoll_engine::comply(&request(all, arguments), &bar);
    bar.finish();
    let assessment = answer?;
    let mut text = Vec::new();
    match arguments.format {
        ComplyFormat::Json => json::write(&assessment, run, &mut text)?,
        ComplyFormat::Csv => csv::write(&assessment, &mut text)?,
        ComplyFormat::Html => html::write(&assessment, run, &mut text)?,
        ComplyFormat::Oscal => oscal::write_results(&assessment, run, &mut text)?,
        _ => {
            let options = options(all, arguments.verbose, arguments.output.is_some());
            human::write(&assessment, &options, &mut text)?;
        }
    }
    put(arguments.output.as_deref(), &text)?;
    Ok(if arguments.exit_zero { 0 } else { assessment.outcome().exit_code() })
}

fn request(all: &Arguments, arguments: &ComplyArguments) -> ComplyRequest {
    let host = match &arguments.from {
        Some(path) => Some(HostSource::Snapshot(path.clone())),
        None => arguments.host.then(HostSource::default),
    };
    let image = |target: &String| ImageRequest {
        target: target.clone(),
        offline: all.offline,
        ..ImageRequest::default()
    };
    let with_files = !arguments.paths.is_empty() || (host.is_none() && arguments.image.is_empty());
    let here = || vec![PathBuf::from(".")];
    ComplyRequest {
        framework: arguments.framework.clone(),
        request: Request {
            roots: if arguments.paths.is_empty() { here() } else { arguments.paths.clone() },
            config: config_choice(all),
            ..Request::default()
        },
        with_files,
        host,
        images: arguments.image.iter().map(image).collect(),
        earlier: arguments.previous.clone(),
        is_offline: all.offline,
    }
}
