//! Command lines in, services out.

use std::{fmt::Write as _, sync::Arc};

use plimsoll_text::Source;

use crate::{
    command_line::{CommandLines, CommandText, read_command_lines},
    service::{Service, Variable},
    setting::Setting,
};

use CommandText::{Makefile, Markdown, ShellScript, SystemdUnit, YamlScript};

fn read(text: &str, kind: CommandText) -> (Arc<Source>, CommandLines) {
    let source = Source::new("x", text);
    let lines = read_command_lines(&source, kind);
    (source, lines)
}

/// The text that a setting stands at.
fn at<T>(setting: &Setting<T>) -> String {
    setting.location().map(|it| it.text().to_owned()).unwrap_or_default()
}

fn texts(res: &mut String, name: &str, settings: &[&Setting<String>]) {
    for it in settings {
        assert_eq!(at(it), it.value, "{name}: the place is not the value");
        write!(res, " {name}={}", it.value).unwrap();
    }
}

fn pairs(res: &mut String, name: &str, list: &[(String, Setting<String>)]) {
    for (key, it) in list {
        assert_eq!(at(it), it.value);
        write!(res, " {name}:{key}={}", it.value).unwrap();
    }
}

fn variables(res: &mut String, name: &str, list: &[Variable]) {
    for it in list {
        assert_eq!(at(&it.name), it.name.value);
        let value = it.value.as_ref().map(|it| {
            assert_eq!(at(it), it.value);
            it.value.as_str()
        });
        write!(res, " {name}:{}={}", it.name.value, value.unwrap_or("?")).unwrap();
    }
}

fn other<T>(
    res: &mut String,
    name: &str,
    setting: Option<&Setting<T>>,
    show: impl Fn(&T) -> String,
) {
    if let Some(it) = setting {
        write!(res, " {name}={}@{}", show(&it.value), at(it)).unwrap();
    }
}

/// Everything that was read of a service, with the text that each value stands at.
fn dump(service: &Service) -> String {
    let mut res = format!("{}@{}", service.name, service.place.text());
    let one = |it: &Option<Setting<String>>| it.clone();
    for (name, field) in [
        ("image", &service.image),
        ("user", &service.user),
        ("net", &service.network_mode),
        ("pid", &service.pid),
        ("ipc", &service.ipc),
        ("uts", &service.uts),
        ("userns", &service.userns_mode),
        ("cgroupns", &service.cgroup),
        ("cgroup-parent", &service.cgroup_parent),
        ("runtime", &service.runtime),
        ("cpuset", &service.cpuset),
        ("hostname", &service.hostname),
        ("workdir", &service.working_dir),
        ("platform", &service.platform),
        ("pull", &service.pull_policy),
        ("stop-signal", &service.stop_signal),
    ] {
        texts(&mut res, name, &one(field).iter().collect::<Vec<_>>());
    }
    for (name, list) in [
        ("cap-add", &service.cap_add),
        ("cap-drop", &service.cap_drop),
        ("security-opt", &service.security_opt),
        ("network", &service.networks),
        ("group", &service.group_add),
        ("host", &service.extra_hosts),
        ("expose", &service.expose),
        ("needs", &service.depends_on),
        ("device-rule", &service.device_cgroup_rules),
    ] {
        texts(&mut res, name, &list.iter().collect::<Vec<_>>());
    }
    dump_values(&mut res, service);
    dump_lists(&mut res, service);
    res
}

fn dump_values(res: &mut String, service: &Service) {
    variables(res, "env", &service.environment);
    pairs(res, "label", &service.labels);
    pairs(res, "sysctl", &service.sysctls);
    pairs(res, "ulimit", &service.ulimits);
    other(res, "restart", service.restart.as_ref(), Clone::clone);
    other(res, "privileged", service.privileged.as_ref(), ToString::to_string);
    other(res, "read-only", service.read_only.as_ref(), ToString::to_string);
    other(res, "init", service.init.as_ref(), ToString::to_string);
    other(res, "publish-all", service.publish_all.as_ref(), ToString::to_string);
    other(res, "oom", service.oom_kill_disable.as_ref(), ToString::to_string);
    other(res, "memory", service.memory_limit.as_ref(), ToString::to_string);
    other(res, "cpus", service.cpu_limit.as_ref(), ToString::to_string);
    other(res, "shares", service.cpu_shares.as_ref(), ToString::to_string);
    other(res, "pids", service.pids_limit.as_ref(), ToString::to_string);
    other(res, "command", service.command.as_ref(), |it| it.join("|"));
    other(res, "entrypoint", service.entrypoint.as_ref(), |it| it.join("|"));
    other(res, "health", service.healthcheck.as_ref(), |it| format!("{it:?}"));
    other(res, "logging", service.logging.as_ref(), |it| {
        let options: Vec<String> = it.options.iter().map(|(k, v)| format!("{k}:{v}")).collect();
        format!("{}[{}]", it.driver.as_deref().unwrap_or("-"), options.join(","))
    });
}

