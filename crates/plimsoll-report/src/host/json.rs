//! A host for machines.

use std::io;

use plimsoll_finding::OutcomeStatus;
use plimsoll_policy::Verdict;

use crate::{
    host::HostReport,
    mask::Masks,
    run::Run,
    wire::v1::{self, Twins, host as wire},
};

/// Writes the document of `host` on one line.
pub fn write(
    host: &HostReport,
    verdict: &Verdict,
    run: &Run,
    mut out: &mut dyn io::Write,
) -> io::Result<()> {
    let masks = Masks::of(verdict);
    let twins = Twins::new(verdict, &masks);
    let v1::Report { schema, tool, run, outcome, coverage, stats, .. } =
        v1::Report::frame(verdict, run, &masks);
    let counts = OutcomeStatus::ALL.iter().map(|it| (it.name().to_owned(), host.count(*it)));
    let document = wire::HostReport {
        schema,
        tool,
        run,
        outcome,
        host: wire::Host {
            name: host.name.clone(),
            taken_at: (host.taken_at > 0).then_some(host.taken_at),
            reach: match host.reach {
                "host" => wire::Reach::Host,
                "engine" => wire::Reach::Engine,
                _ => wire::Reach::Settings,
            },
        },
        outcomes: host.outcomes.iter().map(|it| wire::ControlOutcome::new(it, &masks)).collect(),
        findings: verdict.findings.chunks().iter().flat_map(|it| twins.of(it)).collect(),
        coverage,
        stats,
        outcome_stats: counts.collect(),
    };
    serde_json::to_writer(&mut out, &document)?;
    writeln!(out)
}
