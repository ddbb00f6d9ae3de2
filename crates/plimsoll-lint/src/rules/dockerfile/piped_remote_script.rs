use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword, ShellKind};
use plimsoll_finding::{Check, Sink, Wanted};
use plimsoll_shell::{Invocation, List, Node, WordPartKind, walk_list, walk_word};
use plimsoll_text::Span;

use crate::{
    every_command::every_command,
    rule::rule,
    subject::dockerfile::{DockerfileSubject, ShellCommand},
};

rule! {
    /// A script from the network is run unseen.
    ///
    /// ## Why
    /// Whoever controls the address, or the way to it, decides what runs in the build, as root, and
    /// differently each time. Nobody can tell later what it was. Download it, check its digest,
    /// then run it.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN curl -sSL https://example.com/install.sh | sh
    /// # ^ piped-remote-script
    /// RUN wget -qO- https://example.com/i.sh | tee log | sudo -E bash -s -- -y
    /// # ^ piped-remote-script
    /// RUN bash -c "$(curl -fsSL https://example.com/install.sh)"
    /// # ^ piped-remote-script
    /// RUN curl https://example.com/get.py | python3 -
    /// # ^ piped-remote-script
    /// RUN sh -c 'curl https://example.com/x | sh'
    /// # ^ piped-remote-script
    /// ```
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// SHELL ["/bin/bash", "-c"]
    /// RUN bash <(curl -s https://example.com/install.sh)
    /// # ^ piped-remote-script
    /// ```
    ///
    /// ```dockerfile
    /// FROM mcr.microsoft.com/windows/servercore:ltsc2025
    /// SHELL ["powershell", "-Command"]
    /// RUN iex ((New-Object Net.WebClient).DownloadString('https://example.com/i.ps1'))
    /// # ^ piped-remote-script
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN curl -fsSL https://example.com/a.tar.gz | tar -xz
    /// RUN curl -fsSL https://example.com/key.asc | gpg --dearmor -o /usr/share/keyrings/x.gpg
    /// RUN curl -o i.sh https://example.com/i.sh && echo "0123  i.sh" | sha256sum -c && sh i.sh
    /// RUN echo "curl https://example.com | sh"
    /// RUN cat script.sh | sh
    /// RUN curl https://example.com/data.json | python3 -m json.tool
    /// RUN VERSION="$(curl -s https://example.com/version)" sh build.sh
    /// ```
    ///
    /// ## Limits
    /// A script that is downloaded to a file and run from there without a check is not reported.
    ///
    /// ## References
    /// - CIS Docker Benchmark: install verified packages only
    "piped-remote-script" for DockerfileSubject {
        aliases: ["dockerfile-doctor:DD054", "droast:DF021"],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["image.verified-packages"],
        fix: None,
        check: Check::On(&[Keyword::Run], check),
    }
}

const MESSAGE: &str = "a script from the network is run unseen; check its digest before it runs";

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    if matches!(instruction.shell.kind, ShellKind::PowerShell | ShellKind::Cmd) {
        check_powershell(instruction, sink);
        return;
    }
    if !subject.may_hold(instruction, &WANTED) {
        return;
    }
    let mut last = None;
    every_command(subject, instruction, &mut |command| {
        let Some(invocation) = command.invocation() else { return };
        let span = piped(&command, &invocation).or_else(|| substituted(&invocation));
        // A shell in the text of another is seen from both.
        if let Some(span) = span.filter(|it| last.is_none_or(|last: Span| !last.overlaps(*it))) {
            let _ = sink.report(span, MESSAGE);
            last = Some(span);
        }
    });
}

