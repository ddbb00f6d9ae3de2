//! CI workflows, GitHub's and GitLab's, as far as images are concerned: what runs in which image,
//! and which scripts.
//!
//! Says what is written and where; runs nothing, includes nothing, and knows nothing of what is
//! good or bad. Scripts are given as text: whoever reads them brings a shell.

use std::sync::Arc;

use plimsoll_text::Span;

use crate::tree::{Node, NodeKind, ScalarStyle, Tree};

/// Steps after this many, over all jobs, are not read.
pub const MAX_STEPS: usize = 20_000;

/// A workflow, a composite action or a GitLab CI file.
#[derive(Clone, Debug)]
pub struct Workflow {
    /// The text as a tree.
    pub tree: Arc<Tree>,
    /// Whose format it is.
    pub system: CiSystem,
    /// The jobs in order. The steps of an action, and what a GitLab file gives to every job, stand
    /// in a job of their own.
    pub jobs: Vec<Job>,
    /// Variables for every job.
    pub environment: Vec<Pair>,
    /// What a GitLab file includes: templates, files, components.
    pub includes: Vec<Scalar>,
    /// Whether [`MAX_STEPS`] was reached, so that the rest was not read.
    pub is_truncated: bool,
}

/// Whose format a workflow is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CiSystem {
    /// GitHub Actions, or a forge that reads the same files.
    GitHub,
    /// GitLab CI.
    GitLab,
}

/// A text with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// What it says, quotes and escapes undone.
    pub text: String,
    /// Where it stands, without quotes; a block from its `|` or `>` on.
    pub span: Span,
    /// How it is written.
    pub style: ScalarStyle,
}

/// A name with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The name.
    pub name: Scalar,
    /// The value; empty where nothing is written.
    pub value: Scalar,
}

/// A job.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its key.
    pub name: Scalar,
    /// The workflow that it runs in place of steps.
    pub uses: Option<Scalar>,
    /// The image that it runs in.
    pub image: Option<JobImage>,
    /// The images that run beside it.
    pub services: Vec<JobImage>,
    /// What it does. Each line of a GitLab script is a step.
    pub steps: Vec<WorkflowStep>,
    /// Its variables.
    pub environment: Vec<Pair>,
    /// The jobs whose settings it takes.
    pub extends: Vec<Scalar>,
}

/// An image that a job runs in, or beside itself.
#[derive(Clone, Debug)]
pub struct JobImage {
    /// The image, as written.
    pub name: Scalar,
    /// Options of `docker create`, in one text.
    pub options: Option<Scalar>,
    /// Volumes, as `docker create` takes them.
    pub volumes: Vec<Scalar>,
    /// Its variables.
    pub environment: Vec<Pair>,
    /// The words of the command, where one is given.
    pub command: Vec<Scalar>,
}

/// A step of a job.
#[derive(Clone, Debug)]
pub struct WorkflowStep {
    /// From its first key to the end of its last value.
    pub span: Span,
    /// Its name.
    pub name: Option<Scalar>,
    /// The action that it runs, as written.
    pub uses: Option<Scalar>,
    /// The script that it runs.
    pub run: Option<Scalar>,
    /// The shell of its script, where one is named.
    pub shell: Option<Scalar>,
    /// The inputs of its action.
    pub inputs: Vec<Pair>,
    /// Its variables.
    pub environment: Vec<Pair>,
}

impl WorkflowStep {
    /// The input called `name`; letter case does not count.
    pub fn input(&self, name: &str) -> Option<&Scalar> {
        let found = self.inputs.iter().find(|it| it.name.text.eq_ignore_ascii_case(name));
        found.map(|it| &it.value)
    }
}

