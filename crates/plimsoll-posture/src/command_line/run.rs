//! A `run`, `create` or `service create` line as a service.

use plimsoll_dockerfile::ImageReference;

use crate::{
    command_line::{
        argument::Argument,
        option::{Order, walk},
        run_options::{RUN, SHARED, SWARM},
        value,
    },
    service::{Service, ServiceOrigin},
    setting::Setting,
};

/// A service while its line is read, with what it takes two options to know.
pub(super) struct Run {
    pub(super) service: Service,
    pub(super) env_files: Vec<Setting<String>>,
    /// Whether what is absent may be said elsewhere.
    pub(super) is_partial: bool,
    pub(super) cpu_period: Option<Setting<String>>,
    pub(super) cpu_quota: Option<Setting<String>>,
    pub(super) restart_condition: Option<Setting<String>>,
    pub(super) restart_attempts: Option<Setting<String>>,
}

/// `docker run` and `docker create`; `None` where no image is named, as with `--help`.
pub(super) fn read_run(verb: &Argument, arguments: &[Argument]) -> Option<Run> {
    let mut run = Run::new(verb, ServiceOrigin::CommandLine);
    let walked = walk(arguments, &[RUN, SHARED], Order::OptionsFirst, &mut run);
    run.is_partial = walked.hides_options;
    run.take_image(&walked.operands);
    run.finish()
}

/// `docker service create` and `docker service update`.
pub(super) fn read_swarm(verb: &Argument, arguments: &[Argument]) -> Option<Run> {
    let mut run = Run::new(verb, ServiceOrigin::SwarmCommandLine);
    let is_update = verb.text() == "update";
    let order = if is_update { Order::Mixed } else { Order::OptionsFirst };
    let walked = walk(arguments, &[SWARM, SHARED], order, &mut run);
    run.is_partial = is_update || walked.hides_options;
    if is_update {
        let name = walked.operands.first()?;
        run.service.container_name.get_or_insert_with(|| name.setting());
    } else {
        run.take_image(&walked.operands);
    }
    run.finish()
}

impl Run {
    fn new(verb: &Argument, origin: ServiceOrigin) -> Self {
        Self {
            service: Service::new("", origin, verb.location()),
            env_files: Vec::new(),
            is_partial: false,
            cpu_period: None,
            cpu_quota: None,
            restart_condition: None,
            restart_attempts: None,
        }
    }

    /// The first operand is the image, the others are the command.
    fn take_image(&mut self, operands: &[&Argument]) {
        let Some((image, command)) = operands.split_first() else { return };
        self.service.image = Some(image.setting());
        if let Some(first) = command.first() {
            let words = command.iter().map(|it| it.text().to_owned()).collect();
            self.service.command = Some(first.with(words));
        }
    }

    fn finish(mut self) -> Option<Self> {
        self.apply_cpu_quota();
        self.apply_restart();
        let service = &mut self.service;
        let image = service.image.as_ref().map(|it| it.value.as_str());
        // `docker run [OPTIONS] IMAGE` is a usage line and runs nothing.
        if image.is_some_and(|it| it.starts_with('[') || it == "IMAGE" || it == "...") {
            return None;
        }
        let has_anything = image.is_some() || self.is_partial;
        let familiar = image.map(|it| {
            ImageReference::parse(it).map_or_else(|| it.to_owned(), |it| it.familiar_name())
        });
        let name = service.container_name.as_ref().map(|it| it.value.clone());
        service.name = name.or(familiar).unwrap_or_else(|| service.place.text().to_owned());
        has_anything.then_some(self)
    }

    /// A quota is a number of microseconds of each period, which is 100 ms unless it is set.
    fn apply_cpu_quota(&mut self) {
        let Some(quota) = &self.cpu_quota else { return };
        let period = self.cpu_period.as_ref();
        let period = period.and_then(|it| value::number(&it.value, DEFAULT_PERIOD));
        let period = period.filter(|it| *it > 0.0).unwrap_or(DEFAULT_PERIOD);
        let quota_time = value::number(&quota.value, f64::MAX).filter(|it| *it > 0.0);
        if let Some(time) = quota_time {
            let limit = quota.clone().map(|_| time / period);
            self.service.cpu_limit.get_or_insert(limit);
        }
    }

    fn apply_restart(&mut self) {
        let Some(restart) = self.restart_condition.as_ref().or(self.restart_attempts.as_ref())
        else {
            return;
        };
        let condition = self.restart_condition.as_ref().map(|it| it.value.as_str());
        let attempts = self.restart_attempts.as_ref().map(|it| it.value.as_str());
        let policy = match (condition.unwrap_or("any"), attempts) {
            ("none", _) => "no".to_owned(),
            ("on-failure", Some(attempts)) => format!("on-failure:{attempts}"),
            ("any", _) => "always".to_owned(),
            (other, _) => other.to_owned(),
        };
        self.service.restart = Some(restart.clone().map(|_| policy));
    }
}

/// The period of the CPU quota in microseconds where none is set.
const DEFAULT_PERIOD: f64 = 100_000.0;
