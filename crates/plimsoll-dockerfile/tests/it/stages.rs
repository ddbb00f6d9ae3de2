//! Stages, their graph, and the shell in force.

use plimsoll_dockerfile::{Base, EdgeKind, ShellKind};

use crate::dump::read;

#[test]
fn stages_know_what_they_start_from() {
    let file = read(
        "ARG V=3.20\nARG W\nFROM alpine:${V} AS Base\nUSER a\nFROM base AS two\nFROM scratch\n\
         FROM x:$W\nFROM --platform=linux/arm64 two",
    );
    let bases: Vec<_> = file
        .stages
        .iter()
        .map(|it| match &it.base {
            Base::Image(image) => image.text.clone(),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(bases, ["alpine:3.20", "Stage(0)", "Scratch", "Unresolved", "Stage(1)"]);
    let ranges: Vec<_> = file.stages.iter().map(|it| it.instructions.clone()).collect();
    assert_eq!(ranges, [2..4, 4..5, 5..6, 6..7, 7..8]);
    assert_eq!(file.stage_named("TWO").unwrap().index, 1);
    assert_eq!(file.final_stage().unwrap().platform.as_deref(), Some("linux/arm64"));
    let chain: Vec<_> = file.base_chain(4).iter().map(|it| it.index).collect();
    assert_eq!(chain, [4, 1, 0]);
    assert_eq!(file.instructions[3].stage, Some(0));
    assert_eq!(file.instructions[0].stage, None);
}

#[test]
fn the_graph_has_an_edge_for_each_need() {
    let file = read(
        "FROM a AS one\nFROM b AS unused\nFROM c AS three\nRUN --mount=from=ONE,target=/x make\n\
         FROM three\nCOPY --from=0 x y\nCOPY --from=alpine x y\nCOPY --from=9 x y",
    );
    let edges: Vec<_> =
        file.stage_parents(3).iter().map(|it| (it.target, it.instruction, it.kind)).collect();
    assert_eq!(edges, [(2, 4, EdgeKind::Base), (0, 5, EdgeKind::Copy)]);
    assert_eq!(file.stage_parents(2)[0].kind, EdgeKind::Mount);
    let span = file.stage_parents(2)[0].span;
    assert_eq!(file.source.slice(span), "ONE");
    assert_eq!(file.reachable_stages(3).into_iter().collect::<Vec<_>>(), [0, 2, 3]);
    assert_eq!(file.errors.len(), 1, "only the stage that does not exist: {:?}", file.errors);
    assert!(file.reachable_stages(99).is_empty());
}

#[test]
fn a_stage_cannot_need_itself_or_a_later_one() {
    let file = read("FROM a AS a\nCOPY --from=a x y\nCOPY --from=b x y\nFROM b AS b");
    assert!(file.stage_parents(0).is_empty());
    assert!(file.stage_parents(1).is_empty());
}

#[test]
fn the_shell_follows_base_image_and_instruction() {
    let file = read(
        "FROM alpine AS a\nRUN x\nSHELL [\"/bin/bash\", \"-eo\", \"pipefail\", \"-c\"]\nRUN x\n\
         FROM a\nRUN x\nFROM acme/x\nRUN x\nSHELL [\"/bin/sh\", \"-exc\"]\nRUN x\n\
         SHELL [\"powershell.exe\", \"-Command\"]\nRUN x\n\
         FROM fedora\nSHELL [\"/bin/sh\", \"-c\"]\n\
         RUN x\nSHELL [\"/usr/bin/env\", \"-i\", \"bash\", \"-c\"]\nRUN x",
    );
    let runs = file.instructions.iter().filter(|it| it.keyword.name() == "RUN");
    let shells: Vec<_> = runs
        .map(|it| {
            let shell = &it.shell;
            (shell.kind.clone(), shell.dialect_known, shell.pipefail(), shell.errexit())
        })
        .collect();
    assert_eq!(
        shells,
        [
            (ShellKind::Busybox, true, false, false),
            (ShellKind::Bash, true, true, true),
            (ShellKind::Bash, true, true, true),
            (ShellKind::Posix, false, false, false),
            (ShellKind::Posix, true, false, true),
            (ShellKind::PowerShell, true, false, false),
            (ShellKind::Bash, true, false, false),
            (ShellKind::Bash, true, false, false),
        ]
    );
    let options = &file.instructions[3].shell;
    assert_eq!(options.shell_options, ["-eo", "pipefail"]);
    assert_eq!(options.set_by, Some(2));
    let span = options.span.unwrap();
    assert_eq!(file.source.slice(span), "\"/bin/bash\", \"-eo\", \"pipefail\", \"-c\"");
}

#[test]
fn a_fragment_has_no_stage_and_no_complaint() {
    let file = read("RUN x\nENV A=1\nUSER $A");
    assert!(file.is_fragment() && file.errors.is_empty());
    assert_eq!(file.environment_at(2).expand("$A").value.as_deref(), Some("1"));
}

#[test]
fn stages_that_build_on_each_other_have_a_limit() {
    let mut text = "FROM a AS s0\n".to_owned();
    for number in 1..300 {
        text += &["FROM s", &(number - 1).to_string(), " AS s", &number.to_string(), "\n"].concat();
    }
    let file = read(&text);
    assert_eq!(file.stages.len(), 300);
    assert_eq!(file.errors.len(), 2);
    assert!(file.base_chain(299).len() <= 129);
}
