//! Words about groups that do not fit together.

use super::replaced;

/// What is said about a switch written so.
fn said(words: &str) -> String {
    replaced("\"sw\": Switch(fdb_size: 1000)", &format!("\"sw\": Switch({words})"))
}

#[test]
fn snooping_and_what_depends_on_it() {
    assert_eq!(said("snooping: true, querier: true, igmp: 3"), "");
    assert_eq!(said("snooping: false, querier: false"), "");
    let alone = said("querier: true");
    assert!(alone.contains("error[L007]: `querier` does nothing on a switch that does not snoop"), "{alone}");
    assert!(alone.contains("snooping: true, querier: true"), "{alone}");
    assert!(said("igmp: 3").contains("`igmp` does nothing on a switch that does not snoop"));
    let hub = said("learning: false, snooping: true");
    assert!(hub.contains("a switch that learns nothing repeats every frame, and cannot snoop"), "{hub}");
    for wrong in ["1", "4", "\"three\""] {
        assert!(said(&format!("snooping: true, igmp: {wrong}")).starts_with("error["), "{wrong}");
    }
    assert!(said("snooping: 1").starts_with("error["));
}
