// The workload H for ns-3: its scheduler alone, with so many events pending; each schedules one more when it comes.
// benches/src/hold.rs defines it.
//
//   hold --pending=10000 --events=2000000

#include "hosts.h"

using namespace ns3;
using namespace peer;

namespace
{

uint64_t g_random = 0x9e3779b97f4a7c15ULL ^ 0x1234567ULL;
uint64_t g_left = 0;

uint64_t
Draw()
{
    g_random ^= g_random >> 12;
    g_random ^= g_random << 25;
    g_random ^= g_random >> 27;
    return g_random * 2685821657736338717ULL;
}

void
Again()
{
    if (g_left-- == 0)
    {
        Simulator::Stop();
        return;
    }
    Simulator::Schedule(NanoSeconds(1 + Draw() % 1000000), &Again);
}

} // namespace

int
main(int argc, char** argv)
{
    uint64_t pending = 10000;
    uint64_t events = 2000000;
    CommandLine options;
    options.AddValue("pending", "events that are waiting", pending);
    options.AddValue("events", "events in all", events);
    options.Parse(argc, argv);
    double begin = CpuSeconds();
    for (uint64_t i = 0; i < pending; i++)
    {
        Simulator::Schedule(NanoSeconds(1 + Draw() % 1000000), &Again);
    }
    g_left = events;
    double ready = CpuSeconds();
    Simulator::Run();
    double took = CpuSeconds() - ready;
    std::printf("{\"workload\":\"hold\",\"pending\":%lu,\"events\":%lu,\"cpu_s\":%.6f,\"setup_cpu_s\":%.6f,\"per_cpu_s\":%.0f}\n",
                static_cast<unsigned long>(pending),
                static_cast<unsigned long>(events),
                took,
                ready - begin,
                events / took);
    return 0;
}
