#!/bin/sh
# Installs the servers that the tests start for themselves, where they are missing and may be installed: as root, on
# Debian. Otherwise says which suite is skipped, and why. It never fails the run.
set -u

skipped() {
    echo "PostgreSQL is not installed, so the store is tested on SQLite only: $1." >&2
    exit 0
}

[ -z "${PORTFOLIO_SYNC_TEST_POSTGRES:-}" ] || exit 0
! command -v initdb >/dev/null || exit 0
for initdb in /usr/lib/postgresql/*/bin/initdb; do
    [ ! -x "$initdb" ] || exit 0
done

command -v apt-get >/dev/null || skipped "there is no apt-get here to install it with"
[ "$(id -u)" -eq 0 ] || skipped "only root may install it; run \`apt-get install postgresql\`"

said=$(mktemp)
# The package would make a server of its own and start it; the tests want the programs only.
settings=/etc/postgresql-common/createcluster.d
mkdir -p "$settings"
echo "create_main_cluster = false" >"$settings/portfolio-sync-tests.conf"
trap 'rm -f "$said" "$settings/portfolio-sync-tests.conf"; rmdir -p "$settings" 2>/dev/null' EXIT
trap 'exit 130' INT TERM

apt() {
    DEBIAN_FRONTEND=noninteractive apt-get --quiet=2 -o Acquire::Retries=1 -o Acquire::http::Timeout=20 \
        -o DPkg::Lock::Timeout=60 "$@" >"$said" 2>&1 </dev/null
}

echo "Installing PostgreSQL for the tests ..." >&2
apt update || true # a list that cannot be brought up to date may still do
if ! apt --no-install-recommends install postgresql; then
    skipped "apt could not install it ($(grep '^E:' "$said" | head -n 1))"
fi
