//! Packets for this host itself: ICMP, UDP, TCP ([`super::tcp`]) and the applications behind them.

use super::app::{Datagram, Echo};
use super::net::{Df, Net, Outgoing};
use super::tunnel::ip_at;
use super::{Stack, echo_owner, why};
use crate::engine::{Outbox, Why};
use crate::id::PortNo;
use crate::wire::{Frame, icmp, ipv4, udp};

impl Stack {
    /// A packet that is for this host; its header was checked.
    #[inline]
    pub(super) fn local(&mut self, ip: ipv4::Header, frame: Frame, out: &mut Outbox<'_>) {
        if ip.mf || ip.offset > 0 {
            return self.gather(ip, frame, out);
        }
        if ip.protocol == ipv4::ICMP {
            self.net.hear_pmtu(out.now(), &ip, &frame, out);
        }
        if let Some(port) = self.net.tunnel_of(ip, &frame) {
            return Net::to_tunnel(port, ip, frame, out);
        }
        match ip.protocol {
            ipv4::UDP => self.udp(ip, frame, out),
            ipv4::TCP => self.tcp(ip, frame, out),
            ipv4::ICMP => self.icmp(ip, frame, out),
            ipv4::IGMP => {
                let port = self.net.interfaces.iter().position(|at| at.owns(ip.dst)).unwrap_or(0);
                self.net.igmp(PortNo(port as u16), ip, frame, out);
            }
            other if self.net.numbers.contains_key(&other) => self.packet(ip, frame, out),
            other if self.net.has_tunnel_of(other) => {
                out.drop_with(frame, Why::number(&why::reverse::NO_TUNNEL_FOR, u64::from(other)), |out, frame| {
                    self.net.complain(out, frame, icmp::UNREACHABLE, icmp::PORT, 0);
                });
            }
            other => {
                let why = Why::number(&why::UNKNOWN_TRANSPORT, u64::from(other));
                out.drop_with(frame, why, |out, frame| {
                    self.net.complain(out, frame, icmp::UNREACHABLE, icmp::PROTOCOL, 0);
                });
            }
        }
    }

    #[inline]
    fn udp(&mut self, ip: ipv4::Header, frame: Frame, out: &mut Outbox<'_>) {
        let start = ip_at(&frame) + ip.header_len;
        let end = ip_at(&frame) + ip.total_len;
        let Ok(header) = udp::check(&frame.bytes()[start..end], ip.src, ip.dst) else {
            return out.drop(frame, &why::UDP_MALFORMED);
        };
        let port = u64::from(header.dst);
        let Some(&index) = self.net.sockets.get(&header.dst) else {
            return out.drop_with(frame, Why::number(&why::UDP_NO_LISTENER, port), |out, frame| {
                self.net.complain(out, frame, icmp::UNREACHABLE, icmp::PORT, 0);
            });
        };
        out.deliver_with(frame, Why::number(&why::UDP_DELIVERED, port), |out, frame| {
            let payload = &frame.bytes()[start + udp::HEADER_LEN..start + header.len];
            let (src, dst) = ((ip.src, header.src), (ip.dst, header.dst));
            let datagram = Datagram { src, dst, port: self.net.arrived, payload };
            self.call(index, frame.origin(), out, |app, out| app.udp(datagram, out));
        });
    }

    /// A packet of a protocol that some program here speaks by itself.
    fn packet(&mut self, ip: ipv4::Header, frame: Frame, out: &mut Outbox<'_>) {
        let Some(&index) = self.net.numbers.get(&ip.protocol) else { return out.drop(frame, &why::IP_MALFORMED) };
        let (start, end) = (ip_at(&frame) + ip.header_len, ip_at(&frame) + ip.total_len);
        out.deliver_with(frame, Why::number(&why::routing::DELIVERED, u64::from(ip.protocol)), |out, frame| {
            let (src, dst, payload) = ((ip.src, 0), (ip.dst, 0), &frame.bytes()[start..end]);
            let datagram = Datagram { src, dst, port: self.net.arrived, payload };
            self.call(index, frame.origin(), out, |app, out| app.packet(datagram, out));
        });
    }

    fn icmp(&mut self, ip: ipv4::Header, frame: Frame, out: &mut Outbox<'_>) {
        let start = ip_at(&frame) + ip.header_len;
        let end = ip_at(&frame) + ip.total_len;
        let Ok(header) = icmp::check(&frame.bytes()[start..end]) else {
            return out.drop(frame, &why::ICMP_MALFORMED);
        };
        match header.kind {
            icmp::ECHO_REQUEST if !self.net.is_local(ip.dst) => out.drop(frame, &why::ECHO_TO_ALL),
            icmp::ECHO_REQUEST => out.consume_with(frame, &why::ECHO_ANSWERED, |out, frame| {
                let message = &frame.bytes()[start..end];
                let (src, tos, len) = (Some(ip.dst), ip.tos, message.len());
                let back = Outgoing { src, tos, df: Df::Unset, ..Outgoing::new(ip.src, ipv4::ICMP, len) };
                self.net.send(out, frame.origin(), back, |bytes, _| {
                    bytes.copy_from_slice(message);
                    icmp::write(bytes, icmp::Header { kind: icmp::ECHO_REPLY, code: 0, ..header });
                });
            }),
            icmp::ECHO_REPLY => {
                let Some(index) = echo_owner(header).filter(|index| usize::from(*index) < self.apps.len()) else {
                    return out.drop(frame, &why::ECHO_UNASKED);
                };
                out.deliver_with(frame, Why::number(&why::ECHO_REPLY, u64::from(header.seq)), |out, frame| {
                    let payload = &frame.bytes()[start + icmp::HEADER_LEN..end];
                    let echo = Echo { src: ip.src, seq: header.seq, payload };
                    self.call(index, frame.origin(), out, |app, out| app.echo_reply(echo, out));
                });
            }
            icmp::UNREACHABLE | icmp::TIME_EXCEEDED => {
                let quoted = icmp::quoted(&frame.bytes()[start..end]);
                let Some((_, dst, protocol, head)) = quoted else {
                    return out.drop(frame, &why::ICMP_MALFORMED);
                };
                self.net.fail_about(dst, protocol, head, Net::error_of(header));
                out.consume(frame, &why::ICMP_ERROR);
            }
            other => out.drop(frame, Why::number(&why::ICMP_UNKNOWN, u64::from(other))),
        }
    }
}
