#!/usr/bin/env bash
# What a second core gains a sweep: benches/sweep_speed_up.sh [PAIRS]
#
# The same sweep with one job and with two, in turn, and the median of the ratios of the pairs. On a machine that has other
# work, wall time says how much of it a sweep was given and not how well it divides: so each run also tells how many
# processors it had (CPU seconds over wall seconds), and nothing is judged where two jobs were not given two. The gain in
# work is told beside the gain in time: what one job does in a CPU second over what two do, times two.
# Exit: 0 at least 1.7 in time, 1 less, 2 wrong usage, 3 there is only one core, or others had much of the second one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly GATE=1.7
pairs=${1:-5}
if ! [[ $pairs =~ ^[1-9][0-9]?$ ]] || [ "$#" -gt 1 ]; then
    echo "usage: benches/sweep_speed_up.sh [PAIRS]   (1 to 99, default 5)" >&2
    exit 2
fi
if [ "$(nproc)" -lt 2 ]; then
    echo "SKIPPED: there is one core here" >&2
    exit 3
fi
cargo build --locked --quiet --release -p overunder
program=${CARGO_TARGET_DIR:-target}/release/overunder
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Prints wall and CPU seconds of the sweep with so many jobs.
TIMEFORMAT='%R %U %S'
sweep() {
    local out=$scratch/$1.csv
    rm -f "$out"
    { time "$program" sweep 14-tunnel-zoo --vary 'lab.seed=1..3000/1' --jobs "$1" --quiet -o "$out" 2>"$scratch/said"; } \
        2>&1 | awk '{ print $1, $2 + $3 }'
    [ -s "$out" ] || { cat "$scratch/said" >&2; exit 1; }
}

for ((pair = 1; pair <= pairs; pair++)); do
    read -r wall1 cpu1 <<<"$(sweep 1)"
    read -r wall2 cpu2 <<<"$(sweep 2)"
    cmp "$scratch/1.csv" "$scratch/2.csv"
    awk -v n="$pair" -v w1="$wall1" -v c1="$cpu1" -v w2="$wall2" -v c2="$cpu2" 'BEGIN {
        printf "%d %.3f %.3f  one job: %.2f s, %.2f of a core; two: %.2f s, %.2f cores\n", n, w1 / w2, 2 * c1 / c2,
            w1, c1 / w1, w2, c2 / w2 }' | tee -a "$scratch/pairs"
done
median() { awk -v at="$1" '{ print $at }' "$scratch/pairs" | sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
time=$(median 2) work=$(median 3) cores=$(median 15)
echo "median of $pairs pairs: ${time}x in time, ${work}x in work, $cores cores given to two jobs; the same bytes"
if awk -v c="$cores" 'BEGIN { exit !(c < 1.85) }'; then
    echo "SKIPPED: other programs had the rest of the second core, so this says nothing about the sweep" >&2
    exit 3
fi
awk -v a="$time" -v g=$GATE 'BEGIN { exit !(a >= g) }'
