use plimsoll_dockerfile::{Instruction, Keyword, ShellKind};
use plimsoll_finding::{Check, Sink};

use crate::{
    rule::rule,
    subject::dockerfile::{DockerfileSubject, form},
};

rule! {
    /// PowerShell started by the default shell.
    ///
    /// ## Why
    /// `RUN powershell -Command ...` goes through `cmd` first, with two sets of quoting rules.
    /// `SHELL ["powershell", "-Command"]` says once what every `RUN` is read by.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM mcr.microsoft.com/windows/servercore:ltsc2022
    /// RUN powershell -Command Get-ChildItem
    /// # ^ powershell-through-default-shell
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM mcr.microsoft.com/windows/servercore:ltsc2022
    /// SHELL ["powershell", "-Command"]
    /// RUN Get-ChildItem
    /// ```
    ///
    /// ## Limits
    /// A single step in PowerShell among others is fine.
    ///
    /// ## References
    /// - Dockerfile reference: `SHELL`
    "powershell-through-default-shell" for DockerfileSubject {
        aliases: ["kics:changing_default_shell_using_run_command"],
        severity: Info,
        confidence: Medium,
        audience: Style,
        controls: [],
        fix: None,
        check: Check::On(&[Keyword::Run], check),
    }
}

fn check(_: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let Some(shell_form) = form(run).and_then(|it| it.shell()) else { return };
    let first = shell_form.text.text().split_whitespace().next().unwrap_or_default();
    let program = first.rsplit(['/', '\\']).next().unwrap_or_default();
    let names = ["powershell", "pwsh", "powershell.exe", "pwsh.exe"];
    let is_powershell = names.iter().any(|it| it.eq_ignore_ascii_case(program));
    if is_powershell && shell_form.shell != ShellKind::PowerShell {
        sink.report(run.name, "say `SHELL` once instead of starting PowerShell in every `RUN`");
    }
}
