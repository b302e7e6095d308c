#!/usr/bin/env bash
# Other programs and this one on the same workloads, in turn, on the same machine: benches/side_by_side.sh [REPEATS]
#
# Runs S1 to S5, B1 to B3 and H, as benches/src defines them. Peers are those that can be had here: ns-3 with a C++
# compiler (Debian: apt-get install libns3-dev g++), bgpsim (cargo gets and builds it), SimPy (pip install simpy). What is
# not here is said, and its lines show this program alone.
# Prints medians of CPU seconds, or of frames, messages and events for each of them (set-up and warm-up not counted), and
# their ratios. `raw` is ns-3's fastest line: bare Ethernet frames without IP and UDP; ours always carries real bytes with
# checksums. Below it the overlay's tax: what a hop of S4 costs, as a multiple of a hop of S1 with as many hosts that ran
# right after it, the median of all such pairs.
# PEERS="ns3 bgpsim simpy" says whom to ask; ROWS="s3 b1" which workloads.
# Exit: 0 every gate holds, 1 one does not, 2 wrong usage, 3 nothing could be compared.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

repeats=${1:-3}
wanted=${PEERS:-ns3 bgpsim simpy}
if ! [[ $repeats =~ ^[1-9][0-9]?$ ]] || [ "$#" -gt 1 ]; then
    echo "usage: benches/side_by_side.sh [REPEATS]   (1 to 99, default 3)" >&2
    exit 2
fi

target=${CARGO_TARGET_DIR:-target}
peers=$target/peers
mkdir -p "$peers"
target=$(cd "$target" && pwd) peers=$(cd "$peers" && pwd)
declare -A version
missing=()

lacks() { missing+=("$1"); echo "SKIPPED: $1" >&2; }
asked() { [[ " $wanted " == *" $1 "* ]]; }

ns3() {
    local libraries=() program
    command -v g++ >/dev/null 2>&1 || { lacks "ns-3: there is no g++ (apt-get install g++)"; return; }
    echo '#include "ns3/core-module.h"' | g++ -std=c++17 -E -x c++ - >/dev/null 2>&1 ||
        { lacks "ns-3 is not here (apt-get install libns3-dev)"; return; }
    for program in core network internet csma bridge traffic-control point-to-point virtual-net-device \
        nix-vector-routing stats; do libraries+=("-lns3-$program"); done
    for program in switched tunnelled routed distances hold; do
        g++ -std=c++17 -O3 -DNDEBUG -o "$peers/ns3-$program" "benches/peers/ns3/$program.cc" "${libraries[@]}" ||
            { lacks "ns-3: $program.cc does not build with this version"; return; }
    done
    version[ns3]=$(pkg-config --modversion ns3-core 2>/dev/null ||
        dpkg-query -W -f '${Version}' libns3-dev 2>/dev/null || echo '(version unknown)')
}

bgpsim() {
    if ! CARGO_TARGET_DIR=$peers/bgpsim cargo build --locked --quiet --release \
        --manifest-path benches/peers/bgpsim/Cargo.toml 2>"$peers/bgpsim.log"; then
        lacks "bgpsim could not be built: $(tail -n 1 "$peers/bgpsim.log")"
        return
    fi
    version[bgpsim]=$(sed -n '/^name = "bgpsim"$/{n;s/version = "\(.*\)"/\1/p}' benches/peers/bgpsim/Cargo.lock)
}

simpy() {
    version[simpy]=$(python3 -c 'import simpy; print(simpy.__version__)' 2>/dev/null) ||
        { unset 'version[simpy]'; lacks "SimPy is not here (pip install simpy)"; }
}

for peer in ns3 bgpsim simpy; do
    if asked "$peer"; then "$peer"; else lacks "$peer was not asked for"; fi
done
# As .ci/run builds it, so that it is not built twice.
cargo build --locked --quiet --release -p overunder -p overunder-benches --bins

pin=()
if command -v taskset >/dev/null 2>&1; then pin=(taskset -c "$(($(nproc) - 1))"); fi
results=$(mktemp)
trap 'rm -f "$results"' EXIT

# Our runs by their names; then a row for each peer: whose, label, metric, gate, program and arguments. The metric is
# `rate` (per CPU second), `time` (CPU seconds of the run) or `all` (with set-up); the gate is the least ratio, or 0.
readonly N=1000000
declare -A ours=(
    [s1:16]="s1 --hosts 16 --frames $N" [s1:128]="s1 --hosts 128 --frames $N" [s1:1024]="s1 --hosts 1024 --frames $N"
    [s2:48]="s2 --hosts 48 --frames $N" [s2:384]="s2 --hosts 384 --frames $N" [s2:1026]="s2 --hosts 1026 --frames $N"
    [s3:4]="s3 --k 4 --frames $N" [s3:8]="s3 --k 8 --frames $N" [s3:16]="s3 --k 16 --frames 100000"
    [s4:2]="s4 --vteps 2 --frames $N" [s4:16]="s4 --vteps 16 --frames $N" [s4:64]="s4 --vteps 64 --frames $N"
    [s5:64]="s5 --routers 64" [s5:256]="s5 --routers 256"
    [b1:1000]="b1 --ases 1000" [b1:10000]="b1 --ases 10000" [b2:1000]="b2 --ases 1000" [b3:100]="b3 --ases 100"
    [b3:1000]="b3 --ases 1000"
    [h:100]="hold --pending 100" [h:10000]="hold --pending 10000" [h:1000000]="hold --pending 1000000"
    [s1:8]="s1 --hosts 8 --frames $N" [s1:64]="s1 --hosts 64 --frames $N" [s1:256]="s1 --hosts 256 --frames $N")
