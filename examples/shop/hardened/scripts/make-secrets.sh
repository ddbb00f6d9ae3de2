#!/usr/bin/env bash
# Writes fresh random secrets and a self-signed certificate for a first try. Keeps what is there.
set -euo pipefail
cd "$(dirname "$0")/../secrets"
umask 077

for name in database_password cache_api_password cache_worker_password; do
    [ -e "$name" ] || openssl rand -hex 32 >"$name"
done

digest() { tr -d '\n' <"$1" | sha256sum | cut -d ' ' -f 1; }
if [ ! -e cache_acl ]; then
    {
        echo 'user default on nopass resetkeys resetchannels -@all +ping'
        echo "user api on #$(digest cache_api_password) resetkeys resetchannels" \
            '~orders ~receipt:* -@all +lpush +get +ping +client|setinfo'
        echo "user worker on #$(digest cache_worker_password) resetkeys resetchannels" \
            '~orders ~receipt:* -@all +brpop +set +ping'
    } >cache_acl
fi

if [ ! -e tls_key ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
        -subj /CN=shop.example -addext subjectAltName=DNS:shop.example \
        -keyout tls_key -out tls_certificate
    chmod 0644 tls_certificate
fi

# Compose mounts the files as they are, so each belongs to the user that reads it in its container.
# With userns-remap the numbers on the host start at the first one that /etc/subuid gives dockremap.
first=$(awk -F: '$1 == "dockremap" { print $2; exit }' /etc/subuid)
first=${first:-0}
own() { chown "$((first + $1))" "${@:2}"; }
if [ "$(id -u)" -eq 0 ]; then
    own 10101 tls_key tls_certificate
    own 999 cache_acl
    own 10401 cache_worker_password
    own 10201 cache_api_password
    # Read by two users, the API's and the database's: owned by the one, readable by the group of the other.
    chown "$((first + 999)):$((first + 10201))" database_password
    chmod 0440 database_password
else
    echo 'not root: give the files to the users of the containers before "docker compose up"' >&2
fi
