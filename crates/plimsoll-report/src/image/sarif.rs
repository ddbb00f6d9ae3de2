//! An image for code hosts: each vulnerability is a rule with its own score, help and tags.

use std::{collections::BTreeMap, io};

use plimsoll_policy::Verdict;

use crate::{
    escape,
    image::{
        Image,
        view::{View, advisory_link, mend_words, threat_words},
    },
    mask::Masks,
    run::Run,
    sarif::{Fault, write_with},
};

/// Writes `verdict` on `image` as a SARIF log of one run.
pub fn write(
    image: &Image,
    verdict: &Verdict,
    run: &Run,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let masks = Masks::of(verdict);
    let view = View::new(image, verdict, &masks);
    let mut faults: BTreeMap<&str, Fault> = BTreeMap::new();
    for it in &image.vulnerabilities {
        let package = view.package(it).map(|it| it.package.full_name()).unwrap_or_default();
        let fault = faults.entry(&it.id).or_insert_with(|| Fault {
            title: escape::line(&format!("{} in {package}", it.id)),
            text: String::new(),
            score: it.cvss.iter().map(|it| it.score).max_by(f32::total_cmp),
            tags: vec![it.status.name().to_owned()],
            aliases: it.aliases.clone(),
            link: advisory_link(&it.id),
        });
        let threat = threat_words(it);
        if it.known_exploited.is_some() && !fault.tags.iter().any(|it| it == "known-exploited") {
            fault.tags.push(String::from("known-exploited"));
        }
        if fault.text.len() < TEXT {
            let threat = if threat.is_empty() { String::new() } else { threat.join(", ") + "; " };
            let version = view.package(it).map(|it| it.package.version.as_str());
            let version = version.unwrap_or_default();
            let line = format!(
                "{package} {version}: {}; {threat}urgency {} of 100; severity by {}.\n",
                mend_words(it),
                it.urgency,
                it.severity_source
            );
            fault.text.push_str(&line);
        }
    }
    // Logs of two images of one commit must not replace each other.
    let category = format!("image/{}", escape::uri(&masks.text(&image.name)));
    write_with(verdict, &faults, &category, run, out)
}

/// So many bytes of packages are told of one vulnerability.
const TEXT: usize = 4000;
