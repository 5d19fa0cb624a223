# Sourced by the other scripts: makes .venv with the locked packages when it is missing or not up to
# date, and sets PROJECT (the project's folder) and PYTHON (its Python). Safe to interrupt.

PROJECT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
PYTHON=$PROJECT/.venv/bin/python
export PYTHONUTF8=1 PYTHONNOUSERSITE=1
unset PYTHONHOME PYTHONPATH

stop() {
    printf '%s\n' "$@" >&2
    exit 1
}

# Prints the first Python that will do. The versions that the lock was tested with come first.
find_python() {
    local candidate
    local tested='import sys, venv, ensurepip; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))'
    local newer='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))'
    for check in "$tested" "$newer"; do
        for candidate in python3 python3.13 python3.12 python3.11 python3.10 python; do
            if command -v "$candidate" >/dev/null && "$candidate" -c "$check" 2>/dev/null; then
                command -v "$candidate"
                return
            fi
        done
    done
    return 1
}

# True when .venv was finished by this script, in this place, from this lock, and still works.
is_up_to_date() {
    cmp -s "$PROJECT/requirements.txt" "$PROJECT/.venv/installed_requirements.txt" &&
        [ "$(cat "$PROJECT/.venv/made_in" 2>/dev/null)" = "$PROJECT" ] &&
        "$PYTHON" -c '' 2>/dev/null
}

install() {
    local python log=$PROJECT/.lead_scoring/logs/install.log
    if [ -e "$PROJECT/.venv" ] && [ ! -e "$PROJECT/.venv/made_in" ]; then
        stop "$PROJECT/.venv was not made by this script: move it away, then run again."
    fi
    python=$(find_python) || stop \
        'Python 3.10 or newer is needed, with its modules venv and ensurepip, and none was found.' \
        'macOS: brew install python3. Debian or Ubuntu: apt install python3-venv. Then run again.'
    printf 'Installing the locked Python packages into .venv (once, about a minute) ...\n' >&2
    rm -rf "$PROJECT/.venv"
    mkdir -p "$PROJECT/.venv" "$(dirname "$log")"
    printf '%s\n' "$PROJECT" >"$PROJECT/.venv/made_in"
    if ! {
        "$python" -m venv "$PROJECT/.venv" &&
            "$PYTHON" -m pip install --disable-pip-version-check --no-input \
                --require-hashes --requirement "$PROJECT/requirements.txt"
    } >"$log" 2>&1; then
        grep -i 'error' "$log" | tail -n 5 >&2 || true
        stop "The packages could not be installed. All that pip said is in $log. Run again to retry."
    fi
    # written last: its absence tells the next call that this one was interrupted
    cp "$PROJECT/requirements.txt" "$PROJECT/.venv/installed_requirements.txt"
}

is_up_to_date || install
