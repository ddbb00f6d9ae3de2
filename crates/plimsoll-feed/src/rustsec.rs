//! RustSec's database as its authors keep it: Markdown that begins with a block of TOML.

use plimsoll_package::{Advisory, Affected, AffectedStatus, CvssScore, Ecosystem, RangeEnd};
use serde::Deserialize;

use crate::{
    error::FeedError,
    requirement::complement,
    sink::{LeftOut, Sink},
    time::parse_time,
};

/// Reads one advisory. Notices, such as that nobody maintains a crate, are left out.
pub fn read_rustsec(name: &str, bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), FeedError> {
    let text = std::str::from_utf8(bytes).map_err(|it| FeedError::new(name, it))?;
    let block = text.split_once("```toml").and_then(|it| it.1.split_once("\n```"));
    let Some((block, _)) = block else {
        return Err(FeedError::new(name, "it has no block of TOML"));
    };
    let record: Record = toml::from_str(block).map_err(|it| FeedError::new(name, it.message()))?;
    let about = record.advisory;
    if about.id.is_empty() || about.package.is_empty() {
        return Err(FeedError::new(name, "it has no id or no package"));
    }
    let is_notice = matches!(about.informational.as_str(), "unmaintained" | "notice");
    let mut affected = Vec::new();
    if is_notice {
        sink.leave_out(LeftOut::NoVulnerability, 1);
    } else {
        affected.push(row(name, &about.package, about.collection == "rust", &record.versions)?);
    }
    let mut aliases = about.aliases;
    aliases.sort();
    aliases.dedup();
    sink.advisory(Advisory {
        id: about.id,
        aliases,
        cvss: about.cvss.and_then(CvssScore::new).into_iter().collect(),
        published: parse_time(&about.date),
        withdrawn: about.withdrawn.map(|it| parse_time(&it)),
        affected,
        ..Advisory::default()
    });
    Ok(())
}

#[derive(Deserialize)]
struct Record {
    advisory: About,
    #[serde(default)]
    versions: Versions,
}

#[derive(Deserialize)]
struct About {
    #[serde(default)]
    id: String,
    #[serde(default)]
    package: String,
    #[serde(default)]
    collection: String,
    #[serde(default)]
    date: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    cvss: Option<String>,
    #[serde(default)]
    informational: String,
    #[serde(default)]
    withdrawn: Option<String>,
}

#[derive(Default, Deserialize)]
struct Versions {
    #[serde(default)]
    patched: Vec<String>,
    #[serde(default)]
    unaffected: Vec<String>,
}

/// The standard library and the tools have the version of the toolchain that they come with.
fn row(
    name: &str,
    package: &str,
    is_toolchain: bool,
    versions: &Versions,
) -> Result<Affected, FeedError> {
    let (ecosystem, package) =
        if is_toolchain { (Ecosystem::Upstream, "rust") } else { (Ecosystem::CratesIo, package) };
    let safe: Vec<Vec<&str>> = versions
        .patched
        .iter()
        .chain(&versions.unaffected)
        .map(|it| it.split(',').collect())
        .collect();
    let ranges = complement(&safe, ecosystem.scheme())
        .ok_or_else(|| FeedError::new(name, "its versions cannot be understood"))?;
    let has_fix = ranges.iter().any(|it| matches!(it.end, RangeEnd::Fixed(_)));
    let status = match (ranges.is_empty(), has_fix) {
        (true, _) => AffectedStatus::NotAffected,
        (_, true) => AffectedStatus::Fixed,
        (_, false) => AffectedStatus::Affected,
    };
    Ok(Affected {
        ecosystem,
        release: String::new(),
        product: String::new(),
        package: package.to_owned(),
        binaries: Vec::new(),
        module: String::new(),
        status,
        reason: String::new(),
        severity: None,
        ranges,
        versions: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use plimsoll_package::{Advisory, Ecosystem};

    use super::read_rustsec;
    use crate::sink::{Fact, LeftOut, Sink, Tally};

    fn read(about: &str, versions: &str) -> (Option<Advisory>, Tally) {
        let text = format!(
            "```toml\n[advisory]\nid = \"RUSTSEC-2099-0001\"\npackage = \"a\"\ndate = \"2099-01-01\"\n\
            {about}\n[versions]\n{versions}\n```\n\n# A title\n"
        );
        let (mut facts, mut tally) = (Vec::new(), Tally::default());
        let mut take = |it| facts.push(it);
        let _ = read_rustsec("a", text.as_bytes(), &mut Sink::new(&mut tally, &mut take));
        let advisory = facts.pop().map(|it| match it {
            Fact::Advisory(advisory) => advisory,
            _ => panic!("a record"),
        });
        (advisory, tally)
    }

    #[test]
    fn what_is_neither_patched_nor_unaffected_is_affected() {
        let (advisory, _) = read(
            "aliases = [\"CVE-2099-1\"]\ncvss = \"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H\"",
            "patched = [\">= 1.2.3, < 2.0.0\", \"^2.1\"]\nunaffected = [\"< 0.5\"]",
        );
        let advisory = advisory.unwrap();
        let row = &advisory.affected[0];
        for (version, is_affected) in [
            ("0.4.9", false),
            ("0.5.0", true),
            ("1.2.2", true),
            ("1.2.3", false),
            ("2.0.5", true),
            ("2.1.0", false),
        ] {
            assert_eq!(row.affects(version), is_affected, "{version}");
        }
        assert_eq!(advisory.cvss.len(), 1);
        assert_eq!(advisory.aliases, ["CVE-2099-1"]);
    }

    #[test]
    fn notices_are_left_out_and_the_toolchain_is_a_program() {
        let (advisory, tally) = read("informational = \"unmaintained\"", "patched = []");
        assert!(advisory.unwrap().affected.is_empty());
        assert_eq!(tally.left_out.get(&LeftOut::NoVulnerability), Some(&1));
        let (advisory, _) = read("collection = \"rust\"", "patched = [\">= 1.60.0\"]");
        let row = &advisory.unwrap().affected[0];
        assert_eq!((row.ecosystem, row.package.as_str()), (Ecosystem::Upstream, "rust"));
        let (advisory, _) = read("", "patched = [\"odd\"]");
        assert!(advisory.is_none());
    }
}
