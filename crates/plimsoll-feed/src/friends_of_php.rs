//! FriendsOfPHP's database: one YAML document for each fault of a Composer package, with its
//! branches.

use plimsoll_package::{Advisory, Affected, AffectedStatus, Ecosystem, RangeEnd};
use serde_json::Value;

use crate::{
    error::FeedError,
    requirement::allowed,
    sink::{LeftOut, Sink},
    time::parse_time,
    yaml::{text, texts, yaml_value},
};

/// Reads one advisory; `name` is its path, by which a fault without a CVE is named.
pub fn read_friends_of_php(name: &str, bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), FeedError> {
    let value = yaml_value(name, bytes)?;
    let Some(package) = text(&value, "reference").strip_prefix("composer://") else {
        return Err(FeedError::new(name, "it names no package"));
    };
    let scheme = Ecosystem::Packagist.scheme();
    let mut ranges = Vec::new();
    let mut published = 0;
    for branch in value.get("branches").and_then(Value::as_object).into_iter().flatten() {
        let comparisons: Vec<&str> = texts(branch.1.get("versions"));
        match allowed(&comparisons, scheme) {
            Some(range) if !comparisons.is_empty() => ranges.push(range),
            _ => sink.leave_out(LeftOut::NoVersion, 1),
        }
        let time = parse_time(&text(branch.1, "time").replacen(' ', "T", 1));
        if time > 0 && (published == 0 || time < published) {
            published = time;
        }
    }
    if ranges.is_empty() {
        return Err(FeedError::new(name, "its versions cannot be understood"));
    }
    let cve = text(&value, "cve");
    let id = if cve.starts_with("CVE-") {
        cve.to_owned()
    } else {
        let file = name.rsplit('/').next().unwrap_or(name);
        format!("FRIENDSOFPHP-{package}-{}", file.trim_end_matches(".yaml"))
    };
    let has_fix = ranges.iter().any(|it| matches!(it.end, RangeEnd::Fixed(_)));
    let affected = Affected {
        ecosystem: Ecosystem::Packagist,
        release: String::new(),
        product: String::new(),
        package: package.to_owned(),
        binaries: Vec::new(),
        module: String::new(),
        status: if has_fix { AffectedStatus::Fixed } else { AffectedStatus::Affected },
        reason: String::new(),
        severity: None,
        ranges,
        versions: Vec::new(),
    };
    sink.advisory(Advisory { id, published, affected: vec![affected], ..Advisory::default() });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::read_friends_of_php;
    use crate::sink::{Fact, LeftOut, Sink, Tally};

    #[test]
    fn each_branch_is_a_range() {
        let text = "title: x\ncve: ~\nbranches:\n    2.x:\n        time: 2099-01-02 00:00:00\n\
            \x20       versions: ['>=2.0.0', '<2.0.5']\n    1.x:\n\
            \x20       time: 2099-01-01 00:00:00\n        versions: ['<1.5']\n    odd:\n\
            \x20       versions: ['!=1']\nreference: composer://v/a\n";
        let (mut facts, mut tally) = (Vec::new(), Tally::default());
        let mut take = |it| facts.push(it);
        let name = "v/a/2099-01-01.yaml";
        read_friends_of_php(name, text.as_bytes(), &mut Sink::new(&mut tally, &mut take)).unwrap();
        let Fact::Advisory(advisory) = &facts[0] else { panic!("a record") };
        assert_eq!(advisory.id, "FRIENDSOFPHP-v/a-2099-01-01");
        let row = &advisory.affected[0];
        for (version, is_affected) in
            [("1.4", true), ("1.5", false), ("2.0.4", true), ("2.0.5", false)]
        {
            assert_eq!(row.affects(version), is_affected, "{version}");
        }
        assert_eq!(tally.left_out.get(&LeftOut::NoVersion), Some(&1));
    }
}
