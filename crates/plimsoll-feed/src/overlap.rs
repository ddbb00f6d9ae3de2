//! Two feeds that say the same of the same fault: the preferred one is kept.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
};

use plimsoll_package::Advisory;

use crate::sink::{LeftOut, Tally};

/// What preferred feeds have said: of which fault, by any of its names, in which package of which
/// release.
#[derive(Clone, Debug, Default)]
pub struct Overlap {
    told: HashSet<u64>,
}

impl Overlap {
    /// Notes what a record of a preferred feed says.
    pub fn note(&mut self, advisory: &Advisory) {
        if advisory.withdrawn.is_some() {
            return;
        }
        for affected in &advisory.affected {
            for name in names(advisory) {
                self.told.insert(key(name, affected));
            }
        }
    }

    /// Takes out of a record what a preferred feed has said. `None` where nothing is left of a
    /// record that said something.
    pub fn rest(&self, mut advisory: Advisory, tally: &mut Tally) -> Option<Advisory> {
        let n_before = advisory.affected.len();
        let mut affected = std::mem::take(&mut advisory.affected);
        affected.retain(|it| !names(&advisory).any(|name| self.told.contains(&key(name, it))));
        let n_told = n_before - affected.len();
        tally.leave_out(LeftOut::ToldElsewhere, n_told);
        tally.rows = tally.rows.saturating_sub(n_told);
        advisory.affected = affected;
        (n_told == 0 || !advisory.affected.is_empty()).then_some(advisory)
    }
}

/// The id, its aliases, and for a distribution's name of a CVE (`DEBIAN-CVE-2024-1`) that CVE. An
/// erratum's faults are not its names.
fn names(advisory: &Advisory) -> impl Iterator<Item = &str> {
    let id = advisory.id.as_str();
    let cve = id.find("-CVE-").and_then(|it| id.get(it + 1..));
    std::iter::once(id).chain(cve).chain(advisory.aliases.iter().map(String::as_str))
}

fn key(name: &str, affected: &plimsoll_package::Affected) -> u64 {
    let mut hasher = DefaultHasher::new();
    let package = affected.package.to_lowercase().replace(['_', '.'], "-");
    (name, affected.ecosystem, &affected.release, package).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use plimsoll_package::{Advisory, Affected, AffectedStatus, Ecosystem};

    use super::Overlap;
    use crate::sink::{LeftOut, Tally};

    fn advisory(id: &str, aliases: &[&str], packages: &[&str]) -> Advisory {
        let row = |package: &&str| Affected {
            ecosystem: Ecosystem::PyPi,
            release: String::new(),
            product: String::new(),
            package: (*package).to_owned(),
            binaries: Vec::new(),
            module: String::new(),
            status: AffectedStatus::Affected,
            reason: String::new(),
            severity: None,
            ranges: Vec::new(),
            versions: Vec::new(),
        };
        Advisory {
            id: id.to_owned(),
            aliases: aliases.iter().map(|it| (*it).to_owned()).collect(),
            affected: packages.iter().map(row).collect(),
            ..Advisory::default()
        }
    }

    #[test]
    fn only_what_is_new_is_left() {
        let mut overlap = Overlap::default();
        overlap.note(&advisory("GHSA-x", &["CVE-2099-1"], &["my.pkg"]));
        let mut tally = Tally::default();
        let mut rest = |it: Advisory| overlap.rest(it, &mut tally).map(|it| it.affected.len());
        assert_eq!(rest(advisory("PYSEC-1", &["CVE-2099-1"], &["My-Pkg"])), None);
        assert_eq!(rest(advisory("PYSEC-1", &["CVE-2099-1"], &["my-pkg", "other"])), Some(1));
        assert_eq!(rest(advisory("PYSEC-2", &["CVE-2099-2"], &["my-pkg"])), Some(1));
        assert_eq!(rest(advisory("UBUNTU-CVE-2099-1", &[], &["my-pkg"])), None);
        assert_eq!(rest(advisory("CVE-2099-1", &[], &[])), Some(0), "scores alone are kept");
        assert_eq!(tally.left_out.get(&LeftOut::ToldElsewhere), Some(&3));
    }
}
