# For scripts that need a Python with a package: sourced, not run.

# Sets `python` to one that can import $1: $PYTHON, python3, or one made in .build with venv and pip for the package $2 in
# its version $3, with what else is named, each as `name==version`.
find_python() {
    local venv candidate
    venv=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/.build/$2-$3
    for candidate in "${PYTHON:-}" python3 "$venv/bin/python"; do
        python=$candidate
        [ -z "$python" ] || ! "$python" -c "import $1" 2>/dev/null || return 0
    done
    echo "$(basename "$0"): installing $2 $3 into .build" >&2
    python3 -m venv "$venv" >&2 && "$venv/bin/pip" install -q --retries 10 --timeout 120 "$2==$3" "${@:4}" >&2
}
