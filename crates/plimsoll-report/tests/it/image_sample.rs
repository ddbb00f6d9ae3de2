//! A small image with something of everything, and the verdict on it.

use plimsoll_finding::{
    Audience, Confidence, Coverage, CoverageState, Disposition, Finding, FixKind, ImagePlace,
    Origin, Place, RuleInfo, Severity, Sink, SubjectKind, Target, TargetKind,
};
use plimsoll_package::{
    AffectedStatus, CvssScore, Distribution, Package, PackageKind, SourcePackage, VendorSeverity,
    purl,
};
use plimsoll_policy::{Outcome, Verdict};
use plimsoll_report::image::{
    Advice, Advisories, BaseImage, FoundPackage, Image, Layer, Support, Vulnerability,
};
use plimsoll_text::{Location, Source, Span};

use crate::sample::{SECRET, dockerfile, span};

pub(crate) static VULNERABLE_PACKAGE: RuleInfo = RuleInfo {
    id: "vulnerable-package",
    aliases: &[],
    severity: Severity::Medium,
    confidence: Confidence::High,
    audience: Audience::Default,
    subject: SubjectKind::Package,
    controls: &["image.patched"],
    fix: FixKind::None,
    doc: "Package with a known vulnerability.\n\n## Why\nMost break-ins use faults that were \
          mended long before.\n",
    file: "src/rules.rs",
};

pub(crate) static PRIVATE_KEY: RuleInfo = RuleInfo {
    id: "private-key",
    severity: Severity::Critical,
    subject: SubjectKind::Secret,
    controls: &[],
    doc: "A private key.\n\n## Why\nWhoever has the image has the key.\n",
    ..package_rule()
};

pub(crate) static ROOT_IMAGE: RuleInfo = RuleInfo {
    id: "root-user",
    severity: Severity::High,
    subject: SubjectKind::Image,
    controls: &["image.user"],
    doc: "The image runs as root.\n\n## Why\nA process that breaks out is root on the host.\n",
    ..package_rule()
};

const fn package_rule() -> RuleInfo {
    RuleInfo {
        id: "",
        aliases: &[],
        severity: Severity::Medium,
        confidence: Confidence::High,
        audience: Audience::Default,
        subject: SubjectKind::Package,
        controls: &[],
        fix: FixKind::None,
        doc: "",
        file: "src/rules.rs",
    }
}

pub(crate) fn digest(number: usize) -> String {
    format!("sha256:{number:064x}")
}

fn package(kind: PackageKind, name: &str, version: &str, source: Option<&str>) -> Package {
    let path = if kind == PackageKind::Deb { "var/lib/dpkg/status" } else { "srv/package.json" };
    let mut res = Package::new(kind, name, version, path);
    res.source = source.map(|it| SourcePackage { name: it.to_owned(), version: None });
    res
}

/// A fault of the package with this number.
pub(crate) fn fault(id: &str, package: usize, urgency: u8, severity: Severity) -> Vulnerability {
    Vulnerability {
        id: id.to_owned(),
        aliases: Vec::new(),
        package,
        status: AffectedStatus::Affected,
        reason: String::new(),
        fixed_in: None,
        severity,
        severity_source: String::from("debian"),
        vendor_severity: None,
        cvss: Vec::new(),
        known_exploited: None,
        epss: None,
        urgency,
        urgency_parts: vec![("severity", String::from("10"))],
        published: 1_700_000_000,
        finding: usize::MAX,
    }
}

