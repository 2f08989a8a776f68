#!/bin/sh
# Installs what the tests start for themselves, where it is missing and may be installed: as root, on Debian. Otherwise
# says which suite is skipped, and why. It never fails the run.
set -u

said=$(mktemp)
# The package would make a server of its own and start it; the tests want the programs only.
settings=/etc/postgresql-common/createcluster.d
settled=
trap 'rm -f "$said"; [ -z "$settled" ] || { rm -f "$settled"; rmdir -p "$settings" 2>/dev/null; }' EXIT
trap 'exit 130' INT TERM
fresh=

apt() {
    DEBIAN_FRONTEND=noninteractive apt-get --quiet=2 -o Acquire::Retries=1 -o Acquire::http::Timeout=20 \
        -o DPkg::Lock::Timeout=60 "$@" >"$said" 2>&1 </dev/null
}

has_postgresql() {
    [ -z "${PORTFOLIO_SYNC_TEST_POSTGRES:-}" ] || return 0
    ! command -v initdb >/dev/null || return 0
    for initdb in /usr/lib/postgresql/*/bin/initdb; do
        [ ! -x "$initdb" ] || return 0
    done
    return 1
}

has_chromium() {
    [ -z "${PORTFOLIO_SYNC_TEST_CHROMIUM:-}" ] || return 0
    command -v chromium >/dev/null
}

# install NAME PACKAGE SKIPPED: SKIPPED tells what is not tested where it cannot be installed.
install() {
    if ! command -v apt-get >/dev/null; then
        echo "$1 is not installed, so $3: there is no apt-get here to install it with." >&2
        return
    fi
    if [ "$(id -u)" -ne 0 ]; then
        echo "$1 is not installed, so $3: only root may install it; run \`apt-get install $2\`." >&2
        return
    fi
    echo "Installing $1 for the tests ..." >&2
    [ -n "$fresh" ] || apt update || true # a list that cannot be brought up to date may still do
    fresh=yes
    if ! apt --no-install-recommends install "$2"; then
        echo "$1 is not installed, so $3: apt could not install it ($(grep '^E:' "$said" | head -n 1))." >&2
    fi
}

if ! has_postgresql; then
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        mkdir -p "$settings"
        settled=$settings/portfolio-sync-tests.conf
        echo "create_main_cluster = false" >"$settled"
    fi
    install PostgreSQL postgresql "the store is tested on SQLite only"
fi
has_chromium || install Chromium chromium "the pages are tested without a browser only"
exit 0
