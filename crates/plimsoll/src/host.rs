//! `host`: read, judge, show.

use std::io::{self, BufWriter, Write as _};

use plimsoll_engine::{DriftRequest, HostOutcome, HostRequest, HostSource, Silent, timestamp};
use plimsoll_report::host::drift::{write_human, write_json};

use crate::{
    Failure,
    arguments::{Arguments, DriftArguments, Format, HostArguments, PlainFormat},
    judge,
    request::request,
    terminal::{Bar, options},
};

/// Judges a host and shows what it comes to.
pub(crate) fn host(all: &Arguments, arguments: &HostArguments) -> Result<u8, Failure> {
    judge::check_format(&arguments.output)?;
    let started = timestamp();
    let HostArguments { selection, output, .. } = arguments;
    let asked = HostRequest {
        request: request(all, selection, &[], None)?,
        source: source(arguments),
        save: arguments.save.clone(),
        is_offline: all.offline,
    };
    let bar = Bar::new(output.quiet);
    let answer = plimsoll_engine::judge_host(&asked, &bar);
    bar.finish();
    let HostOutcome { host, outcome } = answer?;
    if let Some(path) = &selection.write_baseline {
        plimsoll_engine::write_baseline(&outcome, path)?;
    }
    let run = judge::circumstances(&outcome, started);
    let verdict = &outcome.verdict;
    let to_file = output.output.is_some();
    let mut text = Vec::new();
    match output.format {
        Format::Json => plimsoll_report::host::json::write(&host, verdict, &run, &mut text)?,
        Format::Human => {
            let options = options(all, output.verbose, to_file);
            plimsoll_report::host::human::write(&host, verdict, &run, &options, &mut text)?;
        }
        _ => judge::write(all, &outcome, &run, output, to_file, &mut text)?,
    }
    if let Some(path) = &output.output {
        let text = String::from_utf8_lossy(&text);
        plimsoll_engine::write_file(path, &text).map_err(plimsoll_engine::Error::from)?;
    } else {
        let mut out = BufWriter::new(io::stdout().lock());
        out.write_all(&text)?;
        out.flush()?;
    }
    Ok(if selection.exit_zero { 0 } else { verdict.outcome.exit_code() })
}

/// Compares compose files with what runs.
pub(crate) fn drift(all: &Arguments, arguments: &DriftArguments) -> Result<u8, Failure> {
    let source = match &arguments.from {
        Some(path) => HostSource::Snapshot(path.clone()),
        None => {
            HostSource::Live { address: arguments.host.clone(), context: arguments.context.clone() }
        }
    };
    let asked =
        DriftRequest { compose_files: arguments.files.clone(), source, is_offline: all.offline };
    let drift = plimsoll_engine::drift(&asked, &Silent)?;
    let mut out = BufWriter::new(io::stdout().lock());
    match arguments.format {
        PlainFormat::Human => write_human(&drift, &options(all, false, false), &mut out)?,
        PlainFormat::Json => write_json(&drift, &mut out)?,
    }
    out.flush()?;
    Ok(drift.exit_code())
}

fn source(arguments: &HostArguments) -> HostSource {
    if let Some(path) = &arguments.from {
        return HostSource::Snapshot(path.clone());
    }
    if arguments.daemon_json.is_some() || arguments.dockerd_args.is_some() {
        return HostSource::Settings {
            daemon_json: arguments.daemon_json.clone(),
            arguments: arguments.dockerd_args.clone().unwrap_or_default(),
        };
    }
    HostSource::Live { address: arguments.host.clone(), context: arguments.context.clone() }
}
