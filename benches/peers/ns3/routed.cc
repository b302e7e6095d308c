// The workload S3 for ns-3: hosts on a fat tree of routers with k ports. benches/src/fat_tree.rs defines it.
// Routes are found by ns-3's Nix vectors, which search the graph when a host first sends to another, or by its global
// routing, which computes all of them beforehand (and takes minutes and gigabytes at k = 16). Links are point-to-point,
// the cheapest ns-3 has: no ARP. No queue discs, no traces.
//
//   routed --k=8 --frames=100000 [--global=1]

#include "hosts.h"

#include "ns3/nix-vector-routing-module.h"
#include "ns3/point-to-point-module.h"
#include "ns3/traffic-control-helper.h"

using namespace ns3;
using namespace peer;

namespace
{

class FatTree : public Hosts
{
  public:
    FatTree(uint32_t k, uint64_t frames, bool global)
        : Hosts(frames, false, MicroSeconds(100)),
          m_half(k / 2)
    {
        m_cable.SetDeviceAttribute("DataRate", StringValue("1Gbps"));
        m_cable.SetChannelAttribute("Delay", StringValue("1us"));
        m_next.SetBase("10.0.0.0", "255.255.255.252");
        NodeContainer hosts(k * m_half * m_half);
        NodeContainer edges(k * m_half);
        NodeContainer middles(k * m_half);
        NodeContainer cores(m_half * m_half);
        InternetStackHelper stack;
        stack.SetIpv6StackInstall(false);
        Ipv4NixVectorHelper nix;
        Ipv4GlobalRoutingHelper linkState;
        stack.SetRoutingHelper(global ? static_cast<const Ipv4RoutingHelper&>(linkState) : nix);
        for (const NodeContainer& all : {hosts, edges, middles, cores})
        {
            stack.Install(all);
        }
        for (uint32_t i = 0; i < hosts.GetN(); i++)
        {
            auto [nic, address] = Join(hosts.Get(i), edges.Get(i / m_half));
            m_hosts.push_back({hosts.Get(i), nic, address, nullptr, {}});
        }
        for (uint32_t pod = 0; pod < k; pod++)
        {
            for (uint32_t a = 0; a < m_half * m_half; a++)
            {
                Join(edges.Get(pod * m_half + a / m_half), middles.Get(pod * m_half + a % m_half));
            }
            for (uint32_t a = 0; a < m_half * m_half; a++)
            {
                Join(middles.Get(pod * m_half + a / m_half), cores.Get(a));
            }
        }
        if (global)
        {
            Ipv4GlobalRoutingHelper::PopulateRoutingTables();
        }
        Start(std::min(hosts.GetN() - 1, 16U), [](uint32_t a, uint32_t b) { return a != b; }, false);
    }

  private:
    // A cable with a /30; returns the end of the first.
    std::pair<Ptr<NetDevice>, Ipv4Address> Join(Ptr<Node> a, Ptr<Node> b)
    {
        NetDeviceContainer ends = m_cable.Install(a, b);
        Ipv4InterfaceContainer addresses = m_next.Assign(ends);
        m_next.NewNetwork();
        TrafficControlHelper().Uninstall(ends);
        return {ends.Get(0), addresses.GetAddress(0)};
    }

    uint32_t m_half;
    PointToPointHelper m_cable;
    Ipv4AddressHelper m_next;
};

} // namespace

int
main(int argc, char** argv)
{
    uint32_t k = 8;
    uint64_t frames = 100000;
    bool global = false;
    CommandLine options;
    options.AddValue("k", "ports of a router: an even number", k);
    options.AddValue("frames", "datagrams sent in all", frames);
    options.AddValue("global", "global routing instead of Nix vectors", global);
    options.Parse(argc, argv);
    if (k < 2 || k > 48 || k % 2 == 1)
    {
        std::fprintf(stderr, "routed: --k is an even number, 2 to 48\n");
        return 2;
    }
    Config::SetDefault("ns3::Ipv4GlobalRouting::RandomEcmpRouting", BooleanValue(true));
    double begin = CpuSeconds();
    FatTree workload(k, frames, global);
    return RunAndReport("s3", "k", k, false, workload, CpuSeconds() - begin);
}
