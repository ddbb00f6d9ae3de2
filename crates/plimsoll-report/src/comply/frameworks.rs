//! The standards, and the titles of their controls in our words (those of the NIST publications are
//! theirs, which are in the public domain). Numbers are facts of the standards.

use plimsoll_finding::CONTROLS;

/// A standard.
#[derive(Debug, PartialEq, Eq)]
pub struct Framework {
    /// Its name on the command line and in every document.
    pub id: &'static str,
    /// Its name for a reader.
    pub name: &'static str,
    /// Its controls that can matter to containers; empty where each is one check of ours and takes
    /// its title.
    titles: &'static [(&'static str, &'static str)],
}

/// Every standard that the catalogue maps.
pub static FRAMEWORKS: &[Framework] = &[
    Framework { id: "cis-docker-1.8.0", name: "CIS Docker Benchmark 1.8.0", titles: &[] },
    Framework { id: "cis-docker-1.7.0", name: "CIS Docker Benchmark 1.7.0", titles: &[] },
    Framework { id: "cis-docker-1.6.0", name: "CIS Docker Benchmark 1.6.0", titles: &[] },
    Framework { id: "nist-800-190", name: "NIST SP 800-190", titles: NIST_800_190 },
    Framework { id: "soc2", name: "SOC 2 trust services criteria (2017)", titles: SOC2 },
    Framework { id: "pci-dss-4.0.1", name: "PCI DSS 4.0.1", titles: PCI_DSS },
    Framework { id: "iso-27001", name: "ISO/IEC 27001:2022, Annex A", titles: ISO_27001 },
    Framework { id: "nist-800-53", name: "NIST SP 800-53, revision 5", titles: NIST_800_53 },
];

impl Framework {
    /// The standard called `id`.
    pub fn by_id(id: &str) -> Option<&'static Self> {
        FRAMEWORKS.iter().find(|it| it.id == id)
    }

    /// Its controls, as number and title, in the order of their numbers.
    pub fn controls(&self) -> Vec<(&'static str, &'static str)> {
        if !self.titles.is_empty() {
            return self.titles.to_vec();
        }
        let mut res: Vec<(&str, &str)> = Vec::new();
        for control in CONTROLS {
            let own = control.ids.iter().filter(|it| it.0 == self.id);
            res.extend(own.map(|it| (it.1, control.title)));
        }
        let number = |id: &str| -> Vec<u32> {
            id.split('.').map(|it| it.parse().unwrap_or(u32::MAX)).collect()
        };
        res.sort_by_key(|it| number(it.0));
        res.dedup_by_key(|it| it.0);
        res
    }
}

#[rustfmt::skip]
static NIST_800_190: &[(&str, &str)] = &[
    ("4.1.1", "Image vulnerabilities"),
    ("4.1.2", "Image configuration defects"),
    ("4.1.3", "Embedded malware"),
    ("4.1.4", "Embedded clear text secrets"),
    ("4.1.5", "Use of untrusted images"),
    ("4.2.1", "Insecure connections to registries"),
    ("4.2.2", "Stale images in registries"),
    ("4.2.3", "Insufficient authentication and authorization restrictions"),
    ("4.3.1", "Unbounded administrative access"),
    ("4.3.2", "Unauthorized access"),
    ("4.3.3", "Poorly separated inter-container network traffic"),
    ("4.3.4", "Mixing of workload sensitivity levels"),
    ("4.3.5", "Orchestrator node trust"),
    ("4.4.1", "Vulnerabilities within the runtime software"),
    ("4.4.2", "Unbounded network access from containers"),
    ("4.4.3", "Insecure container runtime configurations"),
    ("4.4.4", "App vulnerabilities"),
    ("4.4.5", "Rogue containers"),
    ("4.5.1", "Large attack surface"),
    ("4.5.2", "Shared kernel"),
    ("4.5.3", "Host OS component vulnerabilities"),
    ("4.5.4", "Improper user access rights"),
    ("4.5.5", "Host file system tampering"),
    ("4.6", "Hardware countermeasures (root of trust, measured boot)"),
];

#[rustfmt::skip]
static SOC2: &[(&str, &str)] = &[
    ("CC1", "Control environment (organisational; no machine evidence)"),
    ("CC2", "Communication and information"),
    ("CC3", "Risk assessment (CC3.2 analyse risk, CC3.4 assess change)"),
    ("CC4.1", "Ongoing evaluations of controls"),
    ("CC4.2", "Deficiencies are communicated"),
    ("CC5.2", "General controls over technology"),
    ("CC6.1", "Logical access protection of assets, incl. keys and secrets"),
    ("CC6.2", "Users are registered and authorised before access"),
    ("CC6.3", "Access is by role and least privilege, and removed when not needed"),
    ("CC6.6", "Protection against threats from outside the boundary"),
    ("CC6.7", "Data in transit and its removal are restricted and protected"),
    ("CC6.8", "Unauthorised or malicious software is prevented or detected"),
    ("CC7.1", "Configuration drift and new vulnerabilities are detected"),
    ("CC7.2", "Anomalies are monitored"),
    ("CC7.3", "Security events are evaluated"),
    ("CC7.4", "Incidents are responded to"),
    ("CC7.5", "Recovery from incidents"),
    ("CC8.1", "Changes are authorised, tested, approved and implemented in a controlled way"),
    ("CC9.2", "Vendor and partner risk is managed"),
    ("A1.1", "Capacity is monitored"),
    ("A1.2", "Environmental and recovery infrastructure is in place"),
];