readonly ROWS_ALL="\
ns3 s1:16 rate 20 ns3-switched --workload=s1 --hosts=16 --frames=100000
ns3 s1:16 rate 5 ns3-switched --workload=s1 --hosts=16 --frames=100000 --raw=1
ns3 s1:128 rate 20 ns3-switched --workload=s1 --hosts=128 --frames=100000
ns3 s1:128 rate 5 ns3-switched --workload=s1 --hosts=128 --frames=100000 --raw=1
ns3 s1:1024 rate 20 ns3-switched --workload=s1 --hosts=1024 --frames=100000
ns3 s1:1024 rate 5 ns3-switched --workload=s1 --hosts=1024 --frames=100000 --raw=1
ns3 s2:48 rate 20 ns3-switched --workload=s2 --hosts=48 --frames=100000
ns3 s2:384 rate 20 ns3-switched --workload=s2 --hosts=384 --frames=100000
ns3 s2:1026 rate 20 ns3-switched --workload=s2 --hosts=1026 --frames=100000
ns3 s3:4 rate 25 ns3-routed --k=4 --frames=100000
ns3 s3:8 rate 25 ns3-routed --k=8 --frames=100000
ns3 s3:8 rate 25 ns3-routed --k=8 --frames=50000 --global=1
ns3 s3:16 rate 25 ns3-routed --k=16 --frames=10000
ns3 s4:2 rate 25 ns3-tunnelled --vteps=2 --frames=100000
ns3 s4:16 rate 25 ns3-tunnelled --vteps=16 --frames=100000
ns3 s4:64 rate 25 ns3-tunnelled --vteps=64 --frames=100000
ns3 s5:64 time 10 ns3-distances --routers=64
ns3 s5:256 time 10 ns3-distances --routers=256
bgpsim b1:1000 rate 4 bgpsim/release/peer-bgpsim b1 1000 1
bgpsim b1:10000 rate 4 bgpsim/release/peer-bgpsim b1 10000 1
bgpsim b2:1000 time 0 bgpsim/release/peer-bgpsim b2 1000 1
bgpsim b3:100 time 0 bgpsim/release/peer-bgpsim b3 100 1 200000
bgpsim b3:1000 time 0 bgpsim/release/peer-bgpsim b3 1000 1 200000
ns3 h:100 rate 0 ns3-hold --pending=100
ns3 h:10000 rate 0 ns3-hold --pending=10000
ns3 h:1000000 rate 0 ns3-hold --pending=1000000
simpy h:100 rate 0 simpy 100 300000
simpy h:10000 rate 0 simpy 10000 300000"
readonly TAX=2.0 S1_HOPS=2 S4_HOPS=4
declare -A beside=([s4:2]=s1:8 [s4:16]=s1:64 [s4:64]=s1:256)
# What is over in milliseconds is run more often in each round: a single such run says more about caches than programs.
declare -A often=([b1:1000]=9 [b2:1000]=9 [s5:64]=5)
# Pairs of ours in each round; caches shared with strangers make each of them uncertain.
readonly PAIRS=5

rows=()
while read -r row; do
    read -r _ label _ <<<"$row"
    if [ -z "${ROWS:-}" ] || [[ " $ROWS " == *" ${label%:*} "* ]]; then rows+=("$row"); fi
done <<<"$ROWS_ALL"
[ "${#rows[@]}" -gt 0 ] || { echo "no workload of these: $ROWS" >&2; exit 2; }

field() { sed -nE "s/.*\"$2\" *: *([0-9][0-9.e+-]*|true|false).*/\1/p" <<<"$1"; }

# One run: `run NAME PROGRAM…` notes all metrics, and whether it came to its end.
run() {
    local name=$1 json cpu setup
    shift
    if ! json=$("${pin[@]}" "$@"); then echo "failed: $*" >&2; exit 1; fi
    cpu=$(field "$json" cpu_s) setup=$(field "$json" setup_cpu_s)
    if [ "$(field "$json" quiet)" = false ]; then echo "$name endless $(field "$json" messages)" >>"$results"; fi
    echo "$name rate $(field "$json" per_cpu_s)" >>"$results"
    echo "$name time $cpu" >>"$results"
    echo "$name all $(awk -v a="$cpu" -v b="$setup" 'BEGIN { print a + b }')" >>"$results"
    echo "$name mb $(field "$json" peak_mb)" >>"$results"
}

