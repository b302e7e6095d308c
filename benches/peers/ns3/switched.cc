// The workloads S1 and S2 for ns-3: hosts on one learning switch, or on three in a line.
// benches/src/switched.rs and traffic.rs define them; this program does the same with ns-3's own parts: CSMA links,
// BridgeNetDevice, its IPv4 and UDP stack. It is given its best chance: static ARP, no queue discs above the devices,
// no traces.
//
//   switched --workload=s1 --hosts=128 --frames=200000 [--raw=1]

#include "hosts.h"

#include "ns3/bridge-helper.h"
#include "ns3/traffic-control-helper.h"

using namespace ns3;
using namespace peer;

namespace
{

class Switched : public Hosts
{
  public:
    Switched(uint32_t switches, uint32_t hosts, uint64_t frames, bool raw)
        : Hosts(frames, raw, NanoSeconds(switches == 1 ? 100000 : hosts * 6250ULL))
    {
        Build(switches, hosts);
        WarmUp();
        Start(std::min(hosts - 1, 16U), [](uint32_t a, uint32_t b) { return a != b; });
    }

  private:
    void Build(uint32_t switches, uint32_t hosts)
    {
        NodeContainer boxes;
        boxes.Create(switches);
        NodeContainer nodes;
        nodes.Create(hosts);
        if (!m_raw)
        {
            InternetStackHelper stack;
            stack.SetIpv6StackInstall(false);
            stack.Install(nodes);
        }
        std::vector<NetDeviceContainer> ports(switches);
        NetDeviceContainer nics;
        for (uint32_t i = 0; i < hosts; i++)
        {
            uint32_t box = uint64_t(i) * switches / hosts;
            NetDeviceContainer link = Cable(nodes.Get(i), boxes.Get(box), "1Gbps");
            nics.Add(link.Get(0));
            ports[box].Add(link.Get(1));
        }
        for (uint32_t box = 0; box + 1 < switches; box++)
        {
            NetDeviceContainer trunk = Cable(boxes.Get(box), boxes.Get(box + 1), "10Gbps");
            ports[box].Add(trunk.Get(0));
            ports[box + 1].Add(trunk.Get(1));
        }
        for (uint32_t box = 0; box < switches; box++)
        {
            BridgeHelper().Install(boxes.Get(box), ports[box]);
        }
        Ipv4InterfaceContainer addresses;
        if (!m_raw)
        {
            addresses = Ipv4AddressHelper("10.0.0.0", "255.255.0.0").Assign(nics);
            TrafficControlHelper().Uninstall(nics);
        }
        for (uint32_t i = 0; i < hosts; i++)
        {
            Ipv4Address address = m_raw ? Ipv4Address() : addresses.GetAddress(i);
            m_hosts.push_back({nodes.Get(i), nics.Get(i), address, nullptr, {}});
        }
    }

    // Everybody hears host 0 once and sends it one frame, so that no switch has to flood afterwards.
    void WarmUp()
    {
        Address everybody = m_hosts[0].nic->GetBroadcast();
        Address first = m_hosts[0].nic->GetAddress();
        Simulator::Schedule(MilliSeconds(1), &Switched::WarmFrame, this, 0U, everybody);
        for (uint32_t i = 1; i < m_hosts.size(); i++)
        {
            Simulator::Schedule(MilliSeconds(2) + MicroSeconds(10 * i), &Switched::WarmFrame, this, i, first);
        }
    }
};

} // namespace

int
main(int argc, char** argv)
{
    std::string name = "s1";
    uint32_t hosts = 128;
    uint64_t frames = 200000;
    bool raw = false;
    CommandLine options;
    options.AddValue("workload", "s1 or s2", name);
    options.AddValue("hosts", "number of hosts", hosts);
    options.AddValue("frames", "datagrams sent in all", frames);
    options.AddValue("raw", "bare Ethernet frames: no IP, no UDP", raw);
    options.Parse(argc, argv);
    if ((name != "s1" && name != "s2") || hosts < 3)
    {
        std::fprintf(stderr, "switched: --workload is s1 or s2, --hosts at least 3\n");
        return 2;
    }
    double begin = CpuSeconds();
    Switched workload(name == "s1" ? 1 : 3, hosts, frames, raw);
    return RunAndReport(name, "hosts", hosts, raw, workload, CpuSeconds() - begin);
}
