mod evpn;
mod seen;

use super::update::IPV4;
use super::*;
use crate::rng::Stream;
use seen::SEEN;

fn bytes(hex: &str) -> Vec<u8> {
    let mut bytes = vec![0xff; 16];
    bytes.extend((0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()));
    bytes
}

/// How the ends of a recorded exchange write.
fn dialect(exchange: &str, frr: bool) -> Dialect {
    Dialect { four_bytes: true, internal: exchange.contains("ibgp-rr") || exchange == "evpn", wide_path: frr }
}

fn all_seen() -> impl Iterator<Item = (Vec<u8>, Dialect)> {
    SEEN.iter().flat_map(|&(exchange, frr, bird)| {
        let of = move |hex: &&str, frr| (bytes(hex), dialect(exchange, frr));
        frr.iter().map(move |hex| of(hex, true)).chain(bird.iter().map(move |hex| of(hex, false)))
    })
}

/// An UPDATE of these attributes for 203.0.113.0/24.
fn update(attributes: &str) -> Vec<u8> {
    let len = attributes.len() / 2;
    bytes(&format!("{:04x}020000{len:04x}{attributes}18cb0071", 27 + len))
}

const GOOD: &str = "40010100 4002060201 0000fde9 4003040a010201";

fn hex(text: &str) -> String {
    text.replace(' ', "")
}

fn read_update(attributes: &str, dialect: Dialect) -> Result<Update, Fault> {
    Message::read(&update(&hex(attributes)), dialect).map(|message| match message {
        Message::Update(update) => *update,
        other => panic!("{other:?}"),
    })
}

#[test]
fn what_daemons_send_is_read_and_written_the_same() {
    let mut kinds = [0; 6];
    for (seen, dialect) in all_seen() {
        assert_eq!(whole(&seen), Ok(Some(seen.len())));
        let message = Message::read(&seen, dialect).unwrap_or_else(|fault| panic!("{fault}: {seen:02x?}"));
        kinds[usize::from(seen[18])] += 1;
        assert_eq!(message.write(dialect), seen, "{message:?}");
    }
    assert!(kinds[1..].iter().all(|&seen| seen > 0), "{kinds:?}");
}

#[test]
fn what_is_said_of_a_reflected_route_is_read_field_by_field() {
    let (exchange, frr, _) = SEEN.iter().find(|(exchange, ..)| *exchange == "ibgp-rr-client-frr").unwrap();
    let reflected = frr.iter().map(|hex| Message::read(&bytes(hex), dialect(exchange, true)).unwrap());
    let ip = |last| Ipv4Addr::new(10, 255, 0, last);
    let found = reflected.into_iter().find_map(|message| match message {
        Message::Update(update) => update.attributes.filter(|it| it.more.is_some() && it.path.is_empty()),
        _ => None,
    });
    let found = found.unwrap();
    let more = found.more.unwrap();
    assert_eq!((found.next_hop, found.med, found.local_pref), (Ipv4Addr::new(10, 2, 3, 3), Some(0), Some(100)));
    assert_eq!((more.originator, more.clusters), (Some(ip(3)), vec![ip(2)]));
}

#[test]
fn an_open_says_who_speaks_however_its_capabilities_are_wrapped() {
    for (exchange, at, asn) in [("ebgp-frr-frr", 0, 65002), ("ebgp-as4-frr-bird", 1, 4_200_000_003)] {
        let &(_, frr, bird) = SEEN.iter().find(|(own, ..)| *own == exchange).unwrap();
        let first = if at == 0 { frr[0] } else { bird[0] };
        let Ok(Message::Open(open)) = Message::read(&bytes(first), Dialect::EXTERNAL) else { panic!("{first}") };
        assert_eq!((open.asn(), open.speaks(IPV4), open.speaks(update::EVPN)), (asn, true, false));
    }
    let own = Open::new(4_200_000_003, 90, Ipv4Addr::new(10, 0, 0, 1));
    assert_eq!((own.my_as, own.asn()), (23456, 4_200_000_003));
    let plain = Open { parameters: vec![], ..Open::new(65001, 90, Ipv4Addr::new(10, 0, 0, 1)) };
    assert_eq!((plain.asn(), plain.four_bytes(), plain.speaks(IPV4)), (65001, None, true));
}

