//! An image as one page that holds everything and asks nobody: its layers as a picture, its
//! vulnerabilities and packages as tables that can be searched.

use std::{collections::BTreeMap, fmt::Write as _, io};

use plimsoll_finding::{Disposition, SubjectKind};
use plimsoll_policy::Verdict;

use crate::{
    escape::{self, html},
    html::{Opening, Page, chart, filter_bar, select},
    image::{
        FoundPackage, Image, Vulnerability,
        human::{advice_lines, content, identity, summary, threats},
        view::{
            Counts, LayerCounts, Urgency, View, advisory_link, bytes, mend_words, threat_words,
            total,
        },
    },
    mask::Masks,
    run::Run,
    tally::{Tally, count},
    wire::v1::Twins,
};

/// Writes `image` and what `verdict` says of it as one HTML page.
pub fn write(
    image: &Image,
    verdict: &Verdict,
    run: &Run,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let masks = Masks::of(verdict);
    let view = View::new(image, verdict, &masks);
    let counts = view.counts();
    let mut page = Page::new(run, &masks, out);
    let name = masks.text(&image.name);
    page.open(&Opening {
        title: &format!("Plimsoll: {}", escape::line(&name)),
        heading: &name,
        lead: &format!("{}. {}.", capital(&summary(&counts)), capital(&view.advisories_words())),
        outcome: verdict.outcome,
        styles: &[STYLE],
        script: SCRIPT,
    })?;
    page.markup(&overview(&view, &counts))?;
    page.markup(&advice(&view))?;
    page.markup(&layers(&view))?;
    page.markup(&filters(&view))?;
    vulnerabilities(&view, &mut page)?;
    findings(&view, &mut page)?;
    packages(&view, &mut page)?;
    page.rules(verdict)?;
    page.gaps(verdict)?;
    page.foot(SCRIPT)
}

fn overview(view: &View<'_>, counts: &Counts) -> String {
    let mut res = String::from("<section class=\"cards\" aria-label=\"Overview\">");
    let _ = write!(
        res,
        "<div class=\"card\"><h2>Vulnerabilities by severity</h2>{}",
        chart::ring(&counts.vulnerabilities)
    );
    let mut asides = vec![threats(counts)];
    let disposed = counts.vulnerabilities.disposed_words();
    if !disposed.is_empty() {
        asides.push(format!("not counted: {disposed}"));
    }
    asides.retain(|it| !it.is_empty());
    let _ = write!(res, "<p class=\"aside\">{}</p></div>", html(&asides.join("; ")));
    res.push_str("<div class=\"card\"><h2>Image</h2><dl class=\"facts\">");
    let mut facts = identity(view, true);
    if let Some(base) = &view.image.base {
        let words = view.base_words(base);
        facts.push(("base image", format!("{}: {words}; known by {}", base.name, base.evidence)));
        let n_all = counts.vulnerabilities.open;
        facts.push(("of the base", format!("{} of {n_all} vulnerabilities", counts.in_base)));
    }
    facts.push(("content", content(view)));
    for (label, tally, kind) in [
        ("secrets", &counts.secrets, SubjectKind::Secret),
        ("configuration", &counts.configuration, SubjectKind::Image),
    ] {
        let nothing = view.nothing_of(kind).to_owned();
        let words = if tally.open == 0 { nothing } else { tally.words() };
        facts.push((label, words));
    }
    facts.extend(view.image.settings.iter().cloned());
    for (label, text) in facts {
        let text = html(&view.masks.text(&text));
        let _ = write!(res, "<div><dt>{}</dt><dd>{text}</dd></div>", html(label));
    }
    res.push_str("</dl></div><div class=\"card\"><h2>By package</h2>");
    let mut packages: BTreeMap<String, Tally> = BTreeMap::new();
    for vulnerability in view.open() {
        let tally = packages.entry(name_of(view.package(vulnerability))).or_default();
        tally.add_open(view.severity(vulnerability));
    }
    res.push_str(&chart::bars(packages.into_iter().collect(), "package"));
    res.push_str("</div></section>");
    res
}

fn name_of(found: Option<&FoundPackage>) -> String {
    found.map(|it| it.package.full_name()).unwrap_or_default()
}

