use plimsoll_dockerfile::Base;
use plimsoll_finding::{Check, Safety, Sink, Wanted};

use crate::{
    package_manager::{Action, Manager, PackageCommand, package_commands},
    package_report::{Mentions, report_missing_option, runs_with},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// Gems are installed with their documentation.
    ///
    /// ## Why
    /// `gem install` writes the documentation of each gem, which takes time and room, and nobody
    /// reads it in a container.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN gem install bundler:2.6.2
    /// # ^ gem-documentation-kept
    /// RUN gem install nokogiri:1.18.1 -- --use-system-libraries
    /// # ^ gem-documentation-kept
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:13
    /// RUN gem install --no-document bundler:2.6.2
    /// # ^ gem-documentation-kept
    /// RUN gem install --no-document nokogiri:1.18.1 -- --use-system-libraries
    /// # ^ gem-documentation-kept
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN gem install --no-document bundler:2.6.2 && gem install -N rake:13.2.1
    /// RUN gem install --no-ri --no-rdoc rails:8.0.1
    /// RUN echo 'gem: --no-document' > /etc/gemrc
    /// RUN gem install puma:6.5.0
    /// ```
    ///
    /// ```dockerfile
    /// FROM ruby:3.4
    /// RUN gem install bundler:2.6.2
    /// ```
    ///
    /// ## Limits
    /// The official Ruby images have a setting against it and are left alone; settings of other
    /// base images are not known.
    ///
    /// ## References
    /// - RubyGems guides: `gem install`
    /// - CIS Docker Benchmark 4.3
    "gem-documentation-kept" for DockerfileSubject {
        aliases: ["dockerfile-doctor:DD061"],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: ["image.minimal"],
        fix: Safe,
        check: Check::WholeWith(WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let settings = Mentions::of(subject, &["gem: ", "gemrc"]);
    for run in runs_with(subject, &WANTED).filter(|it| !settings.stand_before(subject, it)) {
        let stage = run.stage.map(|it| subject.dockerfile.base_chain(it)).unwrap_or_default();
        let is_official = stage.last().is_some_and(|it| match &it.base {
            Base::Image(image) => image.familiar_name().split([':', '@']).next() == Some("ruby"),
            _ => false,
        });
        if is_official {
            continue;
        }
        let steps = subject.steps(run);
        let writing: Vec<PackageCommand<'_>> =
            package_commands(steps).filter(writes_documentation).collect();
        let why = "keeps documentation in the layer";
        report_missing_option(subject, run, sink, &writing, "--no-document", Safety::Safe, why);
    }
}

fn writes_documentation(command: &PackageCommand<'_>) -> bool {
    let is_install = command.manager == Manager::Gem && command.action == Action::Install;
    let is_off = command.has_option(&["--no-document", "--no-ri", "--no-rdoc", "--no-doc"]);
    is_install && !is_off && !command.has_short('N') && !command.is_dry()
}

const WANTED: Wanted = Wanted::word(Manager::Gem.programs());
