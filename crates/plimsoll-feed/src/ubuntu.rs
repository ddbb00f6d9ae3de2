//! Ubuntu's CVE tracker: for each fault, its state in each source package of each release. Read
//! from the tracker's own text files (`active/CVE-2024-1`), and from the same facts as JSON.
//!
//! Releases behind a subscription (`esm-infra/focal`, `fips/jammy`) become the product `Pro` of
//! their release.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

use plimsoll_package::{
    Advisory, Affected, AffectedRange, AffectedStatus, CvssScore, Distribution, Ecosystem,
    RangeEnd, VendorSeverity,
};
use serde::Deserialize;

use crate::{
    error::FeedError,
    nullable::nullable,
    osv::vendor_severity,
    sink::{LeftOut, Sink},
    time::parse_time,
};

/// Reads one fault, in either form.
pub fn read_ubuntu(name: &str, bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), FeedError> {
    if bytes.first() == Some(&b'{') {
        let record: Record<'_> =
            serde_json::from_slice(bytes).map_err(|it| FeedError::new(name, it))?;
        return read_json(name, &record, sink);
    }
    let text = std::str::from_utf8(bytes).map_err(|it| FeedError::new(name, it))?;
    read_text(name, text, sink)
}

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow, default)]
    candidate: Cow<'a, str>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    priority: Cow<'a, str>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    public_date: Cow<'a, str>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    cvss: BTreeMap<Cow<'a, str>, Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    packages: BTreeMap<Cow<'a, str>, BTreeMap<Cow<'a, str>, State<'a>>>,
}

#[derive(Deserialize)]
struct State<'a> {
    #[serde(borrow, default)]
    status: Cow<'a, str>,
    #[serde(borrow, default, deserialize_with = "nullable")]
    note: Cow<'a, str>,
}

fn read_json(name: &str, record: &Record<'_>, sink: &mut Sink<'_>) -> Result<(), FeedError> {
    let mut advisory = advisory(name, &record.candidate, &record.public_date)?;
    record.cvss.values().for_each(|it| add_score(it, &mut advisory));
    let severity = vendor_severity(&record.priority);
    let mut states = Vec::new();
    for (release, packages) in &record.packages {
        for (package, state) in packages {
            states.push(Stated::new(release, package, &state.status, &state.note, severity));
        }
    }
    advisory.affected = of_use(states, sink);
    sink.advisory(advisory);
    Ok(())
}

/// The text form: `Key: value`, and `release_package: status (note)`. Lines that begin with a blank
/// go on with the one before.
fn read_text(name: &str, text: &str, sink: &mut Sink<'_>) -> Result<(), FeedError> {
    let fields = || {
        text.lines()
            .filter(|it| !it.starts_with([' ', '\t', '#']))
            .filter_map(|it| it.split_once(':'))
            .map(|(key, value)| (key.trim(), value.trim()))
    };
    let field = |wanted: &str| fields().find(|it| it.0 == wanted).map_or("", |it| it.1);
    let mut advisory = advisory(name, field("Candidate"), field("PublicDate"))?;
    let scores = text
        .lines()
        .skip_while(|it| !it.starts_with("CVSS:"))
        .skip(1)
        .take_while(|it| it.starts_with([' ', '\t']))
        .filter_map(|it| it.split_once(':'));
    for (_, vector) in scores {
        add_score(vector, &mut advisory);
    }
    let priority = |it: &str| vendor_severity(it.split_whitespace().next().unwrap_or_default());
    let severity = priority(field("Priority"));
    let own_priorities: HashMap<&str, &str> = fields()
        .take(MAX_LINES)
        .filter_map(|(key, value)| Some((key.strip_prefix("Priority_")?, value)))
        .collect();
    let mut states = Vec::new();
    for (key, value) in fields().take(MAX_LINES) {
        let Some((release, package)) = key.split_once('_') else { continue };
        if matches!(release, "Priority" | "Tags" | "Patches" | "upstream" | "Assigned-to") {
            continue;
        }
        let (word, note) = value.split_once('(').unwrap_or((value, ""));
        let note = note.trim_end().trim_end_matches(')');
        let of_package = own_priorities.get(package).and_then(|it| priority(it));
        states.push(Stated::new(release, package, word.trim(), note, of_package.or(severity)));
    }
    sink.leave_out(LeftOut::TooMany, fields().count().saturating_sub(MAX_LINES));
    advisory.affected = of_use(states, sink);
    sink.advisory(advisory);
    Ok(())
}

