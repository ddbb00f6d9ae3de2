//! One scan of an image, from its target to its verdict.

use std::{
    collections::{BTreeMap, VecDeque},
    path::PathBuf,
};

use plimsoll_finding::{
    Audience, Coverage, CoverageState, Finding, Place, RuleInfo, SubjectKind, judge as run_rules,
};
use plimsoll_inventory::read_bill;
use plimsoll_net::NetworkPermission;
use plimsoll_oci::{Limits, Platform};
use plimsoll_package::Ecosystem;
use plimsoll_policy::{
    DecidedFile, Decider, Finish, JudgedFile, Outcome as PolicyOutcome, Packer, Verdict,
};
use plimsoll_report::image::{Advice, Advisories, Image, Support};
use plimsoll_vuln::{Day, PACKAGE_RULES, Store};

use super::{
    contents::Contents,
    describe::describe,
    facts::subject,
    read::Looks,
    secrets::secrets,
    source::{Opened, Opener, cache},
    target::parse_target,
    vex::Statements,
    vulnerabilities::{Known, MatchChoice, judge_packages},
};
use crate::{
    database::{Database, DatabaseChoice},
    error::Error,
    run::{Outcome, Progress, Request, Session, read_baseline},
};

/// What to look at, and by what to judge it.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one switch that a user turns")]
pub struct ImageRequest {
    /// The image, archive, folder or container, as it was given.
    pub target: String,
    /// Rules, audience, threshold, baseline, settings.
    pub request: Request,
    /// The platform of an image that is built for several, as `linux/arm64`.
    pub platform: Option<String>,
    /// Address of the engine.
    pub engine: Option<String>,
    /// Whether no network may be used.
    pub offline: bool,
    /// Whether secrets are not looked for.
    pub without_secrets: bool,
    /// Whether known vulnerabilities are not looked for.
    pub without_vulnerabilities: bool,
    /// Whether nothing is taken from the cache or kept in it.
    pub without_cache: bool,
    /// Whether the digests that an archive claims are checked.
    pub verify: bool,
    /// Whether statements of lock files are judged too.
    pub with_statements: bool,
    /// Whether only what has a fix is told.
    pub only_fixable: bool,
    /// Registries that are spoken to in clear text.
    pub insecure_registries: Vec<String>,
    /// Which advisory store.
    pub database: DatabaseChoice,
    /// Documents of statements about vulnerabilities, beside those of the settings.
    pub vex: Vec<PathBuf>,
}

/// What a scan came to.
#[derive(Debug)]
pub struct ImageOutcome {
    /// The image, and what is known about it.
    pub image: Image,
    /// The verdict.
    pub outcome: Outcome,
    /// Less was looked at than was asked for, whatever was found.
    pub is_incomplete: bool,
}

/// Reads an image and lists what is in it, without judging it.
pub fn describe_image(request: &ImageRequest, progress: &dyn Progress) -> Result<Image, Error> {
    let environment = plimsoll_fs::environment();
    let looks = Looks { secrets: false };
    let contents = open(request, looks, &environment, progress)?;
    Ok(describe(&request.target, &contents))
}

/// Reads an image and judges it.
pub fn scan_image(request: &ImageRequest, progress: &dyn Progress) -> Result<ImageOutcome, Error> {
    Ok(scan(request, progress)?.judged)
}

/// A scan with what it was made of, for who asks more of the image.
pub(crate) struct Scan {
    pub(crate) contents: Contents,
    pub(crate) database: Database,
    pub(crate) today: Day,
    pub(crate) judged: ImageOutcome,
}

