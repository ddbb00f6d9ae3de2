use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{
    base::base_image,
    rule::rule,
    started::{sets_variable, start_instruction},
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// Node.js without `NODE_ENV=production`.
    ///
    /// ## Why
    /// Many libraries look at it: without it they keep caches off and show errors to visitors.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM node:22
    /// RUN npm ci
    /// CMD ["node", "server.js"]
    /// # ^ missing-node-env
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM node:22
    /// RUN npm ci
    /// ENV NODE_ENV=production
    /// CMD ["node", "server.js"]
    /// # ^ missing-node-env
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM node:22
    /// ENV NODE_ENV=production
    /// CMD ["node", "server.js"]
    /// ```
    ///
    /// ## Limits
    /// Known by the official image only. Before an install the variable would leave out what a
    /// build needs, so the fix puts it right before the start.
    ///
    /// ## References
    /// - Node.js documentation: differences between development and production
    "missing-node-env" for DockerfileSubject {
        aliases: ["dockerfile-doctor:DD067"],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: [],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let dockerfile = &subject.dockerfile;
    let Some(stage) = dockerfile.final_stage() else { return };
    let is_node =
        base_image(dockerfile, stage.index).is_some_and(|it| it.familiar_name() == "node");
    let Some(start) = start_instruction(dockerfile) else { return };
    if is_node && !sets_variable(dockerfile, "NODE_ENV") {
        let edit = Edit::insert(start.span.start, "ENV NODE_ENV=production\n");
        sink.report(start.name, "libraries act as in development; set `NODE_ENV=production`").fix(
            "Set it",
            Safety::Unsafe,
            vec![edit],
        );
    }
}
