//! Two images beside each other: what came, what went, what stayed.

pub mod html;

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    io,
};

use plimsoll_finding::{Disposition, Finding, Severity};
use plimsoll_package::{PackageKind, compare as compare_versions};
use plimsoll_policy::{Outcome, Verdict};

use crate::{
    escape,
    image::{
        Image,
        view::{View, bytes, total},
    },
    json::write_document,
    mask::Masks,
    place::place_words,
    tally::{Tally, count, gaps},
    terminal::{Options, Style, head, wrap},
    wire::v1::{SCHEMA, image as wire},
};

/// What is different between two images. Texts are masked already.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// The first image.
    pub old: Side,
    /// The second image.
    pub new: Side,
    /// Packages that are not the same in both, by kind and name.
    pub packages: Vec<PackageChange>,
    /// Vulnerabilities that are open in the first image and not in the second at all.
    pub gone: Vec<Fault>,
    /// Vulnerabilities that are open in the second image and not in the first at all.
    pub came: Vec<Fault>,
    /// Vulnerabilities that are open in the second image and in the first too.
    pub kept: Vec<Fault>,
    /// Vulnerabilities that are open in the first image and in the second, but do not count there.
    pub disposed: Vec<Fault>,
    /// Other findings that are open in the first image and not in the second at all.
    pub findings_gone: Vec<Remark>,
    /// Other findings that are open in the second image and not in the first at all.
    pub findings_came: Vec<Remark>,
    /// How many other findings are open in the second image and in the first too.
    pub n_findings_kept: usize,
    /// The layers: those of the first image, then those that only the second one has.
    pub layers: Vec<LayerChange>,
    /// What could not be looked at in either: whose it is, what, and why.
    pub gaps: Vec<Gap>,
    /// How old the facts are that both were judged by, in words.
    pub facts: String,
    /// The severity from which what came fails the run; `None` never fails.
    pub fail_on: Option<Severity>,
    /// Less was looked at than was asked for: nothing is called clean.
    pub is_incomplete: bool,
}

impl Comparison {
    /// What it comes to: what came counts, what was there before does not.
    pub fn outcome(&self) -> Outcome {
        let faults = self.came.iter().map(|it| it.severity);
        let mut severities = faults.chain(self.findings_came.iter().map(|it| it.severity));
        match self.fail_on {
            Some(from) if severities.any(|it| it >= from) => Outcome::Findings,
            _ if self.is_incomplete => Outcome::Incomplete,
            _ => Outcome::Clean,
        }
    }
}

/// What could not be looked at in one of two images.
#[derive(Clone, Debug)]
pub struct Gap {
    /// The image, as it was asked for, or `both images`.
    pub image: String,
    /// What it is.
    pub unit: String,
    /// Why.
    pub why: String,
}

/// One of two images, in short.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// As it was asked for.
    pub name: String,
    /// Its digest; may be empty.
    pub digest: String,
    /// Its distribution in words; may be empty.
    pub distribution: String,
    /// Bytes of the files of its layers.
    pub size: u64,
    /// Its packages.
    pub n_packages: usize,
    /// Its open vulnerabilities.
    pub n_vulnerabilities: usize,
    /// Its other open findings.
    pub n_findings: usize,
}

/// A package that is not the same in both.
#[derive(Clone, Debug)]
pub struct PackageChange {
    /// Its kind.
    pub kind: PackageKind,
    /// Its name.
    pub name: String,
    /// Whether it is installed; otherwise only stated.
    pub installed: bool,
    /// Its versions in the first image.
    pub old: Vec<String>,
    /// Its versions in the second image.
    pub new: Vec<String>,
    /// The layer that brought it, counted from 0: of the second image, or of the first one where it
    /// is gone.
    pub layer: Option<usize>,
}

impl PackageChange {
    /// What happened to it, as a word.
    pub fn change(&self) -> &'static str {
        match (self.old.as_slice(), self.new.as_slice()) {
            ([], _) => "added",
            (_, []) => "removed",
            ([old], [new]) => match compare_versions(self.kind.scheme(), old, new) {
                Ordering::Less => "upgraded",
                Ordering::Greater => "downgraded",
                Ordering::Equal => "changed",
            },
            _ => "changed",
        }
    }
}