/// Reads an image and judges it.
pub(crate) fn scan(request: &ImageRequest, progress: &dyn Progress) -> Result<Scan, Error> {
    let environment = plimsoll_fs::environment();
    let session = Session::start(&request.request)?;
    let today = Day::parse(&plimsoll_fs::today()).ok_or(Error::Clock)?;
    // What the user names and cannot be read is told before the image is.
    let documents: Vec<PathBuf> =
        session.config.vex().into_iter().chain(request.vex.iter().cloned()).collect();
    let statements = Statements::read(&documents)?;
    let choice = match (&request.database, session.config.store()) {
        (DatabaseChoice::Newest, Some(path)) => DatabaseChoice::File(path),
        (choice, _) => choice.clone(),
    };
    let database = Database::open(&choice, &environment)?;
    let looks = Looks { secrets: !request.without_secrets };
    let contents = open(request, looks, &environment, progress)?;
    let mut image = describe(&request.target, &contents);
    let mut judgement = ImageJudgement::default();
    judgement.read(request, &contents);
    let store = database.store()?;
    if request.without_vulnerabilities {
        judgement.skip("vulnerabilities", "known vulnerabilities were not looked for, as asked");
    } else {
        judgement.judge_packages(request, &contents, &store, &mut image)?;
        judgement.judge_age(&database, today, session.config.settings.max_data_age, &mut image);
        let notes = statements.apply(&image, &mut judgement.findings);
        judgement.coverage.extend(notes);
    }
    judgement.judge_rules(&request.target, &contents, &store, &session, today, &mut image)?;
    if request.without_secrets {
        judgement.skip("secrets", "secrets were not looked for, as asked");
    } else {
        judgement.judge_secrets(&request.target, &contents, &session, &mut image);
    }
    drop(store);
    let too_old = judgement.too_old;
    let outcome = judgement.decide(request, &session, &mut image)?;
    let is_strict = request.request.strict || session.config.settings.strict;
    let is_gap = |it: &Coverage| matches!(it.state, CoverageState::Partial | CoverageState::Broke);
    let has_gaps = outcome.verdict.coverage.iter().any(is_gap);
    let is_incomplete = too_old || (is_strict && has_gaps);
    let judged = ImageOutcome { image, outcome, is_incomplete };
    Ok(Scan { contents, database, today, judged })
}

fn open(
    request: &ImageRequest,
    looks: Looks,
    environment: &BTreeMap<String, String>,
    progress: &dyn Progress,
) -> Result<Contents, Error> {
    let platform = match &request.platform {
        Some(text) => {
            Some(text.parse::<Platform>().map_err(|_| Error::Platform { text: text.clone() })?)
        }
        None => None,
    };
    let opener = Opener {
        looks,
        limits: Limits::default(),
        platform,
        environment,
        engine: request.engine.as_deref(),
        network: NetworkPermission::unless_offline(request.offline),
        insecure_registries: &request.insecure_registries,
        verify: request.verify,
        cache: cache(!request.without_cache, environment),
        progress,
    };
    let mut found: Opened = opener.open(&parse_target(&request.target))?;
    if let Some(text) = found.bill.take() {
        let wrong = |it: plimsoll_inventory::BillError| Error::Bill {
            name: request.target.clone(),
            why: it.to_string(),
        };
        Ok(Contents::of_bill(found, read_bill(&text).map_err(wrong)?))
    } else {
        let key = found.key.take();
        let contents = Contents::of(found);
        opener.keep_merged(key.as_deref(), &contents.merged);
        Ok(contents)
    }
}

/// What judging an image said.
#[derive(Default)]
struct ImageJudgement {
    findings: Vec<Finding>,
    coverage: Vec<Coverage>,
    judged: BTreeMap<SubjectKind, usize>,
    /// By which ecosystems' rows packages were judged, and the sources of those.
    asked: BTreeMap<Ecosystem, u64>,
    /// The facts about vulnerabilities are older than the settings allow.
    too_old: bool,
}

impl ImageJudgement {
    /// What could not be read.
    fn read(&mut self, request: &ImageRequest, contents: &Contents) {
        let mut gap = |unit: String, why: &str| {
            let state = CoverageState::Partial;
            self.coverage.push(Coverage { unit, state, why: why.to_owned() });
        };
        let name = &request.target;
        let unit = |path: &str| match path {
            "" => name.clone(),
            path => format!("{name}: /{path}"),
        };
        for (path, why) in &contents.opened.gaps {
            gap(unit(path), why);
        }
        for layer in &contents.merged.layers {
            for (path, why) in &layer.gaps {
                gap(unit(path), why);
            }
            if !layer.is_complete && layer.gaps.is_empty() {
                gap(unit(""), "a layer was not read to its end");
            }
        }
        for (path, why) in &contents.merged.gaps {
            gap(unit(path), why);
        }
        for found in &contents.inventory().gaps {
            gap(unit(&found.path), &found.why);
        }
        if self.coverage.is_empty() {
            let state = CoverageState::Ran;
            self.coverage.push(Coverage { unit: name.clone(), state, why: String::new() });
        }
    }

    fn skip(&mut self, what: &str, why: &str) {
        let state = CoverageState::Skipped;
        self.coverage.push(Coverage { unit: what.to_owned(), state, why: why.to_owned() });
    }

    /// How old the facts are by which packages were judged. What became known since is not
    /// judged, and so a gap.
    fn judge_age(&mut self, database: &Database, today: Day, max_age: u32, image: &mut Image) {
        let freshness = database.freshness_of(&self.asked);
        if let Some(staleness) = freshness.staleness(today, max_age) {
            self.too_old = true;
            let state = CoverageState::Partial;
            let unit = "advisories".to_owned();
            self.coverage.push(Coverage { unit, state, why: staleness.to_string() });
        }
        image.advisories = Some(Advisories {
            as_of: freshness.as_of.map(|it| it.to_string()),
            age_days: freshness.age_days(today),
            source: database.origin().to_string(),
            too_old: self.too_old,
        });
    }