fn advisory(name: &str, id: &str, published: &str) -> Result<Advisory, FeedError> {
    if !id.contains('-') || id.contains(char::is_whitespace) {
        return Err(FeedError::new(name, "it names no candidate"));
    }
    let published = parse_time(&published.replacen(' ', "T", 1).replace(" UTC", "Z"));
    Ok(Advisory { id: id.to_owned(), published, ..Advisory::default() })
}

/// A vector with the score behind it: `CVSS:3.1/AV:N/… [7.5 HIGH]`.
fn add_score(text: &str, advisory: &mut Advisory) {
    let vector = text.split_whitespace().next().unwrap_or_default();
    let is_new = !advisory.cvss.iter().any(|it| it.vector == vector);
    if is_new && advisory.cvss.len() < MAX_SCORES {
        advisory.cvss.extend(CvssScore::new(vector));
    }
}

/// What is said of a package in a release, or in a product of it.
struct Stated<'t> {
    package: &'t str,
    release: String,
    product: &'static str,
    row: Result<Affected, LeftOut>,
}

impl<'t> Stated<'t> {
    fn new(
        release: &str,
        package: &'t str,
        status: &str,
        note: &str,
        severity: Option<VendorSeverity>,
    ) -> Self {
        let Some((release, product)) = release_and_product(release) else {
            let row = Err(LeftOut::OtherProduct);
            return Self { package, release: String::new(), product: "", row };
        };
        let row = status_of(status, note).map(|(status, reason, end)| Affected {
            status,
            reason: reason.to_owned(),
            severity,
            ranges: vec![AffectedRange { introduced: None, end }],
            product: product.to_owned(),
            ..not_affected(package, &release)
        });
        Self { package, release, product, row }
    }
}

fn status_of(
    status: &str,
    note: &str,
) -> Result<(AffectedStatus, &'static str, RangeEnd), LeftOut> {
    Ok(match status {
        "DNE" => return Err(LeftOut::NotInRelease),
        "not-affected" => return Err(LeftOut::NotAffected),
        "released" if is_version(note) => {
            (AffectedStatus::Fixed, "", RangeEnd::Fixed(note.to_owned()))
        }
        // A fix without its version: what is installed may or may not have it.
        "released" => (AffectedStatus::UnderInvestigation, "released", RangeEnd::Open),
        "pending" => (AffectedStatus::Affected, "pending", RangeEnd::Open),
        "needed" => (AffectedStatus::Affected, "", RangeEnd::Open),
        "deferred" => (AffectedStatus::Deferred, "deferred", RangeEnd::Open),
        "ignored" if is_over(note) => (AffectedStatus::EndOfLife, "end-of-life", RangeEnd::Open),
        "ignored" => (AffectedStatus::WillNotFix, "ignored", RangeEnd::Open),
        // "needs-triage"; and a new word is told as a doubt, not as a clean package.
        _ => (AffectedStatus::UnderInvestigation, "", RangeEnd::Open),
    })
}

fn not_affected(package: &str, release: &str) -> Affected {
    Affected {
        ecosystem: Ecosystem::Ubuntu,
        release: release.to_owned(),
        product: String::new(),
        package: package.to_owned(),
        binaries: Vec::new(),
        module: String::new(),
        status: AffectedStatus::NotAffected,
        reason: String::new(),
        severity: None,
        ranges: Vec::new(),
        versions: Vec::new(),
    }
}

/// The rows that say something. What is said to subscribers counts where it is a fix that others do
/// not get, and where the package is theirs alone. Where others are not affected, that is said too,
/// lest the subscribers' row be taken for everybody's.
fn of_use(states: Vec<Stated<'_>>, sink: &mut Sink<'_>) -> Vec<Affected> {
    let main: HashMap<(&str, String), Result<AffectedRange, LeftOut>> = states
        .iter()
        .filter(|it| it.product.is_empty())
        .map(|it| {
            let range = it.row.as_ref().map_err(|it| *it);
            let range = range.and_then(|it| it.ranges.first().ok_or(LeftOut::NoVersion));
            ((it.package, it.release.clone()), range.cloned())
        })
        .collect();
    let mut res = Vec::new();
    for Stated { package, release, product, row } in states {
        let row = match row {
            Ok(row) => row,
            Err(why) => {
                sink.leave_out(why, 1);
                continue;
            }
        };
        if product.is_empty() {
            res.push(row);
            continue;
        }
        let is_fix = row.status == AffectedStatus::Fixed;
        match main.get(&(package, release.clone())) {
            None | Some(Err(LeftOut::NotInRelease)) => res.push(row),
            Some(Err(_)) if is_fix => res.extend([not_affected(package, &release), row]),
            Some(Ok(range)) if is_fix && row.ranges.first() != Some(range) => res.push(row),
            Some(Err(_)) => sink.leave_out(LeftOut::NotAffected, 1),
            Some(Ok(_)) => sink.leave_out(LeftOut::Repeated, 1),
        }
    }
    res.sort();
    res.dedup();
    res
}

