//! The words demonstration data is made of. Nobody and nothing here is real but the most common names of streets.

use cases::State;

/// Where demonstration reports are: the register of streets has them too.
pub const STREETS: &[&str] = &[
    "Hauptstraße",
    "Bahnhofstraße",
    "Schulstraße",
    "Gartenstraße",
    "Kirchstraße",
    "Bergstraße",
    "Ringstraße",
    "Lindenstraße",
    "Rosenweg",
    "Mühlenweg",
    "Marktplatz",
    "Rheinstraße",
    "Waldstraße",
    "Feldstraße",
    "Am Sportplatz",
    "Eichenweg",
    "Goethestraße",
    "Schillerstraße",
    "Kölner Straße",
    "Bonner Straße",
    "Friedhofsweg",
    "Buchenweg",
    "Im Winkel",
    "Uferpromenade",
    "Kapellenstraße",
    "Burgweg",
    "Brückenstraße",
    "Industriestraße",
    "Am Stadtpark",
];

pub(super) const FIRST: &[&str] = &[
    "Anna", "Mehmet", "Petra", "Jürgen", "Sabine", "Ayşe", "Thomas", "Olena", "Klaus", "Maria", "Ahmed",
    "Birgit", "Stefan", "Yusuf", "Claudia", "Piotr", "Heike", "Lukas", "Fatma", "Ursula",
];

pub(super) const LAST: &[&str] = &[
    "Beispiel",
    "Muster",
    "Probst",
    "Schmitz",
    "Yilmaz",
    "Weber",
    "Kowalski",
    "Hansen",
    "Becker",
    "Klein",
    "Wolf",
    "Schröder",
    "Neumann",
    "Krüger",
    "Demir",
    "Vogel",
    "Lang",
    "Winter",
    "Sommer",
    "Herbst",
];

pub(super) const ANSWERS: &[&str] = &[
    "Vielen Dank für Ihren Hinweis. Der Schaden wurde heute behoben.",
    "Wir haben die Stelle geprüft und in Ordnung gebracht.",
    "Unsere Kolonne war vor Ort. Bitte melden Sie sich, wenn noch etwas fehlt.",
    "Der Auftrag an die beauftragte Firma ist erledigt. Danke für Ihre Mithilfe!",
    "Das wurde im Rahmen der nächsten Tour beseitigt.",
];

pub(super) const DECLINED: &[&str] = &[
    "Die Fläche ist in Privatbesitz. Wir haben den Eigentümer angeschrieben.",
    "Bei der Kontrolle konnten wir nichts mehr feststellen.",
    "Für diese Straße ist der Landesbetrieb zuständig. Wir haben Ihren Hinweis weitergegeben.",
];

pub(super) const TEXTS: &[(&str, &[&str])] = &[
    (
        "muell",
        &[
            "Hinter dem Container liegen seit Tagen blaue Müllsäcke, es riecht schon.",
            "Jemand hat hier Bauschutt und alte Farbeimer abgeladen.",
            "Autoreifen im Gebüsch, mindestens sechs Stück.",
        ],
    ),
    (
        "sperrmuell",
        &[
            "Ein altes Sofa und zwei Matratzen blockieren den Gehweg.",
            "Der Sperrmüll wurde letzte Woche nicht abgeholt und liegt nun überall verstreut.",
        ],
    ),
    (
        "papierkorb",
        &[
            "Der Papierkorb an der Haltestelle quillt über.",
            "Der Mülleimer ist aus der Verankerung gerissen.",
        ],
    ),
    (
        "graffiti",
        &["Die Wand der Unterführung ist großflächig besprüht.", "Frische Schmierereien am Trafohäuschen."],
    ),
    (
        "schrottrad",
        &[
            "Am Fahrradständer steht seit Monaten ein Rad ohne Sattel und Vorderrad.",
            "Drei verrostete Fahrräder blockieren die Stellplätze am Bahnhof.",
        ],
    ),
    (
        "schrottauto",
        &[
            "Ein Auto ohne Kennzeichen steht seit drei Wochen hier, eine Scheibe ist eingeschlagen.",
            "Abgemeldeter Transporter, verliert Öl.",
        ],
    ),
    (
        "laterne",
        &[
            "Die Straßenlaterne ist seit einer Woche dunkel, abends sieht man nichts.",
            "Die Lampe vor dem Haus flackert die ganze Nacht.",
            "Drei Laternen in Folge sind ausgefallen.",
            "Die Beleuchtung am Fußweg zum Spielplatz brennt auch tagsüber.",
        ],
    ),
    (
        "schlagloch",
        &[
            "Tiefes Schlagloch in der rechten Spur, mit dem Rad lebensgefährlich.",
            "Nach dem Frost ist die Fahrbahn auf zehn Metern aufgebrochen.",
        ],
    ),
    (
        "gehweg",
        &[
            "Mehrere Gehwegplatten sind lose, gestern ist jemand gestürzt.",
            "Wurzeln heben den Radweg an, man muss auf die Straße ausweichen.",
        ],
    ),
    (
        "ampel",
        &[
            "Die Fußgängerampel wird nicht mehr grün.",
            "Die Ampel ist komplett ausgefallen, im Berufsverkehr wird es gefährlich.",
        ],
    ),
    (
        "schild",
        &[
            "Das Stoppschild ist umgefahren und liegt im Graben.",
            "Das Straßenschild ist von der Hecke völlig zugewachsen.",
        ],
    ),
    (
        "gully",
        &[
            "Der Gully ist voller Laub, bei Regen steht die Kreuzung unter Wasser.",
            "Der Deckel klappert bei jedem Auto, die ganze Nacht.",
        ],
    ),
    (
        "spielplatz",
        &[
            "An der Schaukel ist eine Kette gerissen.",
            "Auf dem Spielplatz liegen Glasscherben im Sand.",
            "Das Tor zum Spielplatz schließt nicht mehr, die Kinder laufen auf die Straße.",
        ],
    ),
    (
        "baum",
        &[
            "Ein großer Ast hängt nur noch an der Rinde über dem Weg.",
            "Der frisch gepflanzte Baum vertrocknet.",
        ],
    ),
    (
        "gruen",
        &[
            "Die Hecke ragt so weit in den Weg, dass man mit dem Kinderwagen nicht durchkommt.",
            "Die Wiese am Teich ist seit dem Sommer nicht gemäht worden.",
        ],
    ),
];

/// Answers the office writes again and again: how it calls them, the state that goes with them, and the text.
pub(super) const TEMPLATES: &[(&str, Option<State>, &str)] = &[
    (
        "In Arbeit",
        Some(State::InProgress),
        "Vielen Dank für Ihren Hinweis {number}. Wir haben den Auftrag an {office} weitergegeben.",
    ),
    (
        "Erledigt",
        Some(State::Done),
        "Ihr Anliegen {number} ist erledigt. Vielen Dank, dass Sie uns geholfen haben.",
    ),
    (
        "Nicht zuständig",
        Some(State::Declined),
        "Für diese Stelle sind wir nicht zuständig. Bitte wenden Sie sich an den Eigentümer.",
    ),
];