    /// Known vulnerabilities.
    fn judge_packages(
        &mut self,
        request: &ImageRequest,
        contents: &Contents,
        store: &Store<'_>,
        image: &mut Image,
    ) -> Result<(), Error> {
        *self.judged.entry(SubjectKind::Package).or_default() += 1;
        let torn = |it: plimsoll_vuln::StoreError| Error::Store { why: it.to_string() };
        let choice = MatchChoice {
            with_statements: request.with_statements,
            only_fixable: request.only_fixable,
            exposure: plimsoll_vuln::Exposure::default(),
        };
        let Known { vulnerabilities, findings, gaps, asked } =
            judge_packages(&request.target, contents, store, choice).map_err(torn)?;
        self.asked = asked;
        for why in gaps {
            let unit = format!("{}: vulnerabilities", request.target);
            self.coverage.push(Coverage { unit, state: CoverageState::Partial, why });
        }
        image.vulnerabilities = vulnerabilities;
        self.findings = findings;
        Ok(())
    }

    /// Configuration, files and layers.
    fn judge_rules(
        &mut self,
        name: &str,
        contents: &Contents,
        store: &Store<'_>,
        session: &Session,
        today: Day,
        image: &mut Image,
    ) -> Result<(), Error> {
        let torn = |it: plimsoll_vuln::StoreError| Error::Store { why: it.to_string() };
        let products = store.products().map_err(torn)?;
        let terms = session.terms(name);
        let subject = subject(name, contents, &products, today, &terms.settings);
        image.support = subject.distribution.as_ref().map(support_words);
        *self.judged.entry(SubjectKind::Image).or_default() += 1;
        // A bill of materials has neither files nor a configuration that rules could look into.
        if contents.opened.layers.is_empty() {
            return Ok(());
        }
        let (findings, broken) = run_rules(&subject, terms.book.image.iter().copied());
        self.findings.extend(findings);
        for rule in broken {
            let why = "the rule broke on this image; please report it".to_owned();
            let state = CoverageState::Broke;
            self.coverage.push(Coverage { unit: format!("rule:{}", rule.id), state, why });
        }
        Ok(())
    }

    fn judge_secrets(
        &mut self,
        name: &str,
        contents: &Contents,
        session: &Session,
        image: &mut Image,
    ) {
        let audiences = &session.config.settings.audiences;
        let chosen = session.chosen_rules(name);
        let is_wanted = |rule: &RuleInfo, audience: Audience| {
            let is_asked = session.selection.asks_for(rule, audience);
            chosen.contains(rule.id) && (audiences.contains(&audience) || is_asked)
        };
        let found = secrets(name, contents, &is_wanted);
        *self.judged.entry(SubjectKind::Secret).or_default() += 1;
        image.n_owned_files = found.n_owned_files;
        self.findings.extend(found.findings);
    }

    /// Weighs what was found, and notes in `image` which finding is whose.
    fn decide(
        self,
        request: &ImageRequest,
        session: &Session,
        image: &mut Image,
    ) -> Result<Outcome, Error> {
        let Self { mut findings, coverage, judged, too_old, .. } = self;
        let chosen = session.chosen_rules(&request.target);
        // Deciding sorts the findings; equal ones keep their order.
        let is_wanted = |it: &(usize, &Finding)| chosen.contains(it.1.rule.id);
        let identities: Vec<(usize, Identity)> = findings
            .iter()
            .enumerate()
            .filter(is_wanted)
            .map(|(number, it)| (number, identity(it)))
            .collect();
        findings.retain(|it| chosen.contains(it.rule.id));
        let rules = session.rules_in_force(&image_rules(session, &request.target));
        let baseline = request.request.baseline.as_deref().map(read_baseline).transpose()?;
        let relative = |name: &str| name.to_owned();
        let policy = session.policy(&request.request, baseline.as_ref(), &relative)?;
        let decider = Decider::new(policy, &rules, session.config.waivers.clone(), &coverage);
        let file =
            JudgedFile { path: repository_of(&request.target), findings, ..JudgedFile::default() };
        let DecidedFile { findings, tally } = decider.decide(file);
        let Finish { late, coverage, outcome } =
            decider.finish(Vec::new(), tally, &judged, coverage);
        let mut packer = Packer::default();
        let mut numbers: BTreeMap<Identity, VecDeque<usize>> = BTreeMap::new();
        let all = findings.iter().chain(late.iter().flat_map(|it| &it.1));
        for (number, finding) in all.enumerate() {
            numbers.entry(identity(finding)).or_default().push_back(number);
            packer.push(finding);
        }
        let mut of_finding = BTreeMap::new();
        for (before, identity) in identities {
            let number = numbers.get_mut(&identity).and_then(VecDeque::pop_front);
            of_finding.extend(number.map(|it| (before, it)));
        }
        image.vulnerabilities.retain_mut(|it| {
            let number = of_finding.get(&it.finding).copied();
            it.finding = number.unwrap_or_default();
            number.is_some()
        });
        image.advice = advice(image);
        let is_clean = outcome == PolicyOutcome::Clean;
        let verdict = Verdict {
            findings: plimsoll_policy::Findings::new(vec![packer.finish()]),
            coverage,
            rules,
            spared: session.spared_rules(),
            judged,
            fail_on: session.config.settings.fail_on.severity(),
            outcome: if is_clean && too_old { PolicyOutcome::Incomplete } else { outcome },
        };
        Ok(Outcome { verdict, root: session.config.root.clone() })
    }
}

