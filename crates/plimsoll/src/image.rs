//! `image`, `sbom` and `secrets`: read, judge, show.

use std::io::{self, BufWriter, Write as _};

use plimsoll_engine::{
    ComparedImages, DatabaseChoice, ImageOutcome, ImageRequest, Request, timestamp,
};
use plimsoll_report::{
    Run,
    image::{compare, recommend},
    sbom, vex,
};

use crate::{
    Failure,
    arguments::{
        Arguments, CompareArguments, CompareFormat, Format, ImageArguments, ImageCommand,
        JudgeArguments, LookArguments, OutputArguments, RecommendArguments, RecommendFormat,
        SbomArguments, SbomFormat, ScanArguments, SecretsArguments, SelectionArguments,
        SourceArguments,
    },
    judge,
    request::{config_choice, request},
    terminal::{Bar, options},
};

/// Judges an image and shows what it comes to, or answers another question about images.
pub(crate) fn image(all: &Arguments, arguments: &ImageArguments) -> Result<u8, Failure> {
    match (&arguments.command, &arguments.target) {
        (Some(ImageCommand::Compare(it)), _) => compare(all, it),
        (Some(ImageCommand::Recommend(it)), _) => recommend(all, it),
        (None, Some(target)) => {
            let asked = ImageRequest {
                request: request(all, &arguments.selection, &[], None)?,
                ..look(all, target, &arguments.look)
            };
            judge_image(all, &asked, &arguments.selection, &arguments.output)
        }
        (None, None) => Err(Failure::Usage("no image is named".to_owned())),
    }
}

fn compare(all: &Arguments, arguments: &CompareArguments) -> Result<u8, Failure> {
    let started = timestamp();
    let asked = ImageRequest {
        request: request(all, &arguments.selection, &[], None)?,
        ..look(all, &arguments.old, &arguments.look)
    };
    let bar = Bar::new(arguments.quiet);
    let answer = plimsoll_engine::compare_images(&asked, &arguments.new, &bar);
    bar.finish();
    let ComparedImages { new, comparison, .. } = answer?;
    if let Some(path) = &arguments.selection.write_baseline {
        plimsoll_engine::write_baseline(&new.outcome, path)?;
    }
    let run = judge::circumstances(&new.outcome, started);
    let options = options(all, arguments.verbose, arguments.output.is_some());
    let mut text = Vec::new();
    match arguments.format {
        CompareFormat::Human => compare::write_human(&comparison, &options, &mut text)?,
        CompareFormat::Json => compare::write_json(&comparison, &mut text)?,
        CompareFormat::Markdown => compare::write_markdown(&comparison, &mut text)?,
        CompareFormat::Html => compare::html::write(&comparison, &run, &mut text)?,
    }
    put(arguments.output.as_deref(), &text)?;
    let is_lenient = arguments.selection.exit_zero;
    Ok(if is_lenient { 0 } else { comparison.outcome().exit_code() })
}

fn recommend(all: &Arguments, arguments: &RecommendArguments) -> Result<u8, Failure> {
    let asked = ImageRequest {
        request: Request { config: config_choice(all), ..Request::default() },
        ..look(all, &arguments.target, &arguments.look)
    };
    let bar = Bar::new(arguments.quiet);
    let answer = plimsoll_engine::recommend_images(&asked, &bar);
    bar.finish();
    let answer = answer?;
    let options = options(all, arguments.verbose, arguments.output.is_some());
    let mut text = Vec::new();
    match arguments.format {
        RecommendFormat::Human => recommend::write_human(&answer, &options, &mut text)?,
        RecommendFormat::Json => recommend::write_json(&answer, &mut text)?,
        RecommendFormat::Markdown => recommend::write_markdown(&answer, &mut text)?,
    }
    put(arguments.output.as_deref(), &text)?;
    Ok(0)
}

/// What of an image is looked at.
fn look(all: &Arguments, target: &str, arguments: &LookArguments) -> ImageRequest {
    ImageRequest {
        without_secrets: arguments.no_secrets,
        without_vulnerabilities: arguments.no_vulnerabilities,
        with_statements: arguments.with_statements,
        only_fixable: arguments.only_fixable,
        database: match &arguments.db {
            Some(path) => DatabaseChoice::File(path.clone()),
            None => DatabaseChoice::Newest,
        },
        vex: arguments.vex.files.clone(),
        ..source(all, target, &arguments.source)
    }
}

