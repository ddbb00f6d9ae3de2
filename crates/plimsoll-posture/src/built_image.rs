//! What a Dockerfile says of the image that a service is built from.

use std::sync::Arc;

use plimsoll_dockerfile::{
    Base, Dockerfile, Healthcheck, ImageReference, Instruction, InstructionKind, ShellOrExec, Stage,
};
use plimsoll_text::{Location, Span};

use crate::setting::Setting;

/// What the stage of a Dockerfile that is built says of the image, with the stages it starts from.
#[derive(Clone, Debug)]
pub struct BuiltImage {
    /// The file.
    pub dockerfile: Arc<Dockerfile>,
    /// The stage that is built.
    pub stage: usize,
    /// The last `USER`; `None` where none is set, so that the base image decides.
    pub user: Option<Setting<String>>,
    /// Whether the base image's own user is known: `Some(true)` for distribution images and
    /// `scratch`, which start as root, `Some(false)` for images made to run as another user.
    pub base_is_root: Option<bool>,
    /// The last `HEALTHCHECK`: `false` is `NONE`.
    pub healthcheck: Option<Setting<bool>>,
    /// `EXPOSE`: port and protocol.
    pub exposed: Vec<Setting<(u16, String)>>,
    /// `VOLUME` paths, expanded where possible.
    pub volumes: Vec<Setting<String>>,
    /// The last `WORKDIR`, as written.
    pub working_dir: Option<Setting<String>>,
    /// Names that `ARG` declares in the stages that are built.
    pub arguments: Vec<Setting<String>>,
    /// `ENV` names and values as written.
    pub environment: Vec<(String, Setting<String>)>,
    /// The image at the bottom of the chain, variables expanded; `None` where it is not known.
    pub base: Option<Setting<ImageReference>>,
    /// `ENTRYPOINT` and `CMD` together, as words; the shell form is one word after `/bin/sh -c`.
    pub command: Option<Setting<Vec<String>>>,
}

impl BuiltImage {
    /// Reads the stage called `target` (the last one without a name) of `dockerfile`; `None` if
    /// there is no such stage.
    pub fn read(dockerfile: &Arc<Dockerfile>, target: Option<&str>) -> Option<Self> {
        let stage = match target.filter(|it| !it.is_empty()) {
            Some(name) => match name.parse::<usize>() {
                Ok(number) => dockerfile.stages.get(number)?,
                Err(_) => dockerfile.stage_named(name)?,
            },
            None => dockerfile.final_stage()?,
        };
        let mut res = Self::empty(dockerfile, stage);
        let mut chain = dockerfile.base_chain(stage.index);
        chain.reverse();
        if let Some(bottom) = chain.first() {
            res.read_base(bottom);
        }
        let (mut entrypoint, mut command) = (None, None);
        for stage in &chain {
            for instruction in dockerfile.stage_instructions(stage.index) {
                res.take(instruction, &mut entrypoint, &mut command);
            }
        }
        res.read_arguments();
        res.command = joined(entrypoint, command);
        Some(res)
    }

    fn empty(dockerfile: &Arc<Dockerfile>, stage: &Stage) -> Self {
        Self {
            dockerfile: Arc::clone(dockerfile),
            stage: stage.index,
            user: None,
            base_is_root: None,
            healthcheck: None,
            exposed: Vec::new(),
            volumes: Vec::new(),
            working_dir: None,
            arguments: Vec::new(),
            environment: Vec::new(),
            base: None,
            command: None,
        }
    }

    fn read_base(&mut self, bottom: &Stage) {
        let from = self.dockerfile.instructions.get(bottom.from);
        let place = from.and_then(|it| match &it.kind {
            InstructionKind::From(from) => Some(self.at(from.image.word.span)),
            _ => None,
        });
        match (&bottom.base, place) {
            (Base::Image(reference), Some(place)) => {
                self.base_is_root = starts_as_root(reference);
                self.base = Some(Setting::at(place, reference.clone()));
            }
            (Base::Scratch, _) => self.base_is_root = Some(true),
            _ => {}
        }
    }

    fn take(
        &mut self,
        instruction: &Instruction,
        entrypoint: &mut Option<Setting<Vec<String>>>,
        command: &mut Option<Setting<Vec<String>>>,
    ) {
        let place = |span: Span| Location::new(&self.dockerfile.source, span);
        let expand = |word| self.dockerfile.expand_word(instruction, word);
        match &instruction.kind {
            InstructionKind::User(user) => {
                let value = expand(&user.word).value;
                let text = value.unwrap_or_else(|| user.word.text.clone());
                self.user = Some(Setting::at(place(user.word.span), text));
            }
            InstructionKind::Healthcheck(check) => {
                let is_on = matches!(check, Healthcheck::Cmd(_));
                self.healthcheck = Some(Setting::at(place(instruction.span), is_on));
            }
            InstructionKind::Expose(ports) => {
                for port in ports {
                    let protocol = port.protocol.clone().unwrap_or_else(|| "tcp".to_owned());
                    if let Some((first, _)) = port.range
                        && let Ok(first) = u16::try_from(first)
                    {
                        let at = place(port.word.span);
                        self.exposed.push(Setting::at(at, (first, protocol)));
                    }
                }
            }
            InstructionKind::Volume(volume) => {
                for path in &volume.paths {
                    let text = expand(path).value.unwrap_or_else(|| path.text.clone());
                    self.volumes.push(Setting::at(place(path.span), text));
                }
            }
            InstructionKind::Workdir(path) => {
                let text = expand(path).value.unwrap_or_else(|| path.text.clone());
                self.working_dir = Some(Setting::at(place(path.span), text));
            }
            InstructionKind::Env(pairs) => {
                for pair in &pairs.pairs {
                    let value = Setting::at(place(pair.span), pair.value.text.clone());
                    self.environment.push((pair.name.clone(), value));
                }
            }
            InstructionKind::Entrypoint(form) => {
                // A new entry point forgets the command of the image below.
                *entrypoint = Some(Setting::at(place(instruction.args), words(form)));
                *command = None;
            }
            InstructionKind::Cmd(form) => {
                *command = Some(Setting::at(place(instruction.args), words(form)));
            }
            _ => {}
        }
    }

