//! RubySec's database as its authors keep it: one YAML document for each fault of a gem,
//! or of Ruby.

use plimsoll_package::{Advisory, Affected, AffectedRange, AffectedStatus, Ecosystem, RangeEnd};
use serde_json::Value;

use crate::{
    error::FeedError,
    requirement::complement,
    sink::{LeftOut, Sink},
    time::parse_time,
    yaml::{text, texts, yaml_value},
};

/// Reads one advisory.
pub fn read_rubysec(name: &str, bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), FeedError> {
    let value = yaml_value(name, bytes)?;
    let (ecosystem, package) = match (text(&value, "gem"), text(&value, "engine")) {
        ("", "") => {
            sink.leave_out(LeftOut::NotAPackage, 1);
            return Ok(());
        }
        ("", engine) => (Ecosystem::Upstream, engine),
        (gem, _) => (Ecosystem::RubyGems, gem),
    };
    let mut names = Vec::new();
    for (key, prefix) in [("cve", "CVE-"), ("ghsa", "GHSA-"), ("osvdb", "OSVDB-")] {
        let number = text(&value, key);
        if !number.is_empty() {
            names.push(format!("{prefix}{}", number.trim_start_matches(prefix)));
        }
    }
    if names.is_empty() {
        // A fault without a number is named by its file.
        let file = name.rsplit('/').next().unwrap_or(name);
        names.push(format!("RUBYSEC-{package}-{}", file.trim_end_matches(".yml")));
    }
    let id = names.remove(0);
    let ranges = ranges(&value, ecosystem)
        .ok_or_else(|| FeedError::new(name, "its versions cannot be understood"))?;
    sink.advisory(Advisory {
        id,
        aliases: names,
        published: parse_time(text(&value, "date")),
        affected: vec![row(ecosystem, package, ranges)],
        ..Advisory::default()
    });
    Ok(())
}

/// Versions that are neither patched nor unaffected.
fn ranges(value: &Value, ecosystem: Ecosystem) -> Option<Vec<AffectedRange>> {
    let safe: Vec<Vec<&str>> = ["patched_versions", "unaffected_versions"]
        .iter()
        .flat_map(|it| texts(value.get(*it)))
        .map(|it| it.split(',').collect())
        .collect();
    complement(&safe, ecosystem.scheme())
}

fn row(ecosystem: Ecosystem, package: &str, ranges: Vec<AffectedRange>) -> Affected {
    let has_fix = ranges.iter().any(|it| matches!(it.end, RangeEnd::Fixed(_)));
    let status = match (ranges.is_empty(), has_fix) {
        (true, _) => AffectedStatus::NotAffected,
        (_, true) => AffectedStatus::Fixed,
        (_, false) => AffectedStatus::Affected,
    };
    Affected {
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
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_package::{Advisory, Ecosystem};

    use super::read_rubysec;
    use crate::sink::{Fact, Sink, Tally};

    fn read(text: &str) -> Option<Advisory> {
        let (mut facts, mut tally) = (Vec::new(), Tally::default());
        let mut take = |it| facts.push(it);
        let file = "gems/a/one.yml";
        let _ = read_rubysec(file, text.as_bytes(), &mut Sink::new(&mut tally, &mut take));
        facts.pop().map(|it| match it {
            Fact::Advisory(advisory) => advisory,
            _ => panic!("a record"),
        })
    }

    #[test]
    fn names_and_versions_are_read() {
        let advisory = read(
            "gem: a\ncve: 2099-1\nghsa: aaaa-bbbb-cccc\ndate: 2099-01-01\npatched_versions:\n\
            - \"~> 1.2.3\"\n- \">= 2.0.1\"\nunaffected_versions:\n- \"< 1.0\"\n",
        )
        .unwrap();
        assert_eq!(advisory.id, "CVE-2099-1");
        assert_eq!(advisory.aliases, ["GHSA-aaaa-bbbb-cccc"]);
        let row = &advisory.affected[0];
        for (version, is_affected) in
            [("0.9", false), ("1.2.2", true), ("1.2.9", false), ("1.3.0", true), ("2.1", false)]
        {
            assert_eq!(row.affects(version), is_affected, "{version}");
        }
    }

    #[test]
    fn a_fault_without_a_fix_or_a_number_is_kept() {
        let advisory = read("gem: a\ntitle: x\n").unwrap();
        assert_eq!(advisory.id, "RUBYSEC-a-one");
        assert!(advisory.affected[0].affects("99"));
        let engine =
            read("engine: ruby\ncve: 2099-2\npatched_versions:\n- \">= 3.0.1\"\n").unwrap();
        assert_eq!(engine.affected[0].ecosystem, Ecosystem::Upstream);
        assert!(read("library: x\n").is_none());
        assert!(read("gem: a\npatched_versions:\n- \"odd\"\n").is_none());
    }
}
