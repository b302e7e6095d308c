#!/usr/bin/env bash
# ns-3 and this simulator on the same workloads, in turn, on the same machine: benches/side_by_side.sh [REPEATS]
#
# Prints medians of UDP frames per CPU second (set-up not counted) and their ratios: against ns-3's UDP line and
# against its fastest one, bare Ethernet frames without IP and UDP. Ours always carries real bytes with checksums.
# Below it the overlay's tax: what a hop of S4 costs, as a multiple of a hop of S1 with as many hosts.
# Needs ns-3 and a C++ compiler (Debian: apt-get install libns3-dev g++).
# Exit: 0 every gate holds (UDP line: 20 for S1 and S2, 25 for S4; tax at most 2.0), 1 one does not, 2 wrong usage,
# 3 nothing could be compared.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

declare -A gate=([s1]=20 [s2]=20 [s4]=25)
# Links a frame crosses: a hop is one of them with what the node behind it does.
readonly TAX=2.0 S1_HOPS=2 S4_HOPS=4
repeats=${1:-3}
if ! [[ $repeats =~ ^[1-9][0-9]?$ ]] || [ "$#" -gt 1 ]; then
    echo "usage: benches/side_by_side.sh [REPEATS]   (1 to 99, default 3)" >&2
    exit 2
fi

skip() {
    echo "SKIPPED: $1. Nothing was compared with ns-3." >&2
    exit 3
}
command -v g++ >/dev/null 2>&1 || skip "there is no g++ (apt-get install g++)"
echo '#include "ns3/core-module.h"' | g++ -std=c++17 -E -x c++ - >/dev/null 2>&1 ||
    skip "ns-3 is not here (apt-get install libns3-dev)"

target=${CARGO_TARGET_DIR:-target}
peers=$target/peers
mkdir -p "$peers"
libraries=()
for name in core network internet csma bridge traffic-control point-to-point virtual-net-device stats; do
    libraries+=("-lns3-$name")
done
for program in switched tunnelled; do
    g++ -std=c++17 -O3 -DNDEBUG -o "$peers/ns3-$program" "benches/peers/ns3/$program.cc" "${libraries[@]}" ||
        skip "$program.cc does not build with this version of ns-3"
done
cargo build --locked --quiet --release -p overunder-benches --bin workload
ours=$target/release/workload

pin=()
if command -v taskset >/dev/null 2>&1; then pin=(taskset -c "$(($(nproc) - 1))"); fi
results=$(mktemp)
trap 'rm -f "$results"' EXIT

# One run: `run LABEL PROGRAM…` notes frames per CPU second.
run() {
    local label=$1 json rate
    shift
    json=$("${pin[@]}" "$@")
    rate=$(sed -n 's/.*"per_cpu_s" *: *\([0-9]*\).*/\1/p' <<<"$json")
    [ -n "$rate" ] || { echo "no per_cpu_s in: $json" >&2; exit 1; }
    echo "$label $rate" >>"$results"
}

median() { awk -v label="$1" '$1 == label { print $2 }' "$results" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# Workload and size: hosts of S1 and S2, VTEPs of S4.
readonly CASES="s1:16 s1:128 s1:1024 s2:48 s2:384 s2:1026 s4:2 s4:16 s4:64"
# Hosts of S1 beside each S4: as many as it has pods.
declare -A beside=([s4:2]=s1:8 [s4:16]=s1:64 [s4:64]=s1:256)

# One case in both programs, in turn.
compare() {
    local name=${1%:*} size=${1#*:}
    local theirs=("$peers/ns3-switched" --workload="$name" --hosts="$size") mine=("$name" --hosts "$size")
    if [ "$name" = s4 ]; then
        theirs=("$peers/ns3-tunnelled" --vteps="$size") mine=(s4 --vteps "$size")
    fi
    run "$1/udp" "${theirs[@]}" --frames=100000
    run "$1/ours" "$ours" "${mine[@]}" --frames 1000000
    run "$1/raw" "${theirs[@]}" --frames=100000 --raw=1
    if [ -n "${beside[$1]:-}" ]; then
        run "$1/plain" "$ours" s1 --hosts "${beside[$1]#*:}" --frames 1000000
    fi
}

for ((repeat = 1; repeat <= repeats; repeat++)); do
    echo "round $repeat of $repeats" >&2
    for case in $CASES; do compare "$case"; done
done

version=$(pkg-config --modversion ns3-core 2>/dev/null || dpkg-query -W -f '${Version}' libns3-dev 2>/dev/null ||
    echo '(version unknown)')
echo "Frames per CPU second, median of $repeats; ns-3 $version"
echo
echo "| workload | hosts | ns-3 UDP | ns-3 raw | overunder | to UDP | to raw |"
echo "| --- | --- | --- | --- | --- | --- | --- |"
failed=0
for case in $CASES; do
    name=${case%:*} udp=$(median "$case/udp") raw=$(median "$case/raw") mine=$(median "$case/ours")
    awk -v name="$name" -v hosts="${case#*:}" -v udp="$udp" -v raw="$raw" -v mine="$mine" 'BEGIN {
        printf "| %s | %s%d | %.0f k | %.0f k | %.0f k | %.1fx | %.1fx |\n", toupper(name), name == "s4" ? "V=" : "",
            hosts, udp / 1000, raw / 1000, mine / 1000, mine / udp, mine / raw }'
    if [ "$mine" -lt $((gate[$name] * udp)) ]; then
        echo "$case: below the gate of ${gate[$name]}x the UDP frames of ns-3" >&2
        failed=1
    fi
done
echo
echo "| overlay | hosts | a hop costs | of one in |"
echo "| --- | --- | --- | --- |"
for case in s4:2 s4:16 s4:64; do
    tax=$(awk -v over="$(median "$case/ours")" -v plain="$(median "$case/plain")" -v a=$S4_HOPS -v b=$S1_HOPS \
        'BEGIN { printf "%.2f", (plain * b) / (over * a) }')
    echo "| S4 V=${case#*:} | ${beside[$case]#*:} | ${tax}x | S1 |"
    if awk -v tax="$tax" -v most=$TAX 'BEGIN { exit !(tax > most) }'; then
        echo "$case: an encapsulated hop costs ${tax}x a switched one, more than $TAX" >&2
        failed=1
    fi
done
exit "$failed"