    fn read_arguments(&mut self) {
        let built = self.dockerfile.reachable_stages(self.stage);
        for instruction in &self.dockerfile.instructions {
            let is_built = instruction.stage.is_none_or(|it| built.contains(&it));
            if let InstructionKind::Arg(arguments) = &instruction.kind
                && is_built
            {
                for argument in arguments {
                    let at = Location::new(&self.dockerfile.source, argument.name.span);
                    self.arguments.push(Setting::at(at, argument.name.text.clone()));
                }
            }
        }
    }

    fn at(&self, span: Span) -> Location {
        Location::new(&self.dockerfile.source, span)
    }
}

/// The words of a command; text for a shell stays one word, behind the shell that reads it.
fn words(form: &ShellOrExec) -> Vec<String> {
    match form {
        ShellOrExec::Exec(form) => form.words.iter().map(|it| it.value.clone()).collect(),
        ShellOrExec::Shell(form) => {
            vec!["/bin/sh".to_owned(), "-c".to_owned(), form.text.text().to_owned()]
        }
    }
}

fn joined(
    entrypoint: Option<Setting<Vec<String>>>,
    command: Option<Setting<Vec<String>>>,
) -> Option<Setting<Vec<String>>> {
    match (entrypoint, command) {
        (Some(mut entrypoint), Some(command)) => {
            // The shell form of an entry point takes no arguments.
            if entrypoint.value.first().is_none_or(|it| it != "/bin/sh") {
                entrypoint.value.extend(command.value);
            }
            Some(entrypoint)
        }
        (entrypoint, command) => entrypoint.or(command),
    }
}

/// Whether an image starts as root, where its name tells: distributions and language images of
/// Docker's official library do, images made to run as another user do not.
pub fn starts_as_root(reference: &ImageReference) -> Option<bool> {
    let name = reference.familiar_name();
    let tag = reference.tag.as_ref().map(|it| it.text.as_str()).unwrap_or_default();
    if tag.contains("nonroot") || tag.contains("unprivileged") || name.contains("unprivileged") {
        return Some(false);
    }
    if NOT_ROOT.iter().any(|it| name == *it || name.starts_with(&format!("{it}/"))) {
        return Some(false);
    }
    ROOT.contains(&name.as_str()).then_some(true)
}

/// Repositories, or owners of repositories, whose images declare a user that is not root.
static NOT_ROOT: &[&str] = &[
    "bitnami",
    "cgr.dev/chainguard",
    "nginxinc/nginx-unprivileged",
    "grafana/grafana",
    "prom/prometheus",
    "prom/alertmanager",
    "prom/node-exporter",
    "jenkins/jenkins",
    "docker.elastic.co/elasticsearch",
    "docker.elastic.co/kibana",
    "elasticsearch",
    "kibana",
    "quay.io/keycloak/keycloak",
    "sonarqube",
    "opensearchproject/opensearch",
    "memcached",
    "haproxy",
    "hashicorp/http-echo",
    "solr",
    "kong",
];

/// Images of Docker's official library that declare no user, so that they start as root.
static ROOT: &[&str] = &[
    "almalinux",
    "alpine",
    "amazoncorretto",
    "amazonlinux",
    "archlinux",
    "busybox",
    "caddy",
    "centos",
    "clojure",
    "composer",
    "debian",
    "docker",
    "eclipse-temurin",
    "erlang",
    "elixir",
    "fedora",
    "gcc",
    "golang",
    "gradle",
    "groovy",
    "haskell",
    "httpd",
    "ibmjava",
    "influxdb",
    "julia",
    "mageia",
    "mariadb",
    "maven",
    "mongo",
    "mysql",
    "neo4j",
    "nginx",
    "node",
    "openjdk",
    "opensuse/leap",
    "oraclelinux",
    "perl",
    "php",
    "photon",
    "postgres",
    "pypy",
    "python",
    "r-base",
    "rabbitmq",
    "redis",
    "registry",
    "rockylinux",
    "ruby",
    "rust",
    "sapmachine",
    "swift",
    "tomcat",
    "traefik",
    "ubuntu",
    "valkey/valkey",
    "wordpress",
];