/// What tells a finding in an image from others: rule, message, layer and path.
type Identity = (&'static str, String, String, String);

fn identity(finding: &Finding) -> Identity {
    let (layer, path) = match &finding.place {
        Place::Image(it) => (it.layer.clone(), it.path.clone()),
        _ => Default::default(),
    };
    (finding.rule.id, finding.message.clone(), layer, path)
}

/// The rules about packages and secrets that are asked.
fn image_rules(session: &Session, name: &str) -> Vec<&'static RuleInfo> {
    let chosen = session.chosen_rules(name);
    let secrets = plimsoll_secret::Detectors::builtin().infos();
    PACKAGE_RULES.iter().copied().chain(secrets).filter(|it| chosen.contains(it.id)).collect()
}

/// A rebuild has another tag and the same findings.
fn repository_of(name: &str) -> String {
    let name = name.split('@').next().unwrap_or(name);
    match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => repository.to_owned(),
        _ => name.to_owned(),
    }
}

fn support_words(release: &plimsoll_lint::subject::image::ReleaseFact) -> Support {
    use plimsoll_lint::subject::image::ReleaseSupport;
    let words = match &release.support {
        ReleaseSupport::Supported => "supported".to_owned(),
        ReleaseSupport::Extended { ended, until, is_free } => {
            let who = if *is_free { "long-term support only" } else { "paid support only" };
            let since = if ended.is_empty() { String::new() } else { format!(" since {ended}") };
            let until = if until.is_empty() { String::new() } else { format!(", until {until}") };
            format!("{who}{since}{until}")
        }
        ReleaseSupport::Dead { ended } if ended.is_empty() => "no fixes any more".to_owned(),
        ReleaseSupport::Dead { ended } => format!("no fixes since {ended}"),
        ReleaseSupport::Unknown => "support not known".to_owned(),
    };
    Support { words, is_dead: matches!(release.support, ReleaseSupport::Dead { .. }) }
}

/// One upgrade for each package that has one, those that mend most first.
fn advice(image: &Image) -> Vec<Advice> {
    /// What an upgrade mends, and the versions that mend it.
    type Upgrade<'a> = (Vec<usize>, Vec<&'a str>);
    let mut by_source: BTreeMap<(String, String), Upgrade<'_>> = BTreeMap::new();
    for (number, found) in image.vulnerabilities.iter().enumerate() {
        let (Some(fixed), Some(package)) = (&found.fixed_in, image.packages.get(found.package))
        else {
            continue;
        };
        let package = &package.package;
        // Packages of one source are built and upgraded together.
        let name =
            package.source.as_ref().map_or_else(|| package.full_name(), |it| it.name.clone());
        let entry = by_source.entry((name, package.version.clone())).or_default();
        entry.0.push(number);
        entry.1.push(fixed);
    }
    let mut res: Vec<Advice> = by_source
        .into_iter()
        .map(|((name, version), (mends, fixes))| {
            let scheme = mends
                .first()
                .and_then(|it| image.packages.get(image.vulnerabilities.get(*it)?.package))
                .map(|it| it.package.kind.scheme());
            let newest = fixes.into_iter().max_by(|one, other| match scheme {
                Some(scheme) => plimsoll_package::compare(scheme, one, other),
                None => one.cmp(other),
            });
            let to = newest.unwrap_or_default();
            Advice { title: format!("upgrade {name} from {version} to {to}"), mends }
        })
        .collect();
    res.sort_by(|one, other| {
        other.mends.len().cmp(&one.mends.len()).then(one.title.cmp(&other.title))
    });
    res
}
