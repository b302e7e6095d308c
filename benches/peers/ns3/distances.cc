// The workload S5 for ns-3: RIP on a Barabási-Albert graph until every router can reach every cable.
// benches/src/distances.rs defines it. Timers are ns-3's own; looking whether all is known costs nothing of what is
// reported.
//
//   distances --routers=256

#include "hosts.h"

#include "ns3/point-to-point-module.h"

using namespace ns3;
using namespace peer;

namespace
{

class Distances
{
  public:
    explicit Distances(uint32_t routers)
        : m_routers(routers)
    {
        RipHelper rip;
        InternetStackHelper stack;
        stack.SetIpv6StackInstall(false);
        stack.SetRoutingHelper(rip);
        stack.Install(m_routers);
        Lay(routers);
    }

    // CPU seconds until everybody knows everything, or -1.
    double Run()
    {
        double took = 0;
        for (int looks = 1; looks <= 1200; looks++)
        {
            double before = CpuSeconds();
            Simulator::Stop(MilliSeconds(500));
            Simulator::Run();
            took += CpuSeconds() - before;
            if (AllKnow())
            {
                return took;
            }
        }
        return -1;
    }

    uint32_t Links() const
    {
        return m_addresses.size();
    }

  private:
    void Lay(uint32_t routers)
    {
        PointToPointHelper cable;
        cable.SetDeviceAttribute("DataRate", StringValue("1Gbps"));
        cable.SetChannelAttribute("Delay", StringValue("1ms"));
        Ipv4AddressHelper next("10.0.0.0", "255.255.255.252");
        std::vector<uint32_t> ends;
        auto join = [&](uint32_t a, uint32_t b) {
            NetDeviceContainer both = cable.Install(m_routers.Get(a), m_routers.Get(b));
            m_addresses.push_back(next.Assign(both).GetAddress(0));
            next.NewNetwork();
            ends.insert(ends.end(), {a, b});
        };
        join(0, 1);
        join(1, 2);
        join(2, 0);
        for (uint32_t newcomer = 3; newcomer < routers; newcomer++)
        {
            uint32_t first = ends[Draw() % ends.size()];
            uint32_t second = first;
            while (second == first)
            {
                second = ends[Draw() % ends.size()];
            }
            join(newcomer, first);
            join(newcomer, second);
        }
    }

    bool AllKnow()
    {
        for (; m_known < m_routers.GetN(); m_known++)
        {
            Ptr<Ipv4> ip = m_routers.Get(m_known)->GetObject<Ipv4>();
            for (const Ipv4Address& address : m_addresses)
            {
                Ipv4Header header;
                header.SetDestination(address);
                Socket::SocketErrno error;
                bool own = ip->GetInterfaceForAddress(address) >= 0;
                if (!own && !ip->GetRoutingProtocol()->RouteOutput(nullptr, header, nullptr, error))
                {
                    return false;
                }
            }
        }
        return true;
    }

    uint64_t Draw()
    {
        m_random ^= m_random >> 12;
        m_random ^= m_random << 25;
        m_random ^= m_random >> 27;
        return m_random * 2685821657736338717ULL;
    }

    NodeContainer m_routers;
    std::vector<Ipv4Address> m_addresses;
    // Routers before this one know all: none forgets before the run ends.
    uint32_t m_known{0};
    uint64_t m_random{0x9e3779b97f4a7c15ULL ^ 0x1234567ULL};
};

} // namespace

int
main(int argc, char** argv)
{
    uint32_t routers = 256;
    CommandLine options;
    options.AddValue("routers", "number of routers", routers);
    options.Parse(argc, argv);
    if (routers < 3 || routers > 4096)
    {
        std::fprintf(stderr, "distances: --routers is 3 to 4096\n");
        return 2;
    }
    double begin = CpuSeconds();
    Distances workload(routers);
    double setup = CpuSeconds() - begin;
    double took = workload.Run();
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    std::printf("{\"workload\":\"s5\",\"routers\":%u,\"links\":%u,\"events\":%lu,\"cpu_s\":%.6f,\"setup_cpu_s\":%.6f,"
                "\"per_cpu_s\":%.0f,\"simulated_ms\":%ld,\"peak_mb\":%.1f}\n",
                routers,
                workload.Links(),
                static_cast<unsigned long>(Simulator::GetEventCount()),
                took,
                setup,
                Simulator::GetEventCount() / took,
                static_cast<long>(Simulator::Now().GetMilliSeconds()),
                usage.ru_maxrss / 1024.0);
    if (took < 0)
    {
        std::fprintf(stderr, "s5: not everybody knows everything after 600 s\n");
        return 1;
    }
    return 0;
}
