//! What a Dockerfile says of the image that it ends in: the final stage and the stages below it.
//!
//! Rules about the running container (its user, its health check, its command) ask here, so that
//! all of them mean the same stages. Knows no rule.

use plimsoll_dockerfile::{
    Base, Dockerfile, ImageReference, Instruction, InstructionKind, Keyword, ShellKind, Stage, User,
};
use plimsoll_text::{Edit, Source};

use crate::word_edit::line_ending;

/// The final stage with the stages that it starts from.
#[derive(Clone, Debug)]
pub(crate) struct FinalImage<'a> {
    dockerfile: &'a Dockerfile,
    /// The final stage first.
    chain: Vec<&'a Stage>,
}

/// Who the processes of the final image run as.
#[derive(Clone, Debug)]
pub(crate) enum RuntimeUser<'a> {
    /// What the nearest `USER` says.
    Set(UserInForce<'a>),
    /// No `USER` in any of the stages; the base image decides.
    OfBase(BaseUser),
}

/// A `USER` that is in force.
#[derive(Clone, Debug)]
pub(crate) struct UserInForce<'a> {
    /// The instruction.
    pub(crate) instruction: &'a Instruction,
    /// What it says.
    pub(crate) user: &'a User,
    /// Whom it means.
    pub(crate) identity: Identity,
}

/// Whom the part of `USER` before the colon means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Identity {
    /// `root`, `0`, or the administrator of a Windows container.
    Root,
    /// Another number.
    Number(u64),
    /// Another name.
    Name(String),
    /// A variable whose value is not known.
    Unknown,
}

/// What is known of the user that a base image sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BaseUser {
    /// As far as is known it sets none, which means root.
    Root,
    /// It is known to set one that is not root.
    Unprivileged,
    /// There is no base image, and the user is root.
    Scratch,
    /// A Windows image, which has users of its own kind.
    Windows,
    /// The base image is not known.
    Unknown,
}

impl<'a> FinalImage<'a> {
    /// The final image of `dockerfile`; `None` for a fragment without stages.
    pub(crate) fn of(dockerfile: &'a Dockerfile) -> Option<Self> {
        let last = dockerfile.final_stage()?;
        Some(Self { dockerfile, chain: dockerfile.base_chain(last.index) })
    }

    /// The `FROM` of the final stage.
    pub(crate) fn from(&self) -> Option<&'a Instruction> {
        self.dockerfile.instructions.get(self.chain.first()?.from)
    }

    /// Whether the instruction is of one of the stages that make up the image.
    pub(crate) fn holds(&self, instruction: &Instruction) -> bool {
        instruction.stage.is_some_and(|it| self.chain.iter().any(|stage| stage.index == it))
    }

    /// The instructions of the stages in the order they run. `ONBUILD` is not one that runs.
    pub(crate) fn instructions(&self) -> impl DoubleEndedIterator<Item = &'a Instruction> {
        let dockerfile = self.dockerfile;
        let stages = self.chain.iter().rev();
        stages.flat_map(move |it| dockerfile.stage_instructions(it.index))
    }

    /// The last instruction of a kind, which for most kinds is the one in force.
    pub(crate) fn last(&self, keyword: Keyword) -> Option<&'a Instruction> {
        self.instructions().rev().find(|it| it.keyword == keyword)
    }

    /// The instruction that starts the container: `ENTRYPOINT`, else `CMD`.
    pub(crate) fn start(&self) -> Option<&'a Instruction> {
        self.last(Keyword::Entrypoint).or_else(|| self.last(Keyword::Cmd))
    }

    /// Who the processes run as.
    pub(crate) fn user(&self) -> RuntimeUser<'a> {
        let dockerfile = self.dockerfile;
        let set = self.instructions().rev().find_map(|it| user_of(dockerfile, it));
        match set {
            Some(user) => RuntimeUser::Set(user),
            None => RuntimeUser::OfBase(self.base_user()),
        }
    }

    /// What is known of the user of the image that the lowest stage starts from.
    pub(crate) fn base_user(&self) -> BaseUser {
        let Some(lowest) = self.chain.last() else { return BaseUser::Unknown };
        let shell = self.from().map(|it| &it.shell.kind);
        let is_windows_shell = matches!(shell, Some(ShellKind::Cmd | ShellKind::PowerShell));
        let platform = lowest.platform.as_deref().unwrap_or_default();
        if is_windows_shell || platform.starts_with("windows") {
            return BaseUser::Windows;
        }
        match &lowest.base {
            Base::Scratch => BaseUser::Scratch,
            Base::Image(image) => user_of_image(image),
            Base::Unresolved | Base::Stage(_) => BaseUser::Unknown,
        }
    }

    /// An edit that adds a line to the end of the final stage: before the instructions that only
    /// say how to start it, after all that builds it.
    pub(crate) fn add_before_start(&self, source: &Source, line: &str) -> Option<Edit> {
        let stage = self.chain.first()?;
        let instructions = self.dockerfile.stage_instructions(stage.index);
        let tail = instructions.iter().rev().take_while(|it| starts_only(it.keyword)).last();
        let ending = line_ending(source);
        if let Some(first) = tail {
            return Some(Edit::insert(first.span.start, format!("{line}{ending}")));
        }
        let end = instructions.last()?.span.end;
        let text = source.text().get(..end)?;
        let end = text.trim_end_matches(['\n', '\r']).len();
        Some(Edit::insert(end, format!("{ending}{line}")))
    }
}

