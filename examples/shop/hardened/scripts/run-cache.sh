#!/usr/bin/env bash
# Runs the cache alone, for tests on a developer's machine: reachable from this machine only.
set -euo pipefail
cd "$(dirname "$0")/.."

docker network inspect shop-tests >/dev/null 2>&1 || docker network create shop-tests
docker run --detach --name shop-cache \
    --network shop-tests \
    --publish 127.0.0.1:6379:6379 \
    --user 999:999 \
    --read-only \
    --tmpfs /tmp:rw,noexec,nosuid,nodev,size=16m,mode=0700,uid=999,gid=999 \
    --tmpfs /data:rw,noexec,nosuid,nodev,size=16m,mode=0700,uid=999,gid=999 \
    --volume "$PWD/cache/redis.conf:/etc/redis/redis.conf:ro" \
    --volume "$PWD/secrets/cache_acl:/run/secrets/cache_acl:ro" \
    --cap-drop ALL \
    --security-opt no-new-privileges:true \
    --memory 256m \
    --cpus 0.5 \
    --pids-limit 32 \
    --ulimit nofile=4096:8192 \
    --restart on-failure:5 \
    --health-cmd 'redis-cli -e ping' \
    --health-interval 15s \
    --log-driver json-file \
    --log-opt max-size=10m \
    --log-opt max-file=5 \
    redis:8.2-bookworm redis-server /etc/redis/redis.conf
