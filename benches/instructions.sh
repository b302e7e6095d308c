#!/usr/bin/env bash
# Instructions per delivered frame: benches/instructions.sh [WORKLOAD…] [--write]
#
# Each workload runs twice under callgrind, with two numbers of frames; the difference divided by the additional frames
# is what one frame costs, free of set-up. Counts do not depend on how busy the machine is. Fails when a workload is
# above its ceiling or over 10 % above benches/baselines/instructions.json; --write makes the counts the new baseline.
# Exit: 0 fine, 1 too many, 2 wrong usage, 3 nothing could be counted here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly BASELINE=benches/baselines/instructions.json
readonly SHORT=10000 LONG=40000 ROOM_PERCENT=10
declare -A arguments=([s1-16]="s1 --hosts 16" [s1-128]="s1 --hosts 128" [s1-1024]="s1 --hosts 1024"
    [s2-384]="s2 --hosts 384" [s4-16]="s4 --vteps 16")
declare -A ceiling=([s1-128]=5000 [s4-16]=9000)
readonly DEFAULT="s1-128 s4-16"

say() { printf '%s\n' "$*" >&2; }

write=
workloads=()
for word in "$@"; do
    if [ "$word" = --write ]; then
        write=1
    elif [ -n "${arguments[$word]:-}" ]; then
        workloads+=("$word")
    else
        say "no workload $word; there are: $(printf '%s\n' "${!arguments[@]}" | sort | xargs)"
        exit 2
    fi
done
if [ "${#workloads[@]}" = 0 ]; then read -ra workloads <<<"$DEFAULT"; fi

if ! command -v valgrind >/dev/null 2>&1; then
    say "valgrind is not here: apt-get install valgrind"
    exit 3
fi
if [ ! -f benches/src/bin/workload.rs ] && [ ! -f benches/src/bin/workload/main.rs ]; then
    say "there is no benches/src/bin/workload.rs to count"
    exit 3
fi
# As .ci/run builds it, so that it is not built twice.
cargo build --locked --quiet --release -p overunder -p overunder-benches --bins
binary=${CARGO_TARGET_DIR:-target}/release/workload
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Instructions and delivered frames of one run.
count() {
    local out=$scratch/callgrind.out log=$scratch/log json=$scratch/json
    # shellcheck disable=SC2086  # the arguments of a workload are words
    if ! valgrind --tool=callgrind --callgrind-out-file="$out" --log-file="$log" \
        "$binary" $1 --frames "$2" >"$json"; then
        cat "$log" >&2
        return 1
    fi
    local total frames
    total=$(sed -n 's/^\(summary\|totals\): *\([0-9]*\).*/\2/p' "$out" | head -n 1)
    frames=$(sed -n 's/.*"frames" *: *\([0-9]*\).*/\1/p' "$json" | head -n 1)
    if [ -z "$total" ] || [ -z "$frames" ]; then
        say "no count of instructions or no \"frames\" in the output of: workload $1 --frames $2"
        return 1
    fi
    printf '%s %s\n' "$total" "$frames"
}

# A number of the baseline; nothing when there is none.
baseline() {
    if [ -f "$BASELINE" ]; then sed -n "s/^ *\"$1\" *: *\([0-9]*\).*/\1/p" "$BASELINE"; fi
}

declare -A now
failed=0
for name in "${workloads[@]}"; do
    short=$(count "${arguments[$name]}" "$SHORT")
    long=$(count "${arguments[$name]}" "$LONG")
    read -r short_total short_frames <<<"$short"
    read -r long_total long_frames <<<"$long"
    if [ "$long_frames" -le "$short_frames" ]; then
        say "$name: $long_frames frames delivered in the long run, $short_frames in the short one"
        exit 1
    fi
    cost=$(((long_total - short_total) / (long_frames - short_frames)))
    now[$name]=$cost
    before=$(baseline "$name")
    line=$(printf '%-8s %6d instructions a frame' "$name" "$cost")
    [ -z "$before" ] || line+=", baseline $before"
    [ -z "${ceiling[$name]:-}" ] || line+=", ceiling ${ceiling[$name]}"
    echo "$line"
    if [ -n "${ceiling[$name]:-}" ] && [ "$cost" -gt "${ceiling[$name]}" ]; then
        say "$name: above its ceiling of ${ceiling[$name]}"
        failed=1
    fi
    if [ -n "$write" ]; then
        continue
    elif [ -z "$before" ]; then
        say "$name: no baseline yet; benches/instructions.sh $name --write makes one"
    elif [ $((cost * 100)) -gt $((before * (100 + ROOM_PERCENT))) ]; then
        say "$name: over $ROOM_PERCENT % above its baseline; if that is wanted: benches/instructions.sh $name --write"
        failed=1
    fi
done

if [ -n "$write" ] && [ "$failed" = 0 ]; then
    mkdir -p "$(dirname "$BASELINE")"
    # Numbers of workloads that did not run now stay as they are.
    for name in "${!arguments[@]}"; do
        value=${now[$name]:-$(baseline "$name")}
        [ -z "$value" ] || printf '  "%s": %s\n' "$name" "$value"
    done | sort | sed '$!s/$/,/' >"$scratch/rows"
    { echo '{' && cat "$scratch/rows" && echo '}'; } >"$BASELINE"
    echo "written to $BASELINE"
fi
exit "$failed"