/// A vulnerability, in short.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Its main name.
    pub id: String,
    /// The package.
    pub package: String,
    /// The version of the package.
    pub version: String,
    /// Its severity, policy applied.
    pub severity: Severity,
    /// Order of urgency, 0 to 100.
    pub urgency: u8,
    /// Whether it is known to be exploited.
    pub known_exploited: bool,
    /// First version without it.
    pub fixed_in: Option<String>,
    /// The layer that brought the package, counted from 0, in the image that this one is of.
    pub layer: Option<usize>,
}

/// A finding, in short.
#[derive(Clone, Debug)]
pub struct Remark {
    /// The rule.
    pub rule: &'static str,
    /// Its severity, policy applied.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Where, in words.
    pub place: String,
}

/// A layer of one or both.
#[derive(Clone, Debug)]
pub struct LayerChange {
    /// Its digest; may be empty.
    pub digest: String,
    /// The instruction that made it.
    pub instruction: String,
    /// Bytes of its files.
    pub size: u64,
    /// Whether the first image has it.
    pub in_old: bool,
    /// Whether the second image has it.
    pub in_new: bool,
    /// Its number in the image that it is listed for: the first one, if that has it.
    pub number: usize,
    /// Packages that it brings.
    pub n_packages: usize,
    /// Open vulnerabilities of those.
    pub n_vulnerabilities: usize,
    /// Other open findings that point into it.
    pub n_findings: usize,
}

/// Compares two images with what is known of them.
pub fn compare(old: (&Image, &Verdict), new: (&Image, &Verdict)) -> Comparison {
    // What one of them gives away as a secret may stand unseen in the other.
    let secrets = old.1.findings.secrets().chain(new.1.findings.secrets());
    let masks = Masks::from_locations(secrets);
    let old = View::new(old.0, old.1, &masks);
    let new = View::new(new.0, new.1, &masks);
    let is_old = |it: &View<'_>| it.image.advisories.as_ref().is_some_and(|it| it.too_old);
    let is_incomplete = |it: &View<'_>| is_old(it) || it.verdict.outcome == Outcome::Incomplete;
    let mut res = Comparison {
        old: side(&old),
        new: side(&new),
        packages: packages(old.image, new.image),
        layers: layers(&old, &new),
        gaps: all_gaps(&old, &new),
        facts: new.advisories_words(),
        fail_on: new.verdict.fail_on,
        is_incomplete: is_incomplete(&old) || is_incomplete(&new),
        ..Comparison::default()
    };
    let (of_old, of_new) = (faults(&old), faults(&new));
    for (key, (fault, is_open)) in &of_old {
        match (is_open, of_new.get(key)) {
            (true, None) => res.gone.push(fault.clone()),
            (true, Some((_, false))) => res.disposed.push(fault.clone()),
            _ => {}
        }
    }
    for (key, (fault, _)) in of_new.iter().filter(|it| it.1.1) {
        let list = if of_old.contains_key(key) { &mut res.kept } else { &mut res.came };
        list.push(fault.clone());
    }
    for list in [&mut res.gone, &mut res.came, &mut res.kept, &mut res.disposed] {
        list.sort_by_key(|it| std::cmp::Reverse(it.urgency));
    }
    remarks(&old, &new, &mut res);
    res
}

/// The gaps of both; what is the same in both is told once.
fn all_gaps(old: &View<'_>, new: &View<'_>) -> Vec<Gap> {
    let mut res = gaps_of(old);
    let both: BTreeMap<(String, String), usize> = res
        .iter()
        .enumerate()
        .map(|(number, it)| ((it.unit.clone(), it.why.clone()), number))
        .collect();
    for gap in gaps_of(new) {
        let same = both.get(&(gap.unit.clone(), gap.why.clone())).and_then(|it| res.get_mut(*it));
        match same {
            Some(same) => "both images".clone_into(&mut same.image),
            None => res.push(gap),
        }
    }
    res
}

fn gaps_of(view: &View<'_>) -> Vec<Gap> {
    let all = gaps(view.verdict).map(|it| Gap {
        image: view.masks.text(&view.image.name),
        unit: view.masks.text(&it.unit),
        why: view.masks.text(&it.why),
    });
    all.collect()
}

fn side(view: &View<'_>) -> Side {
    let counts = view.counts();
    Side {
        name: view.masks.text(&view.image.name),
        digest: view.image.digest.clone(),
        distribution: view.distribution(),
        size: total(&view.image.layers, |it| it.size),
        n_packages: view.image.packages.len(),
        n_vulnerabilities: counts.vulnerabilities.open,
        n_findings: counts.secrets.open + counts.configuration.open,
    }
}

