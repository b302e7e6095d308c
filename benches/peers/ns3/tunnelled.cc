// The workload S4 for ns-3: four pods behind each VTEP, every datagram across one router in a VXLAN envelope.
// benches/src/tunnelled.rs defines it. ns-3 has no VXLAN, so its VTEP is written here on VirtualNetDevice: a port of
// BridgeNetDevice that puts frames into UDP, learns who is behind which VTEP, and floods to all others what it does
// not know. Underlay links are point-to-point, the cheapest ns-3 has; pods hang on CSMA, because it bridges no other.
// It is given its best chance: static ARP, no queue discs, no traces, and an MTU that needs no fragments.
//
//   tunnelled --vteps=16 --frames=100000 [--raw=1]       raw: the pods send bare Ethernet frames

#include "hosts.h"

#include "ns3/bridge-helper.h"
#include "ns3/ethernet-header.h"
#include "ns3/ipv4-global-routing-helper.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/traffic-control-helper.h"
#include "ns3/virtual-net-device.h"

#include <map>
#include <memory>

using namespace ns3;
using namespace peer;

namespace
{

constexpr uint32_t kPods = 4;
constexpr uint16_t kVxlanPort = 4789;
constexpr uint8_t kVxlan[8] = {0x08, 0, 0, 0, 0, 0, 42, 0}; // the I flag and VNI 42

class Vtep
{
  public:
    Vtep(Ptr<Node> node, Ipv4Address own)
        : m_own(own),
          m_port(CreateObject<VirtualNetDevice>()),
          m_socket(Socket::CreateSocket(node, UdpSocketFactory::GetTypeId()))
    {
        m_port->SetAddress(Mac48Address::Allocate());
        m_port->SetSupportsSendFrom(true);
        m_port->SetNeedsArp(true);
        m_port->SetSendCallback(MakeCallback(&Vtep::Encapsulate, this));
        node->AddDevice(m_port);
        m_socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), kVxlanPort));
        m_socket->SetRecvCallback(MakeCallback(&Vtep::Decapsulate, this));
    }

    Ptr<NetDevice> Port() const
    {
        return m_port;
    }

    void FloodTo(const std::vector<Ipv4Address>& vteps)
    {
        std::copy_if(vteps.begin(), vteps.end(), std::back_inserter(m_flood), [this](Ipv4Address a) {
            return a != m_own;
        });
    }

  private:
    bool Encapsulate(Ptr<Packet> packet, const Address& source, const Address& destination, uint16_t protocol)
    {
        EthernetHeader inner(false);
        inner.SetSource(Mac48Address::ConvertFrom(source));
        inner.SetDestination(Mac48Address::ConvertFrom(destination));
        inner.SetLengthType(protocol);
        Ptr<Packet> frame = packet->Copy();
        frame->AddHeader(inner);
        Ptr<Packet> outer = Create<Packet>(kVxlan, sizeof kVxlan);
        outer->AddAtEnd(frame);
        auto known = m_fdb.find(inner.GetDestination());
        if (known != m_fdb.end())
        {
            m_socket->SendTo(outer, 0, InetSocketAddress(known->second, kVxlanPort));
            return true;
        }
        for (Ipv4Address vtep : m_flood)
        {
            m_socket->SendTo(outer->Copy(), 0, InetSocketAddress(vtep, kVxlanPort));
        }
        return true;
    }

    void Decapsulate(Ptr<Socket> socket)
    {
        Address from;
        while (Ptr<Packet> packet = socket->RecvFrom(from))
        {
            packet->RemoveAtStart(sizeof kVxlan);
            EthernetHeader inner(false);
            packet->RemoveHeader(inner);
            m_fdb[inner.GetSource()] = InetSocketAddress::ConvertFrom(from).GetIpv4();
            bool everybody = inner.GetDestination().IsBroadcast();
            m_port->Receive(packet,
                            inner.GetLengthType(),
                            inner.GetSource(),
                            inner.GetDestination(),
                            everybody ? NetDevice::PACKET_BROADCAST : NetDevice::PACKET_OTHERHOST);
        }
    }

    Ipv4Address m_own;
    Ptr<VirtualNetDevice> m_port;
    Ptr<Socket> m_socket;
    std::vector<Ipv4Address> m_flood;
    std::map<Mac48Address, Ipv4Address> m_fdb;
};