impl Workflow {
    /// Reads the first document of `tree`. A file with `jobs` or `runs` is GitHub's, any other
    /// GitLab's, which has its jobs at the top. A leading `spec` document of GitLab is passed.
    pub fn read(tree: &Arc<Tree>) -> Self {
        let documents = tree.documents.iter().map(|it| &it.root);
        let mut roots = documents.filter(|it| it.own_entry("spec").is_none());
        let root = roots.next().or_else(|| tree.root());
        let mut res = Self {
            tree: Arc::clone(tree),
            system: CiSystem::GitLab,
            jobs: Vec::new(),
            environment: Vec::new(),
            includes: Vec::new(),
            is_truncated: false,
        };
        let Some(root) = root else { return res };
        if root.get("jobs").is_some() || root.get("runs").is_some() || root.get("on").is_some() {
            res.system = CiSystem::GitHub;
            res.read_github(root);
        } else {
            res.read_gitlab(root);
        }
        res
    }

    /// Every step of every job.
    pub fn steps(&self) -> impl Iterator<Item = &WorkflowStep> {
        self.jobs.iter().flat_map(|it| &it.steps)
    }

    /// Every image that a job runs in or beside itself.
    pub fn images(&self) -> impl Iterator<Item = &JobImage> {
        self.jobs.iter().flat_map(|it| it.image.iter().chain(&it.services))
    }

    /// Every variable that is set for all, for a job, for a step or for a service.
    pub fn variables(&self) -> impl Iterator<Item = &Pair> {
        let of_jobs = self.jobs.iter().flat_map(|job| {
            let of_steps = job.steps.iter().flat_map(|it| &it.environment);
            let images = job.image.iter().chain(&job.services);
            job.environment.iter().chain(of_steps).chain(images.flat_map(|it| &it.environment))
        });
        self.environment.iter().chain(of_jobs)
    }

    fn read_github(&mut self, root: &Node) {
        self.environment = pairs(root.get("env"));
        let mut n_left = MAX_STEPS;
        for entry in root.get("jobs").map(Node::entries).unwrap_or_default() {
            let Some(name) = scalar(&entry.key) else { continue };
            let job = &entry.value;
            let services = job.get("services").map(Node::entries).unwrap_or_default();
            let steps = self.github_steps(job.get("steps"), &mut n_left);
            self.jobs.push(Job {
                name,
                uses: job.get("uses").and_then(scalar),
                image: job.get("container").and_then(job_image),
                services: services.into_iter().filter_map(|it| job_image(&it.value)).collect(),
                steps,
                environment: pairs(job.get("env")),
                extends: Vec::new(),
            });
        }
        if let Some(runs) = root.get_entry("runs")
            && let Some(name) = scalar(&runs.key)
        {
            let steps = self.github_steps(runs.value.get("steps"), &mut n_left);
            // Any other image of an action is the path of a Dockerfile.
            let image = runs.value.get("image").and_then(job_image);
            let image = image.filter(|it| it.name.text.starts_with("docker://"));
            self.jobs.push(Job {
                name,
                uses: None,
                image,
                services: Vec::new(),
                steps,
                environment: pairs(runs.value.get("env")),
                extends: Vec::new(),
            });
        }
    }

    fn github_steps(&mut self, steps: Option<&Node>, n_left: &mut usize) -> Vec<WorkflowStep> {
        let mut res = Vec::new();
        for step in steps.map(Node::items).unwrap_or_default() {
            if *n_left == 0 {
                self.is_truncated = true;
                break;
            }
            *n_left -= 1;
            res.push(WorkflowStep {
                span: step.resolved().span,
                name: step.get("name").and_then(scalar),
                uses: step.get("uses").and_then(scalar),
                run: step.get("run").and_then(scalar),
                shell: step.get("shell").and_then(scalar),
                inputs: pairs(step.get("with")),
                environment: pairs(step.get("env")),
            });
        }
        res
    }

