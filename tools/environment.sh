# Makes .venv and puts the locked packages into it; sourced by run, test and lint.
#
# `prepare GROUP…` installs the locks requirements/GROUP.txt, together with the
# groups asked for earlier: starting a node never takes a developer's tools away.
# What was installed is recorded in .venv/tonle-groups with the digest of the
# locks, so that the second start only compares two short strings.
#
# Needs: root (the checkout). Gives: python (the environment's interpreter).

venv=$root/.venv
python=$venv/bin/python
stamp=$venv/tonle-groups

say() {
    printf '%s\n' "$*" >&2
}

fail() {
    say "$@"
    exit 1
}

# Whether $1 runs and is a Python that the locks were made for.
suits() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null
}

# The newest suitable Python that can make a whole environment, else the newest without pip.
find_python() {
    second=
    for candidate in ${TONLE_PYTHON:-python3.14 python3.13 python3.12 python3.11 python3}; do
        command -v "$candidate" >/dev/null 2>&1 || continue
        suits "$candidate" || continue
        if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
            echo "$candidate"
            return
        fi
        second=${second:-$candidate}
    done
    echo "$second"
}

make_venv() {
    base=$(find_python)
    if [ -z "$base" ]; then
        fail "Tonle needs Python 3.11, 3.12, 3.13 or 3.14, and none was found here.
Install it, on Debian or Ubuntu with:  sudo apt install python3 python3-venv
then start again. TONLE_PYTHON=/path/to/python names one that lies elsewhere."
    fi
    say "Making an environment with $("$base" --version) in .venv"
    rm -rf "$venv"
    if "$base" -c 'import ensurepip' 2>/dev/null; then
        "$base" -m venv "$venv"
        return
    fi
    # Debian parts ensurepip from Python. Without it, a pip or uv of the system will do.
    version=$("$base" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if "$base" -m venv --without-pip "$venv" 2>/dev/null; then
        if "$base" -m pip --python "$python" --version >/dev/null 2>&1; then
            system_pip=$base
            return
        fi
        if command -v uv >/dev/null 2>&1; then
            return
        fi
        rm -rf "$venv"
    fi
    fail "This Python $version comes without its venv part, which Debian packs apart.
Install it with:  sudo apt install python$version-venv
then start again."
}

install_uv() {
    if [ -x "$venv/bin/uv" ] && grep -q "^uv==$("$venv/bin/uv" --version | cut -d' ' -f2) " \
        "$root/requirements/uv.txt"; then
        uv=$venv/bin/uv
    elif [ -n "${system_pip:-}" ]; then
        "$system_pip" -m pip --python "$python" install --quiet --disable-pip-version-check \
            --require-hashes --no-deps -r "$root/requirements/uv.txt"
        uv=$venv/bin/uv
    elif "$python" -m pip --version >/dev/null 2>&1; then
        "$python" -m pip install --quiet --disable-pip-version-check \
            --require-hashes --no-deps -r "$root/requirements/uv.txt"
        uv=$venv/bin/uv
    else
        uv=$(command -v uv)
    fi
}

# The groups and the digest of their locks, as the stamp holds them.
wanted_stamp() {
    echo "$*"
    for group in uv "$@"; do
        cat "$root/requirements/$group.txt"
    done | sha256sum | cut -d' ' -f1
}

prepare() {
    # An environment whose Python was removed or replaced by an upgrade cannot be mended.
    if ! suits "$python"; then
        make_venv
    fi
    groups=
    installed=$(head -n 1 "$stamp" 2>/dev/null || true)
    for group in runtime vectors funding test lint; do
        case " $* $installed " in
            *" $group "*) groups="$groups $group" ;;
        esac
    done
    # Groups are words without spaces, so splitting them is meant.
    # shellcheck disable=SC2086
    set -- $groups
    if [ "$(wanted_stamp "$@")" = "$(cat "$stamp" 2>/dev/null)" ]; then
        return
    fi
    say "Installing the locked packages:$groups"
    install_uv
    # A node gets wheels only: it needs no compiler, and nothing of a package runs as it is
    # installed. A library that only tests use may come as Python source.
    wheels="--only-binary :all:"
    case " $* " in
        *" test "* | *" lint "*) wheels= ;;
    esac
    # Not `sync`, which would take away uv itself and what a developer has added.
    # shellcheck disable=SC2046,SC2086
    (cd "$root/requirements" && VIRTUAL_ENV=$venv "$uv" pip install --quiet \
        --require-hashes $wheels $(printf -- '-r %s.txt ' "$@"))
    wanted_stamp "$@" >"$stamp"
}