fn dump_lists(res: &mut String, service: &Service) {
    for it in &service.mounts {
        let mount = &it.value;
        let source = mount.source.as_deref().unwrap_or("-");
        let ro = if mount.read_only { ":ro" } else { "" };
        let propagation = mount.propagation.as_deref().unwrap_or_default();
        let rest = mount.options.join(",");
        write!(res, " {:?}:{source}>{}{ro}{propagation}[{rest}]", mount.kind, mount.target)
            .unwrap();
        assert!(at(it).contains(&mount.target));
    }
    for it in &service.ports {
        let port = &it.value;
        let address = port.host_address.as_deref().unwrap_or("*");
        let mode = port.mode.as_deref().unwrap_or_default();
        write!(res, " port:{address}:{:?}>{:?}/{}{mode}", port.host, port.container, port.protocol)
            .unwrap();
    }
    for it in &service.devices {
        let device = &it.value;
        write!(res, " dev:{}>{}:{}", device.host, device.container, device.permissions).unwrap();
    }
    for it in service.secrets.iter().chain(&service.configs) {
        write!(res, " grant:{}>{}", it.value.source, it.value.target.as_deref().unwrap_or("-"))
            .unwrap();
    }
}

fn check(kind: CommandText, table: &[(&str, &[&str])]) {
    for (text, expected) in table {
        let (_, lines) = read(text, kind);
        let found: Vec<String> = lines.services.iter().map(dump).collect();
        assert_eq!(found, *expected, "{text}");
    }
}

#[test]
fn options_are_read_in_every_form() {
    check(
        ShellScript,
        &[
            ("docker run alpine", &["alpine@run image=alpine"]),
            ("docker run --help", &[]),
            (
                "docker run -itd --rm alpine sh -c 'a b'",
                &["alpine@run image=alpine command=sh|-c|a b@sh"],
            ),
            (
                "docker create -p80:80 -eA=b -e=C=d --env E=f --env=G x",
                &["x@create image=x env:A=b env:C=d env:E=f env:G=? \
                 port:*:Some((80, 80))>(80, 80)/tcp"],
            ),
            (
                "docker container run --name=db -u '1:2' -h h -w /w -l a=b x:1 -p 1",
                &["db@run image=x:1 user=1:2 hostname=h workdir=/w label:a=b command=-p|1@-p"],
            ),
            (
                "docker run --privileged=false --read-only --init=true -P x",
                &["x@run image=x privileged=false@false read-only=true@--read-only \
                 init=true@true publish-all=true@-P"],
            ),
            (
                "docker run -dP --privileged -itv /a:/b:ro,rslave x",
                &["x@run image=x privileged=true@--privileged publish-all=true@-dP \
                 Bind:/a>/b:rorslave[]"],
            ),
            (
                "podman run --cap-add=ALL --cap-drop net_raw --security-opt seccomp=unconfined x",
                &["x@run image=x cap-add=ALL cap-drop=net_raw security-opt=seccomp=unconfined"],
            ),
            (
                "docker run --pid=host --ipc host --uts host --userns host --cgroupns host \
                 --cgroup-parent /p --runtime runc --platform linux/amd64 --pull always \
                 --stop-signal TERM --cpuset-cpus 0-1 x",
                &["x@run image=x pid=host ipc=host uts=host userns=host cgroupns=host \
                   cgroup-parent=/p runtime=runc cpuset=0-1 platform=linux/amd64 pull=always \
                   stop-signal=TERM"],
            ),
        ],
    );
}