/// `esm-infra/focal`, `focal/esm`, `fips-updates/jammy`, `jammy`.
fn release_and_product(words: &str) -> Option<(String, &'static str)> {
    let (stream, codename) = match words.split_once('/') {
        Some((codename, "esm")) => ("esm", codename),
        Some((stream, codename)) => (stream, codename),
        None => ("", words),
    };
    let product = match stream {
        "" => "",
        "esm" | "esm-infra" | "esm-apps" | "esm-infra-legacy" | "esm-apps-legacy" => "Pro",
        "fips" => "Pro:FIPS",
        "fips-updates" => "Pro:FIPS-updates",
        _ => return None,
    };
    let distribution = Distribution {
        id: "ubuntu".to_owned(),
        codename: codename.to_owned(),
        ..Distribution::default()
    };
    let known = Ecosystem::of(&distribution).map(|it| it.1).filter(|it| !it.is_empty());
    let old = || OLD_CODENAMES.iter().find(|it| it.0 == codename).map(|it| it.1.to_owned());
    Some((known.or_else(old)?, product))
}

/// Whether a state is ignored since its release or package gets no more fixes.
fn is_over(note: &str) -> bool {
    ["end of", "superseded", "replaced by", "reached end-of-life", "EOL", "out of standard support"]
        .iter()
        .any(|it| note.contains(it))
}

fn is_version(note: &str) -> bool {
    note.starts_with(|it: char| it.is_ascii_digit()) && !note.contains(char::is_whitespace)
}

/// Releases between those with long support that images are still built on.
const OLD_CODENAMES: &[(&str, &str)] = &[
    ("precise", "12.04"),
    ("yakkety", "16.10"),
    ("zesty", "17.04"),
    ("artful", "17.10"),
    ("cosmic", "18.10"),
    ("disco", "19.04"),
    ("eoan", "19.10"),
    ("groovy", "20.10"),
    ("hirsute", "21.04"),
    ("impish", "21.10"),
    ("kinetic", "22.10"),
    ("lunar", "23.04"),
    ("mantic", "23.10"),
];

/// Scores of one fault.
const MAX_SCORES: usize = 64;

/// Lines of one text; the longest has some thousand.
const MAX_LINES: usize = 100_000;

#[cfg(test)]
mod tests {
    use plimsoll_package::{Advisory, AffectedStatus as S, RangeEnd, VendorSeverity};

    use super::read_ubuntu;
    use crate::sink::{Fact, LeftOut, Sink, Tally};

    fn read(text: &str) -> (Advisory, Tally) {
        let (mut facts, mut tally) = (Vec::new(), Tally::default());
        let mut take = |it| facts.push(it);
        read_ubuntu("a", text.as_bytes(), &mut Sink::new(&mut tally, &mut take)).unwrap();
        let Some(Fact::Advisory(advisory)) = facts.pop() else { panic!("one record") };
        (advisory, tally)
    }

    fn show(advisory: &Advisory) -> Vec<String> {
        let mut res: Vec<_> = advisory
            .affected
            .iter()
            .map(|it| {
                let end = match &it.ranges[0].end {
                    RangeEnd::Fixed(version) => version,
                    _ => "",
                };
                let status = it.status.name();
                format!("{} {} {} {status} {} {end}", it.release, it.product, it.package, it.reason)
            })
            .collect();
        res.sort();
        res
    }

    const EXPECTED: &[&str] = &[
        "18.04  a end-of-life end-of-life ",
        "18.04 Pro a fixed  1.0-1~esm1",
        "20.04  b deferred deferred ",
        "22.04  a fixed  1.2-1",
        "22.04  b will-not-fix ignored ",
        "22.04 Pro:FIPS a fixed  1.2-1fips",
        "24.04  a under-investigation  ",
        "24.04  b affected pending ",
    ];

