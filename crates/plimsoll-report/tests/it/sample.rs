//! A small verdict that has something of everything, and a maker of many others.

use std::sync::Arc;

use plimsoll_finding::{
    Audience, Confidence, Coverage, CoverageState, Disposition, Finding, FixKind, Origin, RuleInfo,
    Safety, Severity, Sink, SubjectKind,
};
use plimsoll_policy::{Outcome, Verdict};
use plimsoll_report::{Options, Run};
use plimsoll_text::{Edit, Location, Source, Span};

pub(crate) const SECRET: &str = "s3cr3t-Pa55word-9";

pub(crate) static ROOT_USER: RuleInfo = RuleInfo {
    id: "root-user",
    aliases: &["hadolint:DL3002", "trivy:DS-0002"],
    severity: Severity::High,
    confidence: Confidence::High,
    audience: Audience::Default,
    subject: SubjectKind::Dockerfile,
    controls: &["image.user"],
    fix: FixKind::Unsafe,
    doc: "The final stage runs as root.\n\n## Why\nA process that breaks out of a container \
          started as `root` is root on the host. Every other guard is then the last one.\n\n\
          ## Bad\n```dockerfile\nFROM debian:12\nUSER root\n# ^ root-user\n```\n\n\
          ## Limits\n- a user that the base image sets is not seen\n\n\
          ## References\n- https://docs.docker.com/build/building/best-practices/\n",
    file: "src/rules/dockerfile/root_user.rs",
};

pub(crate) static LATEST_TAG: RuleInfo = RuleInfo {
    id: "latest-tag",
    aliases: &["hadolint:DL3007"],
    severity: Severity::Medium,
    confidence: Confidence::High,
    audience: Audience::Default,
    subject: SubjectKind::Dockerfile,
    controls: &["image.trusted-base"],
    fix: FixKind::None,
    doc: "The base image floats.\n\n## Why\nThe same Dockerfile gives another image tomorrow.\n",
    file: "src/rules/dockerfile/latest_tag.rs",
};

pub(crate) static ADD_INSTEAD_OF_COPY: RuleInfo = RuleInfo {
    id: "add-instead-of-copy",
    aliases: &["hadolint:DL3020"],
    severity: Severity::Low,
    confidence: Confidence::High,
    audience: Audience::Hygiene,
    subject: SubjectKind::Dockerfile,
    controls: &[],
    fix: FixKind::Safe,
    doc: "ADD where COPY would do.\n\n## Why\n`ADD` unpacks and downloads when nobody asks.\n",
    file: "src/rules/dockerfile/add_instead_of_copy.rs",
};

pub(crate) static SECRET_IN_ENV: RuleInfo = RuleInfo {
    id: "secret-in-environment",
    aliases: &["kics:passwords_and_secrets"],
    severity: Severity::Critical,
    confidence: Confidence::Medium,
    audience: Audience::Default,
    subject: SubjectKind::Service,
    controls: &["secrets.env"],
    fix: FixKind::None,
    doc: "A secret stands in the environment.\n\n## Why\nWhoever may inspect the container, read a \
          crash dump or a child process's environment has it.\n",
    file: "src/rules/service/secret_in_environment.rs",
};

pub(crate) const RULES: [&RuleInfo; 4] =
    [&ROOT_USER, &LATEST_TAG, &ADD_INSTEAD_OF_COPY, &SECRET_IN_ENV];

pub(crate) fn run() -> Run {
    Run {
        started: String::from("2026-01-02T03:04:05Z"),
        version: String::from("0.1.0"),
        command: String::from("plimsoll scan shop"),
        working_directory: Some(String::from("/home/me/shop")),
        repository_root: None,
        help_base: Some(String::from("https://plimsoll.example/rules/")),
    }
}

pub(crate) fn options(width: usize) -> Options {
    Options { width, ..Options::default() }
}

pub(crate) fn dockerfile() -> Arc<Source> {
    let text = "FROM debian:latest AS web\nARG CHANNEL=stable\n\
                RUN apt-get update \\\n && apt-get install -y \\\n    curl \\\n    git \\\n    \
                make \\\n    gcc \\\n && rm -rf /var/lib/apt/lists/*\n\
                ADD app /srv/app\nUSER root\n";
    Source::new("web/Dockerfile", text)
}