#[test]
fn faults_of_the_header_and_of_opens_are_answered_as_the_standard_wants() {
    let open = |hex: &str| bytes(&format!("{:04x}01{hex}", 19 + hex.len() / 2));
    let mut marker = bytes("001304");
    marker[3] = 0;
    let cases = [
        (marker, "0101"),
        (bytes("001204"), "01020012"),
        (bytes("138802"), "01021388"),
        (bytes("001c01000000000000000000"), "0102001c"),
        (bytes("00140400"), "01020014"),
        (bytes("001309"), "010309"),
        (open("03fde900b40aff000100"), "02010004"),
        (open("04000000b40aff000100"), "02020000"),
        (open("04fde900b40000000000"), "020300000000"),
        (open("04fde900020aff000100"), "02060002"),
        (open("04fde900b40aff0001020700"), "02040700"),
        (open("04fde900b40aff000103020601"), "0200"),
        (open("04fde900b40aff00010602044105fde9"), "0200"),
        (open("04fde900b40aff000104020201"), "0200"),
    ];
    for (message, wanted) in cases {
        let fault = Message::read(&message, Dialect::EXTERNAL).unwrap_err();
        let said = Message::Notification(fault.clone()).write(Dialect::EXTERNAL);
        assert_eq!(said[19..], bytes(wanted)[16..], "{fault}: {message:02x?}");
    }
}

#[test]
fn faults_of_updates_that_hide_where_routes_stand_end_the_session() {
    let cases = [
        ("001b02000400000000", 1),
        ("0017020005 0000", 1),
        ("001702000000 05", 1),
        ("0018020000 0000 21", 10),
        ("001a020000 0000 18cb00", 10),
        ("001a020003 18cb00 0000", 10),
    ];
    for (message, subcode) in cases {
        let mut message = bytes(&hex(message));
        let len = message.len() as u8;
        message[17] = len;
        let fault = Message::read(&message, Dialect::EXTERNAL).unwrap_err();
        assert_eq!((fault.code, fault.subcode), (fault::UPDATE, subcode), "{message:02x?}");
    }
    let fault = |attributes: &str| read_update(attributes, Dialect::EXTERNAL).unwrap_err();
    assert_eq!(fault(&format!("{GOOD} 406300")), Fault::with(fault::UPDATE, 2, &[0x40, 99, 0]));
    assert_eq!(fault(&format!("{GOOD} 800e02 0001")).subcode, 9);
    assert_eq!(fault("800f03 000101 800f03 000101").subcode, 1);
}

#[test]
fn bad_attributes_withdraw_their_routes_and_keep_the_session() {
    let internal = Dialect { internal: true, ..Dialect::EXTERNAL };
    let cases = [
        ("400101 09 4002060201 0000fde9 4003040a010201", 6),
        ("400102 0000 4002060201 0000fde9 4003040a010201", 5),
        ("800101 00 4002060201 0000fde9 4003040a010201", 4),
        ("40010100 4002060901 0000fde9 4003040a010201", 11),
        ("40010100 4002050201 0000fd 4003040a010201", 11),
        ("40010100 4002020200 4003040a010201", 11),
        ("40010100 4002060201 0000fde9 400304e0000001", 8),
        ("40010100 4002060201 0000fde9 40030400000000", 8),
        ("40010100 4002060201 0000fde9", 3),
        ("4002060201 0000fde9 4003040a010201", 3),
        ("", 3),
        ("40010100 4002060201 0000fde9 4003040a010201 800403 000000", 5),
        ("40010100 4002060201 0000fde9 4003040a010201 c00805 0000000000", 5),
        ("40010100 4002060201 0000fde9 4003040a010201 c00800", 5),
        ("40010100 4002060201 0000fde9 4003040a010201 8004", 5),
        ("40010100 4002060201 0000fde9 4003040a010201 80", 5),
    ];
    for (attributes, subcode) in cases {
        let update = read_update(attributes, Dialect::EXTERNAL).unwrap();
        let fault = update.treated.unwrap_or_else(|| panic!("{attributes}"));
        assert_eq!((fault.code, fault.subcode), (fault::UPDATE, subcode), "{attributes}");
        assert_eq!((update.attributes, update.routes.len()), (None, 1), "{attributes}");
    }
    assert!(read_update(GOOD, internal).unwrap().treated.is_some_and(|fault| fault.data == [5]));
}