/// A package by kind, name and whether it is installed.
type PackageKey = (PackageKind, String, bool);

/// Its versions, and the layer of the first one that was found.
type Versions = (BTreeSet<String>, Option<usize>);

fn packages(old: &Image, new: &Image) -> Vec<PackageChange> {
    let versions = |image: &Image| {
        let mut res: BTreeMap<PackageKey, Versions> = BTreeMap::new();
        for found in &image.packages {
            let package = &found.package;
            let key = (package.kind, package.full_name(), package.installed);
            let entry = res.entry(key).or_insert_with(|| (BTreeSet::new(), found.layer));
            entry.0.insert(package.version.clone());
        }
        res
    };
    let (mut old, new) = (versions(old), versions(new));
    let mut all: BTreeMap<PackageKey, PackageChange> = BTreeMap::new();
    let mut add = |key: PackageKey, old: BTreeSet<String>, new: BTreeSet<String>, layer| {
        let (kind, name, installed) = key.clone();
        let (old, new) = (old.into_iter().collect(), new.into_iter().collect());
        all.insert(key, PackageChange { kind, name, installed, old, new, layer });
    };
    for (key, (versions, layer)) in new {
        let before = old.remove(&key).unwrap_or_default().0;
        if before != versions {
            add(key, before, versions, layer);
        }
    }
    for (key, (versions, layer)) in old {
        add(key, versions, BTreeSet::new(), layer);
    }
    all.into_values().collect()
}

/// Every vulnerability once for each package, with whether it is open in any version of it.
fn faults(view: &View<'_>) -> BTreeMap<(String, String), (Fault, bool)> {
    let mut res: BTreeMap<(String, String), (Fault, bool)> = BTreeMap::new();
    for it in &view.image.vulnerabilities {
        let package = view.package(it).map(|it| &it.package);
        let name = package.map(plimsoll_package::Package::full_name).unwrap_or_default();
        let is_open = view.is_open(it);
        let fault = Fault {
            id: it.id.clone(),
            package: name.clone(),
            version: package.map(|it| it.version.clone()).unwrap_or_default(),
            severity: view.severity(it),
            urgency: it.urgency,
            known_exploited: it.known_exploited.is_some(),
            fixed_in: it.fixed_in.clone(),
            layer: view.package(it).and_then(|it| it.layer),
        };
        let known = res.entry((it.id.clone(), name)).or_insert_with(|| (fault.clone(), is_open));
        if is_open && !known.1 {
            *known = (fault, true);
        }
    }
    res
}

/// Other findings are the same if rule, quoted text and message are; the image's name is not asked.
fn remarks(old: &View<'_>, new: &View<'_>, res: &mut Comparison) {
    let key = |it: &Finding| (it.rule.id, it.quoted().into_owned(), it.message.clone());
    let of_old: BTreeSet<_> = old.others().map(|it| key(&it)).collect();
    let of_new: BTreeSet<_> = new.others().map(|it| key(&it)).collect();
    let is_open = |it: &Finding| it.disposition == Disposition::Open;
    let gone = old.others().filter(|it| is_open(it) && !of_new.contains(&key(it)));
    res.findings_gone = gone.map(|it| remark(old, &it)).collect();
    for finding in new.others().filter(is_open) {
        if of_old.contains(&key(&finding)) {
            res.n_findings_kept += 1;
        } else {
            res.findings_came.push(remark(new, &finding));
        }
    }
    for list in [&mut res.findings_gone, &mut res.findings_came] {
        list.sort_by_key(|it| std::cmp::Reverse(it.severity));
    }
}

fn remark(view: &View<'_>, finding: &Finding) -> Remark {
    Remark {
        rule: finding.rule.id,
        severity: finding.severity,
        message: view.masks.words(finding, &finding.message),
        place: view.masks.words(finding, &place_words(&finding.place)),
    }
}

fn layers(old: &View<'_>, new: &View<'_>) -> Vec<LayerChange> {
    let digests = |view: &View<'_>| -> BTreeSet<String> {
        let all = view.image.layers.iter().map(|it| it.digest.clone());
        all.filter(|it| !it.is_empty()).collect()
    };
    let (of_old, of_new) = (digests(old), digests(new));
    let mut res = Vec::new();
    for (view, is_old) in [(old, true), (new, false)] {
        for (number, (layer, counts)) in view.image.layers.iter().zip(view.by_layer()).enumerate() {
            let is_shared = of_old.contains(&layer.digest) && of_new.contains(&layer.digest);
            if is_shared && !is_old {
                continue;
            }
            res.push(LayerChange {
                digest: layer.digest.clone(),
                instruction: view.masks.text(&layer.instruction),
                size: layer.size,
                in_old: is_old,
                in_new: is_shared || !is_old,
                number,
                n_packages: counts.packages,
                n_vulnerabilities: counts.vulnerabilities,
                n_findings: counts.findings,
            });
        }
    }
    res
}