# One run of ours.
own() {
    # shellcheck disable=SC2086  # the arguments of a workload are words
    run "$1" "$target/release/workload" ${ours[$1]}
}

# The overlay and then its switch: notes what a hop of one costs in hops of the other.
pair() {
    own "$1" && own "$2"
    local tax
    tax=$(awk -v over="$1" -v plain="$2" -v a=$S4_HOPS -v b=$S1_HOPS '$2 == "rate" { rate[$1] = $3 }
        END { printf "%.2f", (rate[plain] * b) / (rate[over] * a) }' "$results")
    echo "$1 tax $tax" >>"$results"
}

median() {
    awk -v name="$1" -v what="$2" '$1 == name && $2 == what { print $3 }' "$results" | sort -g |
        awk '{ v[NR] = $1 } END { if (NR) print v[int((NR + 1) / 2)] }'
}

for ((repeat = 1; repeat <= repeats; repeat++)); do
    echo "round $repeat of $repeats" >&2
    declare -A seen=()
    for at in "${!rows[@]}"; do
        read -r peer label _ _ program arguments <<<"${rows[$at]}"
        command=("$peers/$program")
        if [ "$program" = simpy ]; then command=(python3 benches/peers/simpy/hold.py); fi
        if [ -n "${beside[$label]:-}" ]; then
            for ((turn = 0; turn < PAIRS; turn++)); do pair "$label" "${beside[$label]}"; done
            seen[$label]=1
        fi
        for ((turn = 0; turn < ${often[$label]:-1}; turn++)); do
            if [ -z "${seen[$label]:-}" ]; then own "$label"; fi
            if [ -z "${often[$label]:-}" ]; then seen[$label]=1; fi
            # shellcheck disable=SC2086
            if [ -n "${version[$peer]:-}" ]; then run "row$at" "${command[@]}" $arguments; fi
        done
    done
done

echo "Medians of $repeats, CPU time of one core; $(for peer in "${!version[@]}"; do
    printf '%s %s, ' "${peer/ns3/ns-3}" "${version[$peer]}"; done)overunder $(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml)"
echo
echo "| workload | peer | peer's | overunder's | ratio | gate |"
echo "| --- | --- | --- | --- | --- | --- |"
failed=0 compared=0
for at in "${!rows[@]}"; do
    read -r peer label metric gate _ arguments <<<"${rows[$at]}"
    name=${peer/ns3/ns-3}
    case $arguments in *--raw=1*) name+=" raw" ;; *--global=1*) name+=" global" ;; *--k=*) name+=" Nix" ;; esac
    mine=$(median "$label" "$metric") theirs=$(median "row$at" "$metric") endless=$(median "row$at" endless)
    shown=$label
    if [ "$metric" = rate ]; then unit=/s; else unit=" s"; fi
    if [ -z "$theirs" ]; then
        echo "| $shown | $name | not here | $mine$unit | | |"
    elif [ -n "$endless" ]; then
        echo "| $shown | $name | no end after $endless messages | $mine$unit | | |"
        compared=1
    else
        compared=1
        ratio=$(awk -v a="$mine" -v b="$theirs" -v m="$metric" 'BEGIN { printf "%.1f", m == "rate" ? a / b : b / a }')
        if [ "$gate" = 0 ]; then wants=; else wants="${gate}x"; fi
        echo "| $shown | $name | $theirs$unit | $mine$unit | ${ratio}x | $wants |"
        if awk -v r="$ratio" -v g="$gate" 'BEGIN { exit !(r < g) }'; then
            echo "$shown: ${ratio}x, below the gate of ${gate}x $name" >&2
            failed=1
        fi
    fi
done

if [ -n "$(median s3:16 all)" ]; then
    echo
    echo "S3 with k=16, set-up and 100,000 frames: $(median s3:16 all) s of 5 s, $(median s3:16 mb) MB"
    if awk -v s="$(median s3:16 all)" 'BEGIN { exit !(s > 5) }'; then failed=1; fi
fi
if [ -n "$(median s4:2 rate)" ]; then
    printf '\n| overlay | a hop costs | of one in |\n| --- | --- | --- |\n'
    for case in s4:2 s4:16 s4:64; do
        plain=${beside[$case]}
        tax=$(median "$case" tax)
        echo "| $case | ${tax}x | $plain |"
        if awk -v tax="$tax" -v most=$TAX 'BEGIN { exit !(tax > most) }'; then
            echo "$case: an encapsulated hop costs ${tax}x a switched one, more than $TAX" >&2
            failed=1
        fi
    done
fi
for what in "${missing[@]}"; do printf '\nSKIPPED: %s\n' "$what"; done
if [ "$compared" = 0 ]; then exit 3; fi
exit "$failed"
