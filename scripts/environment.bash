# Sourced by the scripts of this folder: where things are, what state they are in, how the environment is entered.
# Nothing here starts Python, so that `scripts/run` costs little.

root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
# Raise it when scripts/setup comes to install the wheels in another way.
wheels_recipe=1
# shellcheck disable=SC2034  # used by those who source this
ros_needed='source a ROS 2 first (source /opt/ros/jazzy/setup.bash)'

# use_kind KIND: a ROS distribution's name, `wheels` (Jazzy's), `wheels-kilted`, or `without-ros` for the command line alone.
# Each has a folder, so that they do not undo each other's work.
use_kind() {
    kind=$1
    build=$root/.build/$kind
    venv=$root/.venv
    wheels_lists=("$root"/requirements/{runtime,build}.txt)
    case $kind in
        without-ros) venv=$root/.venv-without-ros ;;
        wheels-*)
            venv=$root/.venv-${kind#wheels-}
            wheels_lists=("$root/requirements/${kind#wheels-}.txt")
            ;;
    esac
}

default_kind=${ROS_DISTRO:-wheels${ROS_WHEELS:+-$ROS_WHEELS}}
use_kind "$default_kind"
if [ "$kind" = wheels ] && [ ! -f "$build/environment.bash" ] && [ -f "$root/.build/without-ros/environment.bash" ]; then
    use_kind without-ros
fi

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 2
}

# Several packages may be missing: one line with one command mends all of them.
fail_for_packages() {
    local sudo='sudo '
    [ "$(id -u)" -ne 0 ] || command -v sudo > /dev/null || sudo=
    fail "$1 missing: ${sudo}apt-get install ${*:2}"
}

# Prints why the ROS 2 wheels cannot serve this machine, which nothing installed here would change.
lack_of_wheels() {
    local machine
    machine="$(uname -s) $(uname -m)"
    case $machine in
        'Linux x86_64' | 'Linux amd64') ;;
        *) echo "ROS 2 wheels exist for Linux x86_64, this is $machine" ;;
    esac
}

hash_of() {
    cat -- "$@" /dev/stdin | sha256sum | cut -d ' ' -f 1
}

# Each stage's key names all that it depends on; a stage whose stored key differs is made again.
wheels_key() {
    local requirements=$root/requirements
    printf '%s\n' "$root" "$wheels_recipe" "$1" |
        hash_of "$requirements/core.txt" "${wheels_lists[@]}" "$requirements/constraints.txt" "$root/scripts/mend_cmake_exports.py"
}

without_ros_key() {
    printf '%s\n' "$root" "$1" | hash_of "$root"/requirements/{core,constraints}.txt
}

underlay_key() {
    printf '%s\n' "$1" | hash_of "$root"/underlay/*_msgs/{package.xml,CMakeLists.txt,msg/*.msg}
}

# Sources are linked, not copied: only the metadata and the list of installed files matter.
package_key() {
    {
        printf '%s\n' "$1"
        { find "$root"/{launch,config,examples,resource} -type f ! -name '*.pyc' 2> /dev/null || true; } | LC_ALL=C sort
    } | hash_of "$root"/{package.xml,setup.py,setup.cfg,scripts/setup,scripts/environment.bash}
}

test_key() {
    printf '%s\n' "$1" | hash_of "$root"/requirements/{test,constraints}.txt
}

plain_key() {
    printf '%s\n' "$root" "$1" | hash_of "$root"/requirements/{old,newest}.txt
}

# is_complete FOLDER KEY [STAGE]: the stage was finished in this folder, from the same ingredients.
is_complete() {
    local stamp=$1/${3:-complete}
    [ -f "$stamp" ] && [ "$(< "$stamp")" = "$2" ]
}

# The interpreter that the present venv was made from, as `describe_python` wrote it; empty without a venv.
venv_python() {
    if [ -x "$venv/bin/python3" ] && [ -f "$venv/interpreter" ]; then
        printf '%s' "$(< "$venv/interpreter")"
    fi
}

describe_python() {
    "$1" -c 'import sys; print(sys.version.split()[0], getattr(sys, "_base_executable", sys.executable))' 2> /dev/null
}

# find_python NAME...: the first of these versions or paths that really runs, also from pyenv's folder, where the
# bare name may not. A path must be 3.10 to 3.12, for which the old libraries have wheels.
find_python() {
    local name python
    for name; do
        for python in "$name" "python$name" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$name".*/bin/python3 \
            "$(venv_home)"/../../"$name".*/bin/python3; do
            case $name in
                */*) case "$(describe_python "$python")" in 3.1[0-2].*) ;; *) continue ;; esac ;;
                *) case "$(describe_python "$python")" in "$name".*) ;; *) continue ;; esac ;;
            esac
            printf '%s' "$python"
            return
        done
    done
}

# The folder of the interpreter that the venv was made from: other versions often lie beside it.
venv_home() {
    local described
    described=$(venv_python)
    dirname -- "${described#* }"
}

# An environment once made stays in use whatever `python3` becomes; only PYTHON asks for another.
is_ready() {
    local key=$build python
    [ -f "$build/environment.bash" ] || return 1
    if [ -z "${ROS_DISTRO:-}" ]; then
        python=$(venv_python)
        [ -z "${PYTHON:-}" ] || [ "$(describe_python "$PYTHON")" = "$python" ] || return 1
        if [ "$kind" = without-ros ]; then
            is_complete "$venv" "$(without_ros_key "$python")"
            return
        fi
        key=$(wheels_key "$python")
        is_complete "$venv" "$key" || return 1
        key=$(underlay_key "$key")
        is_complete "$build/underlay" "$key" || return 1
    fi
    is_complete "$build/package" "$(package_key "$key")"
}

# What a ROS distribution's own Python serves is the robot's business; the wheels' environment has these beside it.
is_ready_for_tests() {
    is_ready || return 1
    [ -z "${ROS_DISTRO:-}" ] || return 0
    local folder
    is_complete "$venv" "$(test_key "$(wheels_key "$(venv_python)")")" tests || return 1
    for folder; do
        is_complete "$folder" "$(plain_key "${folder##*/}")" || return 1
    done
}

prepend() {
    local name=$1 value=$2 now=${!1:-}
    case "$now:" in
        "$value:"*) ;;  # entered twice
        *) export "$name=$value${now:+:$now}" ;;
    esac
}

# From Kilted on, which has rmw_fastrtps 9, Fast DDS warns of the older variable on the nodes' stderr.
before_kilted() {
    local folder folders
    IFS=: read -ra folders <<< "${AMENT_PREFIX_PATH:-}"
    for folder in "${folders[@]}"; do
        ! grep -qsE '<version>(9|[1-9][0-9])\.' "$folder/share/rmw_fastrtps_shared_cpp/package.xml" || return 1
    done
}

enter_environment() {
    # shellcheck source=/dev/null
    source "$build/environment.bash"
    # The nodes by name, as `ros2 run` finds them.
    prepend PATH "$build/package/install/yolo_deepsort_ros/lib/yolo_deepsort_ros"
    # As the launch file does: images need more shared memory than Fast DDS takes of itself.
    if [ -z "${FASTRTPS_DEFAULT_PROFILES_FILE:-}${FASTDDS_DEFAULT_PROFILES_FILE:-}" ]; then
        export FASTDDS_DEFAULT_PROFILES_FILE=$root/config/fastdds_shared_memory.xml
        if before_kilted; then export FASTRTPS_DEFAULT_PROFILES_FILE=$FASTDDS_DEFAULT_PROFILES_FILE; fi
    fi
}