/// Writes `comparison` for machines.
pub fn write_json(comparison: &Comparison, out: &mut dyn io::Write) -> io::Result<()> {
    let faults = |all: &[Fault]| all.iter().map(fault_twin).collect();
    let remarks = |all: &[Remark]| all.iter().map(remark_twin).collect();
    let package = |it: &PackageChange| wire::PackageChange {
        name: it.name.clone(),
        kind: it.kind.name(),
        change: it.change(),
        old: it.old.clone(),
        new: it.new.clone(),
        installed: it.installed,
        layer_index: it.layer,
    };
    let layer = |it: &LayerChange| wire::ComparedLayer {
        digest: it.digest.clone(),
        instruction: it.instruction.clone(),
        size: it.size,
        in_old: it.in_old,
        in_new: it.in_new,
        index: it.number,
        packages: it.n_packages,
        vulnerabilities: it.n_vulnerabilities,
        findings: it.n_findings,
    };
    let gap = |it: &Gap| wire::ComparedGap {
        image: it.image.clone(),
        unit: it.unit.clone(),
        why: it.why.clone(),
    };
    let report = wire::ComparisonReport {
        schema: SCHEMA,
        old: side_twin(&comparison.old),
        new: side_twin(&comparison.new),
        packages: comparison.packages.iter().map(package).collect(),
        gone_vulnerabilities: faults(&comparison.gone),
        new_vulnerabilities: faults(&comparison.came),
        kept_vulnerabilities: faults(&comparison.kept),
        disposed_vulnerabilities: faults(&comparison.disposed),
        gone_findings: remarks(&comparison.findings_gone),
        new_findings: remarks(&comparison.findings_came),
        kept_findings: comparison.n_findings_kept,
        layers: comparison.layers.iter().map(layer).collect(),
        gaps: comparison.gaps.iter().map(gap).collect(),
        outcome: comparison.outcome().into(),
    };
    write_document(&report, out)
}

fn side_twin(side: &Side) -> wire::ComparedImage {
    wire::ComparedImage {
        name: side.name.clone(),
        digest: side.digest.clone(),
        distribution: side.distribution.clone(),
        size: side.size,
        packages: side.n_packages,
        vulnerabilities: side.n_vulnerabilities,
        findings: side.n_findings,
    }
}

fn fault_twin(it: &Fault) -> wire::ComparedVulnerability {
    wire::ComparedVulnerability {
        id: it.id.clone(),
        package: it.package.clone(),
        version: it.version.clone(),
        severity: it.severity.into(),
        urgency: it.urgency,
        kev: it.known_exploited,
        fixed_in: it.fixed_in.clone(),
        layer_index: it.layer,
    }
}

fn remark_twin(it: &Remark) -> wire::ComparedFinding {
    wire::ComparedFinding {
        rule: it.rule,
        severity: it.severity.into(),
        message: it.message.clone(),
        place: it.place.clone(),
    }
}

/// A part of a comparison: its title, its lines, and the style of its signs.
type Part = (String, Vec<(char, String)>, Style);