fn advice(view: &View<'_>) -> String {
    let lines = advice_lines(view);
    if lines.is_empty() {
        return String::new();
    }
    let mut res = String::from("<section class=\"block\"><h2>What to do</h2><ol class=\"advice\">");
    for (line, n_bytes) in lines.iter().take(ADVICE) {
        let at = line.len().saturating_sub(*n_bytes);
        let (title, gone) = line.split_at_checked(at).unwrap_or((line, ""));
        let _ = write!(res, "<li>{}<b>{}</b></li>", html(title), html(gone));
    }
    res.push_str("</ol>");
    if lines.len() > ADVICE {
        let _ = write!(res, "<p class=\"aside\">and {} more</p>", lines.len() - ADVICE);
    }
    res.push_str("</section>");
    res
}

/// The picture: a bar for each layer, as long as it is big, with what it wastes hatched.
fn layers(view: &View<'_>) -> String {
    let layers = &view.image.layers;
    if layers.is_empty() {
        return String::new();
    }
    let largest = layers.iter().map(|it| it.size).max().unwrap_or_default();
    let wasted = total(layers, |it| it.wasted);
    let mut res = String::from("<section class=\"block\" id=\"layers\"><h2>Layers</h2>");
    let wasted = if wasted == 0 {
        String::from("nothing is replaced or deleted later")
    } else {
        format!("{} of it replaced or deleted later", bytes(wasted))
    };
    let _ = write!(
        res,
        "<p class=\"aside key\">Lowest first; {} in all, {wasted}. \
         <span class=\"from-base\">of the base image</span> <span class=\"own\">its own</span> \
         <span class=\"waste\">replaced or deleted later</span></p><ol class=\"layers\">",
        bytes(total(layers, |it| it.size)),
    );
    for (number, (layer, counts)) in layers.iter().zip(view.by_layer()).enumerate() {
        let instruction = html(&view.masks.text(&layer.instruction));
        let kind = if layer.in_base { "from-base" } else { "own" };
        let facts = layer_facts(layer.n_files, &counts);
        let worst = counts.worst.map(plimsoll_finding::Severity::name).unwrap_or_default();
        let _ = write!(
            res,
            "<li title=\"{instruction}\"><a href=\"#findings\" data-filter=\"layer\" \
             data-value=\"{number}\" class=\"{worst}\"><span class=\"nth\">{number}</span>\
             <span class=\"size\">{}</span>{}<span class=\"what\">{facts}</span></a>\
             <code>{instruction}</code></li>",
            bytes(layer.size),
            bar(layer.size, layer.wasted, largest, kind),
        );
    }
    res.push_str("</ol></section>");
    res
}

fn bar(size: u64, wasted: u64, largest: u64, kind: &str) -> String {
    let wasted = percent(wasted.min(size), largest);
    let kept = percent(size, largest) - wasted;
    format!(
        "<svg viewBox=\"0 0 100 4\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <rect class=\"{kind}\" width=\"{kept:.3}\" height=\"4\"/>\
         <rect class=\"waste\" x=\"{kept:.3}\" width=\"{wasted:.3}\" height=\"4\"/></svg>"
    )
}

#[expect(clippy::cast_precision_loss, reason = "the length of a bar")]
pub(crate) fn percent(part: u64, whole: u64) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
}

fn layer_facts(n_files: usize, counts: &LayerCounts) -> String {
    let mut res = vec![count(n_files, "file")];
    if counts.packages > 0 {
        res.push(count(counts.packages, "package"));
    }
    if counts.vulnerabilities > 0 {
        let ending = if counts.vulnerabilities == 1 { "y" } else { "ies" };
        res.push(format!("<b>{} vulnerabilit{ending}</b>", counts.vulnerabilities));
    }
    if counts.findings > 0 {
        res.push(format!("<b>{}</b>", count(counts.findings, "finding")));
    }
    res.join(", ")
}