#[test]
fn limits_and_the_rest_are_read() {
    check(
        ShellScript,
        &[
            (
                "docker run -m 1.5g --cpus=.5 -c 512 --pids-limit 100 --ulimit nofile=1:2 x",
                &["x@run image=x ulimit:nofile=1:2 memory=1610612736@1.5g cpus=0.5@.5 \
                 shares=512@512 pids=100@100"],
            ),
            (
                "docker run --cpu-quota 50000 --cpu-period 25000 --memory 0 x",
                &["x@run image=x cpus=2@50000"],
            ),
            (
                "docker run --health-cmd 'a || b' --health-interval 5s --restart on-failure:5 x",
                &["x@run image=x restart=on-failure:5@on-failure:5 \
                 health=Test([\"CMD-SHELL\", \"a || b\"])@a || b"],
            ),
            (
                "docker run --no-healthcheck --log-opt max-size=1m --log-driver local x",
                &["x@run image=x health=Disabled@--no-healthcheck \
                 logging=local[max-size:1m]@max-size=1m"],
            ),
            (
                "docker run --sysctl a.b=1 --add-host a:1 --entrypoint '' --group-add g x",
                &["x@run image=x group=g host=a:1 sysctl:a.b=1 entrypoint=@"],
            ),
            (
                "docker run --link db:x --volumes-from y:ro --expose 80 --oom-kill-disable x",
                &["x@run image=x expose=80 needs=db needs=y oom=true@--oom-kill-disable"],
            ),
            (
                "docker run --device /dev/a --device=/dev/b:r --device /dev/c:/d:rw x",
                &["x@run image=x dev:/dev/a>/dev/a:rwm dev:/dev/b>/dev/b:r dev:/dev/c>/d:rw"],
            ),
            (
                "docker run --device-cgroup-rule 'c 1:3 mr' --gpus all --shm-size 1g x",
                &["x@run image=x device-rule=c 1:3 mr"],
            ),
        ],
    );
}

#[test]
fn networks_ports_and_mounts_are_told_apart() {
    check(
        ShellScript,
        &[
            (
                "docker run --net=host --network a --network name=b,alias=c x",
                &["x@run image=x net=host network=a network=b"],
            ),
            ("docker run --network container:db x", &["x@run image=x net=container:db"]),
            (
                "docker run -p 80 -p 127.0.0.1:1:2/udp -p 127.0.0.1::3 -p [::1]:4:5 -p 6-7:8-9 x",
                &["x@run image=x port:*:None>(80, 80)/tcp port:127.0.0.1:Some((1, 1))>(2, 2)/udp \
                 port:127.0.0.1:None>(3, 3)/tcp port:[::1]:Some((4, 4))>(5, 5)/tcp \
                 port:*:Some((6, 7))>(8, 9)/tcp"],
            ),
            (
                "docker run -p ${A:-1}:2 -p $B:3:$C x",
                &["x@run image=x port:*:None>(2, 2)/tcp port:$B:Some((3, 3))>(0, 0)/tcp"],
            ),
            (
                "docker run -v /a -v b:/c -v $PWD/x:/d:ro -v \"$(pwd)\":/e -v ~/f:/f:z x",
                &["x@run image=x Volume:->/a[] Volume:b>/c[] Bind:$PWD/x>/d:ro[] \
                 Bind:$(pwd)>/e[] Bind:~/f>/f[z]"],
            ),
            (
                "docker run -v 'C:\\a:/b:ro' -v ${DATA_DIR:-/x}:/y -v $VOLUME:/z x",
                &["x@run image=x Bind:C:\\a>/b:ro[] Bind:${DATA_DIR:-/x}>/y[] Volume:$VOLUME>/z[]"],
            ),
            (
                "docker run --mount type=bind,src=/a,dst=/b,ro,bind-propagation=rshared x",
                &["x@run image=x Bind:/a>/b:rorshared[]"],
            ),
            (
                "docker run --mount target=/b --tmpfs /t:ro,noexec,size=1m x",
                &["x@run image=x Volume:->/b[] Tmpfs:->/t:ro[noexec,size=1m]"],
            ),
            (
                "docker service create --name s --publish published=80,target=81,mode=host \
                 --secret source=a,target=b --config c --limit-memory 1m --limit-cpu 1 \
                 --limit-pids 5 --reserve-memory 1m --restart-condition on-failure \
                 --restart-max-attempts 3 --mount type=bind,source=/a,target=/b,readonly=false \
                 img cmd",
                &["s@create image=img restart=on-failure:3@on-failure memory=1048576@1m cpus=1@1 \
                   pids=5@5 command=cmd@cmd Bind:/a>/b[] port:*:Some((80, 80))>(81, 81)/tcphost \
                   grant:a>b grant:c>-"],
            ),
            (
                "docker service update --env-add A=b --image x:2 web",
                &["web@update image=x:2 env:A=b"],
            ),
        ],
    );
}

