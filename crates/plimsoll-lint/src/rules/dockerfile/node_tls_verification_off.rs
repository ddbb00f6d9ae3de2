use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_shell::Invocation;

use crate::{
    every_command::{every_command, writes_file},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
    tls_verification::{ConfigOff, NODE_SWITCHES, Switch, config_off, report_switches},
};

rule! {
    /// Node.js or its package managers do not check certificates.
    ///
    /// ## Why
    /// Whoever sits on the way can hand the build another package, whose install scripts run at
    /// once; set by `ENV`, the service in production trusts everybody too. Trust your own authority
    /// with `NODE_EXTRA_CA_CERTS` or `cafile` instead.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM node:24
    /// ENV NODE_TLS_REJECT_UNAUTHORIZED=0
    /// # ^ node-tls-verification-off
    /// ENV LOG=debug npm_config_strict_ssl="false"
    /// # ^ node-tls-verification-off
    /// RUN NPM_CONFIG_STRICT_SSL=false npm ci
    /// # ^ node-tls-verification-off
    /// RUN npm config set strict-ssl false && npm ci
    /// # ^ node-tls-verification-off
    /// ```
    ///
    /// ```dockerfile
    /// FROM node:24
    /// RUN yarn config set "strict-ssl"=false --global
    /// # ^ node-tls-verification-off
    /// RUN npm c set 'strict-ssl'='false'
    /// # ^ node-tls-verification-off
    /// RUN npm set strict-ssl=false
    /// # ^ node-tls-verification-off
    /// RUN npm install --strict-ssl=false
    /// # ^ node-tls-verification-off
    /// RUN npm install --no-strict-ssl
    /// # ^ node-tls-verification-off
    /// RUN echo "strict-ssl=false" >> .npmrc
    /// # ^ node-tls-verification-off
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   env:
    ///     - PATH=/usr/bin
    ///     - NODE_TLS_REJECT_UNAUTHORIZED=0
    /// # ^ node-tls-verification-off
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM node:24
    /// ENV NODE_TLS_REJECT_UNAUTHORIZED=1
    /// # ^ node-tls-verification-off
    /// ENV LOG=debug npm_config_strict_ssl=true
    /// # ^ node-tls-verification-off
    /// RUN NPM_CONFIG_STRICT_SSL=true npm ci
    /// # ^ node-tls-verification-off
    /// RUN npm config set strict-ssl true && npm ci
    /// # ^ node-tls-verification-off
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM node:24
    /// ENV NODE_TLS_REJECT_UNAUTHORIZED=1 NPM_CONFIG_STRICT_SSL=true MY_NPM_CONFIG_STRICT_SSL=false
    /// ENV NODE_TLS_REJECT_UNAUTHORIZED 666
    /// RUN npm config set strict-ssl true && npm config set fund false
    /// RUN npm config get strict-ssl
    /// RUN echo npm config set strict-ssl false && echo strict-ssl=false
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   env: [NODE_TLS_REJECT_UNAUTHORIZED=1]
    /// ```
    ///
    /// ## Limits
    /// A `.npmrc` that the build copies in is not read.
    ///
    /// ## References
    /// - Node.js documentation: `NODE_TLS_REJECT_UNAUTHORIZED`
    /// - npm documentation: `strict-ssl`
    "node-tls-verification-off" for DockerfileSubject {
        aliases: ["checkov:CKV2_DOCKER_6", "checkov:CKV2_DOCKER_12", "checkov:CKV2_DOCKER_13"],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["image.verified-packages"],
        fix: Unsafe,
        check: Check::OnWith(
            &[Keyword::Env, Keyword::Arg, Keyword::Run, Keyword::Cmd, Keyword::Entrypoint],
            WANTED,
            check,
        ),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    report_switches(subject, instruction, NODE_SWITCHES, sink);
    every_command(subject, instruction, &mut |command| {
        let Some(invocation) = command.invocation() else { return };
        let message = "packages are fetched without a check of certificates";
        if let Some(word) = written_setting(&invocation).filter(|_| writes_file(&command)) {
            let _ = sink.report(word.span, message);
        }
        let Some(off) = setting(&invocation) else { return };
        let draft = sink.report(off.span(), message);
        let _ = draft.fix("Switch the check on", Safety::Unsafe, off.switch_on("true"));
    });
}

fn setting<'a>(invocation: &Invocation<'a>) -> Option<ConfigOff<'a>> {
    if !matches!(invocation.name, "npm" | "yarn" | "pnpm" | "npx" | "bun") {
        return None;
    }
    let is_set = invocation.args.iter().any(|it| it.is("set"));
    let switch = invocation.args.iter().find(|it| it.is("--no-strict-ssl"));
    if let Some(key) = switch {
        return Some(ConfigOff { key, value: None });
    }
    let off =
        config_off(invocation.args, &["strict-ssl", "enablestrictssl"], &["false", "0", "no"])?;
    let is_option = off.key.text().starts_with('-');
    (is_set || is_option).then_some(off)
}

/// `echo strict-ssl=false >> .npmrc`
fn written_setting<'a>(invocation: &Invocation<'a>) -> Option<&'a plimsoll_shell::Word> {
    let prints = matches!(invocation.name, "echo" | "printf");
    let mut words = invocation.args.iter().filter(|_| prints);
    words.find(|it| it.text().replace(' ', "").contains("strict-ssl=false"))
}

const WANTED: Wanted =
    Switch::wanted(NODE_SWITCHES).or_word(&["npm", "yarn", "pnpm", "npx", "bun", "echo", "printf"]);
