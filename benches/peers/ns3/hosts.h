// What the workloads for ns-3 share: hosts that send datagrams to fixed peers, as benches/src/traffic.rs defines it.
//
// A workload builds its network in its constructor, fills `m_hosts`, and calls Start. Nothing here knows about
// switches or tunnels.

#ifndef OVERUNDER_PEER_HOSTS_H
#define OVERUNDER_PEER_HOSTS_H

#include "ns3/core-module.h"
#include "ns3/csma-helper.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>
#include <string>
#include <sys/resource.h>
#include <vector>

namespace peer
{

using namespace ns3;

constexpr uint16_t kPort = 9;
constexpr uint32_t kPayload = 64;
constexpr uint16_t kRawType = 0x88b5;  // IEEE 802 local experimental: the frames of a raw run
const Time kStart = MilliSeconds(60);  // from then on hosts send, each within one gap
constexpr uint16_t kWarmType = 0x88b6; // and of the warm-up

struct Host
{
    Ptr<Node> node;
    Ptr<NetDevice> nic;
    Ipv4Address address;
    Ptr<Socket> socket;
    std::vector<uint32_t> peers;
};

inline double
CpuSeconds()
{
    timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

inline NetDeviceContainer
Cable(Ptr<Node> a, Ptr<Node> b, const std::string& rate)
{
    CsmaHelper csma;
    csma.SetChannelAttribute("DataRate", StringValue(rate));
    csma.SetChannelAttribute("Delay", StringValue("1us"));
    csma.SetQueue("ns3::DropTailQueue", "MaxSize", StringValue("1000p"));
    return csma.Install(NodeContainer(a, b));
}

class Hosts
{
  public:
    Hosts(uint64_t frames, bool raw, Time gap)
        : m_frames(frames),
          m_raw(raw),
          m_gap(gap),
          m_random(0x9e3779b97f4a7c15ULL ^ 0x1234567ULL)
    {
    }

    uint64_t Delivered() const
    {
        return m_delivered;
    }

  protected:
    // Draws peers among those that `may` allows, opens the sockets and sets the first moment of every host.
    // Without `arp`, hosts are on links that need no hardware addresses.
    void Start(uint32_t mostPeers, const std::function<bool(uint32_t, uint32_t)>& may, bool arp = true)
    {
        ChoosePeers(mostPeers, may);
        if (!m_raw && arp)
        {
            FillNeighbours();
        }
        OpenSockets();
        for (uint32_t i = 0; i < m_hosts.size(); i++)
        {
            Time first = kStart + NanoSeconds(Draw() % m_gap.GetNanoSeconds());
            Simulator::Schedule(first, &Hosts::Tick, this, i);
        }
    }

    void WarmFrame(uint32_t i, Address to)
    {
        m_hosts[i].nic->Send(Create<Packet>(46), to, kWarmType);
    }

    std::vector<Host> m_hosts;
    bool m_raw;

  public:
    uint64_t m_frames;

  private:
    void ChoosePeers(uint32_t most, const std::function<bool(uint32_t, uint32_t)>& may)
    {
        for (uint32_t i = 0; i < m_hosts.size(); i++)
        {
            auto& peers = m_hosts[i].peers;
            while (peers.size() < most)
            {
                uint32_t other = Draw() % m_hosts.size();
                if (may(i, other) && std::find(peers.begin(), peers.end(), other) == peers.end())
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
                auto received = MakeCallback(&Hosts::ReceiveRaw, this);
                host.node->RegisterProtocolHandler(received, kRawType, host.nic);
                continue;
            }
            host.socket = Socket::CreateSocket(host.node, UdpSocketFactory::GetTypeId());
            host.socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), kPort));
            host.socket->SetRecvCallback(MakeCallback(&Hosts::ReceiveUdp, this));
        }
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
        Simulator::Schedule(m_gap, &Hosts::Tick, this, i);
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

    Time m_gap;
    uint64_t m_random;
    uint64_t m_sent{0};
    uint64_t m_delivered{0};
};

// Runs a workload that took `setup` CPU seconds to build and prints one JSON object with the same fields as our
// `workload` program. Returns what the process should end with.
inline int
RunAndReport(const std::string& name, const char* unit, uint32_t count, bool raw, const Hosts& workload, double setup)
{
    // The warm-up grows with the square of the hosts and is no part of what a frame costs.
    double begin = CpuSeconds();
    Simulator::Stop(kStart);
    Simulator::Run();
    double ready = CpuSeconds();
    setup += ready - begin;
    Simulator::Run();
    double took = CpuSeconds() - ready;
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    std::printf("{\"workload\":\"%s\",\"%s\":%u,\"raw\":%s,\"frames\":%lu,\"events\":%lu,\"cpu_s\":%.6f,"
                "\"setup_cpu_s\":%.6f,\"per_cpu_s\":%.0f,\"peak_mb\":%.1f}\n",
                name.c_str(),
                unit,
                count,
                raw ? "true" : "false",
                static_cast<unsigned long>(workload.Delivered()),
                static_cast<unsigned long>(Simulator::GetEventCount()),
                took,
                setup,
                workload.Delivered() / took,
                usage.ru_maxrss / 1024.0);
    if (workload.Delivered() != workload.m_frames)
    {
        std::fprintf(stderr, "%s: only %lu of %lu frames were delivered\n",
                     name.c_str(),
                     static_cast<unsigned long>(workload.Delivered()),
                     static_cast<unsigned long>(workload.m_frames));
        return 1;
    }
    return 0;
}

} // namespace peer

#endif
