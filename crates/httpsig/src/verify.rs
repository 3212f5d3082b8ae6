use std::ops::RangeInclusive;

use base::Time;
use ed25519_dalek::{Signature, VerifyingKey};
use sfv::{BareItem, Dictionary, FieldType as _, InnerList, ListEntry, Parameters, Parser};

use crate::base_text::{Component, field, signature_base};
use crate::{ALGORITHM, LABEL, LIFETIME, Message, Refusal, TAG, digest};

/// How long a nonce is: enough not to be met again, and no burden to remember.
const NONCE: RangeInclusive<usize> = 16..=128;
/// How long the name of a key is, at most.
const KEYID: usize = 512;
/// The parameters that must be there, and no others (RFC 9421 § 2.3).
const PARAMETERS: [&str; 6] = ["created", "expires", "nonce", "keyid", "alg", "tag"];

/// What a valid signature says. A caller who acts upon it must remember `keyid` and `nonce` until `remember`, and
/// refuse a second message with both: this is what keeps replays out (RFC 9421 § 7.2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The name of the key that signed.
    pub keyid: String,
    /// When it signed, by its own clock.
    pub created: Time,
    /// What it chose to make this message unlike every other.
    pub nonce: String,
    /// Until when the same signature would be accepted again.
    pub remember: Time,
}

/// Checks that a message is signed after the profile, by a key that `key` knows by its name, and still fresh at `now`.
/// Clocks may differ by `skew` seconds, no more.
///
/// # Errors
/// The [`Refusal`] that says what is wrong first.
pub fn verify(
    message: &Message<'_>,
    now: Time,
    skew: u32,
    key: impl Fn(&str) -> Option<[u8; 32]>,
) -> Result<Verified, Refusal> {
    let (covered, signature) = only_signature(message)?;
    let verified = parameters(&covered.params, now, i64::from(skew))?;
    let components = components(&covered, message)?;
    if components.contains(&Component::ContentDigest) {
        digest::check(field(message.headers, "content-digest")?, message.body)?;
    }
    let base = signature_base(&covered, |item| match Component::of(item) {
        Some(component) => component.value(message),
        None => Err(Refusal::Malformed("signature-input")),
    })?;
    let unknown = || Refusal::UnknownKey(verified.keyid.clone());
    check(&key(&verified.keyid).ok_or_else(unknown)?, &base, &signature)?;
    Ok(verified)
}

/// The name of the key that a message says it is signed with, so that the key can be looked up. Nothing is checked yet.
///
/// # Errors
/// When there is no signature, or it names no key.
pub fn keyid(message: &Message<'_>) -> Result<String, Refusal> {
    let (covered, _) = only_signature(message)?;
    let keyid = text(&covered.params, "keyid")?;
    if keyid.len() > KEYID { Err(Refusal::Malformed("keyid")) } else { Ok(keyid.to_owned()) }
}

/// Checks one Ed25519 signature (RFC 9421 § 3.3.6), strictly: no key of small order, no second form of a signature.
fn check(key: &[u8; 32], base: &str, signature: &[u8]) -> Result<(), Refusal> {
    let key = VerifyingKey::from_bytes(key).map_err(|_| Refusal::Signature)?;
    let signature = Signature::from_slice(signature).map_err(|_| Refusal::Signature)?;
    key.verify_strict(base.as_bytes(), &signature).map_err(|_| Refusal::Signature)
}

/// The covered components and the bytes of the one signature (RFC 9421 § 4.1 and 4.2).
fn only_signature(message: &Message<'_>) -> Result<(InnerList, Vec<u8>), Refusal> {
    let ListEntry::InnerList(covered) = only(message, "signature-input")? else {
        return Err(Refusal::Malformed("signature-input"));
    };
    let ListEntry::Item(signature) = only(message, "signature")? else {
        return Err(Refusal::Malformed("signature"));
    };
    let bytes = signature.bare_item.as_byte_sequence().ok_or(Refusal::Malformed("signature"))?;
    Ok((covered, bytes.to_vec()))
}

fn only(message: &Message<'_>, name: &'static str) -> Result<ListEntry, Refusal> {
    let field = field(message.headers, name)?;
    let members: Dictionary = Parser::new(field).parse().map_err(|_| Refusal::Malformed(name))?;
    let mut members = members.into_iter();
    match (members.next(), members.next()) {
        (Some((label, member)), None) if &*label == LABEL => Ok(member),
        _ => Err(Refusal::Labels),
    }
}

fn parameters(given: &Parameters, now: Time, skew: i64) -> Result<Verified, Refusal> {
    if let Some(strange) = given.keys().find(|name| !PARAMETERS.contains(&name.as_str())) {
        return Err(Refusal::Parameter(strange.as_str().to_owned()));
    }
    if text(given, "tag")? != TAG.as_str() {
        return Err(Refusal::Tag);
    }
    if text(given, "alg")? != ALGORITHM.as_str() {
        return Err(Refusal::Algorithm);
    }
    let (keyid, nonce) = (text(given, "keyid")?, text(given, "nonce")?);
    if keyid.len() > KEYID {
        return Err(Refusal::Malformed("keyid"));
    }
    if !NONCE.contains(&nonce.len()) {
        return Err(Refusal::Malformed("nonce"));
    }
    let (created, expires) = (seconds(given, "created")?, seconds(given, "expires")?);
    check_age(created, expires, now.seconds(), skew)?;
    let time = |seconds: i64| Time(0).plus_seconds(seconds);
    Ok(Verified {
        keyid: keyid.to_owned(),
        created: time(created),
        nonce: nonce.to_owned(),
        remember: time(expires + skew + 1),
    })
}

