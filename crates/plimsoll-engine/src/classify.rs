//! What a file is, by its path and, where that does not tell, by its text. Pure.

/// What a file is, as far as Plimsoll can judge it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// A Dockerfile or Containerfile.
    Dockerfile,
    /// A compose file.
    Compose,
    /// A Kubernetes manifest.
    Kubernetes,
    /// A Helm template: text that only becomes YAML when it is rendered.
    HelmTemplate,
    /// The Docker daemon's settings.
    DaemonJson,
    /// An nginx configuration.
    Nginx,
    /// A seccomp profile.
    Seccomp,
    /// A GitHub Actions workflow or action.
    GithubWorkflow,
    /// A GitLab CI file.
    GitlabWorkflow,
    /// A shell script that may hold `docker` command lines.
    ShellScript,
    /// A Makefile that may hold `docker` command lines.
    Makefile,
    /// A systemd unit that may hold `docker` command lines.
    SystemdUnit,
    /// A Markdown text that may hold `docker` command lines.
    Markdown,
    /// A `.env` file.
    EnvFile,
}

/// Whether a file of this path may be judged, so that its text is worth reading.
pub fn is_candidate(path: &str) -> bool {
    by_name(path).is_some() || extension(path).is_none_or(|it| SNIFFED.contains(&it))
}

/// What the file at `path` with `text` is; `None` is none of ours.
pub fn classify(path: &str, text: &str) -> Option<FileKind> {
    match by_name(path) {
        Some(kind) if is_command_text(kind) => mentions_docker(text).then_some(kind),
        Some(FileKind::Compose | FileKind::Kubernetes) if is_template(path, text) => {
            Some(FileKind::HelmTemplate)
        }
        Some(kind) => Some(kind),
        None => by_text(path, text),
    }
}

fn is_command_text(kind: FileKind) -> bool {
    use FileKind::{Makefile, Markdown, ShellScript, SystemdUnit};
    matches!(kind, ShellScript | Makefile | SystemdUnit | Markdown)
}

/// Extensions whose files are told by their text.
const SNIFFED: &[&str] = &["yaml", "yml", "json", "conf"];

fn by_name(path: &str) -> Option<FileKind> {
    let name = file_name(path);
    let lower = name.to_ascii_lowercase();
    if is_dockerfile(&lower) {
        return Some(FileKind::Dockerfile);
    }
    if is_env_file(&lower) {
        return Some(FileKind::EnvFile);
    }
    match extension(path) {
        Some("yaml" | "yml") => yaml_by_name(path, &lower),
        Some("json") => matches!(lower.as_str(), "daemon.json" | "docker-daemon.json")
            .then_some(FileKind::DaemonJson),
        Some("sh" | "bash" | "ksh" | "dash") => Some(FileKind::ShellScript),
        Some("md" | "markdown") => Some(FileKind::Markdown),
        Some("service") => Some(FileKind::SystemdUnit),
        Some("mk") => Some(FileKind::Makefile),
        Some("nginx") => Some(FileKind::Nginx),
        Some("conf") if lower == "nginx.conf" => Some(FileKind::Nginx),
        None if matches!(lower.as_str(), "makefile" | "gnumakefile") => Some(FileKind::Makefile),
        _ => None,
    }
}

fn yaml_by_name(path: &str, lower: &str) -> Option<FileKind> {
    if path.contains(".github/workflows/") || matches!(lower, "action.yml" | "action.yaml") {
        return Some(FileKind::GithubWorkflow);
    }
    if lower.ends_with(".gitlab-ci.yml")
        || lower.ends_with(".gitlab-ci.yaml")
        || path.contains(".gitlab/ci/")
    {
        return Some(FileKind::GitlabWorkflow);
    }
    let stem = lower.trim_end_matches(".yaml").trim_end_matches(".yml");
    let word = stem.split(['.', '_']).next().unwrap_or_default();
    let is_compose = word == "compose"
        || word == "docker-compose"
        || stem.starts_with("docker-compose")
        || stem.ends_with(".compose")
        || stem.ends_with("-compose");
    is_compose.then_some(FileKind::Compose)
}

fn is_dockerfile(lower: &str) -> bool {
    let ignored = lower.ends_with(".dockerignore") || lower.ends_with(".md");
    let named = ["dockerfile", "containerfile"].iter().any(|word| {
        lower == *word
            || lower.strip_prefix(word).is_some_and(|rest| rest.starts_with(['.', '-', '_']))
            || lower.strip_suffix(word).is_some_and(|rest| rest.ends_with(['.', '-', '_']))
    });
    named && !ignored
}

fn is_env_file(lower: &str) -> bool {
    let example = ["example", "sample", "template", "dist", "md", "ts", "js"];
    let named = lower == ".env" || lower.starts_with(".env.") || lower.ends_with(".env");
    named && !lower.rsplit('.').next().is_some_and(|last| example.contains(&last))
}