#[test]
fn commands_are_found_wherever_they_stand() {
    check(
        ShellScript,
        &[
            ("sudo -E docker run x", &["x@run image=x"]),
            ("env A=1 /usr/bin/docker --context c -H tcp://h run x", &["x@run image=x"]),
            (
                "if a; then docker run x | b; fi; c=$(docker run y)",
                &["x@run image=x", "y@run image=y"],
            ),
            (
                "$DOCKER run x; ${DOCKER:-docker} run y; ${TOOL:-podman} run z; $SUDO docker run w",
                &["x@run image=x", "y@run image=y", "z@run image=z", "w@run image=w"],
            ),
            ("docker-compose run x; docker compose run y; $OTHER run z; echo docker run x", &[]),
            ("sh -c \"docker run -e A='b c' x\"", &["x@run image=x env:A=b c"]),
            ("docker run \\\n  --name a \\\n  x", &["a@run image=x"]),
            ("docker run $OPTS \"${ARGS[@]}\" \"$IMAGE:$TAG\"", &["$IMAGE@run image=$IMAGE:$TAG"]),
            (
                "docker run ${X:+-e X} -e \"P=$P\" $IMAGE a",
                &["$IMAGE@run image=$IMAGE env:P=$P command=a@a"],
            ),
            ("cat <<E\ndocker run x\nE\n# docker run y\n", &[]),
        ],
    );
    let (_, lines) = read("docker run $OPTS x\ndocker run y\ndocker service update z", ShellScript);
    assert_eq!(lines.partial.iter().copied().collect::<Vec<_>>(), [0, 2]);
}

#[test]
fn other_texts_hold_scripts() {
    check(
        Makefile,
        &[
            (
                "IMAGE = docker run nothing\nrun:\n\t@docker run --name $(NAME) \\\n\t  -e A=$$B \
                 ${IMAGE}:$(TAG) sh\n\t-$(DOCKER) run $(ARGS) x\n",
                &["$(NAME)@run image=${IMAGE}:$(TAG) env:A=$B command=sh@sh", "x@run image=x"],
            ),
            ("a:\n\tdocker run x \\\n    y\nb:\n", &["x@run image=x command=y@y"]),
        ],
    );
    check(
        SystemdUnit,
        &[(
            "[Service]\n# ExecStart=docker run y\nExecStartPre=-/usr/bin/docker pull x\n\
             ExecStart=/usr/bin/docker run --name %n \\\n  # why\n  -e A=1 \\\n  x\nUser=docker run\n",
            &["%n@run image=x env:A=1"],
        )],
    );
    check(
        Markdown,
        &[
            (
                "Use `docker run x`.\n\n    docker run y\n\n```sh\ndocker run z\n```\n",
                &["z@run image=z"],
            ),
            (
                "```yaml\ndocker run x\n```\n~~~\n$ docker run y \\\n    a\ndocker run out\n~~~\n",
                &["y@run image=y command=a@a"],
            ),
            (
                "```console\n# docker run x\nout\n```\n```bash\n# docker run y\n```\n",
                &["x@run image=x"],
            ),
            (
                "1. a\n   ```bash\n   docker run -e P=<your pass> <image>\n   ```\n",
                &["<image>@run image=<image> env:P=<your pass>"],
            ),
            ("```\ndocker run [OPTIONS] IMAGE\n```\n", &[]),
        ],
    );
    check(
        YamlScript,
        &[
            (
                "on: push\njobs:\n  a:\n    steps:\n      - run: |\n          docker run \\\n            \
                 -e T=${{ secrets.T }} x\n      - run: 'docker run ''y'''\n      - run: >-\n          \
                 docker run\n          z\n      - run: docker run w\n        shell: pwsh\n      - run: \
                 \"docker run \\\"q\\\" \\\\\\n -e\"\n",
                &[
                    "x@run image=x env:T=${{ secrets.T }}",
                    "y@run image=y",
                    "z@run image=z",
                    "q@run image=q command=-e@-e",
                ],
            ),
            ("a:\n  script:\n    - docker run --name a x\n", &["a@run image=x"]),
        ],
    );
}