pub(crate) fn compose() -> Arc<Source> {
    let text = format!(
        "services:\n  db:\n    image: postgres:16\n    environment:\n      \
         POSTGRES_PASSWORD: {SECRET} # \u{202e}not a secret\u{1b}[2K\n    \
         command: [\"postgres\", \"-c\", \"shared_preload_libraries=pg_stat_statements\", \"-c\", \
         \"log_min_duration_statement=250\", \"-c\", \"日本語=はい\"]\n\tuser: \"0\"\n"
    );
    Source::new("compose.yaml", text)
}

pub(crate) fn span(source: &Source, text: &str) -> Span {
    let start = source.text().find(text).unwrap();
    Span::new(start, start + text.len())
}

/// A verdict with every kind of finding, fix, disposition and gap.
pub(crate) fn verdict() -> Verdict {
    let web = dockerfile();
    let compose = compose();
    let mut findings = Vec::new();
    in_compose(&compose, &web, &mut findings);
    in_dockerfile(&web, &mut findings);
    for (number, finding) in findings.iter_mut().enumerate() {
        finding.fingerprint = format!("{number:032x}");
    }
    let gap = |unit: &str, state, why: &str| Coverage { unit: unit.into(), state, why: why.into() };
    Verdict {
        findings: findings.into_iter().collect(),
        coverage: vec![
            gap("web/Dockerfile", CoverageState::Ran, ""),
            gap("compose.yaml", CoverageState::Partial, "line 7: a tab cannot indent"),
            gap("charts/web/templates/pod.yaml", CoverageState::Skipped, "a Helm template"),
        ],
        rules: vec![&ROOT_USER, &LATEST_TAG, &ADD_INSTEAD_OF_COPY, &SECRET_IN_ENV],
        spared: [].into(),
        judged: [(SubjectKind::Dockerfile, 1), (SubjectKind::Service, 2)].into(),
        fail_on: Some(Severity::Medium),
        outcome: Outcome::Findings,
    }
}

fn in_compose(compose: &Arc<Source>, web: &Arc<Source>, findings: &mut Vec<Finding>) {
    let secret = span(compose, SECRET);
    Sink::new(&SECRET_IN_ENV, compose, findings)
        .report(secret, format!("`POSTGRES_PASSWORD` is set to `{SECRET}` in plain sight"))
        .evidence(format!("the value {SECRET} has 17 characters"))
        .secret(secret);
    Sink::new(&ROOT_USER, compose, findings)
        .report(span(compose, "user: \"0\""), "the service `db` runs as root again")
        .related_at(Location::new(web, span(web, "USER root")), "the image says so too");
    Sink::new(&LATEST_TAG, compose, findings)
        .report(span(compose, "はい"), "a place far to the right of a wide line");
    let around = Span::new(secret.start - 19, secret.end);
    let edit = Edit::replace(around, format!("DB_PASSWORD: \"{SECRET}\""));
    Sink::new(&ADD_INSTEAD_OF_COPY, compose, findings)
        .report(around, format!("another rule at the same place says {SECRET}"))
        .severity(Severity::Info)
        .fix("rename it", Safety::Safe, vec![edit]);
}

fn in_dockerfile(web: &Arc<Source>, findings: &mut Vec<Finding>) {
    Sink::new(&LATEST_TAG, web, findings)
        .report(span(web, "debian:latest"), "`debian:latest` is another image every week");
    let run = span(web, "RUN apt-get update");
    let run = Span::new(run.start, span(web, "lists/*").end);
    Sink::new(&ADD_INSTEAD_OF_COPY, web, findings)
        .report(run, "a place of many lines, to see how it is shown")
        .confidence(Confidence::Low)
        .severity(Severity::Info);
    let add = span(web, "ADD");
    Sink::new(&ADD_INSTEAD_OF_COPY, web, findings).report(add, "`ADD` copies a plain file").fix(
        "use COPY",
        Safety::Safe,
        vec![Edit::replace(add, "COPY")],
    );
    let user = span(web, "root");
    Sink::new(&ROOT_USER, web, findings)
        .report(user, "the final stage runs as root")
        .related(span(web, "debian:latest"), "the base image starts as root too")
        .fix("run as a numeric user", Safety::Unsafe, vec![Edit::replace(user, "10001:10001")]);
    findings.push(Finding {
        disposition: Disposition::Waived {
            reason: String::from("the build cache | needs <it> @everyone"),
            until: Some(String::from("2027-03-01")),
            origin: Origin::Comment(Location::new(web, add)),
        },
        ..findings.last().unwrap().clone()
    });
    findings
        .push(Finding { disposition: Disposition::Baseline, ..findings.last().unwrap().clone() });
}

