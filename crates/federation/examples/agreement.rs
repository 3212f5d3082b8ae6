//! Writes an agreement of two cities, the acts upon it and the keys into a folder, for the script in `tests/foreign`
//! that checks them without this crate; no part of the node.

#![expect(clippy::unwrap_used, reason = "a test's helper that cannot go on should stop")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use base::{AgreementId, Clock, Entropy, Time};
use federation::agreement::{Act, Deed, Document, Duty, Kind, Owed, Party, Rhythm, Terms};
use federation::{At, Cents, Did, Key, PublicKeys, Vkey};
use tlog::Signer;

fn party(name: &str, host: &str, signer: &Signer) -> Party {
    let keys = PublicKeys {
        // RFC 8037, appendix A.2.
        requests: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".parse().unwrap(),
        agreements: Vkey(signer.verifier()),
        log: Vkey(Signer::new(format!("{host}/log/public"), &[7; 32]).verifier()),
        sealing: Key([9; 32]),
    };
    Party { did: Did::of_host(host).unwrap(), name: name.into(), ars: "053150000000".parse().unwrap(), keys }
}

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap());
    let at = |text| Time::parse_rfc3339(text).unwrap();
    let [koeln, bonn] = [("koeln.example", 1), ("bonn.example", 2)]
        .map(|(host, seed)| Signer::new(format!("{host}/agreements"), &[seed; 32]));
    let parties = vec![party("Köln", "koeln.example", &koeln), party("Bonn", "bonn.example", &bonn)];
    let [of_koeln, of_bonn] = [0, 1].map(|at: usize| parties[at].did.clone());
    let owed = Owed::Money {
        cents: Cents::try_from(12_345).unwrap(),
        rhythm: Rhythm::Monthly,
        subject: "Betrieb der gemeinsamen Karte".into(),
    };
    let terms = Terms {
        id: AgreementId::new(&Clock::fixed(at("2026-01-01T00:00:00Z")), &Entropy::seeded(1)),
        version: 1,
        replaces: None,
        kind: Kind::Topic,
        title: "Anliegen an der Grenze".into(),
        purpose: "Anliegen dorthin geben, wohin sie gehören.".into(),
        legal_basis: "§ 3 Abs. 1 GkG NRW".into(),
        proposer: of_koeln.clone(),
        proposed: At::new(at("2026-01-02T09:00:00Z")),
        accept_by: "2026-06-30".parse().unwrap(),
        parties,
        flows: Vec::new(),
        duties: vec![Duty { from: of_bonn.clone(), to: of_koeln, owed }],
        authorities: Vec::new(),
        from: "2026-02-01".parse().unwrap(),
        until: None,
        notice_days: 30,
    };
    let document = Document::propose(&terms, &koeln).unwrap();
    let hash = Document::parse(&document).unwrap().hash();
    let act = |time, deed| Act::sign(hash, of_bonn.clone(), at(time), deed, &bonn).unwrap();
    let keys: BTreeMap<_, _> =
        terms.parties.iter().map(|party| (&party.did, &party.keys.agreements)).collect();
    let end = Deed::End { reason: "Wir haben jetzt eine eigene Karte.".into() };
    for (name, text) in [
        ("document.txt", document),
        ("accept.txt", act("2026-01-20T10:00:00Z", Deed::Accept)),
        ("end.txt", act("2026-09-01T10:00:00Z", end)),
        ("keys.json", serde_json::to_string(&keys).unwrap()),
    ] {
        std::fs::write(folder.join(name), text).unwrap();
    }
}
