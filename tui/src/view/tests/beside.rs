//! Two variants in the Compare pane: the way of a packet, numbers, rows held, sizes, and where the extra bytes come from.

use overunder_sim::lang::Lang;

use super::{LARGE, SMALL, name, open, press, run};
use crate::app::lab::{self, Lab};
use crate::app::sample;
use crate::view::tests::shown::screen;

#[test]
fn two_variants_with_their_rows_and_sizes() {
    for (lang, size) in [(Lang::En, LARGE), (Lang::Zh, SMALL)] {
        let mut model = open(sample::ping_plan(), lang, size);
        let opened = Lab::shipped("15-user-space-tunnel", lang, Some("udp"), None).expect("it is shipped");
        lab::put(&mut model, opened.expect("it is sound"));
        run(&mut model, &["predict off", "against vxlan"]);
        // Until the datagram is on the cable, in its envelope.
        let is_out = |model: &crate::app::model::Model| {
            let trips = model.bench().and_then(|bench| bench.against.as_ref()?.trips.as_ref());
            trips.is_some_and(|(here, there)| here.largest().is_some_and(|bytes| bytes > 1_000) && there.is_some())
        };
        for _ in 0..60 {
            if is_out(&model) {
                break;
            }
            press(&mut model, "n");
        }
        run(&mut model, &["sizes 64,1422,1472", "zoom"]);
        model.notice = None;
        insta::assert_snapshot!(name("beside", lang, size), screen(&model));
        // The question closes the sizes, and the sides change.
        run(&mut model, &["extra", "swap"]);
        press(&mut model, "");
        model.notice = None;
        insta::assert_snapshot!(name("extra", lang, size), screen(&model));
    }
}

#[test]
fn where_the_bytes_of_vxlan_come_from_fits_on_a_small_screen() {
    for lang in [Lang::En, Lang::Zh] {
        let mut model = open(sample::ping_plan(), lang, SMALL);
        let opened = Lab::shipped("14-tunnel-zoo", lang, Some("none"), None).expect("it is shipped");
        lab::put(&mut model, opened.expect("it is sound"));
        run(&mut model, &["against vxlan", "extra"]);
        let is_known = |model: &crate::app::model::Model| {
            model.bench().is_some_and(|bench| bench.against.as_ref().is_some_and(|against| against.extra.is_some()))
        };
        for _ in 0..100 {
            if is_known(&model) {
                break;
            }
            press(&mut model, ".");
        }
        model.notice = None;
        insta::assert_snapshot!(name("extra_vxlan", lang, SMALL), screen(&model));
    }
}
