//! Which ids name the same fault. One group holds at most one CVE; a record that names several is a
//! bundle, which belongs to no group of theirs but leads to each.

use std::collections::BTreeSet;

use crate::builder::names::{cve_of, is_erratum, rank_of_id};

/// An id with the indices of its other names.
#[derive(Clone, Debug)]
pub(crate) struct Named<'t> {
    pub(crate) id: &'t str,
    pub(crate) names: Vec<u32>,
}

/// For each id, by index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Groups {
    /// The index that stands for its group.
    pub(crate) group: Vec<u32>,
    /// All of its group, on the one that stands for a group of several.
    pub(crate) members: Vec<Vec<u32>>,
    /// Faults that it mends or bundles, as the indices that stand for their groups.
    pub(crate) bundled: Vec<Vec<u32>>,
}

/// Groups ids, which come in the order of their texts.
pub(crate) fn group(ids: &[Named<'_>]) -> Groups {
    let cves: Vec<Option<&str>> = ids.iter().map(|it| cve_of(it.id)).collect();
    let mut bundled: Vec<Vec<u32>> = ids.iter().map(|it| bundle(it, &cves)).collect();
    let is_bundle = |index: u32| bundled.get(index as usize).is_some_and(|it| !it.is_empty());
    let mut edges = Vec::new();
    for (index, it) in (0_u32..).zip(ids) {
        if is_bundle(index) || is_erratum(it.id) {
            continue;
        }
        let names = it.names.iter().filter(|it| !is_bundle(**it));
        edges.extend(names.map(|name| (index.min(*name), index.max(*name))));
    }
    edges.sort_unstable();
    edges.dedup();
    let mut sets = Sets::new(cves);
    for (a, b) in edges {
        sets.unite(a, b);
    }
    let (group, members) = stand_for(ids, &mut sets);
    for bundle in &mut bundled {
        let leaders: BTreeSet<u32> =
            bundle.iter().filter_map(|it| group.get(*it as usize).copied()).collect();
        *bundle = leaders.into_iter().collect();
    }
    Groups { group, members, bundled }
}

/// The faults of a record about several; empty for a record about one.
fn bundle(it: &Named<'_>, cves: &[Option<&str>]) -> Vec<u32> {
    let cve = |index: u32| cves.get(index as usize).copied().flatten();
    if cve_of(it.id).is_some() {
        return Vec::new();
    }
    let mut seen = BTreeSet::new();
    let mut faults = Vec::new();
    for name in &it.names {
        if let Some(cve) = cve(*name)
            && seen.insert(cve)
        {
            faults.push(*name);
        }
    }
    match (is_erratum(it.id), faults.len()) {
        (true, 0) => it.names.clone(),
        (true, _) | (false, 2..) => faults,
        (false, _) => Vec::new(),
    }
}

/// Whose index stands for each group, and who belongs to it.
fn stand_for(ids: &[Named<'_>], sets: &mut Sets<'_>) -> (Vec<u32>, Vec<Vec<u32>>) {
    let roots: Vec<u32> = (0_u32..).zip(ids).map(|(index, _)| sets.root(index)).collect();
    let mut by_root: Vec<Vec<u32>> = vec![Vec::new(); ids.len()];
    for (index, root) in (0_u32..).zip(&roots) {
        if let Some(it) = by_root.get_mut(*root as usize) {
            it.push(index);
        }
    }
    let mut group: Vec<u32> = (0_u32..).zip(ids).map(|(index, _)| index).collect();
    let mut members = vec![Vec::new(); ids.len()];
    for set in by_root.into_iter().filter(|it| it.len() > 1) {
        let rank = |index: &u32| ids.get(*index as usize).map_or(u8::MAX, |it| rank_of_id(it.id));
        let Some(leader) = set.iter().copied().min_by_key(|it| (rank(it), *it)) else { continue };
        for index in &set {
            if let Some(it) = group.get_mut(*index as usize) {
                *it = leader;
            }
        }
        if let Some(it) = members.get_mut(leader as usize) {
            *it = set;
        }
    }
    (group, members)
}

/// Disjoint sets, each with at most one CVE.
struct Sets<'t> {
    parents: Vec<u32>,
    cves: Vec<Option<&'t str>>,
}

impl<'t> Sets<'t> {
    fn new(cves: Vec<Option<&'t str>>) -> Self {
        let parents = (0_u32..).zip(&cves).map(|(index, _)| index).collect();
        Self { parents, cves }
    }

    fn root(&mut self, mut index: u32) -> u32 {
        loop {
            let parent = self.parent(index);
            if parent == index {
                return index;
            }
            let grandparent = self.parent(parent);
            if let Some(it) = self.parents.get_mut(index as usize) {
                *it = grandparent;
            }
            index = grandparent;
        }
    }

    /// Makes one set of two, unless they are different CVEs.
    fn unite(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return;
        }
        let cve = match (self.cve(a), self.cve(b)) {
            (Some(one), Some(other)) if one != other => return,
            (one, other) => one.or(other),
        };
        if let Some(it) = self.parents.get_mut(b as usize) {
            *it = a;
        }
        if let Some(it) = self.cves.get_mut(a as usize) {
            *it = cve;
        }
    }

    fn parent(&self, index: u32) -> u32 {
        self.parents.get(index as usize).copied().unwrap_or(index)
    }

    fn cve(&self, index: u32) -> Option<&'t str> {
        self.cves.get(index as usize).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// `id = name name` lines; answers `leader: members` and `id > bundled`.
    fn check(lines: &[&str], wanted: &[&str]) {
        let stated: BTreeMap<&str, Vec<&str>> = lines
            .iter()
            .map(|it| it.split_once('=').unwrap())
            .map(|(id, names)| (id.trim(), names.split_whitespace().collect()))
            .collect();
        let place: BTreeMap<&str, u32> = stated.keys().copied().zip(0..).collect();
        let ids: Vec<Named<'_>> = stated
            .iter()
            .map(|(id, names)| Named { id, names: names.iter().map(|it| place[it]).collect() })
            .collect();
        let groups = group(&ids);
        let text =
            |list: &[u32]| list.iter().map(|it| ids[*it as usize].id).collect::<Vec<_>>().join(" ");
        let mut res = Vec::new();
        for (index, id) in ids.iter().enumerate() {
            if !groups.members[index].is_empty() {
                res.push(format!("{}: {}", id.id, text(&groups.members[index])));
            }
            if !groups.bundled[index].is_empty() {
                res.push(format!("{} > {}", id.id, text(&groups.bundled[index])));
            }
        }
        assert_eq!(res, wanted);
    }

    #[test]
    fn aliases_are_one_fault_named_by_its_cve() {
        check(
            &["CVE-2024-1 =", "GHSA-x = CVE-2024-1", "PYSEC-1 = GHSA-x"],
            &["CVE-2024-1: CVE-2024-1 GHSA-x PYSEC-1"],
        );
    }

    #[test]
    fn an_erratum_leads_to_each_of_its_faults_and_glues_none() {
        check(
            &["CVE-2024-1 =", "CVE-2024-2 =", "DSA-1-1 = CVE-2024-1 CVE-2024-2"],
            &["DSA-1-1 > CVE-2024-1 CVE-2024-2"],
        );
        check(&["CVE-2024-1 =", "RHSA-1 = CVE-2024-1"], &["RHSA-1 > CVE-2024-1"]);
    }

    #[test]
    fn a_record_that_names_two_faults_is_a_bundle() {
        check(
            &[
                "CVE-2024-1 =",
                "CVE-2024-2 =",
                "GHSA-x = CVE-2024-1 CVE-2024-2",
                "PYSEC-1 = GHSA-x CVE-2024-1",
            ],
            &["CVE-2024-1: CVE-2024-1 PYSEC-1", "GHSA-x > CVE-2024-1 CVE-2024-2"],
        );
    }

    #[test]
    fn a_chain_of_aliases_never_joins_two_faults() {
        check(
            &[
                "CVE-2024-1 =",
                "CVE-2024-2 =",
                "GHSA-x = CVE-2024-1 PYSEC-1",
                "PYSEC-1 = CVE-2024-2",
            ],
            &["CVE-2024-1: CVE-2024-1 GHSA-x", "CVE-2024-2: CVE-2024-2 PYSEC-1"],
        );
    }

    #[test]
    fn a_twin_belongs_to_its_fault() {
        check(
            &["CVE-2024-1 =", "DEBIAN-CVE-2024-1 = CVE-2024-1", "GHSA-x = DEBIAN-CVE-2024-1"],
            &["CVE-2024-1: CVE-2024-1 DEBIAN-CVE-2024-1 GHSA-x"],
        );
    }
}
