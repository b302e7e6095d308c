"""The workload H for SimPy: its event queue alone, with so many processes that wait. benches/src/hold.rs defines it.

python3 hold.py PENDING EVENTS
"""

import json
import sys
import time

import simpy

state = 0x9E3779B97F4A7C15 ^ 0x1234567
WORD = (1 << 64) - 1


def draw():
    global state
    state ^= state >> 12
    state ^= state << 25 & WORD
    state ^= state >> 27
    return state * 2685821657736338717 & WORD


def again(env):
    while True:
        yield env.timeout(1 + draw() % 1_000_000)


pending, events = int(sys.argv[1]), int(sys.argv[2])
begin = time.process_time()
env = simpy.Environment()
for _ in range(pending):
    env.process(again(env))
ready = time.process_time()
for _ in range(events):
    env.step()
took = time.process_time() - ready
print(json.dumps({"workload": "hold", "pending": pending, "events": events, "cpu_s": took,
                  "setup_cpu_s": ready - begin, "per_cpu_s": round(events / took)}))
