//! `db`: renews, makes and describes the database of known vulnerabilities.

use std::{
    io::{self, BufWriter, IsTerminal as _, Write as _, stderr},
    path::PathBuf,
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use plimsoll_engine::{
    BuildRequest, Database, DatabaseChoice, DatabaseError, DatabaseProgress, DatabaseTerms, Day,
    FeedChange, HttpOptions, SkipReason, SkippedFeed, UpdateAnswer, UpdateRequest, build_database,
    database_status, database_terms, environment, update_database, user_store,
};
use plimsoll_report::database::{bytes, write_human, write_json};

use crate::{
    Failure,
    arguments::{
        Arguments, DbBuildArguments, DbCommand, DbStatusArguments, DbUpdateArguments, PlainFormat,
    },
    request::config_choice,
    terminal::options,
};

/// Does what is asked of the database.
pub(crate) fn database(all: &Arguments, command: &DbCommand) -> Result<u8, Failure> {
    match command {
        DbCommand::Update(it) => update(all, it),
        DbCommand::Status(it) => status(all, it),
        DbCommand::Build(it) => build(all, it),
    }
}

fn update(all: &Arguments, arguments: &DbUpdateArguments) -> Result<u8, Failure> {
    let terms = database_terms(&config_choice(all))?;
    let pairs = arguments.base.iter().map(|it| {
        it.split_once('=').map(|(name, url)| (name.to_owned(), url.to_owned())).ok_or_else(|| {
            Failure::Usage(format!("`{it}` names no mirror; write `--base osv=https://host/path`"))
        })
    });
    let pairs: Vec<(String, String)> = pairs.collect::<Result<_, _>>()?;
    let request = UpdateRequest {
        target: target(arguments.db.as_ref(), &terms)?,
        from: arguments.from.clone(),
        // Of two mirrors of one feed the later one holds.
        bases: terms.base_urls.into_iter().chain(pairs).collect(),
        feeds: arguments.feed.clone(),
        is_offline: all.offline,
        http: HttpOptions {
            environment: environment(),
            timeout: Duration::from_secs(arguments.timeout),
            retries: arguments.retries,
            ..HttpOptions::default()
        },
    };
    let bar = Bar::new(arguments.quiet);
    let answer = update_database(&request, &bar).map_err(failure);
    bar.0.finish_and_clear();
    let answer = answer?;
    let mut out = BufWriter::new(io::stdout().lock());
    tell(&answer, &request, &mut out)?;
    out.flush()?;
    Ok(0)
}

fn tell(answer: &UpdateAnswer, request: &UpdateRequest, out: &mut dyn io::Write) -> io::Result<()> {
    if let Some(why) = &answer.replaced {
        writeln!(out, "the store that was there is not used: {why}")?;
    }
    for (name, change) in &answer.feeds {
        match change {
            FeedChange::Same => {}
            FeedChange::Delta(n) => writeln!(out, "{name}: {n} changed records")?,
            FeedChange::Full(n) => writeln!(out, "{name}: {n} records")?,
            FeedChange::Absent => writeln!(out, "{name}: its server does not have it")?,
        }
    }
    for url in &answer.missing {
        writeln!(out, "not there: {url}")?;
    }
    for feed in &answer.skipped {
        tell_skipped(feed, out)?;
    }
    let (path, size) = (request.target.display(), bytes(answer.n_bytes));
    if answer.is_changed {
        writeln!(out, "written  {path} ({size})")
    } else {
        writeln!(out, "nothing new; kept {path} ({size})")
    }
}

fn tell_skipped(feed: &SkippedFeed, out: &mut dyn io::Write) -> io::Result<()> {
    let SkippedFeed { name, covers, .. } = feed;
    match (feed.why, feed.kept) {
        (SkipReason::CoveredBy(other), _) => {
            writeln!(out, "not fetched: {name}; {other} covers the same")
        }
        (SkipReason::InPieces, Some(day)) => writeln!(
            out,
            "not fetched: {name} ({covers}), which its upstream serves in pieces; what the store \
             has of it ends on {day}"
        ),
        (SkipReason::InPieces, None) => writeln!(
            out,
            "not fetched: {name} ({covers}), which its upstream serves in pieces; `plimsoll db \
             build` reads a mirror of it"
        ),
    }
}

fn status(all: &Arguments, arguments: &DbStatusArguments) -> Result<u8, Failure> {
    let terms = database_terms(&config_choice(all))?;
    let choice = match arguments.db.clone().or(terms.store) {
        Some(path) => DatabaseChoice::File(path),
        None => DatabaseChoice::Newest,
    };
    let database = Database::open(&choice, &environment()).map_err(failure)?;
    let today = Day::parse(&plimsoll_engine::today()).ok_or(plimsoll_engine::Error::Clock)?;
    let status = database_status(&database, today, terms.max_age_days).map_err(failure)?;
    let mut out = BufWriter::new(io::stdout().lock());
    match arguments.format {
        PlainFormat::Human => write_human(&status, &options(all, false, false), &mut out)?,
        PlainFormat::Json => write_json(&status, &mut out)?,
    }
    out.flush()?;
    Ok(0)
}

fn build(all: &Arguments, arguments: &DbBuildArguments) -> Result<u8, Failure> {
    let terms = database_terms(&config_choice(all))?;
    let request = BuildRequest {
        from: arguments.from.clone(),
        out: target(arguments.out.as_ref(), &terms)?,
        is_packed: arguments.packed,
    };
    let bar = Bar::new(arguments.quiet);
    let answer = build_database(&request, &bar).map_err(failure);
    bar.0.finish_and_clear();
    let answer = answer?;
    let mut out = BufWriter::new(io::stdout().lock());
    for source in &answer.report.sources {
        writeln!(out, "{}: {} records, {} statements", source.name, source.records, source.rows)?;
    }
    let report = &answer.report;
    let (n_vulnerabilities, n_rows) = (report.vulnerabilities, report.rows);
    let path = request.out.display();
    writeln!(out, "written  {path}: {n_vulnerabilities} vulnerabilities, {n_rows} statements")?;
    writeln!(out, "         {}", bytes(answer.n_bytes))?;
    out.flush()?;
    for complaint in &answer.complaints {
        writeln!(stderr(), "warning: {complaint}")?;
    }
    Ok(0)
}

fn target(named: Option<&PathBuf>, terms: &DatabaseTerms) -> Result<PathBuf, Failure> {
    let own = || user_store(&environment());
    named
        .cloned()
        .or_else(|| terms.store.clone())
        .or_else(own)
        .ok_or_else(|| failure(DatabaseError::NoFolder))
}

fn failure(error: DatabaseError) -> Failure {
    Failure::Engine(error.into())
}

/// A bar on standard error, where that is a terminal.
struct Bar(ProgressBar);

impl Bar {
    fn new(quiet: bool) -> Self {
        let target = if quiet || !stderr().is_terminal() {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr_with_hz(8)
        };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {elapsed} {wide_msg}")
        {
            bar.set_style(style);
        }
        Self(bar)
    }
}

impl DatabaseProgress for Bar {
    fn begin(&self, what: &str, total: Option<u64>) {
        self.0.set_message(what.to_owned());
        self.0.set_position(0);
        self.0.set_length(total.unwrap_or(1));
    }

    fn at(&self, done: u64) {
        self.0.set_position(done);
    }
}
