//! Asks the engine: first for lists, then for each thing in them, several questions at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        atomic::{AtomicU64, AtomicUsize, Ordering},
        mpsc::{Sender, channel},
    },
    thread,
    time::Instant,
};

use plimsoll_docker::{Endpoint, Engine, Error, Limits as DockerLimits, Session};
use plimsoll_host::{
    Known,
    wanted::{ANSWERS, CONTAINERS, SWARM_ANSWERS},
};
use serde_json::{Value, value::RawValue};

use crate::request::{Request, Step};

/// What the engine said.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    /// By path.
    pub(crate) by_path: BTreeMap<String, Known<Box<RawValue>>>,
    /// The number of the first process of each running container.
    pub(crate) processes: BTreeSet<u32>,
    /// The name, the kernel and nothing else of the machine that the engine runs on.
    pub(crate) machine: Option<Machine>,
    /// What was cut or given up.
    pub(crate) gaps: Vec<String>,
}

/// The machine that an engine runs on, by its own word.
#[derive(Debug)]
pub(crate) struct Machine {
    /// Name of the host.
    pub(crate) name: String,
    /// Release of the kernel.
    pub(crate) kernel: String,
}

/// Asks the engine of `request` for all that a snapshot holds of it.
pub(crate) fn ask(request: &Request, progress: &mut dyn FnMut(Step)) -> Answers {
    let limits = &request.limits;
    let mut res = Answers::default();
    let docker_limits =
        DockerLimits { timeout: limits.silence, answer: limits.answer, ..DockerLimits::default() };
    let engine = match Engine::connect(request.endpoint.clone(), docker_limits) {
        Ok(it) => it,
        Err(error) => {
            res.gaps.push(format!("the engine was not asked: {error}"));
            for path in ANSWERS.iter().chain(SWARM_ANSWERS) {
                res.by_path.insert((*path).to_owned(), unknown(&error));
            }
            return res;
        }
    };
    let mut questions = Questions {
        engine: &engine,
        request,
        until: Instant::now() + limits.engine,
        left: AtomicU64::new(limits.answers),
        n_total: 0,
        progress,
    };
    let first: Vec<String> = ANSWERS.iter().map(|it| (*it).to_owned()).collect();
    let lists = questions.ask(&first, &mut res);
    let mut further = further_questions(&lists, &mut res, limits.containers);
    if lists.is_manager {
        further.extend(SWARM_ANSWERS.iter().map(|it| (*it).to_owned()));
    } else {
        let known = not_a_manager(&lists);
        res.by_path.extend(SWARM_ANSWERS.iter().map(|it| ((*it).to_owned(), known.clone())));
    }
    let things = questions.ask(&further, &mut res);
    let sessions: Vec<String> =
        things.sessions.iter().map(|it| format!("/exec/{it}/json")).collect();
    questions.ask(&sessions, &mut res);
    res.processes = things.processes;
    res.machine = lists.machine;
    res
}

/// The questions about each thing that the lists name.
fn further_questions(lists: &Named, res: &mut Answers, limit: usize) -> Vec<String> {
    let mut paths = Vec::new();
    let mut add = |what: &str, ids: &BTreeSet<String>| {
        if ids.len() > limit {
            res.gaps.push(format!("only {limit} of {} {what} were looked at", ids.len()));
        }
        paths.extend(ids.iter().take(limit).map(|id| match what {
            "networks" => format!("/networks/{id}"),
            _ => format!("/{what}/{id}/json"),
        }));
    };
    add("containers", &lists.containers);
    add("images", &lists.images);
    add("networks", &lists.networks);
    paths
}

/// What is known of a swarm that is not asked for.
fn not_a_manager(lists: &Named) -> Known<Box<RawValue>> {
    match lists.is_in_swarm {
        Some(false) => Known::Absent,
        Some(true) => Known::unknown(
            "this node is a worker of its swarm, and only managers know the swarm",
            "take a snapshot of a manager too",
        ),
        None => Known::unknown(
            "the engine did not say whether it is part of a swarm",
            "see why `docker info` fails",
        ),
    }
}

/// Several rounds of questions, with what is left of time and room.
struct Questions<'a> {
    engine: &'a Engine,
    request: &'a Request,
    until: Instant,
    left: AtomicU64,
    n_total: usize,
    progress: &'a mut dyn FnMut(Step),
}

