/// A category every member begins with.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    /// Its code in Open311.
    pub code: &'static str,
    /// Its group.
    pub group: &'static str,
    /// Its German name.
    pub name: &'static str,
    /// Its English name.
    pub name_en: &'static str,
    /// What belongs here.
    pub description: &'static str,
}

macro_rules! categories {
    ($($group:literal { $($code:literal $name:literal $name_en:literal $description:literal;)* })*) => {
        /// The usual categories of a town.
        pub const CATEGORIES: &[Template] = &[$($(Template {
            code: $code, group: $group, name: $name, name_en: $name_en, description: $description,
        }),*),*];
    };
}

categories! {
    "Stadtbild" {
        "muell" "Wilder Müll" "Dumped rubbish" "Säcke, Bauschutt oder Hausrat, die jemand abgelegt hat.";
        "sperrmuell" "Sperrmüll liegt herum" "Bulky waste left lying" "Sperrmüll, der nicht abgeholt wurde.";
        "papierkorb" "Papierkorb voll oder kaputt" "Litter bin full or broken" "Öffentliche Papierkörbe.";
        "graffiti" "Graffiti" "Graffiti" "Schmierereien an öffentlichen Flächen.";
        "schrottrad" "Schrottfahrrad" "Abandoned bicycle" "Fahrräder, die niemand mehr benutzt.";
        "schrottauto" "Schrottfahrzeug" "Abandoned vehicle" "Autos ohne Kennzeichen auf öffentlichem Grund.";
    }
    "Straßen und Verkehrsanlagen" {
        "laterne" "Straßenlaterne defekt" "Street lamp broken" "Laternen, die dunkel sind, flackern oder am Tag brennen.";
        "schlagloch" "Schlagloch" "Pothole" "Löcher und Risse in der Fahrbahn.";
        "gehweg" "Geh- oder Radweg beschädigt" "Footpath or cycle path damaged" "Lose Platten, Wurzeln, Kanten.";
        "ampel" "Ampel gestört" "Traffic light out of order" "Ampeln, die ausgefallen oder falsch geschaltet sind.";
        "schild" "Verkehrszeichen beschädigt" "Traffic sign damaged" "Verdrehte, verdeckte oder fehlende Zeichen.";
        "gully" "Gully verstopft" "Drain blocked" "Abläufe, in denen das Wasser steht.";
    }
    "Spielplätze und Grünanlagen" {
        "spielplatz" "Spielplatz beschädigt" "Playground damaged" "Geräte, Zäune und Fallschutz auf Spielplätzen.";
        "baum" "Baum gefährdet oder gefährlich" "Tree in danger or dangerous" "Abgebrochene Äste, kranke Bäume.";
        "gruen" "Grünfläche ungepflegt" "Green area neglected" "Hecken, Wiesen und Beete.";
    }
}