fn check_age(created: i64, expires: i64, now: i64, skew: i64) -> Result<(), Refusal> {
    if !(0..=LIFETIME).contains(&(expires - created)) {
        return Err(Refusal::LivesTooLong);
    }
    if created > now + skew {
        return Err(Refusal::FromTheFuture);
    }
    if expires < now - skew { Err(Refusal::TooOld) } else { Ok(()) }
}

fn text<'a>(given: &'a Parameters, name: &'static str) -> Result<&'a str, Refusal> {
    let value = parameter(given, name)?.as_string().ok_or(Refusal::Malformed(name))?;
    Ok(value.as_str())
}

/// A time as an integer of at most 15 digits (RFC 9651 § 3.3.1), so that sums of two never overflow.
fn seconds(given: &Parameters, name: &'static str) -> Result<i64, Refusal> {
    parameter(given, name)?.as_integer().map(i64::from).ok_or(Refusal::Malformed(name))
}

fn parameter<'a>(given: &'a Parameters, name: &'static str) -> Result<&'a BareItem, Refusal> {
    given.get(name).ok_or(Refusal::NoParameter(name))
}

/// What is covered: everything that must be, nothing strange and nothing twice (RFC 9421 § 2).
fn components(covered: &InnerList, message: &Message<'_>) -> Result<Vec<Component>, Refusal> {
    let mut found = Vec::new();
    for item in &covered.items {
        match Component::of(item) {
            Some(component) if !found.contains(&component) => found.push(component),
            _ => return Err(Refusal::Component(item.serialize())),
        }
    }
    let unsigned = Component::required(message).into_iter().find(|needed| !found.contains(needed));
    unsigned.map_or(Ok(found), |needed| Err(Refusal::Unsigned(needed.name())))
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use ed25519_dalek::{Signer as _, SigningKey};
    use sfv::{Item, List};

    use super::*;

    /// RFC 9421, appendix B.1.4: test-key-ed25519.
    const SECRET: &str = "n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU";
    const PUBLIC: &str = "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs";
    /// RFC 9421, appendix B.2.6.
    const INPUT: &str = "(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \"content-length\")\
        ;created=1618884473;keyid=\"test-key-ed25519\"";
    const SIGNATURE: &str =
        ":wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:";

    fn key(text: &str) -> [u8; 32] {
        URL_SAFE_NO_PAD.decode(text).unwrap().try_into().unwrap()
    }

    fn base_of_the_standard() -> String {
        let list: List = Parser::new(INPUT).parse().unwrap();
        let [ListEntry::InnerList(covered)] = list.as_slice() else { panic!("one inner list") };
        let value = |item: &Item| match item.bare_item.as_string().unwrap().as_str() {
            "date" => Ok("Tue, 20 Apr 2021 02:07:55 GMT".to_owned()),
            "@method" => Ok("POST".to_owned()),
            "@path" => Ok("/foo".to_owned()),
            "@authority" => Ok("example.com".to_owned()),
            "content-type" => Ok("application/json".to_owned()),
            "content-length" => Ok("18".to_owned()),
            _ => Err(Refusal::Missing("nothing")),
        };
        signature_base(covered, value).unwrap()
    }

    #[test]
    fn the_example_of_the_standard_is_signed_byte_by_byte() {
        let base = base_of_the_standard();
        assert_eq!(
            base,
            format!(
                "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@method\": POST\n\"@path\": /foo\n\
                \"@authority\": example.com\n\"content-type\": application/json\n\"content-length\": 18\n\
                \"@signature-params\": {INPUT}"
            )
        );
        let signer = SigningKey::from_bytes(&key(SECRET));
        assert_eq!(signer.verifying_key().to_bytes(), key(PUBLIC));
        let signature: Item = Parser::new(SIGNATURE).parse().unwrap();
        let bytes = signature.bare_item.as_byte_sequence().unwrap();
        assert_eq!(signer.sign(base.as_bytes()).to_bytes(), bytes);
        assert_eq!(check(&key(PUBLIC), &base, bytes), Ok(()));
        assert_eq!(check(&key(PUBLIC), &base.replace("POST", "PUT"), bytes), Err(Refusal::Signature));
    }

    #[test]
    fn a_signature_in_its_second_form_or_by_a_key_of_small_order_does_not_count() {
        let base = base_of_the_standard();
        assert_eq!(check(&[0; 32], &base, &[0; 64]), Err(Refusal::Signature));
        assert_eq!(check(&key(PUBLIC), &base, &[0; 63]), Err(Refusal::Signature));
    }
}