impl Questions<'_> {
    /// Asks all of `paths`, keeps the answers in `res` and gives what they name.
    fn ask(&mut self, paths: &[String], res: &mut Answers) -> Named {
        let mut named = Named::default();
        let n_before = self.n_total;
        self.n_total += paths.len();
        let next = AtomicUsize::new(0);
        let (sender, receiver) = channel();
        let Self { engine, request, until, left, n_total, progress } = self;
        let (engine, request, until, left) = (*engine, *request, *until, &*left);
        let mut failures = BTreeMap::new();
        thread::scope(|scope| {
            for _ in 0..at_once(request).min(paths.len()) {
                let (sender, next) = (sender.clone(), &next);
                scope.spawn(move || {
                    let worker = Worker { engine, request, until, left };
                    worker.run(paths, next, &sender);
                });
            }
            drop(sender);
            for (idx, answer) in receiver.iter().enumerate() {
                progress(Step::Engine { done: n_before + idx + 1, total: *n_total });
                if let Known::Unknown { why, .. } = &answer.known {
                    let (n_failed, _) =
                        failures.entry(kind_of(&answer.path)).or_insert((0, why.clone()));
                    *n_failed += 1;
                }
                res.by_path.insert(answer.path, answer.known);
                named.add(answer.named);
            }
        });
        for (kind, (n_failed, why)) in failures {
            let all = match n_failed {
                1 => format!("the engine was asked for {kind} in vain: {why}"),
                _ => format!("the engine was asked for {kind} in vain {n_failed} times: {why}"),
            };
            res.gaps.push(all);
        }
        named
    }
}

/// How many ask at once. A machine behind `ssh` turns away whoever knocks too often.
fn at_once(request: &Request) -> usize {
    let is_ssh = matches!(request.endpoint, Endpoint::Ssh { .. });
    let most = if is_ssh { MAX_AT_ONCE_SSH } else { MAX_AT_ONCE };
    request.limits.at_once.clamp(1, most)
}

/// What a question is about, without which one of them.
fn kind_of(path: &str) -> String {
    let mut parts = path.trim_start_matches('/').split(['/', '?']);
    let kind = parts.next().unwrap_or_default();
    let is_list = matches!(parts.next(), None | Some("json"));
    if is_list { kind.to_owned() } else { format!("one of its {kind}") }
}

/// One of several that ask.
struct Worker<'a> {
    engine: &'a Engine,
    request: &'a Request,
    until: Instant,
    left: &'a AtomicU64,
}

/// An answer, or why there is none.
struct Answer {
    path: String,
    known: Known<Box<RawValue>>,
    named: Named,
}

impl Worker<'_> {
    fn run(&self, paths: &[String], next: &AtomicUsize, sender: &Sender<Answer>) {
        let mut session = Session::new(self.engine);
        while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (known, named) = self.ask(&mut session, path);
            if sender.send(Answer { path: path.clone(), known, named }).is_err() {
                return;
            }
        }
    }

    fn ask(&self, session: &mut Session<'_>, path: &str) -> (Known<Box<RawValue>>, Named) {
        let limits = &self.request.limits;
        if self.until <= Instant::now() {
            let seconds = limits.engine.as_secs();
            let why = format!("the engine did not answer everything within {seconds} seconds");
            return (
                Known::unknown(why, "see whether the engine hangs: `docker info`"),
                Named::default(),
            );
        }
        let room = limits.answer.min(self.left.load(Ordering::Relaxed));
        let text = match session.text(path, room, self.until) {
            Ok(it) => it,
            // A thing that vanished after it was listed is not there.
            Err(error) if error.is_not_found() && is_thing(path) => {
                return (Known::Absent, Named::default());
            }
            Err(error) => return (unknown(&error), Named::default()),
        };
        let n_bytes = text.len() as u64;
        let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |it| {
            Some(it.saturating_sub(n_bytes))
        });
        read_answer(path, &text)
    }
}