/// Writes `comparison` for a reader at a terminal.
pub fn write_human(
    comparison: &Comparison,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    for (sign, side) in [('-', &comparison.old), ('+', &comparison.new)] {
        let text = format!("{sign} {}: {}", side.name, side_words(side));
        for (number, line) in
            wrap(&escape::line(&text), options.columns() - 2, 0).iter().enumerate()
        {
            let before = if number == 0 { "" } else { "  " };
            writeln!(out, "{before}{}", options.paint(Style::Bold, line))?;
        }
    }
    for (title, lines, style) in parts(comparison) {
        if lines.is_empty() {
            continue;
        }
        writeln!(out)?;
        for line in wrap(&escape::line(&title), options.columns(), 0) {
            writeln!(out, "{}", options.paint(Style::Bold, &line))?;
        }
        let n_shown = if options.verbose { lines.len() } else { LINES };
        for (sign, text) in lines.iter().take(n_shown) {
            let text = head(&escape::line(text), options.columns() * 3);
            for (number, line) in wrap(&text, options.columns() - 6, 0).iter().enumerate() {
                let sign = if number == 0 { sign.to_string() } else { String::from(" ") };
                let room = if number == 0 { "" } else { "  " };
                writeln!(out, "  {} {room}{line}", options.paint(style, &sign))?;
            }
        }
        if lines.len() > n_shown {
            let words = format!("    and {} more; `--verbose` lists all", lines.len() - n_shown);
            for line in wrap(&words, options.columns(), 0) {
                writeln!(out, "{}", options.paint(Style::Faint, &line))?;
            }
        }
    }
    writeln!(out)?;
    let style = match comparison.outcome() {
        Outcome::Clean => Style::Good,
        Outcome::Findings | Outcome::Incomplete => Style::Bold,
    };
    let closing = [
        (conclusion(comparison), Style::Bold),
        (comparison.facts.clone(), Style::Faint),
        (outcome_words(comparison), style),
    ];
    for (text, style) in closing {
        for line in wrap(&escape::line(&text), options.columns(), 0) {
            writeln!(out, "{}", options.paint(style, &line))?;
        }
    }
    Ok(())
}

fn side_words(side: &Side) -> String {
    let mut res = format!(
        "{}, {}, {}, {}",
        bytes(side.size),
        count(side.n_packages, "package"),
        vulnerabilities_words(side.n_vulnerabilities),
        count(side.n_findings, "other finding")
    );
    if !side.distribution.is_empty() {
        let _ = write!(res, ", {}", side.distribution);
    }
    res
}

fn parts(it: &Comparison) -> Vec<Part> {
    let bad = Style::Severity(Severity::High);
    let faults = |all: &[Fault], sign| all.iter().map(|it| (sign, fault_words(it))).collect();
    let remarks = |all: &[Remark], sign| all.iter().map(|it| (sign, remark_words(it))).collect();
    let titled = |what: &str, all: &[Fault]| {
        let mut tally = Tally::default();
        for fault in all {
            tally.add_open(fault.severity);
        }
        format!("{what}: {} ({})", all.len(), tally.words())
    };
    let packages = it.packages.iter().map(package_words).collect();
    vec![
        (titled("vulnerabilities that came", &it.came), faults(&it.came, '+'), bad),
        (titled("vulnerabilities that are gone", &it.gone), faults(&it.gone, '-'), Style::Good),
        (
            titled("vulnerabilities that no longer count", &it.disposed),
            faults(&it.disposed, '~'),
            Style::Faint,
        ),
        (
            format!("findings that came: {}", it.findings_came.len()),
            remarks(&it.findings_came, '+'),
            bad,
        ),
        (
            format!("findings that are gone: {}", it.findings_gone.len()),
            remarks(&it.findings_gone, '-'),
            Style::Good,
        ),
        (format!("packages that differ: {}", it.packages.len()), packages, Style::Frame),
        (
            format!("{LAYERS}: {}", it.layers.iter().filter(|it| !is_shared(it)).count()),
            it.layers.iter().filter(|it| !is_shared(it)).map(layer_words).collect(),
            Style::Frame,
        ),
        (
            format!("not fully looked at: {}", it.gaps.len()),
            it.gaps.iter().map(|it| ('!', gap_words(it))).collect(),
            bad,
        ),
    ]
}

fn gap_words(it: &Gap) -> String {
    format!("{}: {}: {}", it.image, it.unit, it.why)
}

fn is_shared(layer: &LayerChange) -> bool {
    layer.in_old && layer.in_new
}

fn fault_words(it: &Fault) -> String {
    let kev = if it.known_exploited { ", known exploited" } else { "" };
    let (severity, urgency) = (it.severity.name(), it.urgency);
    let fix = it.fixed_in.as_ref().map(|it| format!(", fixed in {it}")).unwrap_or_default();
    let layer = layer_number(it.layer);
    let (id, package, version) = (&it.id, &it.package, &it.version);
    format!("{severity} {id} in {package} {version}{fix}, urgency {urgency}{kev}{layer}")
}

fn layer_number(layer: Option<usize>) -> String {
    layer.map(|it| format!(", layer {it}")).unwrap_or_default()
}

fn remark_words(it: &Remark) -> String {
    format!("{} [{}] {} ({})", it.severity.name(), it.rule, it.message, it.place)
}

