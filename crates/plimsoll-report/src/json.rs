//! The report for machines, in the newest version of the wire types.

use std::io;

use plimsoll_policy::Verdict;
use serde::Serialize;

use crate::{run::Run, wire::v1};

/// Writes the report document of `verdict`, on one line: it is for machines, and large.
pub fn write(verdict: &Verdict, run: &Run, mut out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer(&mut out, &v1::Report::new(verdict, run))?;
    writeln!(out)
}

/// Writes any document, indented, with a line feed at its end.
pub(crate) fn write_document(
    document: &impl Serialize,
    mut out: &mut dyn io::Write,
) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut out, document)?;
    writeln!(out)
}
