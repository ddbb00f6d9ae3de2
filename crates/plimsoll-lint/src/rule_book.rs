//! The rules in force for one run, by what they judge.

use plimsoll_finding::{Rule, RuleInfo, Subject};

use crate::{
    rules,
    subject::{
        compose::ComposeSubject, daemon::DaemonSubject, dockerfile::DockerfileSubject,
        env_file::EnvFileSubject, image::ImageSubject, kubernetes::KubernetesSubject,
        nginx::NginxSubject, project::ProjectSubject, seccomp::SeccompSubject,
        service::ServiceSubject, workflow::WorkflowSubject,
    },
};

/// The rules in force, one list for each kind of subject.
#[derive(Clone, Default)]
pub struct RuleBook {
    /// Over Dockerfiles.
    pub dockerfile: Vec<&'static Rule<DockerfileSubject>>,
    /// Over compose files, as they are written.
    pub compose: Vec<&'static Rule<ComposeSubject>>,
    /// Over effective services.
    pub service: Vec<&'static Rule<ServiceSubject>>,
    /// Over compose projects.
    pub project: Vec<&'static Rule<ProjectSubject>>,
    /// Over Kubernetes manifests.
    pub kubernetes: Vec<&'static Rule<KubernetesSubject>>,
    /// Over daemon.json files.
    pub daemon: Vec<&'static Rule<DaemonSubject>>,
    /// Over nginx configurations.
    pub nginx: Vec<&'static Rule<NginxSubject>>,
    /// Over seccomp profiles.
    pub seccomp: Vec<&'static Rule<SeccompSubject>>,
    /// Over CI workflows.
    pub workflow: Vec<&'static Rule<WorkflowSubject>>,
    /// Over `.env` files.
    pub env_file: Vec<&'static Rule<EnvFileSubject>>,
    /// Over images.
    pub image: Vec<&'static Rule<ImageSubject>>,
}

impl RuleBook {
    /// The rules that `wanted` says yes to.
    pub fn select(wanted: impl Fn(&RuleInfo) -> bool) -> Self {
        Self {
            dockerfile: pick(rules::dockerfile::RULES, &wanted),
            compose: pick(rules::compose::RULES, &wanted),
            service: pick(rules::service::RULES, &wanted),
            project: pick(rules::project::RULES, &wanted),
            kubernetes: pick(rules::kubernetes::RULES, &wanted),
            daemon: pick(rules::daemon::RULES, &wanted),
            nginx: pick(rules::nginx::RULES, &wanted),
            seccomp: pick(rules::seccomp::RULES, &wanted),
            workflow: pick(rules::workflow::RULES, &wanted),
            env_file: pick(rules::env_file::RULES, &wanted),
            image: pick(rules::image::RULES, &wanted),
        }
    }

    /// The passports of every rule there is, by id.
    pub fn all_infos() -> Vec<&'static RuleInfo> {
        Self::select(|_| true).infos()
    }

    /// The passports of the rules in force, by id.
    pub fn infos(&self) -> Vec<&'static RuleInfo> {
        let mut res: Vec<&'static RuleInfo> = Vec::new();
        res.extend(self.dockerfile.iter().map(|it| &it.info));
        res.extend(self.compose.iter().map(|it| &it.info));
        res.extend(self.service.iter().map(|it| &it.info));
        res.extend(self.project.iter().map(|it| &it.info));
        res.extend(self.kubernetes.iter().map(|it| &it.info));
        res.extend(self.daemon.iter().map(|it| &it.info));
        res.extend(self.nginx.iter().map(|it| &it.info));
        res.extend(self.seccomp.iter().map(|it| &it.info));
        res.extend(self.workflow.iter().map(|it| &it.info));
        res.extend(self.env_file.iter().map(|it| &it.info));
        res.extend(self.image.iter().map(|it| &it.info));
        res.sort_by_key(|it| it.id);
        // A rule over images may be the twin of one over Dockerfiles, with the same passport.
        res.dedup_by_key(|it| it.id);
        res
    }
}

fn pick<S: Subject>(
    all: &[&'static Rule<S>],
    wanted: &impl Fn(&RuleInfo) -> bool,
) -> Vec<&'static Rule<S>> {
    all.iter().copied().filter(|it| wanted(&it.info)).collect()
}
