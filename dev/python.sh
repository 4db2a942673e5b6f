# Sourced by ./demo and ./test: sets $python to the first Python that the stack runs on, or says what to install.
# PYTHON names another one.

python=
found=
for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    case $version in
        3.11 | 3.12 | 3.13) python=$candidate && break ;;
        *) found="$found $candidate is $version;" ;;
    esac
done
if [ -z "$python" ]; then
    echo "error: no Python >= 3.11 and < 3.14 found.${found}" >&2
    echo "Install one (Debian, Ubuntu: apt install python3 python3-venv), or name it: PYTHON=/path/to/python3.12 $0" >&2
    exit 1
fi