    #[test]
    fn both_forms_say_the_same() {
        let (json, tally) = read(
            r#"{"candidate": "CVE-2099-1", "priority": "medium", "public_date":
            "2099-02-04 08:29:00 UTC",
            "cvss": {"nvd": " CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:N/I:N/A:H [5.3 MEDIUM]"},
            "packages": {
            "bionic": {"a": {"name": "a", "status": "ignored", "note": "end of standard support"}},
            "esm-infra/bionic": {"a": {"status": "released", "note": "1.0-1~esm1"}},
            "focal": {"a": {"status": "DNE"}, "b": {"status": "deferred", "note": "2099-01-01"}},
            "jammy": {"a": {"status": "released", "note": "1.2-1"},
                "b": {"status": "ignored", "note": "not worth it"}},
            "fips/jammy": {"a": {"status": "released", "note": "1.2-1fips"},
                "b": {"status": "needed"}},
            "noble": {"a": {"status": "needs-triage"}, "b": {"status": "pending", "note": "3"}},
            "trusty": {"a": {"status": "not-affected", "note": "2"}},
            "snap": {"a": {"status": "needed"}}}}"#,
        );
        assert_eq!(show(&json), EXPECTED);
        assert_eq!(json.cvss[0].vector, "CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:N/I:N/A:H");
        assert!(json.published > 0);
        assert_eq!(json.affected[0].severity, Some(VendorSeverity::Medium));
        let table =
            [LeftOut::NotInRelease, LeftOut::NotAffected, LeftOut::OtherProduct, LeftOut::Repeated];
        for why in table {
            assert_eq!(tally.left_out.get(&why), Some(&1), "{why:?}");
        }
        let (text, _) = read(
            "PublicDate: 2099-02-04 08:29:00 UTC\nCandidate: CVE-2099-1\nDescription:\n a: b\n\
            Priority: medium\n some reason\nPriority_b: low\n\
            CVSS:\n nvd: CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:N/I:N/A:H [5.3 MEDIUM]\n\n\
            Patches_a:\n upstream: https://example.org/1\nupstream_a: released (2)\n\
            bionic_a: ignored (end of standard support)\nesm-infra/bionic_a: released (1.0-1~esm1)\n\
            focal_a: DNE\nfocal_b: deferred (2099-01-01)\njammy_a: released (1.2-1)\n\
            jammy_b: ignored (not worth it)\nfips/jammy_a: released (1.2-1fips)\nfips/jammy_b: needed\n\
            noble_a: needs-triage\n\
            noble_b: pending (3)\ntrusty_a: not-affected (2)\n",
        );
        assert_eq!(show(&text), EXPECTED);
        assert_eq!((text.published, &text.cvss), (json.published, &json.cvss));
        let low = text.affected.iter().find(|it| it.package == "b").unwrap();
        assert_eq!(low.severity, Some(VendorSeverity::Low));
    }

    #[test]
    fn a_row_for_subscribers_is_not_taken_for_everybodys() {
        let (advisory, tally) = read(
            "Candidate: CVE-2099-1\njammy_a: not-affected (1)\nfips/jammy_a: released (1fips)\n\
            jammy_b: not-affected (1)\nfips/jammy_b: needed\njammy_c: DNE\nfips/jammy_c: needed\n",
        );
        let rows: Vec<_> = advisory
            .affected
            .iter()
            .map(|it| (it.product.as_str(), it.package.as_str(), it.status))
            .collect();
        let expected = [
            ("", "a", S::NotAffected),
            ("Pro:FIPS", "a", S::Fixed),
            ("Pro:FIPS", "c", S::Affected),
        ];
        assert_eq!(rows, expected);
        assert_eq!(tally.left_out.get(&LeftOut::NotAffected), Some(&3));
    }

    #[test]
    fn a_fix_without_a_version_and_a_new_word_are_doubts() {
        let (advisory, _) = read(
            "Candidate: CVE-2099-1\njammy_a: released\njammy_b: released (see notes)\njammy_c: odd\n",
        );
        let statuses: Vec<_> = advisory.affected.iter().map(|it| it.status).collect();
        assert_eq!(statuses, [S::UnderInvestigation; 3]);
    }

    #[test]
    fn what_is_no_record_is_an_error() {
        let mut tally = Tally::default();
        let mut take = |_| ();
        for text in ["", "{}", "{", "jammy_a: needed\n", "Candidate: a b\n"] {
            let mut sink = Sink::new(&mut tally, &mut take);
            assert!(read_ubuntu("a", text.as_bytes(), &mut sink).is_err(), "{text}");
        }
    }
}
