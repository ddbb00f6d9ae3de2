use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    package_manager::{Manager, PackageCommand, package_commands},
    package_pin::{names, unpinned},
    rule::rule,
    run_step::{Argument, report},
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// A gem without a version.
    ///
    /// ## Why
    /// Two builds of the same Dockerfile give two different images, and nobody can say when a fault
    /// came in. A pin makes each change a commit that can be reviewed and taken back.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM ruby:3.4
    /// RUN gem install bundler
    /// # ^ unpinned-gem
    /// RUN gem i rails:8.0.1 nokogiri
    /// # ^ unpinned-gem
    /// RUN ["gem", "install", "rake"]
    /// # ^ unpinned-gem
    /// RUN gem install grpc -v ${GRPC_VERSION} rake
    /// # ^ unpinned-gem
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM ruby:3.4
    /// RUN gem install bundler:2.6.2 && gem install rails -v '8.0.1'
    /// RUN gem install rake --version=13.2.1
    /// RUN gem install nokogiri:1.18.1 -- --use-system-libraries=true
    /// RUN gem install ./local.gem $GEMS && bundle install && gem update
    /// ```
    ///
    /// ## Limits
    /// `-v` speaks for one gem; with several, the first one is taken to be meant. A word with a
    /// variable in it is left alone.
    ///
    /// ## References
    /// - RubyGems guides: `gem install`
    /// - CIS Docker Benchmark 4.11
    "unpinned-gem" for DockerfileSubject {
        aliases: [
            "hadolint:DL3028",
            "kics:gem_install_without_version",
            "dockerfile-doctor:DD030",
            "droast:DF053",
        ],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["image.verified-packages"],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let steps = subject.steps(run);
    let commands: Vec<PackageCommand<'_>> =
        package_commands(steps).filter(|it| it.manager == Manager::Gem).collect();
    let open: Vec<&Argument> = commands.iter().flat_map(open_gems).collect();
    let Some(first) = open.first() else { return };
    let verb = if open.len() == 1 { "is" } else { "are" };
    let message = format!("{} {verb} not pinned; write `NAME:VERSION`", names(&open));
    report(subject, run, sink, first.span, message);
}

fn open_gems<'a>(command: &PackageCommand<'a>) -> impl Iterator<Item = &'a Argument> {
    let has_version = command.has_option(&["-v", "--version"])
        || command.options.iter().any(|it| it.text.starts_with("-v"));
    unpinned(command).into_iter().skip(usize::from(has_version))
}

const WANTED: Wanted = Wanted::word(Manager::Gem.programs());
