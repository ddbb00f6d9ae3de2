//! A `build` line.

use plimsoll_text::Location;

use crate::{
    command_line::{
        argument::Argument,
        option::{OptionRule, Order, Takes, walk},
        run_options::variable,
        value,
    },
    service::Variable,
    setting::Setting,
};

/// A line that builds an image.
#[derive(Clone, Debug)]
pub struct BuildLine {
    /// The word `build`.
    pub place: Location,
    /// `--build-arg`
    pub build_args: Vec<Variable>,
    /// `--secret`, as written.
    pub secrets: Vec<Setting<String>>,
    /// `--ssh`, as written.
    pub ssh: Vec<Setting<String>>,
    /// `-t`
    pub tags: Vec<Setting<String>>,
    /// `-f`
    pub file: Option<Setting<String>>,
    /// `--target`
    pub target: Option<Setting<String>>,
    /// The path or address that is built.
    pub context: Option<Setting<String>>,
    /// `--no-cache`
    pub no_cache: Option<Setting<bool>>,
    /// `--pull`
    pub pull: Option<Setting<bool>>,
    /// `--push`, or an output that goes to a registry.
    pub push: Option<Setting<bool>>,
    /// `--network`
    pub network: Option<Setting<String>>,
    /// `--allow`, as written.
    pub allow: Vec<Setting<String>>,
    /// `--security-opt`, as written.
    pub security_opt: Vec<Setting<String>>,
    /// `--provenance`
    pub provenance: Option<Setting<String>>,
    /// `--sbom`
    pub sbom: Option<Setting<String>>,
    /// `--platform`
    pub platform: Option<Setting<String>>,
    /// `--label`
    pub labels: Vec<Setting<String>>,
    /// Whether options may be hidden in a variable.
    pub is_partial: bool,
}

/// Reads what follows the word `build`.
pub(super) fn read(verb: &Argument, arguments: &[Argument]) -> BuildLine {
    let mut res = BuildLine {
        place: verb.location(),
        build_args: Vec::new(),
        secrets: Vec::new(),
        ssh: Vec::new(),
        tags: Vec::new(),
        file: None,
        target: None,
        context: None,
        no_cache: None,
        pull: None,
        push: None,
        network: None,
        allow: Vec::new(),
        security_opt: Vec::new(),
        provenance: None,
        sbom: None,
        platform: None,
        labels: Vec::new(),
        is_partial: false,
    };
    let walked = walk(arguments, &[OPTIONS], Order::Mixed, &mut res);
    res.context = walked.operands.first().map(|it| it.setting());
    res.is_partial = walked.hides_options;
    res
}

type Rule = OptionRule<BuildLine>;

const fn takes(name: &'static str, store: fn(&mut BuildLine, &Argument)) -> Rule {
    OptionRule { name, short: None, takes: Takes::Value, store }
}

const fn switch(name: &'static str, store: fn(&mut BuildLine, &Argument)) -> Rule {
    OptionRule { name, short: None, takes: Takes::Switch, store }
}

const fn value_only(name: &'static str) -> Rule {
    takes(name, |_, _| {})
}

#[rustfmt::skip]
static OPTIONS: &[Rule] = &[
    takes("allow", |it, value| it.allow.push(value.setting())),
    takes("build-arg", |it, value| it.build_args.push(variable(value))),
    takes("file", |it, value| it.file = Some(value.setting())).letter(b'f'),
    takes("label", |it, value| it.labels.push(value.setting())),
    takes("network", |it, value| it.network = Some(value.setting())),
    switch("no-cache", |it, value| it.no_cache = value::switch(value).map(|on| value.with(on))),
    takes("output", |it, value| {
        let text = value.text();
        if text.contains("push=true") || text.split(',').any(|it| it == "type=registry") {
            it.push = Some(value.with(true));
        }
    }).letter(b'o'),
    takes("platform", |it, value| it.platform = Some(value.setting())),
    takes("provenance", |it, value| it.provenance = Some(value.setting())),
    switch("pull", |it, value| it.pull = value::switch(value).map(|on| value.with(on))),
    switch("push", |it, value| it.push = value::switch(value).map(|on| value.with(on))),
    takes("sbom", |it, value| it.sbom = Some(value.setting())),
    takes("secret", |it, value| it.secrets.push(value.setting())),
    takes("security-opt", |it, value| it.security_opt.push(value.setting())),
    takes("ssh", |it, value| it.ssh.push(value.setting())),
    takes("tag", |it, value| it.tags.push(value.setting())).letter(b't'),
    takes("target", |it, value| it.target = Some(value.setting())),
    value_only("add-host"), value_only("annotation"), value_only("attest"), value_only("authfile"),
    value_only("build-context"), value_only("builder"), value_only("cache-from"),
    value_only("cache-to"), value_only("cache-ttl"), value_only("call"), value_only("cap-add"),
    value_only("cap-drop"), value_only("cert-dir"), value_only("cgroup-parent"),
    value_only("cpu-period"), value_only("cpu-quota"), value_only("cpu-shares").letter(b'c'),
    value_only("cpuset-cpus"), value_only("cpuset-mems"), value_only("creds"),
    value_only("decryption-key"), value_only("device"), value_only("dns"),
    value_only("dns-option"), value_only("dns-search"), value_only("env"), value_only("format"),
    value_only("from"), value_only("ignorefile"), value_only("iidfile"), value_only("isolation"),
    value_only("jobs"), value_only("logfile"), value_only("manifest"), value_only("memory").letter(b'm'),
    value_only("memory-swap"), value_only("metadata-file"), value_only("no-cache-filter"),
    value_only("os"), value_only("arch"), value_only("variant"), value_only("policy"),
    value_only("progress"), value_only("retry"), value_only("retry-delay"), value_only("runtime"),
    value_only("runtime-flag"), value_only("shm-size"), value_only("sign-by"),
    value_only("signature-policy"), value_only("storage-driver"), value_only("timestamp"),
    value_only("ulimit"), value_only("unsetenv"), value_only("unsetlabel"), value_only("userns"),
    value_only("volume").letter(b'v'),
];