    fn read_gitlab(&mut self, root: &Node) {
        self.environment = pairs(root.get("variables"));
        if let Some(include) = root.get("include") {
            push_includes(include, &mut self.includes);
        }
        let mut n_left = MAX_STEPS;
        let shared = Scalar {
            text: "default".to_owned(),
            span: Span::empty(root.span.start),
            style: ScalarStyle::Plain,
        };
        let job = self.gitlab_job(shared, root, &mut n_left);
        if job.image.is_some() || !job.services.is_empty() || !job.steps.is_empty() {
            self.jobs.push(Job { environment: Vec::new(), ..job });
        }
        for entry in root.entries() {
            let Some(name) = scalar(&entry.key) else { continue };
            if entry.value.is_mapping() && !GLOBAL_KEYS.contains(&name.text.as_str()) {
                let job = self.gitlab_job(name, &entry.value, &mut n_left);
                self.jobs.push(job);
            }
        }
    }

    fn gitlab_job(&mut self, name: Scalar, job: &Node, n_left: &mut usize) -> Job {
        let mut lines = Vec::new();
        let hooks = job.get("hooks").and_then(|it| it.get("pre_get_sources_script"));
        let keys = ["before_script", "script", "after_script"];
        for script in hooks.into_iter().chain(keys.iter().filter_map(|it| job.get(it))) {
            push_lines(script, &mut lines, *n_left);
        }
        self.is_truncated |= lines.len() >= *n_left;
        *n_left -= lines.len().min(*n_left);
        let services = job.get("services").map(Node::items).unwrap_or_default();
        let extends = job.get("extends");
        Job {
            name,
            uses: None,
            image: job.get("image").and_then(job_image),
            services: services.iter().filter_map(job_image).collect(),
            steps: lines.into_iter().map(script_step).collect(),
            environment: pairs(job.get("variables")),
            extends: extends.map(scalars).unwrap_or_default(),
        }
    }
}

/// Keys at the top of a GitLab file that are no jobs. `default` holds what every job takes, in the
/// form of a job.
static GLOBAL_KEYS: &[&str] =
    &["stages", "variables", "include", "workflow", "image", "services", "cache", "spec"];

fn script_step(line: Scalar) -> WorkflowStep {
    WorkflowStep {
        span: line.span,
        name: None,
        uses: None,
        run: Some(line),
        shell: None,
        inputs: Vec::new(),
        environment: Vec::new(),
    }
}

/// The lines of a script, which may be a text or lists in lists. References into other parts of the
/// configuration are read where they stand.
fn push_lines(node: &Node, out: &mut Vec<Scalar>, limit: usize) {
    if node.resolved().tag_text() == Some("!reference") || out.len() >= limit {
        return;
    }
    out.extend(scalar(node));
    for item in node.items() {
        push_lines(item, out, limit);
    }
}

fn push_includes(node: &Node, out: &mut Vec<Scalar>) {
    let items = node.items();
    let entries = if items.is_empty() { std::slice::from_ref(node) } else { items };
    for entry in entries {
        out.extend(scalar(entry));
        for key in ["template", "local", "project", "remote", "component"] {
            out.extend(entry.get(key).and_then(scalar));
        }
        out.extend(entry.get("file").map(scalars).unwrap_or_default());
    }
}

/// An image by its name alone, or a mapping that names it.
fn job_image(node: &Node) -> Option<JobImage> {
    let name = scalar(node).or_else(|| {
        let named = ["image", "name"].iter().find_map(|it| node.get(it));
        named.and_then(scalar)
    })?;
    Some(JobImage {
        name,
        options: node.get("options").and_then(scalar),
        volumes: node.get("volumes").map(scalars).unwrap_or_default(),
        environment: pairs(node.get("env").or_else(|| node.get("variables"))),
        command: node.get("command").map(scalars).unwrap_or_default(),
    })
}

fn pairs(node: Option<&Node>) -> Vec<Pair> {
    let entries = node.map(Node::entries).unwrap_or_default();
    let pair = |name: &Node, value: &Node| {
        // GitLab may describe a variable: its value then stands one step down.
        let value = value.get("value").unwrap_or(value);
        let empty = || Scalar {
            text: String::new(),
            span: Span::empty(value.span.start),
            style: ScalarStyle::Plain,
        };
        Some(Pair { name: scalar(name)?, value: scalar(value).unwrap_or_else(empty) })
    };
    entries.into_iter().filter_map(|it| pair(&it.key, &it.value)).collect()
}

