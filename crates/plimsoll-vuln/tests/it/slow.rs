//! A second matcher: it walks over all raw records for each package, keeps nothing, and shares no
//! code with the store but the order of versions. It is slow, and easy to read against the rules.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use plimsoll_package::{
    Advisory, Affected, AffectedStatus, Ecosystem, Package, PackageKind, RangeEnd, VersionScheme,
    compare,
};

/// What is compared: fault, state, fix, fix for subscribers, and who says so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    pub(crate) package: usize,
    pub(crate) fault: String,
    pub(crate) status: &'static str,
    pub(crate) fixed_in: Option<String>,
    pub(crate) for_subscribers: Option<String>,
    pub(crate) told_by: BTreeSet<String>,
}

/// One range of one statement, as it concerns one package.
#[derive(Clone, Debug)]
struct Word<'r> {
    record: &'r str,
    bundle: bool,
    affected: &'r Affected,
    range: Range<'r>,
    version: &'r str,
}

#[derive(Clone, Debug, PartialEq)]
enum Range<'r> {
    Never,
    Always,
    Only(&'r str),
    Between(Option<&'r str>, &'r RangeEnd),
}

pub(crate) fn find(
    advisories: &[Advisory],
    ecosystem: Ecosystem,
    release: &str,
    products: Option<&[String]>,
    packages: &[Package],
) -> BTreeSet<Found> {
    let mut res = BTreeSet::new();
    for (index, package) in packages.iter().enumerate().filter(|it| it.1.installed) {
        let mut by_fault: BTreeMap<String, Vec<Word<'_>>> = BTreeMap::new();
        for advisory in advisories {
            let faults = faults(advisory);
            let words = words(advisory, advisories, ecosystem, release, products, package);
            for fault in &faults {
                by_fault.entry(fault.clone()).or_default().extend(words.clone());
            }
        }
        for (fault, words) in by_fault {
            if let Some(found) = judge(index, fault, &words, ecosystem, products) {
                res.insert(found);
            }
        }
    }
    res
}

/// The faults that a record is about, each by its CVE.
fn faults(advisory: &Advisory) -> Vec<String> {
    if let Some(at) = advisory.id.find("CVE-") {
        return vec![advisory.id[at..].to_owned()];
    }
    let names = advisory.aliases.iter().chain(&advisory.upstream);
    let cves: BTreeSet<String> = names.filter(|it| it.starts_with("CVE-")).cloned().collect();
    assert!(!cves.is_empty(), "the random records all lead to a CVE");
    cves.into_iter().collect()
}

fn words<'r>(
    advisory: &'r Advisory,
    all: &'r [Advisory],
    ecosystem: Ecosystem,
    release: &str,
    products: Option<&[String]>,
    package: &'r Package,
) -> Vec<Word<'r>> {
    let is_erratum = advisory.id.starts_with("RHSA");
    let bundle = is_erratum || faults(advisory).len() > 1;
    let mut res = Vec::new();
    for (name, version) in lookups(ecosystem, package) {
        let has_base = all.iter().flat_map(|it| &it.affected).any(|it| {
            it.ecosystem == ecosystem
                && it.release == release
                && it.package == name
                && (it.binaries.is_empty() || it.binaries.contains(&package.name))
                && !it.product.contains(':')
        });
        let is_layered = |it: &Affected| {
            let is_unknown = ecosystem == Ecosystem::RedHat && products.is_none();
            is_unknown && has_base && it.product.starts_with("openshift")
        };
        let mut of_name = Vec::new();
        for affected in &advisory.affected {
            let is_here = affected.ecosystem == ecosystem
                && affected.release == release
                && affected.package == name
                && (affected.binaries.is_empty() || affected.binaries.contains(&package.name));
            if !is_here || !is_own_product(affected, products) || is_layered(affected) {
                continue;
            }
            for range in ranges(affected) {
                of_name.push(Word { record: &advisory.id, bundle, affected, range, version });
            }
        }
        // A record may come in several parts; the choice of a stream looks at the whole.
        let whole: Vec<&Affected> = all
            .iter()
            .filter(|it| it.id == advisory.id)
            .flat_map(|it| &it.affected)
            .filter(|it| {
                it.ecosystem == ecosystem
                    && it.release == release
                    && it.package == name
                    && (it.binaries.is_empty() || it.binaries.contains(&package.name))
                    && is_own_product(it, products)
                    && !is_layered(it)
            })
            .collect();
        res.extend(of_name.into_iter().filter(|it| is_own_module(it, &whole, package)));
    }
    res
}

