use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    package_cleanup::ImageStages,
    package_manager::{Action, Manager, PackageCommand, package_commands},
    package_report::runs_with,
    rule::rule,
    run_step::{Step, report},
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// Downloaded gems stay in the layer.
    ///
    /// ## Why
    /// `gem install` keeps the `.gem` file of each gem in the `cache` folder of the gem home, next
    /// to the unpacked gem.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM ruby:3.4
    /// RUN gem install --no-document rails:8.0.1
    /// # ^ gem-cache-kept
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - {path: usr/local/bundle/cache/rack-3.gem, size: 900000}
    /// # ^ gem-cache-kept
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM ruby:3.4
    /// RUN gem install rails:8.0.1 && rm -rf "$(gem env gemdir)/cache"
    /// RUN gem install rake:13.2.1 && gem cleanup
    /// RUN --mount=type=cache,target=/usr/local/bundle/cache gem install puma:6.5.0
    /// RUN bundle install
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - {path: usr/local/bundle/cache/rack-3.gem, size: 90}
    ///   - {path: opt/usr/local/bundle/cache/rack-3.gem, size: 900000}
    /// ```
    ///
    /// ## Limits
    /// Any removal of a folder called `cache` in the same `RUN` counts. Stages that only others
    /// copy from are not judged.
    ///
    /// ## References
    /// - RubyGems guides: `gem cleanup`
    /// - CIS Docker Benchmark 4.3
    "gem-cache-kept" for DockerfileSubject {
        aliases: ["dockerfile_lint:no_gem_clean_all"],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: ["image.minimal"],
        fix: None,
        check: Check::WholeWith(WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let images = ImageStages::of(&subject.dockerfile);
    for run in
        runs_with(subject, &WANTED).filter(|it| images.hold(it) && it.flag("mount").is_none())
    {
        let steps = subject.steps(run);
        let last = steps.iter().enumerate().rev().find_map(|(idx, step)| {
            let command = PackageCommand::of(step)?;
            let installs = command.manager == Manager::Gem && command.action == Action::Install;
            (installs && !command.is_dry()).then_some((idx, step))
        });
        let Some((idx, step)) = last else { continue };
        let after = steps.get(idx + 1..).unwrap_or_default();
        let mut cleaning = package_commands(after);
        let is_clean = after.iter().any(removes_cache)
            || cleaning.any(|it| it.manager == Manager::Gem && it.action == Action::Clean);
        if !is_clean {
            let message = "`gem install` leaves its downloads; remove `$(gem env gemdir)/cache`";
            report(subject, run, sink, step.name_span, message);
        }
    }
}

fn removes_cache(step: &Step) -> bool {
    step.name == "rm" && step.plain_arguments().any(|it| it.text.contains("cache"))
}

const WANTED: Wanted = Wanted::word(Manager::Gem.programs());
