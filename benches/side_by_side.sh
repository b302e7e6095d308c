#!/usr/bin/env bash
# ns-3 and this simulator on the same workloads, in turn, on the same machine: benches/side_by_side.sh [REPEATS]
#
# Prints medians of UDP frames per CPU second (set-up not counted) and their ratios: against ns-3's UDP line and
# against its fastest one, bare Ethernet frames without IP and UDP. Ours always carries real bytes with checksums.
# Needs ns-3 and a C++ compiler (Debian: apt-get install libns3-dev g++).
# Exit: 0 every ratio to the UDP line is at least 20, 1 one is below, 2 wrong usage, 3 nothing could be compared.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly GATE=20
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
peer=$target/peers/ns3-switched
mkdir -p "$target/peers"
libraries=()
for name in core network internet csma bridge traffic-control stats; do libraries+=("-lns3-$name"); done
g++ -std=c++17 -O3 -DNDEBUG -o "$peer" benches/peers/ns3/switched.cc "${libraries[@]}" ||
    skip "the ns-3 program does not build with this version of ns-3"
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

readonly CASES="s1:16 s1:128 s1:1024 s2:48 s2:384 s2:1026"
for ((repeat = 1; repeat <= repeats; repeat++)); do
    echo "round $repeat of $repeats" >&2
    for case in $CASES; do
        name=${case%:*} hosts=${case#*:}
        run "$case/udp" "$peer" --workload="$name" --hosts="$hosts" --frames=100000
        run "$case/ours" "$ours" "$name" --hosts "$hosts" --frames 1000000
        run "$case/raw" "$peer" --workload="$name" --hosts="$hosts" --frames=100000 --raw=1
    done
done

echo "Frames per CPU second, median of $repeats; ns-3 $(pkg-config --modversion ns3-core 2>/dev/null || dpkg-query -W -f '${Version}' libns3-dev 2>/dev/null || echo '(version unknown)')"
echo
echo "| workload | hosts | ns-3 UDP | ns-3 raw | overunder | to UDP | to raw |"
echo "| --- | --- | --- | --- | --- | --- | --- |"
failed=0
for case in $CASES; do
    udp=$(median "$case/udp") raw=$(median "$case/raw") mine=$(median "$case/ours")
    awk -v name="${case%:*}" -v hosts="${case#*:}" -v udp="$udp" -v raw="$raw" -v mine="$mine" 'BEGIN {
        printf "| %s | %d | %d k | %d k | %d k | %.1fx | %.1fx |\n",
            toupper(name), hosts, udp / 1000, raw / 1000, mine / 1000, mine / udp, mine / raw }'
    [ "$mine" -ge $((GATE * udp)) ] || failed=1
done
if [ "$failed" = 1 ]; then echo "below the gate of ${GATE}x the UDP frames of ns-3" >&2; fi
exit "$failed"