pub(crate) fn image() -> Image {
    let distribution = Distribution {
        id: String::from("debian"),
        version: String::from("12"),
        codename: String::from("bookworm"),
        pretty_name: String::from("Debian GNU/Linux 12 (bookworm)"),
        ..Distribution::default()
    };
    let support = "supported until 2028-06-30";
    Image {
        name: String::from("registry.example/shop/web:1.2"),
        source: "docker save archive",
        digest: digest(99),
        references: vec![String::from("shop/web:1.2")],
        platform: String::from("linux/amd64"),
        created: String::from("2026-01-01T00:00:00Z"),
        support: Some(Support { words: support.to_owned(), is_dead: false }),
        base: Some(BaseImage {
            name: String::from("debian:12-slim"),
            evidence: String::from("the digests of its layers"),
            n_layers: 1,
        }),
        settings: vec![("User", String::from("root")), ("Env", format!("TOKEN={SECRET}"))],
        layers: layers(),
        packages: packages(&distribution),
        distribution: Some(distribution),
        vulnerabilities: vulnerabilities(),
        advisories: Some(Advisories {
            as_of: Some(String::from("2025-12-30")),
            age_days: Some(3),
            source: String::from("built in"),
            too_old: false,
        }),
        advice: vec![
            Advice {
                title: String::from("upgrade openssl from 3.0.11-1~deb12u1 to 3.0.14-1~deb12u2"),
                mends: vec![0, 1, 2, 3],
            },
            Advice { title: String::from("rebuild on debian:13-slim"), mends: vec![1, 5] },
            Advice { title: String::from("do what mends nothing that counts"), mends: vec![6] },
        ],
        n_owned_files: 1234,
    }
}

fn layers() -> Vec<Layer> {
    let layer = |number, instruction: &str, size, n_files, wasted| Layer {
        digest: digest(number),
        instruction: instruction.to_owned(),
        size,
        n_files,
        wasted,
        in_base: number == 0,
    };
    vec![
        layer(0, "ADD rootfs.tar.xz / # debian", 74_210_000, 6_120, 0),
        layer(
            1,
            "RUN apt-get update && apt-get install -y \u{1b}[2J nodejs",
            310_000_000,
            9_000,
            0,
        ),
        layer(2, &format!("COPY --from=build /srv /srv # {SECRET}"), 42_000_000, 1_800, 31_000_000),
        layer(3, "RUN rm -rf /srv/cache <b>&", 0, 1, 0),
    ]
}

fn packages(distribution: &Distribution) -> Vec<FoundPackage> {
    let mut all = vec![
        package(PackageKind::Deb, "libssl3", "3.0.11-1~deb12u1", Some("openssl")),
        package(PackageKind::Deb, "openssl", "3.0.11-1~deb12u1", Some("openssl")),
        package(PackageKind::Deb, "nodejs", "18.19.0+dfsg-6~deb12u2", None),
        package(PackageKind::Npm, "minimist", "1.2.0", None),
        package(PackageKind::Npm, "odd\u{202e}\u{1b}[31m<name>", "1", None),
    ];
    all[4].installed = false;
    let number = |it: usize| if it < 2 { 0 } else { it - 1 };
    let found = |(at, package): (usize, Package)| FoundPackage {
        purl: purl(&package, Some(distribution)),
        layer: Some(number(at).min(2)),
        owner: (at == 3).then_some(2),
        in_base: at < 2,
        package,
    };
    all.into_iter().enumerate().map(found).collect()
}

fn vulnerabilities() -> Vec<Vulnerability> {
    let fixed = |version: &str| Some(version.to_owned());
    let first = Vulnerability {
        aliases: vec![String::from("DSA-5764-1")],
        status: AffectedStatus::Fixed,
        fixed_in: fixed("3.0.14-1~deb12u2"),
        vendor_severity: Some(VendorSeverity::High),
        cvss: CvssScore::new("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H").into_iter().collect(),
        known_exploited: Some(String::from("2024-09-01")),
        epss: Some(0.971),
        ..fault("CVE-2024-6119", 0, 90, Severity::Critical)
    };
    let medium = Vulnerability {
        status: AffectedStatus::Fixed,
        fixed_in: fixed("3.0.14-1~deb12u2"),
        epss: Some(0.004),
        ..fault("CVE-2024-5535", 0, 31, Severity::High)
    };
    let mut res = vec![
        first.clone(),
        Vulnerability { package: 1, ..first },
        medium.clone(),
        Vulnerability { package: 1, ..medium },
        Vulnerability {
            fixed_in: fixed("1.2.6"),
            ..fault("GHSA-xvch-5gv4-984h", 3, 28, Severity::Medium)
        },
        Vulnerability {
            status: AffectedStatus::WillNotFix,
            reason: String::from("unimportant"),
            ..fault("CVE-2023-44487", 2, 4, Severity::Info)
        },
        fault("CVE-2022-0001", 2, 15, Severity::Medium),
        fault("CVE-2022-0002", 3, 10, Severity::Low),
    ];
    for (number, it) in res.iter_mut().enumerate() {
        it.finding = number + 2;
    }
    res
}