/// Numbers that look random and are the same in every run.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    fn text(&mut self, n_parts: usize) -> String {
        const PARTS: [&str; 16] = [
            "a",
            " ",
            "\n",
            "\t",
            "é",
            "日本",
            "\r\n",
            "`",
            "<b>",
            "&",
            "|",
            "\u{1b}[31m",
            "\u{202e}",
            "]](x)",
            "%0A::error::",
            "\u{0}",
        ];
        (0..self.below(n_parts)).map(|_| *self.pick(&PARTS)).collect()
    }

    fn span(&mut self, source: &Source) -> Span {
        let n_bytes = source.text().len();
        let start = self.below(n_bytes + 3);
        Span::new(start, start + self.below(30))
    }
}

/// A verdict of odd texts, odd places and hostile words.
pub(crate) fn any_verdict(seed: u64) -> Verdict {
    let mut dice = Dice(seed);
    let sources: Vec<Arc<Source>> = (0..3)
        .map(|it| Source::new(format!("dir{it}/a b<{}>", dice.text(3)), dice.text(60)))
        .collect();
    let mut verdict = Verdict { rules: RULES.to_vec(), ..Verdict::default() };
    let mut all = Vec::new();
    for _ in 0..dice.below(12) {
        let source = dice.pick(&sources).clone();
        let other = dice.pick(&sources).clone();
        let rule = *dice.pick(&RULES);
        let (place, related, edit) = (dice.span(&source), dice.span(&other), dice.span(&source));
        let (message, note, text) = (dice.text(12), dice.text(5), dice.text(6));
        let mut findings = Vec::new();
        Sink::new(rule, &source, &mut findings)
            .report(place, message)
            .severity(*dice.pick(&Severity::ALL))
            .related_at(Location::new(&other, related), note)
            .evidence(dice.text(6))
            .fix(dice.text(4), Safety::Unsafe, vec![Edit::replace(edit, text)]);
        let mut finding = findings.remove(0);
        finding.disposition = match dice.below(4) {
            0 => Disposition::Baseline,
            1 => Disposition::Waived {
                reason: dice.text(6),
                until: None,
                origin: Origin::Settings(Location::new(&other, related)),
            },
            _ => Disposition::Open,
        };
        all.push(finding);
    }
    verdict.findings = all.into_iter().collect();
    for state in [CoverageState::Ran, CoverageState::Skipped, CoverageState::Broke] {
        verdict.coverage.push(Coverage { unit: dice.text(4), state, why: dice.text(5) });
    }
    verdict.judged = [(SubjectKind::Dockerfile, dice.below(3))].into();
    verdict.outcome = *dice.pick(&[Outcome::Clean, Outcome::Findings, Outcome::Incomplete]);
    verdict
}

/// One output as text.
pub(crate) fn written(
    write: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>,
) -> String {
    let mut res = Vec::new();
    write(&mut res).unwrap();
    String::from_utf8(res).unwrap()
}

/// Every output of a verdict, by name.
pub(crate) fn all_outputs(verdict: &Verdict, run: &Run) -> Vec<(&'static str, String)> {
    use plimsoll_report as report;
    let verbose = Options { verbose: true, ..Options::default() };
    let narrow = Options { width: 40, color: true, hyperlinks: true, verbose: true };
    let brief = Options::default();
    vec![
        ("human", written(|out| report::human::write(verdict, run, &verbose, out))),
        ("human, narrow", written(|out| report::human::write(verdict, run, &narrow, out))),
        ("human, brief", written(|out| report::human::write(verdict, run, &brief, out))),
        ("json", written(|out| report::json::write(verdict, run, out))),
        ("sarif", written(|out| report::sarif::write(verdict, run, out))),
        ("junit", written(|out| report::junit::write(verdict, run, out))),
        ("gitlab", written(|out| report::gitlab::write(verdict, run, out))),
        ("github", written(|out| report::github::write(verdict, run, out))),
        ("markdown", written(|out| report::markdown::write(verdict, run, out))),
        ("html", written(|out| report::html::write(verdict, run, out))),
        ("checklist", written(|out| report::checklist::write(verdict, run, &brief, out))),
        (
            "checklist, markdown",
            written(|out| report::checklist::write_markdown(verdict, run, out)),
        ),
    ]
}