/// The filters; hidden until the script shows them.
fn filters(view: &View<'_>) -> String {
    let mut res = format!("</main>\n{}", filter_bar());
    let fits = ["fixable", "exploited", "not fixable"];
    select(&mut res, "mend", "Fixable or not", fits.into_iter());
    let states = ["open", "waived", "baseline", "not-affected"];
    select(&mut res, "disposition", "Any state", states.into_iter());
    let layers: Vec<String> = (0..view.image.layers.len()).map(|it| it.to_string()).collect();
    select(&mut res, "layer", "All layers", layers.iter().map(String::as_str));
    let packages = view.open().map(|it| name_of(view.package(it)));
    let packages: std::collections::BTreeSet<String> = packages.collect();
    select(&mut res, "package", "All packages", packages.iter().map(String::as_str));
    res.push_str("<button type=\"button\">Reset</button><output></output></div></form>");
    res.push_str("<div class=\"wide\" id=\"findings\">");
    res
}

fn vulnerabilities(view: &View<'_>, page: &mut Page<'_>) -> io::Result<()> {
    let all = &view.image.vulnerabilities;
    if all.is_empty() {
        let words = match &view.image.advisories {
            None => "Vulnerabilities were not looked for.",
            Some(it) if it.too_old => "No known vulnerabilities in facts that are too old.",
            Some(_) => "No known vulnerabilities.",
        };
        return page.markup(&format!("<p class=\"empty\">{words}</p>"));
    }
    page.markup(
        "<section class=\"block\"><h2>Vulnerabilities</h2><div class=\"scroll\">\
         <table class=\"rows faults\"><thead><tr><th>Severity</th><th>Urgency</th><th>Name</th>\
         <th>Package</th><th>Mend</th><th>Threat</th><th>Layer</th></tr></thead><tbody>",
    )?;
    let states: Vec<Disposition> = view.verdict.findings.iter().map(|it| it.disposition).collect();
    for vulnerability in all {
        let state = states.get(vulnerability.finding).unwrap_or(&Disposition::Open);
        page.markup(&row(view, vulnerability, state))?;
    }
    page.markup(
        "</tbody></table></div><p class=\"empty\" id=\"nothing-left\" hidden>Nothing fits these \
         filters.</p></section>",
    )
}

fn row(view: &View<'_>, it: &Vulnerability, state: &Disposition) -> String {
    let found = view.package(it);
    let package = html(&name_of(found));
    let version = html(found.map(|it| it.package.version.as_str()).unwrap_or_default());
    let severity = view.severity(it).name();
    let layer = found.and_then(|it| it.layer).map(|it| it.to_string()).unwrap_or_default();
    let mend = match (&it.known_exploited, &it.fixed_in) {
        (Some(_), Some(_)) => "fixable exploited",
        (Some(_), None) => "not fixable exploited",
        (None, Some(_)) => "fixable",
        (None, None) => "not fixable",
    };
    let id = html(&it.id);
    let name = match advisory_link(&it.id) {
        Some(link) => format!("<a href=\"{}\" rel=\"noreferrer noopener\">{id}</a>", html(&link)),
        None => id,
    };
    let threat = threat_words(it);
    let threat: Vec<String> = threat
        .iter()
        .map(|it| if it == "KEV" { String::from("<b class=\"kev\">KEV</b>") } else { html(it) })
        .collect();
    let aliases = html(&it.aliases.join(", "));
    let parts: Vec<String> =
        it.urgency_parts.iter().map(|it| format!("{}: {}", it.0, it.1)).collect();
    let scores: Vec<String> = it.cvss.iter().map(|it| format!("CVSS {:.1}", it.score)).collect();
    let source = html(&[vec![it.severity_source.clone()], scores].concat().join(", "));
    let base = if found.is_some_and(|it| it.in_base) { "<small>base</small>" } else { "" };
    let disposed = match state {
        Disposition::Open => String::new(),
        Disposition::Baseline => String::from("<small>in the baseline</small>"),
        Disposition::Waived { reason, .. } => {
            format!("<small>waived: {}</small>", html(&view.masks.text(reason)))
        }
        Disposition::NotAffected { reason, .. } => {
            format!("<small>not affected: {}</small>", html(&view.masks.text(reason)))
        }
    };
    format!(
        "<tr data-severity=\"{severity}\" data-disposition=\"{}\" data-package=\"{package}\" \
         data-layer=\"{layer}\" data-mend=\"{mend}\"><td><span class=\"pill {severity}\">{severity}\
         </span><small>{source}</small></td><td title=\"{}\">{} {}</td>\
         <td>{name}<small>{aliases}</small>{disposed}</td><td>{package} <small>{version}</small>\
         </td><td>{}</td><td>{}</td><td>{layer}{base}</td></tr>",
        state.name(),
        html(&parts.join("; ")),
        Urgency::of(it.urgency).name(),
        it.urgency,
        html(&mend_words(it)),
        threat.join(", "),
    )
}