#[rustfmt::skip]
static PCI_DSS: &[(&str, &str)] = &[
    ("1.2.5", "Allowed services, protocols and ports are identified and justified"),
    ("1.4.1", "Controls stand between trusted and untrusted networks"),
    ("2.2.1", "Configuration standards exist and are applied to all components"),
    ("2.2.3", "Functions needing different security levels are isolated"),
    ("2.2.4", "Only necessary services, protocols, daemons and functions are enabled"),
    ("2.2.6", "System security parameters prevent misuse"),
    ("2.2.7", "Non-console administrative access is encrypted"),
    ("4.2.1", "Strong cryptography protects account data over open networks"),
    ("5.2.1", "Anti-malware is deployed where components are at risk"),
    ("6.2.3", "Code is reviewed before release"),
    ("6.3.1", "Vulnerabilities are identified and risk-ranked"),
    ("6.3.2", "An inventory of bespoke and third-party software components is kept (SBOM)"),
    ("6.3.3", "Critical patches within one month of release; others by risk"),
    ("6.5.1", "Changes to production follow a controlled procedure"),
    ("7.2.1", "Access model is defined by need and least privilege"),
    ("7.2.5", "Application and system accounts have least privilege"),
    ("8.3.1", "Access uses an authentication factor"),
    ("8.3.2", "Authentication factors are unreadable in storage and transit"),
    ("8.6.2", "No hard-coded credentials for accounts usable interactively"),
    ("8.6.3", "Application and system credentials are changed periodically and on suspicion"),
    ("10.2.1", "Audit logs are enabled and active"),
    ("10.3.3", "Audit logs are promptly copied to a central, protected store"),
    ("10.4.1", "Logs are reviewed at least daily"),
    ("11.3.1", "Internal vulnerability scans at least every three months, re-scan until resolved"),
    ("11.5.1", "Intrusions are detected or prevented"),
    ("11.5.2", "Unauthorised file change is detected"),
    ("12.5.1", "An inventory of in-scope components is kept"),
];

#[rustfmt::skip]
static ISO_27001: &[(&str, &str)] = &[
    ("A.5.9", "Inventory of information and assets"),
    ("A.5.15", "Access control rules"),
    ("A.5.17", "Handling of authentication information"),
    ("A.5.21", "Security in the ICT supply chain"),
    ("A.8.2", "Privileged rights"),
    ("A.8.3", "Restriction of access to information"),
    ("A.8.5", "Secure authentication"),
    ("A.8.6", "Capacity"),
    ("A.8.7", "Malware protection"),
    ("A.8.8", "Technical vulnerabilities"),
    ("A.8.9", "Configuration"),
    ("A.8.10", "Deletion of information"),
    ("A.8.12", "Data leakage prevention"),
    ("A.8.14", "Redundancy"),
    ("A.8.15", "Logging"),
    ("A.8.16", "Monitoring"),
    ("A.8.18", "Privileged utilities"),
    ("A.8.19", "Software installation on operational systems"),
    ("A.8.20", "Network security"),
    ("A.8.21", "Security of network services"),
    ("A.8.22", "Network segregation"),
    ("A.8.24", "Cryptography"),
    ("A.8.25", "Secure development life cycle"),
    ("A.8.31", "Separation of development, test and production"),
    ("A.8.32", "Change management"),
];

#[rustfmt::skip]
static NIST_800_53: &[(&str, &str)] = &[
    ("AC-3", "Access enforcement"),
    ("AC-4", "Information flow enforcement"),
    ("AC-6", "Least privilege"),
    ("AC-17", "Remote access"),
    ("AU-2", "Event logging"),
    ("AU-6", "Audit record review, analysis and reporting"),
    ("AU-9", "Protection of audit information"),
    ("AU-12", "Audit record generation"),
    ("CM-3", "Configuration change control"),
    ("CM-6", "Configuration settings"),
    ("CM-7", "Least functionality"),
    ("CM-8", "System component inventory"),
    ("CM-14", "Signed components"),
    ("CP-10", "System recovery and reconstitution"),
    ("IA-2", "Identification and authentication of users"),
    ("IA-3", "Device identification and authentication"),
    ("IA-5", "Authenticator management"),
    ("IR-4", "Incident handling"),
    ("RA-5", "Vulnerability monitoring and scanning"),
    ("SA-10", "Developer configuration management"),
    ("SC-5", "Denial-of-service protection"),
    ("SC-6", "Resource availability"),
    ("SC-7", "Boundary protection"),
    ("SC-8", "Transmission confidentiality and integrity"),
    ("SC-12", "Cryptographic key establishment and management"),
    ("SC-13", "Cryptographic protection"),
    ("SC-28", "Protection of information at rest"),
    ("SC-32", "System partitioning"),
    ("SC-39", "Process isolation"),
    ("SI-2", "Flaw remediation"),
    ("SI-3", "Malicious code protection"),
    ("SI-4", "System monitoring"),
    ("SI-7", "Software, firmware and information integrity"),
    ("SI-13", "Predictable failure prevention"),
    ("SI-16", "Memory protection"),
    ("SR-3", "Supply chain controls and processes"),
    ("SR-4", "Provenance"),
    ("SR-11", "Component authenticity"),
];
