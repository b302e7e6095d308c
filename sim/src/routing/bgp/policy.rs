//! What is believed of what is heard, and what is told to whom.

use std::net::Ipv4Addr;

use super::table::From;
use super::{Config, PeerConfig, Relation, why};
use crate::explain::Reason;
use crate::wire::bgp::attributes::{NO_ADVERTISE, NO_EXPORT, PARTIAL};
use crate::wire::bgp::{Attributes, More};

/// LOCAL_PREF by relation: money before length.
const LIKED: [(Relation, u32); 3] = [(Relation::Customer, 300), (Relation::Peer, 200), (Relation::Provider, 100)];
/// First number of the large community that carries a relation through the own AS.
const RELATION: u32 = 1;

/// Whether a route is believed, and as what.
pub(super) fn import(
    mut told: Attributes,
    peer: &PeerConfig,
    config: &Config,
    tag: bool,
) -> Result<Attributes, Reason> {
    if config.refuse_own_as && told.path.contains(config.asn) {
        return Err(&why::OWN_AS);
    }
    if told.next_hop == peer.own {
        return Err(&why::OWN_NEXT_HOP);
    }
    if peer.asn == config.asn {
        let more = told.more.as_deref();
        if more.is_some_and(|more| more.originator == Some(config.id)) {
            return Err(&why::OWN_ID);
        }
        if more.is_some_and(|more| more.clusters.contains(&cluster(config))) {
            return Err(&why::OWN_CLUSTER);
        }
        return Ok(told);
    }
    if peer.only_own && told.path.ases().any(|asn| asn != peer.asn) {
        return Err(&why::NOT_ITS_OWN);
    }
    let liked = LIKED.iter().find(|(relation, _)| *relation == peer.relation).map(|(_, liked)| *liked);
    told.local_pref = peer.local_pref.or(liked);
    if tag && peer.relation != Relation::None {
        let more = told.more.get_or_insert_default();
        more.large.retain(|[asn, kind, _]| (*asn, *kind) != (config.asn, RELATION));
        more.large.push([config.asn, RELATION, peer.relation as u32]);
    }
    Ok(told)
}

/// What a reflector signs with.
pub(super) fn cluster(config: &Config) -> Ipv4Addr {
    config.cluster.unwrap_or(config.id)
}

/// What the neighbour a route came from is to this AS; nothing for own routes.
fn relation(told: &Attributes, from: Option<&PeerConfig>, config: &Config) -> Option<Relation> {
    let from = from?;
    if from.asn != config.asn {
        return Some(from.relation);
    }
    let large = told.more.as_ref().map_or(&[][..], |more| &more.large);
    let mark = large.iter().find(|[asn, kind, _]| (*asn, *kind) == (config.asn, RELATION));
    mark.map(|[_, _, value]| match value {
        1 => Relation::Customer,
        2 => Relation::Peer,
        _ => Relation::Provider,
    })
}

/// Whether a route may be told to a neighbour.
pub(super) fn may_tell(
    told: &Attributes,
    (source, from): (From, Option<&PeerConfig>),
    to: (u32, &PeerConfig),
    config: &Config,
) -> bool {
    let (to, peer) = to;
    let external = peer.asn != config.asn;
    // What is heard with such a mark stays here; whoever puts it on tells it (RFC 1997).
    let marked = |mark| source != From::Own && told.communities.contains(&mark);
    if source == From::Peer(to) || marked(NO_ADVERTISE) || external && marked(NO_EXPORT) {
        return false;
    }
    if !external {
        // From inside to inside only a reflector passes on, and only to or from its clients (RFC 4456 §6).
        return from.is_none_or(|from| from.asn != config.asn || from.client || peer.client);
    }
    match peer.relation {
        Relation::None | Relation::Customer => true,
        // Nobody carries for free what others pay for.
        Relation::Peer | Relation::Provider => {
            relation(told, from, config).is_none_or(|from| matches!(from, Relation::None | Relation::Customer))
        }
    }
}

/// How a route is told to a neighbour.
pub(super) fn export(
    told: &Attributes,
    from: Option<(&PeerConfig, Ipv4Addr)>,
    to: &PeerConfig,
    config: &Config,
) -> Attributes {
    let mut out = told.clone();
    if to.asn == config.asn {
        out.local_pref = Some(told.local_pref.unwrap_or(100));
        let inside = from.filter(|(from, _)| from.asn == config.asn);
        if inside.is_none() && (to.next_hop_self || from.is_none()) {
            out.next_hop = to.own;
        }
        if let Some((_, id)) = inside {
            let more = out.more.get_or_insert_default();
            more.originator.get_or_insert(id);
            more.clusters.insert(0, cluster(config));
        }
        return out;
    }
    out.path = told.path.prepended(config.asn, 1 + usize::from(to.prepend));
    out.next_hop = to.own;
    out.local_pref = None;
    // A MED is meant for the neighbour it was told to and goes no further (RFC 4271 §5.1.4).
    out.med = to.med.or(told.med.filter(|_| from.is_none()));
    if let Some(more) = out.more.as_deref_mut() {
        (more.originator, more.clusters) = (None, Vec::new());
        more.large.retain(|[asn, kind, _]| (*asn, *kind) != (config.asn, RELATION));
        more.unknown.iter_mut().filter(|_| from.is_some()).for_each(|raw| raw.flags |= PARTIAL);
    }
    if out.more.as_deref() == Some(&More::default()) {
        out.more = None;
    }
    out
}