/// What a `USER` says, if the instruction is one that can be read.
pub(crate) fn user_of<'a>(
    dockerfile: &Dockerfile,
    instruction: &'a Instruction,
) -> Option<UserInForce<'a>> {
    let InstructionKind::User(user) = &instruction.kind else { return None };
    if user.word.text.trim().is_empty() {
        return None;
    }
    let value = dockerfile.expand_word(instruction, &user.word).value;
    let identity = value.map_or(Identity::Unknown, |it| identity(&it));
    Some(UserInForce { instruction, user, identity })
}

/// Whom a user means that is written `name`, `name:group`, `uid` or `uid:gid`.
pub(crate) fn identity(text: &str) -> Identity {
    let name = text.split(':').next().unwrap_or_default().trim();
    if let Ok(number) = name.parse::<u64>() {
        return if number == 0 { Identity::Root } else { Identity::Number(number) };
    }
    let administrators = ["ContainerAdministrator", "Administrator"];
    // An empty name counts as root for the engine.
    if name.is_empty()
        || name == "root"
        || administrators.iter().any(|it| it.eq_ignore_ascii_case(name))
    {
        return Identity::Root;
    }
    Identity::Name(name.to_owned())
}

/// The user in force at the instruction at `index`: that of its stage, or of a stage below.
pub(crate) fn user_at(dockerfile: &Dockerfile, index: usize) -> Option<UserInForce<'_>> {
    let stage = dockerfile.instructions.get(index)?.stage?;
    let chain = dockerfile.base_chain(stage);
    let instructions =
        chain.iter().flat_map(|it| dockerfile.stage_instructions(it.index).iter().rev());
    instructions.filter(|it| it.index < index).find_map(|it| user_of(dockerfile, it))
}

fn user_of_image(image: &ImageReference) -> BaseUser {
    let name = image.familiar_name();
    let tag = image.tag.as_ref().map(|it| it.text.as_str()).unwrap_or_default();
    let base = image.base_name();
    if ["servercore", "nanoserver", "windows"].contains(&base) || tag.contains("nanoserver") {
        return BaseUser::Windows;
    }
    let unprivileged_name = UNPRIVILEGED_IMAGES.iter().any(|it| match it.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == *it,
    });
    let marks = ["nonroot", "rootless", "unprivileged", "chiseled"];
    let root_again = ["-dev", "-root"].iter().any(|it| tag.ends_with(it));
    let marked = marks.iter().any(|it| tag.contains(it) || base.contains(it));
    if marked || (unprivileged_name && !root_again) {
        BaseUser::Unprivileged
    } else {
        BaseUser::Root
    }
}

/// Instructions that say how a container starts and change no file.
fn starts_only(keyword: Keyword) -> bool {
    matches!(
        keyword,
        Keyword::Cmd
            | Keyword::Entrypoint
            | Keyword::Healthcheck
            | Keyword::Expose
            | Keyword::Stopsignal
            | Keyword::Label
            | Keyword::Volume
    )
}

