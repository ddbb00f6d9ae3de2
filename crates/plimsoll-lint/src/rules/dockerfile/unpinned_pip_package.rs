use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    package_manager::{Manager, PackageCommand},
    package_report::report_unpinned,
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// A Python package without a version.
    ///
    /// ## Why
    /// Two builds of the same Dockerfile give two different images, and nobody can say when a fault
    /// came in. A pin makes each change a commit that can be reviewed and taken back. Best is a
    /// requirements file with hashes.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM python:3.13
    /// RUN pip3 install --no-cache-dir flask
    /// # ^ unpinned-pip-package
    /// RUN python -m pip install --upgrade pip
    /// # ^ unpinned-pip-package
    /// RUN pip install git+https://example.com/team/lib.git#egg=lib
    /// # ^ unpinned-pip-package
    /// RUN pipx install black
    /// # ^ unpinned-pip-package
    /// RUN ["pip", "install", "--root-user-action=ignore", "requests"]
    /// # ^ unpinned-pip-package
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM python:3.13
    /// RUN pip install flask==3.1.0 'jinja2<4' requests~=2.32 'a @ https://example.com/a.zip'
    /// RUN pip install -r requirements.txt --target /opt --trusted-host example.com
    /// RUN pip install flask -c constraints.txt
    /// RUN pip install . ./lib app.whl https://example.com/a.zip git+https://example.com/lib.git@v1
    /// RUN pip install "poetry==$POETRY_VERSION" $EXTRA
    /// RUN pipenv install black && pip download flask
    /// RUN pipx install --python "$(which python)" poetry==1.8.5
    /// ```
    ///
    /// ## Limits
    /// A word with a variable in it is left alone. What a requirements file says is not read.
    ///
    /// ## References
    /// - pip documentation: repeatable installs
    /// - CIS Docker Benchmark 4.11
    "unpinned-pip-package" for DockerfileSubject {
        aliases: [
            "hadolint:DL3013",
            "kics:unpinned_package_version_in_pip_install",
            "dockerfile-doctor:DD028",
            "droast:DF051",
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
    report_unpinned(subject, run, sink, is_free, "NAME==VERSION");
}

fn is_free(command: &PackageCommand<'_>) -> bool {
    let is_python = matches!(command.manager, Manager::Pip | Manager::Pipx);
    let is_constrained = command.has_option(&["-c", "--constraint", "--require-hashes"])
        || command.options.iter().any(|it| it.text.starts_with("-c") && it.text.len() > 2);
    is_python && !is_constrained
}

const WANTED: Wanted = Wanted::word(Manager::Pip.programs()).or_word(Manager::Pipx.programs());