fn by_text(path: &str, text: &str) -> Option<FileKind> {
    match extension(path) {
        Some("yaml" | "yml") => yaml_by_text(path, text),
        Some("json") => json_by_text(text),
        Some("conf") => is_nginx(text).then_some(FileKind::Nginx),
        None => {
            let is_script = text.starts_with("#!")
                && text.lines().next().is_some_and(|it| it.trim_end().ends_with("sh"));
            (is_script && mentions_docker(text)).then_some(FileKind::ShellScript)
        }
        Some(_) => None,
    }
}

fn yaml_by_text(path: &str, text: &str) -> Option<FileKind> {
    let has = |key: &str| text.lines().any(|line| line.starts_with(key));
    if has("apiVersion:") && has("kind:") {
        let kind =
            if is_template(path, text) { FileKind::HelmTemplate } else { FileKind::Kubernetes };
        return Some(kind);
    }
    let body = |line: &str| {
        let line = line.trim_start();
        line.starts_with("image:") || line.starts_with("build:")
    };
    (has("services:") && text.lines().any(body)).then_some(FileKind::Compose)
}

fn json_by_text(text: &str) -> Option<FileKind> {
    if text.contains("\"defaultAction\"") && text.contains("SCMP_ACT_") {
        return Some(FileKind::Seccomp);
    }
    let is_manifest = text.contains("\"apiVersion\"") && text.contains("\"kind\"");
    is_manifest.then_some(FileKind::Kubernetes)
}

fn is_nginx(text: &str) -> bool {
    text.lines().map(str::trim_start).any(|line| {
        let opens = line.split_once('{').is_some_and(|it| matches!(it.0.trim(), "server" | "http"));
        opens || line.starts_with("ssl_protocols ") || line.starts_with("proxy_pass ")
    })
}

/// Helm writes `{{ ... }}` where YAML has values, in a folder called `templates`.
fn is_template(path: &str, text: &str) -> bool {
    let in_templates = path.split('/').rev().skip(1).any(|it| it == "templates");
    text.contains("{{") && (in_templates || text.contains("{{- ") || text.contains("{{ ."))
}

fn mentions_docker(text: &str) -> bool {
    text.contains("docker ") || text.contains("podman ") || text.contains("DOCKER")
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The part after the last dot of the file's name; a name that only begins with a dot has none.
fn extension(path: &str) -> Option<&str> {
    let (stem, extension) = file_name(path).rsplit_once('.')?;
    (!stem.is_empty()).then_some(extension)
}

#[cfg(test)]
mod tests {
    use super::{FileKind, classify, is_candidate};

    #[test]
    fn files_are_told_by_name() {
        for (path, want) in [
            ("Dockerfile", Some(FileKind::Dockerfile)),
            ("web/Dockerfile.prod", Some(FileKind::Dockerfile)),
            ("api.Dockerfile", Some(FileKind::Dockerfile)),
            ("build/Containerfile", Some(FileKind::Dockerfile)),
            ("Dockerfile.dockerignore", None),
            ("docker-compose.prod.yml", Some(FileKind::Compose)),
            ("compose.yaml", Some(FileKind::Compose)),
            (".github/workflows/ci.yml", Some(FileKind::GithubWorkflow)),
            (".gitlab-ci.yml", Some(FileKind::GitlabWorkflow)),
            ("etc/docker/daemon.json", Some(FileKind::DaemonJson)),
            (".env", Some(FileKind::EnvFile)),
            (".env.example", None),
            ("prod.env", Some(FileKind::EnvFile)),
            ("nginx.conf", Some(FileKind::Nginx)),
            ("package.json", None),
        ] {
            assert_eq!(classify(path, ""), want, "{path}");
        }
    }

    #[test]
    fn files_are_told_by_text_where_the_name_does_not_tell() {
        for (path, text, want) in [
            ("a.yaml", "apiVersion: v1\nkind: Pod\n", Some(FileKind::Kubernetes)),
            ("stack.yml", "services:\n  a:\n    image: b\n", Some(FileKind::Compose)),
            ("a.yaml", "services: 3\n", None),
            (
                "chart/templates/a.yaml",
                "apiVersion: v1\nkind: Pod\nname: {{ .Values.x }}\n",
                Some(FileKind::HelmTemplate),
            ),
            ("s.json", "{\"defaultAction\": \"SCMP_ACT_ERRNO\"}", Some(FileKind::Seccomp)),
            ("site.conf", "server {\n}\n", Some(FileKind::Nginx)),
            ("README.md", "text", None),
            ("README.md", "`docker run x`", Some(FileKind::Markdown)),
            ("run", "#!/bin/sh\ndocker run x\n", Some(FileKind::ShellScript)),
        ] {
            assert_eq!(classify(path, text), want, "{path}");
            assert!(want.is_none() || is_candidate(path), "{path}");
        }
    }
}
