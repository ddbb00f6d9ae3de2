//! Takes the snapshot: engine and host at the same time, then what they name.

use std::thread;

use plimsoll_host::{Collected, Known, Reach};

use crate::{
    engine::{self, Answers},
    local::{Local, look_further},
    request::{Request, Step},
};

/// Takes a snapshot, changing nothing. `progress` is told how far it is. Never fails: what could
/// not be had is unknown in the snapshot, with what would help; a gap says where something was cut.
pub fn collect(request: &Request, progress: &mut dyn FnMut(Step)) -> Collected {
    let is_local = request.endpoint.is_local();
    if is_local {
        progress(Step::Host);
    }
    let (local, answers) = thread::scope(|scope| {
        let local = is_local.then(|| scope.spawn(|| Local::look(request)));
        let answers = engine::ask(request, progress);
        (local.and_then(|it| it.join().ok()), answers)
    });
    let endpoint = request.endpoint.to_string();
    let elsewhere = "run plimsoll on the machine on which the engine runs";
    let Some(local) = local else {
        let mut res = Collected::new(endpoint.clone(), request.taken_at, Reach::Engine);
        res.processes = Known::unknown("the engine runs on another machine", elsewhere);
        return with_answers(res, answers, endpoint);
    };
    let machine = answers.machine.as_ref();
    let is_here = machine.is_none_or(|it| local.is_machine(&it.name, &it.kernel));
    let name = machine.map(|it| it.name.clone()).or_else(|| host_name(&local));
    let name = name.unwrap_or_else(|| endpoint.clone());
    if !is_here {
        let why =
            format!("the engine at {endpoint} runs on another machine or outside of this one");
        let mut res = Collected::new(name, request.taken_at, Reach::Engine);
        res.processes = Known::unknown(why.clone(), elsewhere);
        res.gaps.push(format!("{why}, so that the host was not looked at"));
        return with_answers(res, answers, endpoint);
    }
    let mut res = Collected::new(name, request.taken_at, Reach::Host);
    let processes = answers.processes.clone();
    res = with_answers(res, answers, endpoint);
    res.files = local.files;
    res.outputs = local.outputs;
    res.gaps.extend(local.gaps);
    look_further(request, &mut res, local.table, processes);
    res
}

fn with_answers(mut collected: Collected, answers: Answers, endpoint: String) -> Collected {
    collected.endpoint = Some(endpoint);
    collected.answers = answers.by_path;
    collected.gaps.extend(answers.gaps);
    collected
}

fn host_name(local: &Local) -> Option<String> {
    let facts = local.files.get("/proc/sys/kernel/hostname")?.had()?;
    Some(facts.text.had()?.trim().to_owned())
}
