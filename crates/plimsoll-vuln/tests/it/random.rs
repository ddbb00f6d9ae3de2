//! Records and packages at random, from a seed, out of few words so that they meet often.

use plimsoll_package::{
    Advisory, Affected, AffectedRange, AffectedStatus, Distribution, Package, PackageKind,
    RangeEnd, SourcePackage, VendorSeverity,
};

use crate::write::{advisory, affected, distribution};

/// Numbers from a seed (xorshift64*).
pub(crate) struct Random(u64);

/// Where packages and records meet: a word for [`affected`], the kind, and the distribution.
pub(crate) struct Land {
    pub(crate) ecosystem: &'static str,
    pub(crate) kind: PackageKind,
    pub(crate) distribution: Option<(&'static str, &'static str)>,
}

pub(crate) const LANDS: &[Land] = &[
    system("Debian 12", PackageKind::Deb, "debian", "12"),
    system("Ubuntu 22.04", PackageKind::Deb, "ubuntu", "22.04"),
    system("Alpine 3.20", PackageKind::Apk, "alpine", "3.20.1"),
    system("RedHat 9", PackageKind::Rpm, "rhel", "9.4"),
    system("Alma 8", PackageKind::Rpm, "almalinux", "8.9"),
    Land { ecosystem: "npm -", kind: PackageKind::Npm, distribution: None },
    Land { ecosystem: "PyPI -", kind: PackageKind::PyPi, distribution: None },
];

impl Land {
    pub(crate) fn distribution(&self) -> Option<Distribution> {
        self.distribution.map(|(id, version)| distribution(id, version))
    }
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.number() >> 33).unwrap() % n
    }

    pub(crate) fn one<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.below(of.len())]
    }

    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn advisories(&mut self, n: usize) -> Vec<Advisory> {
        (0..n).map(|_| self.advisory()).collect()
    }

    pub(crate) fn packages(&mut self, land: &Land, n: usize) -> Vec<Package> {
        (0..n).map(|_| self.package(land)).collect()
    }

    /// Ids are such that aliases never contradict each other: `GHSA-n` and `PYSEC-n` are names of
    /// `CVE-2024-n`.
    fn advisory(&mut self) -> Advisory {
        let n = self.below(30) + 10;
        let cve = format!("CVE-2024-{n}");
        let mut res = match self.below(7) {
            0 | 1 => advisory(&cve, &[], Vec::new()),
            2 => advisory(&format!("GHSA-{n}"), &[&cve], Vec::new()),
            3 => advisory(&format!("PYSEC-{n}"), &[&format!("GHSA-{n}"), &cve], Vec::new()),
            4 => advisory(&format!("DEBIAN-{cve}"), &[], Vec::new()),
            5 => {
                // Errata share a few ids between few faults each.
                let mut it = advisory(&format!("RHSA-2024:{n}"), &[], Vec::new());
                it.upstream = vec![cve, format!("CVE-2024-{}", n + 1)];
                it
            }
            _ => advisory(&format!("GHSA-several-{n}"), &[&cve, "CVE-2023-1"], Vec::new()),
        };
        res.malicious = self.chance(3);
        res.affected = (0..=self.below(3)).map(|_| self.affected()).collect();
        res
    }

    fn affected(&mut self) -> Affected {
        let land = self.one(LANDS);
        let mut res = affected(&format!("{} {}", land.ecosystem, self.one(NAMES)));
        res.status = *self.one(STATUSES);
        res.severity = *self.one(SEVERITIES);
        if self.chance(15) {
            res.reason = text(self.one(REASONS));
        }
        for _ in 0..self.below(3) {
            res.ranges.push(self.range(land));
        }
        if self.chance(15) {
            res.versions.push(self.version(land));
        }
        if land.ecosystem.starts_with("RedHat") && self.chance(40) {
            res.product = text(self.one(&[
                "baseos",
                "appstream",
                "rhel_eus:9.2::baseos",
                "openshift:4.17::el9",
            ]));
        }
        if land.ecosystem.starts_with("Ubuntu") && self.chance(30) {
            "Pro".clone_into(&mut res.product);
        }
        if land.kind == PackageKind::Rpm && self.chance(25) {
            res.module = text(self.one(MODULES));
        }
        if land.distribution.is_some() && self.chance(20) {
            res.binaries = vec![(*self.one(NAMES)).to_owned(), (*self.one(NAMES)).to_owned()];
        }
        res
    }

    fn range(&mut self, land: &Land) -> AffectedRange {
        let introduced = match self.below(3) {
            0 => None,
            1 => Some("0".to_owned()),
            _ => Some(self.version(land)),
        };
        let end = match self.below(8) {
            0 => RangeEnd::Open,
            1 => RangeEnd::LastAffected(self.version(land)),
            2 => RangeEnd::Fixed("0".to_owned()),
            _ => RangeEnd::Fixed(self.version(land)),
        };
        AffectedRange { introduced, end }
    }

    fn package(&mut self, land: &Land) -> Package {
        let version = self.version(land);
        let mut res = Package::new(land.kind, *self.one(NAMES), version, "db");
        if land.distribution.is_some() && self.chance(50) {
            let version = if self.chance(30) { Some(self.version(land)) } else { None };
            let name = (*self.one(NAMES)).to_owned();
            res.source = Some(SourcePackage { name, version });
        }
        if land.kind == PackageKind::Rpm && self.chance(25) {
            res.module = Some((*self.one(MODULES)).to_owned());
        }
        res.installed = !self.chance(10);
        res
    }

    fn version(&mut self, land: &Land) -> String {
        let upstream = format!("{}.{}", self.below(3) + 1, self.below(4));
        match land.kind {
            PackageKind::Deb => format!("{upstream}-{}", self.below(3) + 1),
            PackageKind::Apk => format!("{upstream}.0-r{}", self.below(3)),
            PackageKind::Rpm => {
                let tag = self.one(&[".el9", ".el9_2", ".el9_0", ".module+el9.1.0+1+ab"]);
                format!("{upstream}-{}{tag}", self.below(3) + 1)
            }
            _ => format!("{upstream}.{}", self.below(3)),
        }
    }
}

fn text(it: &&str) -> String {
    (*it).to_owned()
}

const fn system(
    ecosystem: &'static str,
    kind: PackageKind,
    id: &'static str,
    version: &'static str,
) -> Land {
    Land { ecosystem, kind, distribution: Some((id, version)) }
}

const NAMES: &[&str] = &["alpha", "beta", "gamma", "delta", "epsilon"];
const MODULES: &[&str] = &["node:18", "node:20"];
const REASONS: &[&str] = &["unimportant", "ignored", "postponed", "no-dsa"];

const SEVERITIES: &[Option<VendorSeverity>] =
    &[None, Some(VendorSeverity::Low), Some(VendorSeverity::High)];

const STATUSES: &[AffectedStatus] = &[
    AffectedStatus::Fixed,
    AffectedStatus::Fixed,
    AffectedStatus::Fixed,
    AffectedStatus::Affected,
    AffectedStatus::WillNotFix,
    AffectedStatus::Deferred,
    AffectedStatus::NotAffected,
    AffectedStatus::UnderInvestigation,
    AffectedStatus::EndOfLife,
];