fn judge_image(
    all: &Arguments,
    asked: &ImageRequest,
    selection: &SelectionArguments,
    output: &OutputArguments,
) -> Result<u8, Failure> {
    let started = timestamp();
    let bar = Bar::new(output.quiet);
    let answer = plimsoll_engine::scan_image(asked, &bar);
    bar.finish();
    let ImageOutcome { image, outcome, .. } = answer?;
    if let Some(path) = &selection.write_baseline {
        plimsoll_engine::write_baseline(&outcome, path)?;
    }
    let run = judge::circumstances(&outcome, started);
    let options = options(all, output.verbose, output.output.is_some());
    let mut text = Vec::new();
    let verdict = &outcome.verdict;
    match output.format {
        Format::Json => {
            plimsoll_report::image::json::write(&image, verdict, &run, &mut text)?;
        }
        Format::Human => {
            plimsoll_report::image::human::write(&image, verdict, &run, &options, &mut text)?;
        }
        Format::Gitlab => {
            plimsoll_report::image::gitlab::write(&image, verdict, &run, &mut text)?;
        }
        Format::Markdown => {
            plimsoll_report::image::markdown::write(&image, verdict, &run, &mut text)?;
        }
        Format::Sarif => plimsoll_report::image::sarif::write(&image, verdict, &run, &mut text)?,
        Format::Html => plimsoll_report::image::html::write(&image, verdict, &run, &mut text)?,
        Format::Openvex => vex::write_openvex(&image, verdict, &run, &mut text)?,
        Format::CyclonedxVex => vex::write_cyclonedx_vex(&image, verdict, &run, &mut text)?,
        _ => judge::write(all, &outcome, &run, output, output.output.is_some(), &mut text)?,
    }
    put(output.output.as_deref(), &text)?;
    Ok(if selection.exit_zero { 0 } else { verdict.outcome.exit_code() })
}

/// The image that `scan` is asked for: an only argument that names one, or an archive.
pub(crate) fn target(arguments: &JudgeArguments) -> Option<&str> {
    let [path] = arguments.paths.as_slice() else { return None };
    let text = path.to_str()?;
    let endings = [".tar", ".tar.gz", ".tgz", ".tar.zst"];
    let is_archive = endings.iter().any(|it| text.ends_with(it));
    (is_archive || plimsoll_engine::names_an_image(text)).then_some(text)
}

/// Judges the image that `scan` is asked for, as `image` would.
pub(crate) fn scan(
    all: &Arguments,
    arguments: &ScanArguments,
    target: &str,
) -> Result<u8, Failure> {
    let ScanArguments { judge: arguments, vex } = arguments;
    let asked = ImageRequest {
        target: target.to_owned(),
        request: request(all, &arguments.selection, &[], None)?,
        offline: all.offline,
        vex: vex.files.clone(),
        ..ImageRequest::default()
    };
    judge_image(all, &asked, &arguments.selection, &arguments.output)
}

/// Lists what an image holds.
pub(crate) fn sbom(all: &Arguments, arguments: &SbomArguments) -> Result<u8, Failure> {
    let asked = source(all, &arguments.target, &arguments.source);
    let bar = Bar::new(arguments.quiet);
    let image = plimsoll_engine::describe_image(&asked, &bar);
    bar.finish();
    let image = image?;
    let run = Run { version: env!("CARGO_PKG_VERSION").to_owned(), ..Run::default() };
    let mut text = Vec::new();
    match arguments.format {
        SbomFormat::CyclonedxJson => sbom::write_cyclonedx(&image, &run, &mut text)?,
        SbomFormat::SpdxJson => sbom::write_spdx(&image, &run, &mut text)?,
        SbomFormat::Table => sbom::write_table(&image, &mut text)?,
    }
    put(arguments.output.as_deref(), &text)?;
    Ok(0)
}

/// Looks for secrets in files.
pub(crate) fn secrets(all: &Arguments, arguments: &SecretsArguments) -> Result<u8, Failure> {
    judge::check_format(&arguments.output)?;
    let started = timestamp();
    let asked = request(all, &arguments.selection, &arguments.paths, None)?;
    let bar = Bar::new(arguments.output.quiet);
    let outcome = plimsoll_engine::find_secrets(&asked, &bar);
    bar.finish();
    judge::show(all, &outcome?, &arguments.selection, &arguments.output, started)
}

fn source(all: &Arguments, target: &str, source: &SourceArguments) -> ImageRequest {
    ImageRequest {
        target: target.to_owned(),
        platform: source.platform.clone(),
        engine: source.host.clone(),
        offline: all.offline,
        without_cache: source.no_cache,
        verify: source.verify,
        insecure_registries: source.insecure_registry.clone(),
        ..ImageRequest::default()
    }
}

fn put(path: Option<&std::path::Path>, text: &[u8]) -> Result<(), Failure> {
    if let Some(path) = path {
        let text = String::from_utf8_lossy(text);
        plimsoll_engine::write_file(path, &text).map_err(plimsoll_engine::Error::from)?;
    } else {
        let mut out = BufWriter::new(io::stdout().lock());
        out.write_all(text)?;
        out.flush()?;
    }
    Ok(())
}