/// `curl … | sh`: from the download to the shell.
fn piped(command: &ShellCommand<'_>, invocation: &Invocation<'_>) -> Option<Span> {
    let reads = is_shell(invocation.name) && !names_script(invocation);
    let reads = reads || (is_interpreter(invocation.name) && reads_input(invocation));
    if !reads || !command.context.is_piped_from() {
        return None;
    }
    let here = command.context;
    let before = command.script.commands().iter().find(|it| {
        it.pipeline_id == here.pipeline_id
            && it.pipeline_idx < here.pipeline_idx
            && it.command.effective().is_some_and(|it| is_download(&it))
    })?;
    Some(before.command.span.cover(command.simple().span))
}

/// `sh -c "$(curl …)"`, `eval "$(curl …)"`, `bash <(curl …)`.
fn substituted(invocation: &Invocation<'_>) -> Option<Span> {
    let sources = matches!(invocation.name, "eval" | "source" | ".");
    if !sources && !is_shell(invocation.name) {
        return None;
    }
    let word = invocation.args.iter().find(|word| {
        let mut found = false;
        walk_word(word, &mut |node| {
            let Node::Part(part, _) = node else { return };
            let list = match &part.kind {
                WordPartKind::Command(it) => &it.list,
                WordPartKind::Process(it) => &it.list,
                _ => return,
            };
            // In an argument of a script the download is data, not the script.
            let is_whole = part.span.len() + 2 >= word.span.len();
            found |= is_whole && downloads(list);
        });
        found
    })?;
    Some(invocation.name_word.span.cover(word.span))
}

fn downloads(list: &List) -> bool {
    let mut found = false;
    walk_list(list, &mut |node| {
        if let Node::Simple(command) = node {
            found |= command.effective().is_some_and(|it| is_download(&it));
        }
    });
    found
}

fn check_powershell(instruction: &Instruction, sink: &mut Sink<'_>) {
    let InstructionKind::Run(_) = &instruction.kind else { return };
    let text = instruction.text.text().to_ascii_lowercase();
    let words = || text.split(|it: char| !it.is_alphanumeric() && it != '-');
    let runs = words().any(|it| it == "iex" || it == "invoke-expression");
    let fetches = ["downloadstring", "invoke-webrequest", "invoke-restmethod", "iwr", "irm"];
    if runs && words().any(|it| fetches.contains(&it)) {
        let _ = sink.report(instruction.args, MESSAGE);
    }
}

fn is_shell(name: &str) -> bool {
    matches!(name, "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh" | "fish")
}

fn is_interpreter(name: &str) -> bool {
    let stem = name.trim_end_matches(|it: char| it.is_ascii_digit() || it == '.');
    matches!(stem, "python" | "perl" | "ruby" | "node" | "php" | "pwsh" | "lua")
}

/// Whether a shell is told to run a file of its own, and not what is piped in.
fn names_script(invocation: &Invocation<'_>) -> bool {
    let mut takes_value = false;
    for word in invocation.args {
        let text = word.text();
        let text = text.as_ref();
        match text {
            "-s" | "-" | "--" | "/dev/stdin" => return false,
            _ if takes_value => takes_value = false,
            "-o" | "-O" | "+o" | "--rcfile" | "--init-file" => takes_value = true,
            _ if text.starts_with("--") => {}
            _ if text.starts_with('-') && text.contains('c') => return true,
            _ if text.starts_with(['-', '+']) => {
                // `-es` reads what is piped in, whatever follows.
                if text.contains('s') {
                    return false;
                }
                takes_value = text.ends_with('o');
            }
            _ => return true,
        }
    }
    false
}

/// Whether an interpreter runs what is piped in.
fn reads_input(invocation: &Invocation<'_>) -> bool {
    invocation.args.is_empty() || invocation.args.first().is_some_and(|it| it.is("-"))
}

fn is_download(invocation: &Invocation<'_>) -> bool {
    matches!(invocation.name, "curl" | "wget" | "fetch" | "aria2c" | "http" | "https" | "lynx")
}

const WANTED: Wanted =
    Wanted::word(&["sh", "bash", "dash", "ash", "zsh", "ksh", "fish", "eval", "source", "."])
        .or_word(&["python", "perl", "ruby", "node", "php", "pwsh", "lua"]);
