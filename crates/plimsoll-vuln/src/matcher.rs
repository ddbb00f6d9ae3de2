//! Which known faults the packages of an image have.

mod target;
mod preference;
mod rows;
mod verdict;
mod severity;

use std::{
    collections::{BTreeMap, HashMap, btree_map::Entry},
    fmt,
    rc::Rc,
};

use plimsoll_package::{
    AffectedStatus, CvssScore, Distribution, Ecosystem, Package, PackageKind, VendorSeverity,
};

use crate::{
    matcher::{
        preference::Preference,
        rows::{Rows, Speaking},
        target::System,
        verdict::{Statement, Verdict},
    },
    store::{Partition, Store, StoreError, Subject, Vulnerability},
    urgency::{Exposure, Urgency, UrgencyFacts, urgency},
};

/// A package to be judged.
#[derive(Clone, Copy, Debug)]
pub struct PackageRef<'p> {
    /// The package.
    pub package: &'p Package,
    /// The system package that owns its files, where one does.
    pub owner: Option<&'p Package>,
}

/// What a caller can choose.
#[derive(Clone, Copy, Debug, Default)]
pub struct MatchOptions<'o> {
    /// Product streams that the image uses, from its content manifests; `None` is not known.
    pub products: Option<&'o [String]>,
    /// Judge statements of lock files and manifests too, not only what is installed.
    pub with_statements: bool,
    /// How the image is reached.
    pub exposure: Exposure,
}

/// What matching found, and what it could not judge.
#[derive(Clone, Debug, Default)]
pub struct Matches<'s> {
    /// Faults, the most urgent first; then by package and id.
    pub matches: Vec<Match<'s>>,
    /// Packages that could not be judged, and why.
    pub gaps: Vec<MatchGap>,
    /// Language packages that were left to their distribution's advisories, since a system package
    /// owns them.
    pub judged_by_distribution: usize,
    /// Statements of lock files that were left out.
    pub statements_left_out: usize,
    /// The ecosystems by whose rows packages were judged, with the sources of those rows: one bit
    /// for each, in the order of [`Store::sources`].
    pub asked: BTreeMap<Ecosystem, u64>,
}

/// One fault in one package.
#[derive(Clone, Debug)]
pub struct Match<'s> {
    /// Index of the package in what was given.
    pub package: usize,
    /// The fault, under the name that stands for all its names.
    pub vulnerability: Vulnerability<'s>,
    /// Other ids of it.
    pub aliases: Vec<&'s str>,
    /// Ids of the records that say that this package is affected, errata included.
    pub told_by: Vec<&'s str>,
    /// The state.
    pub status: AffectedStatus,
    /// The vendor's word that qualifies the state, or empty.
    pub reason: &'s str,
    /// The lowest version, above the installed one, that has the fault no more.
    pub fixed_in: Option<&'s str>,
    /// A version that mends it for those with a subscription only (Ubuntu Pro).
    pub fixed_for_subscribers: Option<&'s str>,
    /// Severity as judged.
    pub severity: Option<VendorSeverity>,
    /// Where that severity comes from.
    pub severity_origin: SeverityOrigin,
    /// What the vendor says.
    pub vendor_severity: Option<VendorSeverity>,
    /// The score that is shown, of the newest CVSS version.
    pub cvss: Option<CvssScore>,
    /// How urgent it is.
    pub urgency: Urgency,
}

/// Where a severity comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeverityOrigin {
    /// The vendor of the package.
    Vendor,
    /// The vendor's decision that the fault is not worth an update of its own.
    VendorDecision,
    /// The CVSS score.
    Cvss,
    /// It is a malicious package.
    Malicious,
    /// None is known.
    Nowhere,
}

/// Packages that could not be judged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MatchGap {
    /// System packages, and it is not known of which distribution.
    NoDistribution {
        /// Their kind.
        kind: PackageKind,
        /// How many.
        packages: usize,
    },
    /// A distribution whose advisories have no known source.
    UnknownDistribution {
        /// The distribution, as it calls itself.
        distribution: String,
        /// How many.
        packages: usize,
    },
    /// The store has no advisories for the release or the ecosystem.
    NoAdvisories {
        /// The release or ecosystem.
        ecosystem: String,
        /// How many.
        packages: usize,
    },
    /// A kind for which there are no advisories anywhere.
    NoEcosystem {
        /// The kind.
        kind: PackageKind,
        /// How many.
        packages: usize,
    },
    /// A package without a version that could be compared.
    NoVersion {
        /// Index of the package in what was given.
        package: usize,
        /// Its name.
        name: String,
    },
}

