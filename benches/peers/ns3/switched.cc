// The workloads S1 and S2 for ns-3: hosts on one learning switch, or on three in a line.
// benches/src/switched.rs and traffic.rs define them; this program does the same with ns-3's own parts: CSMA links,
// BridgeNetDevice, its IPv4 and UDP stack. It is given its best chance: static ARP, no queue discs above the devices,
// no traces.
//
//   switched --workload=s1 --hosts=128 --frames=200000 [--raw=1]
//
// Prints one JSON object with the same fields as our `workload` program.

#include "ns3/bridge-helper.h"
#include "ns3/core-module.h"
#include "ns3/csma-helper.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/traffic-control-helper.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <sys/resource.h>
#include <vector>

using namespace ns3;

namespace
{

constexpr uint16_t kPort = 9;
constexpr uint32_t kPayload = 64;
constexpr uint16_t kRawType = 0x88b5;  // IEEE 802 local experimental: the frames of a raw run
constexpr uint16_t kWarmType = 0x88b6; // and of the warm-up

struct HostState
{
    Ptr<Node> node;
    Ptr<NetDevice> nic;
    Ipv4Address address;
    Ptr<Socket> socket;
    std::vector<uint32_t> peers;
};

double
CpuSeconds()
{
    timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

class Workload
{
  public:
    Workload(uint32_t switches, uint32_t hosts, uint64_t frames, bool raw)
        : m_frames(frames),
          m_raw(raw),
          m_gap(NanoSeconds(switches == 1 ? 100000 : hosts * 6250ULL)),
          m_random(0x9e3779b97f4a7c15ULL ^ 0x1234567ULL)
    {
        Build(switches, hosts);
        ChoosePeers();
        if (!m_raw)
        {
            FillNeighbours();
        }
        OpenSockets();
        WarmUp();
        for (uint32_t i = 0; i < m_hosts.size(); i++)
        {
            Time first = MilliSeconds(60) + NanoSeconds(Draw() % m_gap.GetNanoSeconds());
            Simulator::Schedule(first, &Workload::Tick, this, i);
        }
    }

    uint64_t Sent() const
    {
        return m_sent;
    }

    uint64_t Delivered() const
    {
        return m_delivered;
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

    static NetDeviceContainer Cable(Ptr<Node> a, Ptr<Node> b, const std::string& rate)
    {
        CsmaHelper csma;
        csma.SetChannelAttribute("DataRate", StringValue(rate));
        csma.SetChannelAttribute("Delay", StringValue("1us"));
        csma.SetQueue("ns3::DropTailQueue", "MaxSize", StringValue("1000p"));
        return csma.Install(NodeContainer(a, b));
    }

    void ChoosePeers()
    {
        uint32_t n = m_hosts.size();
        for (uint32_t i = 0; i < n; i++)
        {
            auto& peers = m_hosts[i].peers;
            while (peers.size() < std::min(n - 1, 16U))
            {
                uint32_t other = Draw() % n;
                if (other != i && std::find(peers.begin(), peers.end(), other) == peers.end())
                {
                    peers.push_back(other);
                }
            }
        }
    }

    void FillNeighbours()
    {
        for (auto& host : m_hosts)
        {
            Ptr<Ipv4L3Protocol> ip = host.node->GetObject<Ipv4L3Protocol>();
            Ptr<ArpCache> cache = ip->GetInterface(ip->GetInterfaceForDevice(host.nic))->GetArpCache();
            for (uint32_t peer : host.peers)
            {
                ArpCache::Entry* entry = cache->Add(m_hosts[peer].address);
                entry->SetMacAddress(m_hosts[peer].nic->GetAddress());
                entry->MarkPermanent();
            }
        }
    }

    void OpenSockets()
    {
        for (auto& host : m_hosts)
        {
            if (m_raw)
            {
                auto received = MakeCallback(&Workload::ReceiveRaw, this);
                host.node->RegisterProtocolHandler(received, kRawType, host.nic);
                continue;
            }
            host.socket = Socket::CreateSocket(host.node, UdpSocketFactory::GetTypeId());
            host.socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), kPort));
            host.socket->SetRecvCallback(MakeCallback(&Workload::ReceiveUdp, this));
        }
    }

    // Everybody hears host 0 once and sends it one frame, so that no switch has to flood afterwards.
    void WarmUp()
    {
        Address everybody = m_hosts[0].nic->GetBroadcast();
        Address first = m_hosts[0].nic->GetAddress();
        Simulator::Schedule(MilliSeconds(1), &Workload::WarmFrame, this, 0U, everybody);
        for (uint32_t i = 1; i < m_hosts.size(); i++)
        {
            Simulator::Schedule(MilliSeconds(2) + MicroSeconds(10 * i), &Workload::WarmFrame, this, i, first);
        }
    }

    void WarmFrame(uint32_t i, Address to)
    {
        m_hosts[i].nic->Send(Create<Packet>(46), to, kWarmType);
    }

    void Tick(uint32_t i)
    {
        if (m_sent >= m_frames)
        {
            return;
        }
        m_sent++;
        auto& host = m_hosts[i];
        auto& peer = m_hosts[host.peers[Draw() % host.peers.size()]];
        Ptr<Packet> packet = Create<Packet>(kPayload);
        if (m_raw)
        {
            host.nic->Send(packet, peer.nic->GetAddress(), kRawType);
        }
        else
        {
            host.socket->SendTo(packet, 0, InetSocketAddress(peer.address, kPort));
        }
        Simulator::Schedule(m_gap, &Workload::Tick, this, i);
    }

    void ReceiveUdp(Ptr<Socket> socket)
    {
        Address from;
        while (socket->RecvFrom(from))
        {
            m_delivered++;
        }
    }

    void ReceiveRaw(Ptr<NetDevice>, Ptr<const Packet>, uint16_t, const Address&, const Address&, NetDevice::PacketType)
    {
        m_delivered++;
    }

    // xorshift64*, as in benches/src/random.rs: both programs draw the same peers and gaps.
    uint64_t Draw()
    {
        m_random ^= m_random >> 12;
        m_random ^= m_random << 25;
        m_random ^= m_random >> 27;
        return m_random * 2685821657736338717ULL;
    }

    uint64_t m_frames;
    bool m_raw;
    Time m_gap;
    uint64_t m_random;
    std::vector<HostState> m_hosts;
    uint64_t m_sent{0};
    uint64_t m_delivered{0};
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
    Workload workload(name == "s1" ? 1 : 3, hosts, frames, raw);
    double ready = CpuSeconds();
    Simulator::Run();
    double end = CpuSeconds();

    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    std::printf("{\"workload\":\"%s\",\"hosts\":%u,\"raw\":%s,\"frames\":%lu,\"events\":%lu,\"cpu_s\":%.6f,"
                "\"setup_cpu_s\":%.6f,\"per_cpu_s\":%.0f,\"peak_mb\":%.1f}\n",
                name.c_str(),
                hosts,
                raw ? "true" : "false",
                static_cast<unsigned long>(workload.Delivered()),
                static_cast<unsigned long>(Simulator::GetEventCount()),
                end - ready,
                ready - begin,
                workload.Delivered() / (end - ready),
                usage.ru_maxrss / 1024.0);
    if (workload.Delivered() != frames)
    {
        std::fprintf(stderr, "switched: only %lu of %lu frames were delivered\n",
                     static_cast<unsigned long>(workload.Delivered()), static_cast<unsigned long>(frames));
        return 1;
    }
    return 0;
}