/// One text, or every text of a list.
fn scalars(node: &Node) -> Vec<Scalar> {
    let one = scalar(node).into_iter();
    one.chain(node.items().iter().filter_map(scalar)).collect()
}

fn scalar(node: &Node) -> Option<Scalar> {
    let node = node.resolved();
    let NodeKind::Scalar { value, style } = &node.kind else { return None };
    if node.is_null() {
        return None;
    }
    let span = match style {
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted if node.span.len() >= 2 => {
            Span::new(node.span.start + 1, node.span.end - 1)
        }
        _ => node.span,
    };
    Some(Scalar { text: value.clone(), span, style: *style })
}

#[cfg(test)]
mod tests {
    use std::{fmt::Write as _, sync::Arc};

    use plimsoll_text::Source;

    use super::Workflow;
    use crate::yaml::parse_yaml;

    fn dump(text: &str) -> String {
        let source = Source::new("ci.yml", text);
        let workflow = Workflow::read(&Arc::new(parse_yaml(&source)));
        let mut res = format!("{:?}", workflow.system);
        for job in &workflow.jobs {
            write!(res, " [{}", job.name.text).unwrap();
            for image in job.image.iter().chain(&job.services) {
                assert_eq!(source.slice(image.name.span), image.name.text);
                write!(res, " image={}", image.name.text).unwrap();
                for it in image.options.iter().chain(&image.volumes) {
                    write!(res, " +{}", it.text).unwrap();
                }
            }
            for step in &job.steps {
                let words = step.uses.iter().chain(&step.run);
                for it in words {
                    write!(res, " {}", it.text.trim().replace('\n', "|")).unwrap();
                }
                for it in &step.inputs {
                    write!(res, " {}:{}", it.name.text, it.value.text.trim()).unwrap();
                }
            }
            res.push(']');
        }
        for it in workflow.variables() {
            write!(res, " {}={}", it.name.text, it.value.text).unwrap();
        }
        for it in &workflow.includes {
            write!(res, " <{}>", it.text).unwrap();
        }
        res
    }

    #[test]
    fn workflows_come_apart() {
        for (text, expected) in [
            (
                "on: push\nenv:\n  A: 1\njobs:\n  b:\n    container:\n      image: 'x:1'\n      \
                 volumes: [/a:/b]\n      options: --privileged\n    services:\n      db: y\n    \
                 steps:\n      - uses: a/b@c\n        with: {d: e}\n      - run: |\n          f\n  \
                 \x20       g\n        env: {Z: q}\n",
                "GitHub [b image=x:1 +--privileged +/a:/b image=y a/b@c d:e f|g] A=1 Z=q",
            ),
            (
                "runs:\n  using: composite\n  steps:\n    - run: x\n      shell: bash\n",
                "GitHub [runs x]",
            ),
            ("jobs:\n  a:\n    uses: o/r/.github/workflows/x.yml@v1\n", "GitHub [a]"),
            (
                "include:\n  - template: Security/T.yml\n  - local: x.yml\nstages: [a]\nvariables:\n  \
                 A: {value: b, description: c}\nimage: base\nbuild:\n  image: {name: x}\n  \
                 services: [docker:dind]\n  script:\n    - a\n    - [b, c]\n    - !reference [d, e]\n",
                "GitLab [default image=base] [build image=x image=docker:dind a b c] A=b \
                 <Security/T.yml> <x.yml>",
            ),
            ("", "GitLab"),
            ("- a\n", "GitLab"),
            ("jobs: 3\n", "GitHub"),
        ] {
            assert_eq!(dump(text), expected, "{text}");
        }
    }
}