/// Images that are known to set a user that is not root, by familiar name. Those whose name or tag
/// says so (`nonroot`, `unprivileged`, `rootless`, `chiseled`) need no entry.
#[rustfmt::skip]
static UNPRIVILEGED_IMAGES: &[&str] = &[
    "bitnami/*", "bitnamilegacy/*", "bitnamisecure/*", "cgr.dev/chainguard/*", "dhi.io/*",
    "docker.elastic.co/*", "elasticsearch", "kibana", "logstash", "grafana/grafana",
    "grafana/grafana-oss", "grafana/grafana-enterprise", "grafana/loki", "grafana/tempo", "prom/*",
    "quay.io/prometheus/*", "jenkins/jenkins", "jenkins/agent", "jenkins/inbound-agent",
    "quay.io/keycloak/keycloak", "keycloak/keycloak", "sonarqube", "sonatype/nexus3", "solr",
    "opensearchproject/*", "quay.io/argoproj/argocd", "jupyter/*",
    "quay.io/jupyter/*", 
    "registry.access.redhat.com/ubi8/nodejs-*", "registry.access.redhat.com/ubi9/nodejs-*",
    "registry.access.redhat.com/ubi8/python-*", "registry.access.redhat.com/ubi9/python-*",
    "registry.access.redhat.com/ubi8/openjdk-*", "registry.access.redhat.com/ubi9/openjdk-*",
    "registry.access.redhat.com/ubi10/openjdk-*", "apache/airflow", "apache/kafka", "apache/spark",
    "confluentinc/cp-*", "hasura/graphql-engine", "envoyproxy/envoy-distroless",
    "ghcr.io/puppeteer/puppeteer", "astronomerinc/ap-airflow", "quay.io/strimzi/*",
];

#[cfg(test)]
mod tests {
    use plimsoll_dockerfile::Dockerfile;
    use plimsoll_text::{Source, apply_edits};

    use super::{BaseUser, FinalImage, Identity, RuntimeUser, identity};

    fn user(text: &str) -> String {
        let dockerfile = Dockerfile::parse(&Source::new("Dockerfile", text));
        match FinalImage::of(&dockerfile).unwrap().user() {
            RuntimeUser::Set(it) => format!("{:?}", it.identity),
            RuntimeUser::OfBase(it) => format!("{it:?}"),
        }
    }

    #[test]
    fn the_nearest_user_decides() {
        for (text, expected) in [
            ("FROM alpine", "Root"),
            ("FROM alpine\nUSER app", "Name(\"app\")"),
            ("FROM alpine\nUSER app\nUSER 0:0", "Root"),
            ("FROM a AS b\nUSER app\nFROM b", "Name(\"app\")"),
            ("FROM a AS b\nUSER app\nFROM c", "Root"),
            ("FROM a\nUSER\n", "Root"),
            ("FROM a\nUSER $U", "Unknown"),
            ("FROM a\nARG U=0\nUSER $U", "Root"),
            ("FROM a\nONBUILD USER app", "Root"),
            ("FROM gcr.io/distroless/static:nonroot", "Unprivileged"),
            ("FROM nginxinc/nginx-unprivileged:1", "Unprivileged"),
            ("FROM cgr.dev/chainguard/python:latest-dev", "Root"),
            ("FROM mcr.microsoft.com/windows/servercore:ltsc2022", "Windows"),
            ("ARG B\nFROM $B", "Unknown"),
            ("FROM scratch", "Scratch"),
        ] {
            assert_eq!(user(text), expected, "{text}");
        }
        assert_eq!(user("FROM scratch"), format!("{:?}", BaseUser::Scratch));
    }

    #[test]
    fn users_are_read_as_the_engine_reads_them() {
        for (text, expected) in [
            ("root:root", Identity::Root),
            ("00", Identity::Root),
            (":1", Identity::Root),
            ("10001:0", Identity::Number(10001)),
            ("user1 user2", Identity::Name("user1 user2".to_owned())),
        ] {
            assert_eq!(identity(text), expected);
        }
    }

    #[test]
    fn a_line_goes_before_the_start_of_the_container() {
        for (text, expected) in [
            ("FROM a\nRUN b\nEXPOSE 1\nCMD c\n", "FROM a\nRUN b\nUSER 1\nEXPOSE 1\nCMD c\n"),
            ("FROM a\nCMD c\nRUN b\n", "FROM a\nCMD c\nRUN b\nUSER 1\n"),
            ("FROM a", "FROM a\nUSER 1"),
        ] {
            let source = Source::new("Dockerfile", text);
            let dockerfile = Dockerfile::parse(&source);
            let image = FinalImage::of(&dockerfile).unwrap();
            let edit = image.add_before_start(&source, "USER 1").unwrap();
            assert_eq!(apply_edits(text, &[edit]).unwrap(), expected);
        }
    }
}
