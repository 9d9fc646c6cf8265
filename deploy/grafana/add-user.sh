#!/bin/sh
# An account of Grafana: a desk, the wall, an analyst.
#
#     sh deploy/grafana/add-user.sh NAME [Viewer|Editor] [http://127.0.0.1:3000] [FOLDER of secrets]
#
# Prints the new password once. Editors may use Explore; the boards themselves nobody can change.
set -eu

name=${1:?name}
role=${2:-Viewer}
address=${3:-http://127.0.0.1:3000}
folder=${4:-secrets}

case $name in *[!a-z0-9-]*) echo "a name is a-z, 0-9 and -" >&2; exit 2 ;; esac
case $role in Viewer | Editor) ;; *) echo "Viewer or Editor" >&2; exit 2 ;; esac

password=$(head -c 18 /dev/urandom | base64 | tr '+/' '-_')

# The password of the administrator goes in by a file of settings on standard input, so that no list of processes has it.
grafana() {
    printf 'user = "admin:%s"\n' "$(cat "$folder/grafana_admin_password")" |
        curl --fail-with-body --silent --show-error --config - --header 'Content-Type: application/json' "$@"
}

body=$(mktemp)
trap 'rm -f "$body"' EXIT
printf '{"name": "%s", "login": "%s", "password": "%s"}' "$name" "$name" "$password" >"$body"
made=$(grafana --request POST --data "@$body" "$address/api/admin/users") || {
    printf '%s\n' "$made" >&2
    exit 1
}
# The account is there now: its password is told, whatever becomes of its role.
echo "$name: $password"
id=$(printf '%s' "$made" | sed -n 's/.*"id": *\([0-9]*\).*/\1/p')
grafana --request PATCH --data "{\"role\": \"$role\"}" "$address/api/org/users/$id" >"$body" || {
    cat "$body" >&2
    echo "$name is there, but is no $role: set the role in Grafana (Administration, Users)" >&2
    exit 1
}