/// Secrets and configuration, as every other page shows findings.
fn findings(view: &View<'_>, page: &mut Page<'_>) -> io::Result<()> {
    let twins = Twins::new(view.verdict, view.masks);
    for (title, is_secret) in [("Secrets", true), ("Configuration", false)] {
        let all = view.verdict.findings.chunks().iter().flat_map(|it| twins.pairs(it));
        let of_kind = all.enumerate().filter(|(number, (finding, _))| {
            (finding.rule.subject == SubjectKind::Secret) == is_secret
                && !view.is_of_vulnerability(*number)
        });
        let mut is_first = true;
        for (_, (finding, twin)) in of_kind {
            if is_first {
                page.markup(&format!("<section class=\"block file\"><h2>{title}</h2>"))?;
                is_first = false;
            }
            let layer = view.layer_of(&finding).map(|it| it.to_string()).unwrap_or_default();
            page.markup(&format!("<div data-layer=\"{layer}\">"))?;
            page.finding(&finding, &twin)?;
            page.markup("</div>")?;
        }
        if !is_first {
            page.markup("</section>")?;
        }
    }
    Ok(())
}

fn packages(view: &View<'_>, page: &mut Page<'_>) -> io::Result<()> {
    let all = &view.image.packages;
    let mut n_faults: BTreeMap<usize, usize> = BTreeMap::new();
    view.open().for_each(|it| *n_faults.entry(it.package).or_default() += 1);
    let open = if all.len() > OPEN_PACKAGES { "" } else { " open" };
    page.markup(&format!(
        "<section class=\"block\" id=\"packages\"><h2>Packages</h2><details{open}><summary>{}\
         </summary><p class=\"find\" hidden><input type=\"search\" placeholder=\"Search packages\" \
         aria-label=\"Search packages\"> <output></output></p><div class=\"scroll\">\
         <table class=\"rows packages\"><thead><tr><th>Name</th><th>Version</th><th>Type</th>\
         <th>Licence</th><th>Layer</th><th>File</th><th>Faults</th></tr></thead><tbody>",
        count(all.len(), "package")
    ))?;
    for (number, found) in all.iter().enumerate() {
        let package = &found.package;
        let owner = found.owner.and_then(|it| all.get(it)).map(|it| it.package.full_name());
        let owner = owner.map(|it| format!("<small>part of {}</small>", html(&it)));
        let stated = if package.installed { "" } else { "<small>only stated</small>" };
        let layer = found.layer.map(|it| it.to_string()).unwrap_or_default();
        let n_faults = n_faults.get(&number).copied().unwrap_or_default();
        let n_faults = if n_faults == 0 { String::new() } else { n_faults.to_string() };
        page.markup(&format!(
            "<tr title=\"{}\"><td>{}{}</td><td>{}{stated}</td><td>{}</td><td>{}</td><td>{layer}</td>\
             <td>{}</td><td>{n_faults}</td></tr>",
            html(&found.purl),
            html(&package.full_name()),
            owner.unwrap_or_default(),
            html(&package.version),
            package.kind.name(),
            html(package.licence.as_deref().unwrap_or_default()),
            html(&package.path),
        ))?;
    }
    page.markup("</tbody></table></div></details></section>")
}

pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|it| it.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

pub(crate) const STYLE: &str = include_str!("html/image.css");
const SCRIPT: &str = include_str!("html/image.js");
/// So many changes are listed.
const ADVICE: usize = 20;
/// A longer list of packages is folded, so that the page opens at once.
const OPEN_PACKAGES: usize = 200;
