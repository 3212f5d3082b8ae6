#!/usr/bin/env bash
# Runs a command with a PostgreSQL server of its own: with-postgres.sh COMMAND [ARGUMENT...]
# The command finds the server's address in RAUM_TEST_POSTGRES, and in RAUM_TEST_POSTGRES_CA the certificate the server
# proves itself with as `localhost`. The server goes with the command.
set -euo pipefail
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -x "$bin/initdb" ] || { echo "PostgreSQL is not installed (Debian: apt-get install postgresql)" >&2; exit 1; }
dir=$(mktemp -d /tmp/raum-postgres.XXXXXX)
as=()
if [ "$(id -u)" = 0 ]; then
    # The server refuses to run as root.
    chown postgres "$dir"
    as=(runuser -u postgres --)
fi
stop() {
    "${as[@]}" "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || true
    rm -rf "$dir"
}
trap stop EXIT
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"${as[@]}" "$bin/initdb" -D "$dir/data" -U raum -A trust -E UTF8 --no-locale >"$dir/log" 2>&1
"${as[@]}" openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
    -addext basicConstraints=critical,CA:FALSE -keyout "$dir/data/server.key" -out "$dir/data/server.crt" >>"$dir/log" 2>&1
chmod 755 "$dir"
cp "$dir/data/server.crt" "$dir/ca.crt"
"${as[@]}" "$bin/pg_ctl" -D "$dir/data" -l "$dir/data/log" -w \
    -o "-p $port -k $dir -c listen_addresses=127.0.0.1 -c max_connections=400 -c ssl=on" start >>"$dir/log" 2>&1 ||
    { cat "$dir/log" "$dir/data/log" >&2; exit 1; }
export RAUM_TEST_POSTGRES_CA="$dir/ca.crt"
RAUM_TEST_POSTGRES="postgres://raum@127.0.0.1:$port/postgres" "$@"