pub(crate) fn place(path: &str, layer: usize) -> ImagePlace {
    let name = String::from("registry.example/shop/web:1.2");
    let layers = layers();
    ImagePlace {
        layer: layers[layer].digest.clone(),
        instruction: layers[layer].instruction.clone(),
        path: path.to_owned(),
        ..ImagePlace::new(Target { kind: TargetKind::Image, name })
    }
}

/// The findings of [`image`]: a secret, a setting, a fault each, and another setting.
pub(crate) fn image_verdict() -> Verdict {
    let image = image();
    let mut findings = Vec::new();
    let key = Source::new("srv/app/key.pem", format!("-----\n{SECRET}\n"));
    let at = |place| Place::Image(Box::new(place));
    Sink::new(&PRIVATE_KEY, &key, &mut findings)
        .report_place(
            at(ImagePlace { line: 2, ..place("srv/app/key.pem", 2) }),
            "private key in plain text",
        )
        .evidence("it reads s3c…")
        .secret(span(&key, SECRET));
    let file = dockerfile();
    let dockerfile = Some(Location::new(&file, span(&file, "USER root")));
    let user = ImagePlace { setting: String::from("User"), dockerfile, ..place("", 3) };
    Sink::new(&ROOT_IMAGE, &file, &mut findings).report_place(at(user), "the image runs as root");
    for it in &image.vulnerabilities {
        let package = &image.packages[it.package];
        let place = place(&package.package.path, package.layer.unwrap());
        let message = format!("`{}` {}: {}", package.package.name, package.package.version, it.id);
        Sink::new(&VULNERABLE_PACKAGE, &file, &mut findings)
            .report_place(at(place), message)
            .severity(it.severity)
            .name(it.id.clone());
    }
    let setting = ImagePlace { setting: String::from("Healthcheck"), ..place("", 3) };
    Sink::new(&ROOT_IMAGE, &file, &mut findings)
        .report_place(at(setting), "no health check\u{1b}[31m <b>")
        .severity(Severity::Low);
    let settings = Source::new("plimsoll.toml", "waivers");
    findings[8].disposition = Disposition::NotAffected {
        reason: String::from("vulnerable code is not present"),
        document: String::from("vex.json"),
    };
    findings[9].disposition = Disposition::Waived {
        reason: String::from("only <used> in tests"),
        until: Some(String::from("2027-03-01")),
        origin: Origin::Settings(Location::new(&settings, Span::new(0, 7))),
    };
    for (number, finding) in findings.iter_mut().enumerate() {
        finding.fingerprint = format!("{number:032x}");
    }
    verdict_of(findings)
}

pub(crate) fn verdict_of(findings: Vec<Finding>) -> Verdict {
    let gap = |unit: &str, state, why: &str| Coverage { unit: unit.into(), state, why: why.into() };
    Verdict {
        findings: findings.into_iter().collect(),
        coverage: vec![
            gap("registry.example/shop/web:1.2", CoverageState::Ran, ""),
            gap("srv/app/huge.jar", CoverageState::Partial, "more than 1 GB"),
        ],
        rules: vec![&VULNERABLE_PACKAGE, &PRIVATE_KEY, &ROOT_IMAGE],
        spared: [].into(),
        judged: [(SubjectKind::Image, 1), (SubjectKind::Package, 5)].into(),
        fail_on: Some(Severity::Medium),
        outcome: Outcome::Findings,
    }
}