fn package_words(it: &PackageChange) -> (char, String) {
    let stated = if it.installed { "" } else { " (only stated)" };
    let layer = layer_number(it.layer);
    let (old, new) = (it.old.join(", "), it.new.join(", "));
    match it.change() {
        "added" => ('+', format!("{} {new}{stated}{layer}", it.name)),
        "removed" => ('-', format!("{} {old}{stated}{layer}", it.name)),
        change => ('~', format!("{} {old} -> {new}, {change}{stated}{layer}", it.name)),
    }
}

fn layer_words(it: &LayerChange) -> (char, String) {
    let sign = if it.in_new { '+' } else { '-' };
    (sign, format!("layer {}: {}: {}", it.number, layer_facts(it), it.instruction))
}

fn layer_facts(it: &LayerChange) -> String {
    let mut res = vec![bytes(it.size)];
    if it.n_packages > 0 {
        res.push(count(it.n_packages, "package"));
    }
    if it.n_vulnerabilities > 0 {
        res.push(vulnerabilities_words(it.n_vulnerabilities));
    }
    if it.n_findings > 0 {
        res.push(count(it.n_findings, "finding"));
    }
    res.join(", ")
}

fn vulnerabilities_words(n_all: usize) -> String {
    let ending = if n_all == 1 { "y" } else { "ies" };
    format!("{n_all} vulnerabilit{ending}")
}

/// What it comes to, in one line.
fn outcome_words(it: &Comparison) -> String {
    match (it.outcome(), it.fail_on) {
        (Outcome::Findings, Some(from)) => {
            let faults = it.came.iter().map(|it| it.severity);
            let all = faults.chain(it.findings_came.iter().map(|it| it.severity));
            let n_failing = all.filter(|it| *it >= from).count();
            format!("fails: {n_failing} came at `{}` or above", from.name())
        }
        (Outcome::Incomplete, _) => {
            String::from("incomplete: less was looked at than was asked for")
        }
        (_, Some(from)) => format!("passes: nothing came at `{}` or above", from.name()),
        (_, None) => String::from("passes: nothing that comes fails a run, as was asked"),
    }
}

fn conclusion(it: &Comparison) -> String {
    let (old, new) = (it.old.size, it.new.size);
    let size = match old.cmp(&new) {
        Ordering::Less => format!("{} bigger", bytes(new - old)),
        Ordering::Equal => String::from("as big as before"),
        Ordering::Greater => format!("{} smaller", bytes(old - new)),
    };
    format!(
        "vulnerabilities: {} came, {} gone, {} kept; other findings: {} came, {} gone, {} kept; {size}",
        it.came.len(),
        it.gone.len(),
        it.kept.len(),
        it.findings_came.len(),
        it.findings_gone.len(),
        it.n_findings_kept
    )
}

/// Writes `comparison` as Markdown.
pub fn write_markdown(comparison: &Comparison, out: &mut dyn io::Write) -> io::Result<()> {
    let safe = escape::markdown;
    writeln!(out, "## {} and {}\n", safe(&comparison.old.name), safe(&comparison.new.name))?;
    writeln!(out, "**{}**\n", safe(&outcome_words(comparison)))?;
    writeln!(out, "{}. {}.\n", safe(&conclusion(comparison)), safe(&comparison.facts))?;
    for side in [&comparison.old, &comparison.new] {
        writeln!(out, "- {}: {}", safe(&side.name), safe(&side_words(side)))?;
    }
    for (title, lines, _) in parts(comparison) {
        if lines.is_empty() {
            continue;
        }
        writeln!(out, "\n<details><summary>{}</summary>\n", safe(&title))?;
        for (sign, text) in lines.iter().take(MARKDOWN_LINES) {
            let sign = sign_word(*sign);
            writeln!(out, "- {sign}{}", safe(&head(text, LINE)))?;
        }
        if lines.len() > MARKDOWN_LINES {
            writeln!(out, "- and {} more", lines.len() - MARKDOWN_LINES)?;
        }
        writeln!(out, "\n</details>")?;
    }
    Ok(())
}

/// The title of the part about layers.
const LAYERS: &str = "layers that differ";

/// What a sign means, for readers of words.
fn sign_word(sign: char) -> &'static str {
    match sign {
        '+' => "came: ",
        '-' => "gone: ",
        '~' => "changed: ",
        _ => "",
    }
}

/// So many lines of a part are shown unless the reader asks for all.
const LINES: usize = 20;
/// So many lines of a part stand on a summary page, which hosts refuse above a mebibyte.
const MARKDOWN_LINES: usize = 300;
/// A longer line is cut there.
const LINE: usize = 300;
