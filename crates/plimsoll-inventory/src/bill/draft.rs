//! A bill in the making: packages once each, who needs and who owns whom, and what went wrong.
//!
//! It must not know the forms of bills.

use std::collections::{BTreeMap, HashMap, HashSet};

use plimsoll_package::{Dependency, Distribution, Ecosystem, Package};

use crate::{
    bill::{
        Bill,
        item::{Fault, Item, package},
        raw::MAX_ELEMENTS,
    },
    language::reading::{MAX_DEPENDENCIES, remark},
};

/// No more packages than this are taken from one bill.
const MAX_PACKAGES: usize = 300_000;
/// No more dependencies than this are taken from one bill.
const MAX_EDGES: usize = 1_000_000;
/// No more kinds of faults than this are told apart.
const MAX_FAULTS: usize = 50;
/// No more distributions than this are told apart.
const MAX_DISTRIBUTIONS: usize = 50;
/// No more gaps than this are told beside the counted ones.
const MAX_GAPS: usize = 100;

/// A bill in the making.
#[derive(Default)]
pub(super) struct Draft {
    packages: Vec<Package>,
    owners: Vec<Option<usize>>,
    places: HashMap<Package, usize>,
    by_reference: HashMap<String, usize>,
    edges: HashSet<(usize, usize)>,
    distributions: BTreeMap<Distribution, usize>,
    faults: BTreeMap<Fault, Count>,
    n_packages_left_out: usize,
    n_edges_left_out: usize,
    gaps: Vec<String>,
}

/// How often something is so, and for what first.
struct Count {
    n: usize,
    example: String,
}

impl Draft {
    /// Takes in what a bill states.
    pub(super) fn add(&mut self, item: &Item) {
        let (package, distribution) = match package(item) {
            Ok(it) => it,
            Err(fault) => {
                let name = if item.name.is_empty() { &item.purl } else { &item.name };
                return self.fault(fault, name);
            }
        };
        let place = match self.places.get(&package) {
            Some(place) => *place,
            None if self.packages.len() >= MAX_PACKAGES => {
                self.n_packages_left_out += 1;
                return;
            }
            None => {
                let place = self.packages.len();
                self.places.insert(package.clone(), place);
                self.packages.push(package);
                self.owners.push(None);
                self.count_distribution(distribution);
                place
            }
        };
        if !item.reference.is_empty() {
            self.by_reference.entry(item.reference.clone()).or_insert(place);
        }
    }

    /// Takes in that one thing needs another one. What is no package is passed over.
    pub(super) fn depend(&mut self, needing: &str, needed: &str) {
        let (Some(from), Some(to)) = (self.place(needing), self.place(needed)) else { return };
        if from == to || self.edges.contains(&(from, to)) {
            return;
        }
        let Some(dependency) = self
            .packages
            .get(to)
            .map(|it| Dependency { name: it.full_name(), version: Some(it.version.clone()) })
        else {
            return;
        };
        let n_edges = self.edges.len();
        match self.packages.get_mut(from) {
            Some(it) if it.dependencies.len() < MAX_DEPENDENCIES && n_edges < MAX_EDGES => {
                it.dependencies.push(dependency);
                self.edges.insert((from, to));
            }
            _ => self.n_edges_left_out += 1,
        }
    }

    /// Takes in that a system package owns the files of something else.
    pub(super) fn own(&mut self, owner: &str, thing: &str) {
        let (Some(owner), Some(thing)) = (self.place(owner), self.place(thing)) else { return };
        let is_system =
            |place: usize| self.packages.get(place).is_some_and(|it| it.kind.is_system());
        if is_system(owner)
            && !is_system(thing)
            && let Some(it) = self.owners.get_mut(thing)
        {
            it.get_or_insert(owner);
        }
    }

    /// Takes in that something which the bill calls `name` could not be taken.
    pub(super) fn fault(&mut self, fault: Fault, name: &str) {
        let is_full = self.faults.len() >= MAX_FAULTS && !self.faults.contains_key(&fault);
        let fault = if is_full { Fault::Unreadable } else { fault };
        let example = || Count { n: 0, example: remark(name).unwrap_or_default() };
        self.faults.entry(fault).or_insert_with(example).n += 1;
    }

    /// Takes in something else that is missing.
    pub(super) fn gap(&mut self, why: String) {
        if self.gaps.len() < MAX_GAPS {
            self.gaps.push(why);
        }
    }

