//! Demands that no snapshot of a host can decide: a clear question to a person, or what would have
//! to be there to know.

use plimsoll_finding::{Outcome, OutcomeStatus, Target, TargetKind, control};

use crate::{check::Facts, value::texts};

/// A demand that is left open.
struct Question {
    /// The key of its control.
    key: &'static str,
    status: OutcomeStatus,
    /// The question, or why it is unknown and what would make it known.
    why: &'static str,
    /// What helps to answer it.
    evidence: fn(&Facts<'_>) -> Vec<String>,
}

/// The open demands as outcomes about the host.
pub(crate) fn open_questions(facts: &Facts<'_>) -> Vec<Outcome> {
    let target = Target { kind: TargetKind::Host, name: facts.host.collected.name.clone() };
    let outcome = |question: &Question| {
        let why = question.why.to_owned();
        let (status, evidence) = (question.status, (question.evidence)(facts));
        Some(Outcome {
            control: control(question.key)?,
            target: target.clone(),
            status,
            why,
            evidence,
        })
    };
    QUESTIONS.iter().filter_map(outcome).collect()
}

/// A person can tell.
const fn ask(key: &'static str, why: &'static str) -> Question {
    Question { key, status: OutcomeStatus::Manual, why, evidence: |_| Vec::new() }
}

/// Something has to be there first.
const fn needs(key: &'static str, why: &'static str) -> Question {
    Question { key, status: OutcomeStatus::Unknown, why, evidence: |_| Vec::new() }
}

#[rustfmt::skip]
const QUESTIONS: &[Question] = &[
    Question { evidence: running_commands, ..ask("runtime.exec-privileged",
        "did anybody use `docker exec --privileged`? the engine keeps no record: see the audit log of the docker program") },
    Question { evidence: running_commands, ..ask("runtime.exec-root",
        "did anybody use `docker exec` as root? the engine keeps no record: see the audit log of the docker program") },
    needs("runtime.anomaly", "what containers do is not watched; needs events of the kernel over time"),

    needs("runtime.drift", "programs that run are not compared with their images; needs events of the kernel, or the layers of each image"),
    ask("runtime.mixed-sensitivity", "do workloads of different sensitivity share this host? nothing on it says what is sensitive"),
    needs("supply.signature", "signatures of images are not verified; needs their registries and the keys that the team trusts"),
    needs("supply.signer-identity", "signatures of images are not verified; needs their registries and the names that the team trusts"),
    needs("supply.transparency", "signatures of images are not verified; needs their registries"),
    needs("supply.provenance", "provenance of images is not verified; needs their registries"),
    needs("supply.builder-trusted", "provenance of images is not verified; needs their registries and the builders that the team trusts"),
    needs("supply.attestation-signed", "attestations of images are not verified; needs their registries"),
    needs("supply.sbom-present", "lists of parts are not asked for; needs the registries of the images"),
    ask("supply.vex-valid", "does every statement that a fault does not apply have an author and a reason that the team accepts?"),
    ask("supply.key-age", "are the keys that sign encrypted where they lie, and when were they changed?"),
    needs("supply.base-image-fresh", "whether tags have moved on is not asked; needs the network and the registries of the images"),
    needs("supply.malware", "layers are not searched for malware; needs its signatures and the images"),
    needs("registry.tls", "registries are not spoken to; needs the network"),
    needs("registry.auth", "registries are not spoken to; needs the network and accounts"),
    ask("registry.immutable-tags", "does the registry refuse to write a release tag twice?"),
    needs("registry.stale", "registries are not listed; needs the network and accounts"),
    needs("secrets.stale-bind", "mounts of running containers are not read; needs root and a look at /proc/PID/mountinfo"),
    ask("secrets.compose-file-mode", "can only their owners read the files that compose takes secrets from, and are they outside of what is built?"),
    needs("secrets.vault-lease", "no Vault is asked; needs its address and a token"),
    needs("secrets.vault-token", "tokens are not looked up; needs the address of the Vault"),
    needs("fleet.inventory", "one host was looked at; needs the reports of all of them"),
    ask("fleet.update-policy", "are updates of images tested, staged, watched and taken back if they fail?"),
    ask("ci.token-scope", "has the token of the build system the rights it needs and no more?"),
    ask("ci.audit-trail", "are results and exceptions kept with owner, reason and end?"),
    ask("image.minimal", "does each image carry only what it needs? `plimsoll image` lists what is in it"),
    needs("image.patched", "packages of images are not looked at here; needs `plimsoll image` on each of them"),
    needs("image.content-trust", "signatures of images are not verified; needs their registries and the keys that the team trusts"),
    needs("image.signed-artifacts", "signatures of what images are made of are not verified; needs their builds"),
    ask("image.verified-packages", "are packages installed from signed sources only? `plimsoll lint` reads the Dockerfiles"),
];

/// Commands that run in containers at this moment, as the engine counts them.
fn running_commands(facts: &Facts<'_>) -> Vec<String> {
    let containers = facts.containers.had().into_iter().flatten();
    let told = containers.filter_map(|it| {
        let n_commands = texts(it.inspect, "/ExecIDs").count();
        (n_commands > 0).then(|| format!("{n_commands} commands run in {} right now", it.name))
    });
    told.take(MAX_EVIDENCE).collect()
}

/// More than a person reads.
const MAX_EVIDENCE: usize = 20;