/// The text as it is kept, and what it names. What is no document of the expected kind is unknown.
fn read_answer(path: &str, text: &str) -> (Known<Box<RawValue>>, Named) {
    let remedy = "check that it is a container engine that listens there";
    let wrong = |why: String| {
        let why = format!("the answer to `{path}` cannot be understood: {why}");
        (Known::unknown(why, remedy), Named::default())
    };
    let value: Value = match serde_json::from_str(text) {
        Ok(it) => it,
        Err(error) => return wrong(error.to_string()),
    };
    match (is_list(path), &value) {
        // An engine without any says `null`.
        (true, Value::Array(_) | Value::Null) | (false, Value::Object(_)) => {}
        (true, _) => return wrong("it is no list".to_owned()),
        (false, _) => return wrong("it is no object".to_owned()),
    }
    match RawValue::from_string(text.trim().to_owned()) {
        Ok(raw) => (Known::Had(raw), Named::of(path, &value)),
        Err(error) => wrong(error.to_string()),
    }
}

/// Whether a path names one of several things, which may come and go.
fn is_thing(path: &str) -> bool {
    !ANSWERS.contains(&path) && !SWARM_ANSWERS.contains(&path)
}

fn is_list(path: &str) -> bool {
    let lists =
        ["/images/json", "/networks", "/plugins", "/nodes", "/services", "/tasks", "/secrets"];
    lists.contains(&path) || path == CONTAINERS || path == "/configs"
}

/// What an answer names, for further questions.
#[derive(Debug, Default)]
struct Named {
    containers: BTreeSet<String>,
    images: BTreeSet<String>,
    networks: BTreeSet<String>,
    sessions: BTreeSet<String>,
    processes: BTreeSet<u32>,
    is_in_swarm: Option<bool>,
    is_manager: bool,
    machine: Option<Machine>,
}

impl Named {
    fn of(path: &str, value: &Value) -> Self {
        let mut res = Self::default();
        let all = |key: &str| -> BTreeSet<String> {
            let items = value.as_array().into_iter().flatten();
            items.filter_map(|it| identifier(it.get(key)?)).collect()
        };
        match path {
            CONTAINERS => {
                res.containers = all("Id");
                res.images = all("ImageID");
            }
            "/networks" => res.networks = all("Id"),
            "/info" => {
                let text = |key: &str| Some(value.get(key)?.as_str()?.to_owned());
                let name = text("Name").zip(text("KernelVersion"));
                res.machine = name.map(|(name, kernel)| Machine { name, kernel });
                let state = value.pointer("/Swarm/LocalNodeState").and_then(Value::as_str);
                res.is_in_swarm = state.map(|it| it != "inactive");
                let control = value.pointer("/Swarm/ControlAvailable").and_then(Value::as_bool);
                res.is_manager = control == Some(true);
            }
            _ if path.starts_with("/containers/") => {
                let process = value.pointer("/State/Pid").and_then(Value::as_u64);
                let process = process.and_then(|it| u32::try_from(it).ok()).filter(|it| *it > 1);
                res.processes.extend(process);
                let sessions = value.get("ExecIDs").and_then(Value::as_array);
                let sessions = sessions.into_iter().flatten().filter_map(identifier);
                res.sessions.extend(sessions.take(MAX_SESSIONS));
            }
            _ => {}
        }
        res
    }

    fn add(&mut self, other: Self) {
        self.containers.extend(other.containers);
        self.images.extend(other.images);
        self.networks.extend(other.networks);
        self.sessions.extend(other.sessions);
        self.processes.extend(other.processes);
        self.is_in_swarm = self.is_in_swarm.or(other.is_in_swarm);
        self.is_manager |= other.is_manager;
        self.machine = self.machine.take().or(other.machine);
    }
}

/// An identifier that can stand in a path and cannot leave its place.
fn identifier(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    let is_plain = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b':' | b'_' | b'-');
    let fits = !text.is_empty() && text.len() <= MAX_IDENTIFIER && text.bytes().all(is_plain);
    fits.then(|| text.to_owned())
}

fn unknown<T>(error: &Error) -> Known<T> {
    Known::unknown(error.to_string(), error.hint())
}

/// The longest identifier.
const MAX_IDENTIFIER: usize = 128;
/// Commands of one container that are looked at while they run.
const MAX_SESSIONS: usize = 16;
/// Nobody asks more questions at once.
const MAX_AT_ONCE: usize = 64;
/// Nor more where each has a process of its own.
const MAX_AT_ONCE_SSH: usize = 4;
