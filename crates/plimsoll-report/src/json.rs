//! The report for machines, in the newest version of the wire types.

use std::io;

use plimsoll_policy::{Chunk, Verdict};
use serde::Serialize;

use crate::{
    mask::Masks,
    parallel::in_order,
    run::Run,
    wire::v1::{self, Twins},
};

/// Writes the report document of `verdict`, on one line: it is for machines, and large. The
/// findings are turned into their wire form on all cores, a few at a time, so that a large run
/// needs little memory.
pub fn write(verdict: &Verdict, run: &Run, mut out: &mut dyn io::Write) -> io::Result<()> {
    let masks = Masks::of(verdict);
    let twins = Twins::new(verdict, &masks);
    let v1::Report { schema, tool, run, outcome, findings: _, coverage, stats } =
        v1::Report::frame(verdict, run, &masks);
    out.write_all(&open(&Head { schema, tool, run, outcome })?)?;
    out.write_all(b",\"findings\":[")?;
    let mut comma: &[u8] = b"";
    in_order(
        verdict.findings.chunks(),
        |it| elements(it, &twins),
        |elements| {
            out.write_all(comma)?;
            comma = b",";
            out.write_all(&elements?)
        },
    )?;
    out.write_all(b"],")?;
    let tail = serde_json::to_vec(&Tail { coverage, stats })?;
    out.write_all(tail.strip_prefix(b"{").unwrap_or(&tail))?;
    writeln!(&mut out)
}

/// The first fields of a [`v1::Report`].
#[derive(Serialize)]
struct Head {
    schema: &'static str,
    tool: v1::Tool,
    run: v1::RunInfo,
    outcome: v1::Outcome,
}

/// The fields after its findings.
#[derive(Serialize)]
struct Tail {
    coverage: Vec<v1::Coverage>,
    stats: v1::Stats,
}

/// An object without the brace that closes it.
fn open(object: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut res = serde_json::to_vec(object)?;
    res.pop();
    Ok(res)
}

/// The findings of `chunk` with commas between them.
fn elements(chunk: &Chunk, twins: &Twins<'_>) -> io::Result<Vec<u8>> {
    let mut res = Vec::with_capacity(chunk.len() * FINDING_BYTES);
    for twin in twins.of(chunk) {
        if !res.is_empty() {
            res.push(b',');
        }
        serde_json::to_writer(&mut res, &twin)?;
    }
    Ok(res)
}

/// A guess at the length of a finding.
const FINDING_BYTES: usize = 900;

/// Writes any document, indented, with a line feed at its end.
pub(crate) fn write_document(
    document: &impl Serialize,
    mut out: &mut dyn io::Write,
) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut out, document)?;
    writeln!(out)
}
