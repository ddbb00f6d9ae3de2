#!/bin/sh
# Writes expected.json of every project here with the real tool: sh regenerate.sh [docker-compose]
# The folder's own path is replaced by /project/<name>, so that the result does not depend on where it stands.
set -eu
tool=${1:-docker-compose}
here=$(cd "$(dirname "$0")" && pwd)
for project in "$here"/*/; do
    name=$(basename "$project")
    cd "$project"
    set -- -f compose.yaml
    if [ -f compose.override.yaml ]; then set -- "$@" -f compose.override.yaml; fi
    if [ -f profiles ]; then set -- "$@" --profile "$(cat profiles)"; fi
    variables=""
    if [ -f process.env ]; then variables=$(cat process.env); fi
    # shellcheck disable=SC2086 # the variables hold no blanks
    env -i HOME=/home/user PATH=/usr/bin:/bin $variables "$tool" "$@" config --format json \
        | sed "s|$here/|/project/|g; s|$here|/project|g" > expected.json
done