class Tunnelled : public Hosts
{
  public:
    Tunnelled(uint32_t vteps, uint64_t frames, bool raw)
        : Hosts(frames, raw, MicroSeconds(100))
    {
        BuildUnderlay(vteps);
        BuildPods(vteps);
        // Every pod is heard once by everybody, so that nothing has to be flooded afterwards.
        for (uint32_t i = 0; i < m_hosts.size(); i++)
        {
            Time at = MilliSeconds(1) + MicroSeconds(50 * i);
            Simulator::Schedule(at, &Tunnelled::WarmFrame, this, i, m_hosts[i].nic->GetBroadcast());
        }
        uint32_t others = (vteps - 1) * kPods;
        Start(std::min(others, 16U), [](uint32_t a, uint32_t b) { return a / kPods != b / kPods; });
    }

  private:
    void BuildUnderlay(uint32_t vteps)
    {
        NodeContainer router(1);
        m_nodes.Create(vteps);
        InternetStackHelper stack;
        stack.SetIpv6StackInstall(false);
        stack.Install(m_nodes);
        stack.Install(router);
        PointToPointHelper link;
        link.SetDeviceAttribute("DataRate", StringValue("10Gbps"));
        link.SetDeviceAttribute("Mtu", UintegerValue(1600));
        link.SetChannelAttribute("Delay", StringValue("1us"));
        Ipv4AddressHelper addresses("172.16.0.0", "255.255.255.252");
        std::vector<Ipv4Address> own;
        for (uint32_t i = 0; i < vteps; i++)
        {
            NetDeviceContainer ends = link.Install(m_nodes.Get(i), router.Get(0));
            own.push_back(addresses.Assign(ends).GetAddress(0));
            TrafficControlHelper().Uninstall(ends);
            addresses.NewNetwork();
        }
        Ipv4GlobalRoutingHelper::PopulateRoutingTables();
        for (uint32_t i = 0; i < vteps; i++)
        {
            m_vteps.push_back(std::make_unique<Vtep>(m_nodes.Get(i), own[i]));
            m_vteps.back()->FloodTo(own);
        }
    }

    void BuildPods(uint32_t vteps)
    {
        NodeContainer pods;
        pods.Create(vteps * kPods);
        if (!m_raw)
        {
            InternetStackHelper stack;
            stack.SetIpv6StackInstall(false);
            stack.Install(pods);
        }
        NetDeviceContainer nics;
        for (uint32_t i = 0; i < vteps; i++)
        {
            NetDeviceContainer ports;
            for (uint32_t pod = i * kPods; pod < (i + 1) * kPods; pod++)
            {
                NetDeviceContainer link = Cable(pods.Get(pod), m_nodes.Get(i), "1Gbps");
                nics.Add(link.Get(0));
                ports.Add(link.Get(1));
            }
            ports.Add(m_vteps[i]->Port());
            BridgeHelper().Install(m_nodes.Get(i), ports);
        }
        Ipv4InterfaceContainer addresses;
        if (!m_raw)
        {
            addresses = Ipv4AddressHelper("10.0.0.0", "255.255.0.0").Assign(nics);
            TrafficControlHelper().Uninstall(nics);
        }
        for (uint32_t i = 0; i < nics.GetN(); i++)
        {
            Ipv4Address address = m_raw ? Ipv4Address() : addresses.GetAddress(i);
            m_hosts.push_back({pods.Get(i), nics.Get(i), address, nullptr, {}});
        }
    }

    NodeContainer m_nodes;
    std::vector<std::unique_ptr<Vtep>> m_vteps;
};

} // namespace

int
main(int argc, char** argv)
{
    uint32_t vteps = 16;
    uint64_t frames = 100000;
    bool raw = false;
    CommandLine options;
    options.AddValue("vteps", "number of VTEPs, each with four pods", vteps);
    options.AddValue("frames", "datagrams sent in all", frames);
    options.AddValue("raw", "the pods send bare Ethernet frames: no IP, no UDP inside", raw);
    options.Parse(argc, argv);
    if (vteps < 2 || vteps > 1024)
    {
        std::fprintf(stderr, "tunnelled: --vteps is 2 to 1024\n");
        return 2;
    }
    double begin = CpuSeconds();
    Tunnelled workload(vteps, frames, raw);
    return RunAndReport("s4", "vteps", vteps, raw, workload, CpuSeconds() - begin);
}
