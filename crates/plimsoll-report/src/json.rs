//! The report for machines, in the newest version of the wire types.

use std::io;

use plimsoll_policy::Verdict;
use serde::{Serialize, Serializer};

use crate::{mask::Masks, run::Run, wire::v1};

/// Writes the report document of `verdict`, on one line: it is for machines, and large. The
/// findings are turned into their wire form one after the other, so that a large run needs little
/// memory.
pub fn write(verdict: &Verdict, run: &Run, mut out: &mut dyn io::Write) -> io::Result<()> {
    let masks = Masks::of(verdict);
    let frame = v1::Report::frame(verdict, run, &masks);
    let document = Streamed {
        schema: frame.schema,
        tool: frame.tool,
        run: frame.run,
        outcome: frame.outcome,
        findings: Findings { verdict, masks: &masks },
        coverage: frame.coverage,
        stats: frame.stats,
    };
    serde_json::to_writer(&mut out, &document)?;
    writeln!(out)
}

/// [`v1::Report`], its findings not yet made.
#[derive(Serialize)]
struct Streamed<'a> {
    schema: &'static str,
    tool: v1::Tool,
    run: v1::RunInfo,
    outcome: v1::Outcome,
    findings: Findings<'a>,
    coverage: Vec<v1::Coverage>,
    stats: v1::Stats,
}

struct Findings<'a> {
    verdict: &'a Verdict,
    masks: &'a Masks,
}

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(v1::findings(self.verdict, self.masks))
    }
}

/// Writes any document, indented, with a line feed at its end.
pub(crate) fn write_document(
    document: &impl Serialize,
    mut out: &mut dyn io::Write,
) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut out, document)?;
    writeln!(out)
}