fn lookups(ecosystem: Ecosystem, package: &Package) -> Vec<(&str, &str)> {
    let own = (package.name.as_str(), package.version.as_str());
    let source = package
        .source
        .as_ref()
        .map(|it| (it.name.as_str(), it.version.as_deref().unwrap_or(package.version.as_str())));
    match ecosystem {
        Ecosystem::Debian | Ecosystem::Ubuntu | Ecosystem::Alpine => vec![source.unwrap_or(own)],
        Ecosystem::RedHat => {
            let mut res = vec![own];
            res.extend(source.filter(|it| it.0 != own.0));
            res
        }
        _ => vec![own],
    }
}

fn is_own_product(affected: &Affected, products: Option<&[String]>) -> bool {
    match products {
        Some(products) if affected.ecosystem != Ecosystem::Ubuntu => {
            affected.product.is_empty() || products.contains(&affected.product)
        }
        _ => true,
    }
}

fn is_own_module(word: &Word<'_>, whole: &[&Affected], package: &Package) -> bool {
    if package.kind != PackageKind::Rpm {
        return true;
    }
    let tagged = |it: &str| it.contains(".module+el");
    let fix = |it: &Range<'_>| match it {
        Range::Between(_, RangeEnd::Fixed(it)) => Some((*it).clone()),
        _ => None,
    };
    let modular = |module: &str, range: &Range<'_>| {
        !module.is_empty() || fix(range).is_some_and(|it| tagged(&it))
    };
    let is_modular_word = modular(&word.affected.module, &word.range);
    let is_modular_package = package.module.is_some() || tagged(&package.version);
    if is_modular_word != is_modular_package {
        return false;
    }
    if !is_modular_package {
        return true;
    }
    if let Some(module) = &package.module
        && !word.affected.module.is_empty()
    {
        return *module == word.affected.module;
    }
    let shared = |range: &Range<'_>| {
        fix(range).map(|it| {
            let parts = |it: &str| {
                let upstream = it.split('-').next().unwrap().to_owned();
                upstream.split('.').map(str::to_owned).collect::<Vec<_>>()
            };
            let (a, b) = (parts(word.version), parts(&it));
            a.iter().zip(&b).take_while(|(a, b)| a == b).count()
        })
    };
    let Some(own) = shared(&word.range) else { return true };
    let best = whole
        .iter()
        .filter(|it| package.module.is_none() || it.module.is_empty())
        .flat_map(|it| ranges(it).into_iter().map(|range| (it.module.as_str(), range)))
        .filter(|(module, range)| modular(module, range))
        .filter_map(|(_, range)| shared(&range))
        .max();
    own > 0 && best == Some(own)
}

fn ranges(affected: &Affected) -> Vec<Range<'_>> {
    if affected.ranges.is_empty() && affected.versions.is_empty() {
        let is_clear = affected.status == AffectedStatus::NotAffected;
        return vec![if is_clear { Range::Never } else { Range::Always }];
    }
    let mut res: Vec<Range<'_>> = affected.versions.iter().map(|it| Range::Only(it)).collect();
    for it in &affected.ranges {
        if it.end != RangeEnd::Fixed("0".to_owned()) {
            let introduced = it.introduced.as_deref().filter(|it| *it != "0");
            res.push(Range::Between(introduced, &it.end));
        }
    }
    if res.is_empty() {
        res.push(Range::Never);
    }
    res
}

fn holds(scheme: VersionScheme, range: &Range<'_>, version: &str) -> bool {
    match range {
        Range::Never => false,
        Range::Always => true,
        Range::Only(it) => compare(scheme, it, version) == Ordering::Equal,
        Range::Between(introduced, end) => {
            introduced.is_none_or(|it| compare(scheme, it, version) != Ordering::Greater)
                && match end {
                    RangeEnd::Open => true,
                    RangeEnd::Fixed(it) => compare(scheme, it, version) == Ordering::Greater,
                    RangeEnd::LastAffected(it) => compare(scheme, it, version) != Ordering::Less,
                }
        }
    }
}

