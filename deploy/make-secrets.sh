#!/bin/sh
# Passwords of the installation, each in a file of its own: random, made once, never overwritten.
#
#     sh deploy/make-secrets.sh [FOLDER]        default: ./secrets
#
# The folder is its owner's alone. The files in it are readable, because a container sees only those it is given and runs
# as a user of its own. To change a password, delete its file, run this again and start what uses it anew.
set -eu

folder=${1:-secrets}
users=$folder/clickhouse-users
services="migrator writer reader boards health"

umask 022
mkdir -p "$folder"
chmod 700 "$folder"
mkdir -p "$users"

# random FILE: 32 letters, digits, - and _, which need no quoting in any file they end up in.
random() {
    [ -e "$1" ] && return
    head -c 24 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n=' >"$1.new"
    [ "$(wc -c <"$1.new")" -eq 32 ] || { echo "no random bytes" >&2; exit 1; }
    chmod 444 "$1.new"
    mv "$1.new" "$1"
    echo "made $1"
}

for name in $services; do
    random "$folder/store_${name}_password"
done
random "$folder/grafana_admin_password"
random "$folder/grafana_secret_key"
random "$folder/alerts_token"

# What ClickHouse is told of its services' passwords: their hashes.
{
    echo '<clickhouse><users>'
    for name in $services; do
        hash=$(sha256sum "$folder/store_${name}_password" | cut -d' ' -f1)
        echo "  <$name><password_sha256_hex>$hash</password_sha256_hex></$name>"
    done
    echo '</users></clickhouse>'
} >"$users/passwords.xml.new"
chmod 444 "$users/passwords.xml.new"
mv -f "$users/passwords.xml.new" "$users/passwords.xml"

# Only you know these; alerts are not delivered before they are there.
for name in smtp_password sms_token; do
    [ -e "$folder/$name" ] || echo "write $folder/$name before you start the profile monitoring (then: chmod 444)"
done