#[test]
fn attributes_that_only_are_out_of_place_are_left_out() {
    for (extra, code) in [("400504 00000064", 5), ("800904 0a000001", 9), ("40010101", 1), ("c00703 000000", 7)] {
        let update = read_update(&format!("{GOOD} {extra}"), Dialect::EXTERNAL).unwrap();
        assert_eq!(update.discarded[..], [code], "{extra}");
        let found = update.attributes.unwrap();
        assert_eq!((found.local_pref, found.origin, found.more), (None, Origin::Igp, None));
    }
    let kept = read_update(&format!("{GOOD} c06302 abcd 806401 00"), Dialect::EXTERNAL).unwrap().attributes.unwrap();
    assert_eq!(kept.more.unwrap().unknown, [Raw { flags: 0xc0, code: 99, value: vec![0xab, 0xcd] }]);
}

#[test]
fn old_speakers_are_told_the_wide_numbers_beside_the_path() {
    let old = Dialect { four_bytes: false, internal: false, wide_path: false };
    let told = Attributes {
        path: AsPath::sequence(&[65001, 4_200_000_003, 7]),
        next_hop: Ipv4Addr::new(10, 0, 0, 1),
        ..Attributes::default()
    };
    let sent = write_update(&[], Some(&told), &[(Ipv4Addr::new(192, 0, 2, 0), 24)], old);
    let Ok(Message::Update(update)) = Message::read(&sent, old) else { panic!("{sent:02x?}") };
    assert_eq!(update.attributes.unwrap(), told);
    // An old speaker in between puts itself in front of the path only.
    let mut through = told.path.prepended(64999, 1);
    through = AsPath::sequence(&through.ases().map(|asn| asn.min(23456).max(asn.min(65535))).collect::<Vec<_>>());
    assert_eq!(through.widened(&told.path).to_string(), "64999 65001 4200000003 7");
    assert_eq!(told.path.widened(&through), told.path, "a longer one is not believed");
}

#[test]
fn paths_count_prepend_and_print_as_people_expect() {
    let set = Segment { set: true, ases: [5, 6].as_slice().into() };
    let path = AsPath::of([Segment { set: false, ases: [1, 2].as_slice().into() }, set]);
    assert_eq!((path.len(), path.to_string(), path.first(), path.origin()), (3, "1 2 {5,6}".into(), Some(1), None));
    assert_eq!(path.prepended(9, 2).to_string(), "9 9 1 2 {5,6}");
    assert_eq!(AsPath::default().prepended(9, 1), AsPath::sequence(&[9]));
    let long = AsPath::sequence(&(1..=300).collect::<Vec<_>>());
    assert_eq!((long.segments().len(), long.len(), long.prepended(7, 1).len()), (2, 300, 301));
    assert_eq!(AsPath::sequence(&[1; 255]).prepended(7, 1).segments().len(), 2);
}

/// Bytes without sense, and good messages with a few bytes changed or cut off.
#[test]
fn no_bytes_make_the_reader_panic_and_what_it_reads_it_reads_again() {
    let mut dice = Stream::named(7, "bgp bytes");
    let seen: Vec<(Vec<u8>, Dialect)> = all_seen().collect();
    let (mut good, mut bad) = (0, 0);
    for round in 0..60_000_u32 {
        let (mut message, mut dialect) = seen[dice.below(seen.len() as u64) as usize].clone();
        if round.is_multiple_of(4) {
            message.truncate(19);
            message[18] = 1 + dice.below(5) as u8;
            let len = dice.below(120);
            message.extend((0..len).map(|_| dice.bits() as u8));
        } else {
            for _ in 0..dice.below(4) {
                let at = 18 + dice.below(message.len() as u64 - 18) as usize;
                message[at] = dice.bits() as u8;
            }
            let keep = if dice.chance(200_000) { dice.below(message.len() as u64 + 1) as usize } else { message.len() };
            message.truncate(keep);
        }
        dialect.four_bytes = dice.chance(700_000);
        dialect.internal ^= dice.chance(300_000);
        if dice.chance(900_000) && message.len() >= 19 {
            let len = (message.len() as u16).to_be_bytes();
            message[16..18].copy_from_slice(&len);
        }
        let _ = whole(&message);
        match Message::read(&message, dialect) {
            Err(fault) => {
                bad += 1;
                assert!((1..=5).contains(&fault.code) && !fault.name().starts_with("unknown"), "{fault:?}");
            }
            Ok(Message::Update(mut update)) if update.treated.is_none() => {
                good += 1;
                update.discarded.clear();
                let again = Message::Update(update.clone()).write(dialect);
                assert_eq!(Message::read(&again, dialect), Ok(Message::Update(update)), "{message:02x?}");
            }
            Ok(message) => {
                good += 1;
                let _ = message.write(dialect);
            }
        }
    }
    assert!(good > 5_000 && bad > 5_000, "{good} {bad}");
}