fn judge(
    package: usize,
    fault: String,
    words: &[Word<'_>],
    ecosystem: Ecosystem,
    products: Option<&[String]>,
) -> Option<Found> {
    let scheme = ecosystem.scheme();
    let hits = |it: &&Word<'_>| {
        it.affected.status != AffectedStatus::NotAffected && holds(scheme, &it.range, it.version)
    };
    let told_by: BTreeSet<String> =
        words.iter().filter(hits).map(|it| it.record.to_owned()).collect();
    let is_paid =
        |it: &&Word<'_>| ecosystem == Ecosystem::Ubuntu && !it.affected.product.is_empty();
    let paid: Vec<&Word<'_>> = words.iter().filter(is_paid).collect();
    let free: Vec<&Word<'_>> = words.iter().filter(|it| !is_paid(it)).collect();
    let for_subscribers = fixes(scheme, &paid).first().cloned();
    let (judged, fixed_in) = if free.is_empty() {
        (paid, None)
    } else if matches!(ecosystem, Ecosystem::RedHat | Ecosystem::AlmaLinux) {
        let stream: Vec<&Word<'_>> = free
            .into_iter()
            .filter(|it| {
                let extended = ecosystem == Ecosystem::RedHat
                    && products.is_none()
                    && it.affected.product.contains("eus");
                let tag = fix_of(&it.range).and_then(minor);
                !extended || (tag.is_some() && tag == minor(it.version))
            })
            .collect();
        by_lowest_fix(scheme, stream)?
    } else {
        let is_system = !matches!(ecosystem, Ecosystem::Npm | Ecosystem::PyPi);
        let has_direct = is_system && free.iter().any(|it| !it.bundle);
        let judged: Vec<&Word<'_>> =
            free.into_iter().filter(|it| !has_direct || !it.bundle).collect();
        let clean = |fix: &String| {
            judged.iter().all(|it| {
                it.affected.status == AffectedStatus::NotAffected || !holds(scheme, &it.range, fix)
            })
        };
        let fixed_in = fixes(scheme, &judged).into_iter().find(clean);
        (judged, fixed_in)
    };
    let hit: Vec<&Word<'_>> = judged.into_iter().filter(hits).collect();
    let status = status(&hit, fixed_in.is_some())?;
    Some(Found { package, fault, status, fixed_in, for_subscribers, told_by })
}

/// The state of a version that these rows hold.
fn status(hit: &[&Word<'_>], is_fixed: bool) -> Option<&'static str> {
    let (_, res) = hit
        .iter()
        .map(|it| {
            let has_end = matches!(it.range, Range::Between(_, RangeEnd::Fixed(_)));
            match it.affected.status {
                AffectedStatus::Affected if has_end && is_fixed => (0, AffectedStatus::Fixed),
                AffectedStatus::Fixed if is_fixed => (0, AffectedStatus::Fixed),
                AffectedStatus::Fixed | AffectedStatus::Affected => (1, AffectedStatus::Affected),
                it @ AffectedStatus::UnderInvestigation => (2, it),
                it @ AffectedStatus::Deferred => (3, it),
                it @ AffectedStatus::WillNotFix => (4, it),
                it => (5, it),
            }
        })
        .min_by_key(|it| it.0)?;
    let is_open = matches!(res, AffectedStatus::Affected | AffectedStatus::UnderInvestigation);
    Some(if is_open && is_fixed { "fixed" } else { res.name() })
}

/// Rows to judge by, and the fix; `None` where the version has a fix already.
fn by_lowest_fix<'w, 'r>(
    scheme: VersionScheme,
    stream: Vec<&'w Word<'r>>,
) -> Option<(Vec<&'w Word<'r>>, Option<String>)> {
    let is_clear = |it: &&&Word<'_>| it.affected.status == AffectedStatus::NotAffected;
    let has_fix = stream.iter().filter(|it| !is_clear(it)).any(|it| {
        fix_of(&it.range).is_some_and(|fix| compare(scheme, it.version, fix) != Ordering::Less)
    });
    if has_fix {
        return None;
    }
    let hits = |it: &&&Word<'_>| !is_clear(it) && holds(scheme, &it.range, it.version);
    let direct: Vec<&Word<'_>> = stream.iter().filter(|it| !it.bundle).copied().collect();
    let direct_hits: Vec<&Word<'_>> = direct.iter().filter(hits).copied().collect();
    let fixed_in = fixes(scheme, &stream).first().cloned();
    if !direct_hits.is_empty() {
        return Some((direct_hits, fixed_in));
    }
    let is_cleared = direct.iter().any(|it| {
        it.range == Range::Never || (is_clear(&it) && holds(scheme, &it.range, it.version))
    });
    if is_cleared {
        return None;
    }
    Some((stream, fixed_in))
}

/// Fixes above the version that each row is compared with, the lowest first.
fn fixes(scheme: VersionScheme, words: &[&Word<'_>]) -> Vec<String> {
    let mut res: Vec<String> = words
        .iter()
        .filter_map(|it| {
            let fix = fix_of(&it.range)?;
            (compare(scheme, fix, it.version) == Ordering::Greater).then(|| fix.to_owned())
        })
        .collect();
    res.sort_by(|a, b| compare(scheme, a, b).then_with(|| a.cmp(b)));
    res
}

fn fix_of<'r>(range: &Range<'r>) -> Option<&'r str> {
    match range {
        Range::Between(_, RangeEnd::Fixed(it)) => Some(it),
        _ => None,
    }
}

fn minor(version: &str) -> Option<&str> {
    ["el9_0", "el9_2"].into_iter().find(|it| version.ends_with(it))
}