    /// Takes in that a list was longer than is read.
    pub(super) fn left_out(&mut self, what: &str, n: usize) {
        if n > 0 {
            self.gap(format!("{n} {what} after the first {MAX_ELEMENTS} are left out"));
        }
    }

    /// The bill, about the distribution that it names itself or that its packages name.
    pub(super) fn finish(
        mut self,
        form: &'static str,
        name: Option<&str>,
        distribution: Option<Distribution>,
    ) -> Bill {
        let distribution = self.choose_distribution(distribution);
        if self.n_packages_left_out > 0 {
            let n = self.n_packages_left_out;
            self.gap(format!("{n} packages after the first {MAX_PACKAGES} are left out"));
        }
        if self.n_edges_left_out > 0 {
            let n = self.n_edges_left_out;
            self.gap(format!("{n} dependencies are left out, because there are too many"));
        }
        let mut gaps: Vec<String> =
            self.faults.iter().map(|(it, count)| words(it, count)).collect();
        gaps.append(&mut self.gaps);
        Bill {
            form,
            name: name.and_then(remark).unwrap_or_default(),
            distribution,
            packages: self.packages,
            owners: self.owners,
            gaps,
        }
    }

    fn place(&self, reference: &str) -> Option<usize> {
        self.by_reference.get(reference).copied()
    }

    fn count_distribution(&mut self, distribution: Option<Distribution>) {
        let Some(distribution) = distribution else { return };
        if let Some(n) = self.distributions.get_mut(&distribution) {
            *n += 1;
        } else if self.distributions.len() < MAX_DISTRIBUTIONS {
            self.distributions.insert(distribution, 1);
        }
    }

    /// One bill has one distribution: packages of another one cannot be judged, which is told.
    fn choose_distribution(&mut self, stated: Option<Distribution>) -> Option<Distribution> {
        let knows_release = |it: &Distribution| !it.version.is_empty() || !it.codename.is_empty();
        // Names without a release only count where nothing better is there.
        let common = self.distributions.iter().max_by_key(|(it, n)| (knows_release(it), **n));
        let common = common.map(|it| it.0.clone());
        let res = match (stated.filter(|it| !it.id.is_empty()), common) {
            (Some(mut stated), Some(common)) => {
                if !knows_release(&stated) && stated.id == common.id {
                    (stated.version, stated.codename) = (common.version, common.codename);
                }
                Some(stated)
            }
            (stated, common) => stated.or(common),
        };
        let system = self.packages.iter().filter(|it| it.kind.is_system());
        let n_system = system.count();
        let Some(chosen) = &res else {
            if n_system > 0 {
                self.gap(format!(
                    "says of {n_system} packages of an operating system neither which one nor \
                     which release it is"
                ));
            }
            return None;
        };
        let is_same = |it: &Distribution| {
            it.id == chosen.id
                && (!knows_release(it)
                    || it.version == chosen.version
                    || Ecosystem::of(it) == Ecosystem::of(chosen))
        };
        let others: Vec<_> = self.distributions.iter().filter(|it| !is_same(it.0)).collect();
        let n_others: usize = others.iter().map(|it| it.1).sum();
        let example = others.first().map(|it| title(it.0)).unwrap_or_default();
        let chosen = title(chosen);
        if n_others > 0 {
            self.gap(format!(
                "{n_others} packages are of another operating system, such as {example}, but are \
                 judged as if they were of {chosen}"
            ));
        }
        res
    }
}

fn title(distribution: &Distribution) -> String {
    let release = [&distribution.version, &distribution.codename];
    let release = release.into_iter().find(|it| !it.is_empty());
    let title = format!("{} {}", distribution.id, release.map_or("", String::as_str));
    remark(&title).unwrap_or_default()
}

fn words(fault: &Fault, count: &Count) -> String {
    let Count { n, example } = count;
    let (noun, verb) = if *n == 1 { ("thing", "is") } else { ("things", "are") };
    let why = match fault {
        Fault::NoPurl => "stated without a package URL".to_owned(),
        Fault::BadPurl => "stated with a malformed package URL".to_owned(),
        Fault::UnknownKind(kind) => format!("of the type `{kind}`, of which nothing is known"),
        Fault::NoVersion => "stated without a version".to_owned(),
        Fault::Unsound => "stated with a name or version that cannot be one".to_owned(),
        Fault::Unreadable => return format!("{n} {noun} could not be read"),
    };
    let example = if example.is_empty() { String::new() } else { format!(", such as `{example}`") };
    format!("{n} {noun} {verb} {why}, and not judged{example}")
}