#[test]
fn builds_and_other_commands_are_read() {
    let table = [
        (
            "docker build -t a:1 --build-arg A=b --build-arg C -f d/F --target=t --no-cache .",
            "build arg:A=b arg:C=? tag=a:1 file=d/F target=t context=. no-cache=true@--no-cache",
        ),
        (
            "docker buildx build . --push --secret id=s --ssh default --pull=false",
            "build secret=id=s ssh=default context=. push=true@--push pull=false@false",
        ),
        ("docker image build - < F", "build context=-"),
        ("buildah bud -o type=registry x", "build context=x push=true@type=registry"),
        ("podman build $ARGS --sbom=true ctx", "build sbom=true context=ctx partial"),
    ];
    for (text, expected) in table {
        let (_, lines) = read(text, ShellScript);
        let build = &lines.builds[0];
        let mut res = build.place.text().replace("bud", "build");
        variables(&mut res, "arg", &build.build_args);
        for (name, list) in [("tag", &build.tags), ("secret", &build.secrets), ("ssh", &build.ssh)]
        {
            texts(&mut res, name, &list.iter().collect::<Vec<_>>());
        }
        for (name, field) in [
            ("file", &build.file),
            ("target", &build.target),
            ("sbom", &build.sbom),
            ("context", &build.context),
        ] {
            texts(&mut res, name, &field.iter().collect::<Vec<_>>());
        }
        other(&mut res, "no-cache", build.no_cache.as_ref(), ToString::to_string);
        other(&mut res, "push", build.push.as_ref(), ToString::to_string);
        other(&mut res, "pull", build.pull.as_ref(), ToString::to_string);
        if build.is_partial {
            res.push_str(" partial");
        }
        assert_eq!(res, expected, "{text}");
    }
    let text = "docker push a:1; docker image save -o x a; docker login -u a -p b; trivy image a";
    let (_, lines) = read(text, ShellScript);
    let verbs: Vec<String> = lines
        .others
        .iter()
        .map(|it| {
            let words = it.arguments.iter().map(|it| {
                assert_eq!(at(it), it.value);
                it.value.as_str()
            });
            format!("{} {}", it.verb, words.collect::<Vec<_>>().join(" "))
        })
        .collect();
    assert_eq!(verbs, ["push a:1", "image save -o x a", "login -u a -p b"]);
    assert_eq!(lines.programs[0].value, "trivy");
    let (_, lines) = read("docker run x; docker run --env-file a.env y", ShellScript);
    assert_eq!((lines.env_files[0].0, at(&lines.env_files[0].1)), (1, "a.env".to_owned()));
}

#[test]
fn hostile_texts_are_read_to_an_end() {
    let deep = "sh -c 'docker run x' ".repeat(3);
    for text in [
        "docker",
        "docker run",
        "docker run -",
        "docker run -e",
        "docker run --",
        "docker run -v : -p : -p a:b:c:d --mount , --device : -m 9999999999999999999t x",
        "docker service",
        "docker service update",
        "docker run -p 99999:1 -p é:é -v é x",
        "\u{1}\u{1} run \u{1}",
        "docker run \"",
        deep.as_str(),
    ] {
        for kind in [ShellScript, Makefile, SystemdUnit, Markdown, YamlScript] {
            for framed in [
                text.to_owned(),
                format!("a:\n\t{text}"),
                format!("ExecStart={text}\\"),
                format!("```\n{text}"),
                format!("on: x\njobs:\n  a:\n    steps:\n      - run: |\n          {text}\n"),
            ] {
                read(&framed, kind);
            }
        }
    }
    let many = "docker run x\n".repeat(super::MAX_COMMANDS + 1);
    let (_, lines) = read(&many, ShellScript);
    assert_eq!(lines.services.len(), super::MAX_COMMANDS);
    assert!(lines.is_truncated);
}
