//! What people can rely on when they sign in, told on both engines.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use access::{Grant, Role};
use base::{Clock, Entropy, Kind, PersonId, Time};
use identity::oidc::Claims;
use identity::{Limit, NewPerson, Passwords, Session};
use store::{Db, Tx};
use testkit::Fresh;

const START: Time = Time(1_700_000_000_000_000);

fn open(fresh: &Fresh) -> Db {
    fresh.open(&[store::MIGRATIONS, identity::MIGRATIONS].concat(), None).unwrap()
}

async fn write<T: Send + 'static>(
    db: &Db,
    work: impl FnMut(&mut Tx<'_>) -> base::Result<T> + Send + 'static,
) -> base::Result<T> {
    db.write("test", work).await
}

fn sources() -> (Clock, Entropy) {
    (Clock::fixed(START), Entropy::system())
}

async fn anna(db: &Db) -> PersonId {
    let (clock, entropy) = sources();
    write(db, move |tx| {
        let new = NewPerson { email: "Anna@Example.org ", name: "Anna", password: None, totp: None };
        identity::add_person(tx, (&clock, &entropy), &new)
    })
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_has_one_account_whatever_its_spelling() {
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        let id = anna(&db).await;
        let (clock, entropy) = sources();
        let second = write(&db, move |tx| {
            let new = NewPerson { email: "anna@example.ORG", name: "", password: None, totp: None };
            identity::add_person(tx, (&clock, &entropy), &new)
        });
        assert_eq!(second.await.unwrap_err().code, "email-taken");
        let (clock, entropy) = sources();
        let same = write(&db, move |tx| identity::citizen(tx, (&clock, &entropy), " ANNA@example.org"));
        assert_eq!(same.await.unwrap(), id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_by_itself_and_when_it_is_ended() {
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        let person = anna(&db).await;
        let session = Session { person, strong: true };
        let started = session.clone();
        let start = move |tx: &mut Tx<'_>| identity::start_session(tx, &Entropy::system(), START, &started);
        let (first, second) = (write(&db, start.clone()).await.unwrap(), write(&db, start).await.unwrap());
        let find = |secret: &identity::Secret, at: Time| {
            let cookie = secret.reveal().to_owned();
            write(&db, move |tx| identity::find_session(tx, &cookie, at))
        };
        assert_eq!(find(&first, START.plus_seconds(60)).await.unwrap(), Some(session));
        assert_eq!(find(&first, START.plus_seconds(13 * 3600)).await.unwrap(), None);
        let cookie = first.reveal().to_owned();
        write(&db, move |tx| identity::end(tx, &cookie)).await.unwrap();
        assert_eq!(find(&first, START).await.unwrap(), None);
        assert!(find(&second, START).await.unwrap().is_some());
        write(&db, move |tx| identity::erase(tx, person, START)).await.unwrap();
        assert_eq!(find(&second, START).await.unwrap(), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_works_once_and_not_for_long() {
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        let send = |tx: &mut Tx<'_>| {
            let at = (&Entropy::system(), START);
            identity::new_link(tx, at, "Emil@example.org", identity::LINK_SECONDS)
        };
        let (good, late) = (write(&db, send).await.unwrap(), write(&db, send).await.unwrap());
        let open_link = |secret: &identity::Secret, at: Time| {
            let secret = secret.reveal().to_owned();
            write(&db, move |tx| identity::use_link(tx, &secret, at))
        };
        assert_eq!(
            open_link(&good, START.plus_seconds(60)).await.unwrap().as_deref(),
            Some("emil@example.org")
        );
        assert_eq!(open_link(&good, START.plus_seconds(61)).await.unwrap(), None);
        assert_eq!(open_link(&late, START.plus_seconds(1201)).await.unwrap(), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_attempts_are_stopped_for_a_while_and_told_how_long() {
    const LIMIT: Limit = Limit { what: "test", times: 3, seconds: 60 };
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        let hit = |who: &'static str, at: Time| write(&db, move |tx| identity::hit(tx, LIMIT, who, at));
        for _ in 0..3 {
            hit("anna", START).await.unwrap();
        }
        let problem = hit("ANNA", START.plus_seconds(20)).await.unwrap_err();
        assert_eq!((problem.kind, problem.retry_after), (Kind::TooMany, Some(40)));
        hit("berta", START).await.unwrap();
        hit("anna", START.plus_seconds(61)).await.unwrap();
        write(&db, |tx| identity::clear(tx, LIMIT, "anna")).await.unwrap();
        write(&db, |tx| identity::peek(tx, LIMIT, "anna", START.plus_seconds(62))).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_the_second_factor_works_once() {
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        let person = anna(&db).await;
        let secret = identity::new_secret(&Entropy::system());
        let code = identity::current_code(&secret, START).unwrap();
        let check = |code: &str, at: Time| {
            let (secret, code) = (secret.clone(), code.to_owned());
            write(&db, move |tx| identity::check_totp(tx, person, &secret, &code, at))
        };
        assert!(!check("000000", START).await.unwrap() || code == "000000");
        assert!(check(&format!("{} {}", &code[..3], &code[3..]), START.plus_seconds(20)).await.unwrap());
        assert!(!check(&code, START.plus_seconds(21)).await.unwrap(), "used twice");
        assert!(!check(&code, START.plus_seconds(120)).await.unwrap(), "too old");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_person_leaves_nothing_behind() {
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        let id = anna(&db).await;
        let grant = Grant { role: Role::Clerk, office: None, module: Some("report".into()) };
        let given = grant.clone();
        write(&db, move |tx| identity::grant(tx, id, &given)).await.unwrap();
        assert_eq!(write(&db, move |tx| identity::grants(tx, id)).await.unwrap(), [grant]);
        write(&db, move |tx| identity::erase(tx, id, START)).await.unwrap();
        let left = write(&db, move |tx| {
            Ok((
                identity::by_id(tx, id)?,
                identity::by_email(tx, "anna@example.org")?,
                identity::grants(tx, id)?,
            ))
        });
        assert_eq!(left.await.unwrap(), (None, None, vec![]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_stretched_and_an_unknown_person_costs_the_same() {
    let passwords = Passwords::new(1);
    let stored = passwords.stretch("correct horse battery".into()).await.unwrap();
    assert!(stored.starts_with("$argon2id$v=19$") && !stored.contains("horse"));
    assert!(passwords.check("correct horse battery".into(), Some(stored.clone())).await.unwrap());
    assert!(!passwords.check("correct horse".into(), Some(stored)).await.unwrap());
    assert!(!passwords.check("anything at all".into(), None).await.unwrap());
    assert_eq!(identity::password_fault("short"), Some("password-short"));
    assert_eq!(identity::password_fault(&"ä".repeat(300)), Some("password-long"));
    assert_eq!(identity::password_fault("twelve chars"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_person_has_no_session_and_gets_none() {
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        let person = anna(&db).await;
        let start = move |tx: &mut Tx<'_>| {
            identity::start_session(tx, &Entropy::system(), START, &Session { person, strong: true })
        };
        let cookie = write(&db, start).await.unwrap().reveal().to_owned();
        write(&db, move |tx| identity::block(tx, person, START)).await.unwrap();
        assert_eq!(write(&db, move |tx| identity::find_session(tx, &cookie, START)).await.unwrap(), None);
        assert_eq!(write(&db, start).await.unwrap_err().code, "blocked");
        write(&db, move |tx| identity::unblock(tx, person)).await.unwrap();
        assert!(write(&db, start).await.is_ok());
        write(&db, move |tx| identity::erase(tx, person, START)).await.unwrap();
        assert_eq!(write(&db, start).await.unwrap_err().code, "blocked");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_given_once_and_taken_exactly_and_blocked_administrators_do_not_count() {
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        let id = anna(&db).await;
        let grant = |role, module: Option<&str>| Grant { role, office: None, module: module.map(Into::into) };
        let all = [grant(Role::Clerk, None), grant(Role::Clerk, Some("report")), grant(Role::Admin, None)];
        for wanted in all.clone().into_iter().chain(all.clone()) {
            write(&db, move |tx| identity::grant(tx, id, &wanted)).await.unwrap();
        }
        assert_eq!(write(&db, move |tx| identity::grants(tx, id)).await.unwrap(), all);
        let [whole, ..] = all.clone();
        let (first, again) = (whole.clone(), whole);
        assert!(write(&db, move |tx| identity::revoke(tx, id, &first)).await.unwrap());
        assert!(!write(&db, move |tx| identity::revoke(tx, id, &again)).await.unwrap());
        let left = write(&db, identity::all_grants).await.unwrap();
        assert_eq!(left, all[1..].iter().map(|grant| (id, grant.clone())).collect::<Vec<_>>());
        assert_eq!(write(&db, identity::admins).await.unwrap(), 1);
        write(&db, move |tx| identity::block(tx, id, START)).await.unwrap();
        assert_eq!(write(&db, identity::admins).await.unwrap(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_of_sign_ins_is_believed_about_staff_it_has_verified_and_about_nobody_else() {
    let claims = |subject: &str, email: Option<&str>| Claims {
        subject: subject.into(),
        verified_email: email.map(Into::into),
        strong: false,
    };
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        let id = anna(&db).await;
        let ask = |issuer: &'static str, claims: Claims| {
            let db = db.clone();
            async move {
                let found = write(&db, move |tx| identity::staff_by_claims(tx, issuer, &claims)).await;
                found.map(|account| account.id).map_err(|problem| problem.code)
            }
        };
        let email = Some("ANNA@example.org");
        assert_eq!(ask("one", claims("s1", email)).await, Err("oidc-stranger"), "a citizen");
        let clerk = Grant { role: Role::Clerk, office: None, module: None };
        write(&db, move |tx| identity::grant(tx, id, &clerk)).await.unwrap();
        assert_eq!(ask("one", claims("s1", None)).await, Err("oidc-unverified"));
        assert_eq!(ask("one", claims("s1", Some("emil@example.org"))).await, Err("oidc-stranger"));
        assert_eq!(ask("one", claims("s1", email)).await, Ok(id));
        assert_eq!(ask("one", claims("s1", None)).await, Ok(id), "known by its own name from now on");
        assert_eq!(ask("one", claims("s2", email)).await, Err("oidc-stranger"), "the address has moved on");
        assert_eq!(ask("two", claims("s1", None)).await, Err("oidc-unverified"), "another provider");
        let told = write(&db, move |tx| identity::subjects(tx, id)).await.unwrap();
        assert_eq!(told, [("one".to_owned(), "s1".to_owned())]);
        write(&db, move |tx| identity::reset_factors(tx, id)).await.unwrap();
        assert_eq!(ask("one", claims("s2", email)).await, Ok(id), "after a reset the tie is made anew");
        write(&db, move |tx| identity::erase(tx, id, START)).await.unwrap();
        assert_eq!(ask("one", claims("s2", email)).await, Err("oidc-stranger"));
    }
}