impl fmt::Display for MatchGap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let were = |n: usize, what: &str| {
            if n == 1 {
                format!("its one {what} was not judged")
            } else {
                format!("its {n} {what}s were not judged")
            }
        };
        match self {
            Self::NoDistribution { kind, packages } => {
                let what = format!("{} package", kind.name());
                write!(f, "the distribution is not known: {}", were(*packages, &what))
            }
            Self::UnknownDistribution { distribution, packages } => write!(
                f,
                "no source of advisories for {distribution}: {}",
                were(*packages, "package")
            ),
            Self::NoAdvisories { ecosystem, packages } => {
                write!(f, "no advisories for {ecosystem}: {}", were(*packages, "package"))
            }
            Self::NoEcosystem { kind, packages } => {
                let what = format!("{} package", kind.name());
                write!(
                    f,
                    "no source of advisories for {} packages: {}",
                    kind.name(),
                    were(*packages, &what)
                )
            }
            Self::NoVersion { name, .. } => {
                write!(f, "`{name}` states no version: it was not judged")
            }
        }
    }
}

/// Judges packages. An error means that the store is torn, so that nothing can be said.
pub fn match_packages<'s>(
    store: &'s Store<'_>,
    distribution: Option<&Distribution>,
    packages: &[PackageRef<'_>],
    options: &MatchOptions<'_>,
) -> Result<Matches<'s>, StoreError> {
    let mut matcher = Matcher::new(store, distribution, options)?;
    for (index, it) in packages.iter().enumerate() {
        matcher.judge(index, *it)?;
    }
    Ok(matcher.finish())
}

/// Where a package's advisories are looked up.
#[expect(clippy::large_enum_variant, reason = "one lives at a time, for one package")]
enum Place<'s> {
    Partition(Partition<'s>),
    /// There are none, and this is why.
    Gap(MatchGap),
    /// A system package that owns it is judged in its stead.
    Owner,
}

struct Matcher<'s, 'a, 'c> {
    store: &'s Store<'a>,
    options: &'c MatchOptions<'c>,
    distribution: Option<&'c Distribution>,
    system: Option<System>,
    system_partition: Option<Partition<'s>>,
    language_partitions: HashMap<Ecosystem, Option<Partition<'s>>>,
    preference: Preference,
    /// Faults of packages that were judged, for others that are judged alike.
    judged: HashMap<Judged, Rc<[Match<'s>]>>,
    gaps: BTreeMap<MatchGap, usize>,
    res: Matches<'s>,
}

/// All of a package that its verdicts depend on, where no row is limited to some binaries.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Judged {
    ecosystem: Ecosystem,
    names: Vec<(String, String)>,
    version: String,
    module: Option<String>,
}

impl<'s, 'a, 'c> Matcher<'s, 'a, 'c> {
    fn new(
        store: &'s Store<'a>,
        distribution: Option<&'c Distribution>,
        options: &'c MatchOptions<'c>,
    ) -> Result<Self, StoreError> {
        let system = distribution.and_then(target::system);
        let system_partition = match &system {
            Some(it) => store.partition(it.ecosystem, &it.release)?,
            None => None,
        };
        Ok(Self {
            store,
            options,
            distribution,
            system,
            system_partition,
            language_partitions: HashMap::new(),
            preference: Preference::of(&store.sources()?),
            judged: HashMap::new(),
            gaps: BTreeMap::new(),
            res: Matches::default(),
        })
    }

    fn judge(&mut self, index: usize, it: PackageRef<'_>) -> Result<(), StoreError> {
        if !it.package.installed && !self.options.with_statements {
            self.res.statements_left_out += 1;
            return Ok(());
        }
        let partition = match self.place(it)? {
            Place::Partition(partition) => partition,
            Place::Owner => {
                self.res.judged_by_distribution += 1;
                return Ok(());
            }
            Place::Gap(gap) => {
                *self.gaps.entry(gap).or_default() += 1;
                return Ok(());
            }
        };
        if !target::has_version(it.package) {
            let name = it.package.name.clone();
            self.res.gaps.push(MatchGap::NoVersion { package: index, name });
            return Ok(());
        }
        if let Entry::Vacant(entry) = self.res.asked.entry(partition.ecosystem()) {
            entry.insert(partition.sources()?);
        }
        let found = self.faults(&partition, it.package)?;
        let matches = found.iter().map(|it| Match { package: index, ..it.clone() });
        self.res.matches.extend(matches);
        Ok(())
    }

    fn finish(mut self) -> Matches<'s> {
        self.res.matches.sort_by(|a, b| {
            b.urgency
                .cmp(&a.urgency)
                .then_with(|| a.package.cmp(&b.package))
                .then_with(|| a.vulnerability.id.cmp(b.vulnerability.id))
        });
        let counted = self.gaps.into_iter().map(|(gap, packages)| gap.of(packages));
        self.res.gaps.splice(0..0, counted);
        self.res
    }

    fn place(&mut self, it: PackageRef<'_>) -> Result<Place<'s>, StoreError> {
        let kind = it.package.kind;
        if kind.is_system() {
            return Ok(self.system_place(kind));
        }
        if it.owner.is_some() && self.system_partition.is_some() {
            return Ok(Place::Owner);
        }
        let Some(ecosystem) = Ecosystem::of_kind(kind) else {
            return Ok(Place::Gap(MatchGap::NoEcosystem { kind, packages: 0 }));
        };
        let partition = match self.language_partitions.get(&ecosystem) {
            Some(it) => *it,
            None => self.store.partition(ecosystem, "")?,
        };
        self.language_partitions.insert(ecosystem, partition);
        let Some(partition) = partition else {
            let ecosystem = format!("{} packages", kind.name());
            return Ok(Place::Gap(MatchGap::NoAdvisories { ecosystem, packages: 0 }));
        };
        Ok(Place::Partition(partition))
    }

    fn system_place(&self, kind: PackageKind) -> Place<'s> {
        let Some(distribution) = self.distribution else {
            return Place::Gap(MatchGap::NoDistribution { kind, packages: 0 });
        };
        let name = name_of(distribution);
        let Some(system) = &self.system else {
            return Place::Gap(MatchGap::UnknownDistribution { distribution: name, packages: 0 });
        };
        if !target::is_judged_by(kind, system.ecosystem) {
            return Place::Gap(MatchGap::NoDistribution { kind, packages: 0 });
        }
        match self.system_partition {
            Some(it) => Place::Partition(it),
            None => Place::Gap(MatchGap::NoAdvisories { ecosystem: name, packages: 0 }),
        }
    }

    /// The faults of a package. Packages of one source have the same ones, unless rows tell them
    /// apart, so they are judged once.
    fn faults(
        &mut self,
        partition: &Partition<'s>,
        package: &Package,
    ) -> Result<Rc<[Match<'s>]>, StoreError> {
        let ecosystem = partition.ecosystem();
        let names = target::names(ecosystem, package);
        let key = Judged {
            ecosystem,
            names: names.iter().map(|it| (it.name.clone(), it.version.text.to_owned())).collect(),
            version: package.version.clone(),
            module: package.module.clone(),
        };
        if let Some(known) = self.judged.get(&key) {
            return Ok(Rc::clone(known));
        }
        let mut rows = Rows::default();
        for name in &names {
            let of_name =
                rows::speaking(partition, &name.name, name.version, package, self.options)?;
            rows.speaking.extend(of_name.speaking);
            rows.depends_on_binary |= of_name.depends_on_binary;
        }
        let mut res = Vec::new();
        let scheme = ecosystem.scheme();
        if rows.speaking.iter().any(|it| rows::is_affecting(scheme, it)) {
            for (group, statements) in self.statements(&rows.speaking)? {
                if let Some(verdict) = verdict::judge(ecosystem, scheme, &statements) {
                    res.push(self.found(ecosystem, group, &verdict)?);
                }
            }
        }
        let res: Rc<[Match<'s>]> = res.into();
        if !rows.depends_on_binary {
            self.judged.insert(key, Rc::clone(&res));
        }
        Ok(res)
    }

    /// Everything that is said about a package, by fault.
    fn statements<'p>(
        &self,
        rows: &[Speaking<'s, 'p>],
    ) -> Result<BTreeMap<u32, Vec<Statement<'s, 'p>>>, StoreError> {
        let mut res: BTreeMap<u32, Vec<_>> = BTreeMap::new();
        let mut n_statements = 0;
        for of_record in rows.chunk_by(|a, b| a.row.vulnerability == b.row.vulnerability) {
            let Some(first) = of_record.first() else { continue };
            let (groups, is_bundle) = match self.store.subject(first.row.vulnerability)? {
                Subject::Fault(group) => (vec![group], false),
                Subject::Bundle(groups) => (groups, true),
            };
            n_statements += groups.len().saturating_mul(of_record.len());
            if n_statements > MAX_STATEMENTS {
                return Err(StoreError::TooMuch { part: "statements about one package" });
            }
            for group in groups {
                let statements = of_record.iter().map(|it| Statement { speaking: *it, is_bundle });
                res.entry(group).or_default().extend(statements);
            }
        }
        for statements in res.values_mut() {
            self.preference.apply(statements);
        }
        Ok(res)
    }

    /// The match that a verdict is, of no package yet.
    fn found(
        &self,
        ecosystem: Ecosystem,
        group: u32,
        verdict: &Verdict<'s>,
    ) -> Result<Match<'s>, StoreError> {
        let vulnerability = self.store.vulnerability(group)?;
        let mut told_by = Vec::new();
        let mut is_malicious = vulnerability.malicious;
        for index in &verdict.told_by {
            let record = self.store.vulnerability(*index)?;
            is_malicious |= record.malicious;
            told_by.push(record.id);
        }
        let cvss = self.cvss(&vulnerability, &verdict.told_by)?;
        let is_exploited = vulnerability.known_exploited.is_some();
        let judged = severity::judge(ecosystem, verdict, cvss.as_ref(), is_malicious, is_exploited);
        let urgency = urgency(&UrgencyFacts {
            known_exploited: is_exploited,
            malicious: is_malicious,
            epss: vulnerability.epss.map(|it| it.score),
            severity: judged.severity,
            fix_available: verdict.fixed_in.is_some(),
            exposure: self.options.exposure,
        });
        Ok(Match {
            package: 0,
            aliases: self.store.aliases(&vulnerability)?,
            vulnerability,
            told_by,
            status: judged.status,
            reason: verdict.reason,
            fixed_in: verdict.fixed_in,
            fixed_for_subscribers: verdict.fixed_for_subscribers,
            severity: judged.severity,
            severity_origin: judged.origin,
            vendor_severity: verdict.vendor_severity,
            cvss,
            urgency,
        })
    }

    /// The score to show: of the records that say so and are about this fault alone; else of the
    /// fault's other names.
    fn cvss(
        &self,
        vulnerability: &Vulnerability<'s>,
        told_by: &[u32],
    ) -> Result<Option<CvssScore>, StoreError> {
        let mut scores = Vec::new();
        for index in told_by {
            let record = self.store.vulnerability(*index)?;
            if record.group == vulnerability.index {
                scores.extend(record.cvss()?);
            }
        }
        if scores.is_empty() {
            for index in self.store.members(vulnerability)? {
                scores.extend(self.store.vulnerability(index)?.cvss()?);
            }
        }
        Ok(severity::newest(scores))
    }
}

impl MatchGap {
    /// The same gap with a count.
    fn of(self, n: usize) -> Self {
        match self {
            Self::NoDistribution { kind, .. } => Self::NoDistribution { kind, packages: n },
            Self::UnknownDistribution { distribution, .. } => {
                Self::UnknownDistribution { distribution, packages: n }
            }
            Self::NoAdvisories { ecosystem, .. } => Self::NoAdvisories { ecosystem, packages: n },
            Self::NoEcosystem { kind, .. } => Self::NoEcosystem { kind, packages: n },
            Self::NoVersion { .. } => self,
        }
    }
}

/// A distribution in its own words.
fn name_of(distribution: &Distribution) -> String {
    if !distribution.pretty_name.is_empty() {
        return distribution.pretty_name.clone();
    }
    format!("{} {}", distribution.id, distribution.version).trim().to_owned()
}

/// Most statements about one package, counting an erratum once for each of its faults. A kernel has
/// some hundred thousand.
const MAX_STATEMENTS: usize = 1 << 22;
