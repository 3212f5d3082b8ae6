//! People and programs who ask one member over HTTP.

use std::time::Duration;

use axum::http::{Method, Request};
use base::{Clock, Entropy, FormId};
use bytes::Bytes;
use fetch::Fetch;
use serde_json::Value;

use crate::process::Node;

/// How long somebody waits for an answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// Bytes of an answer, at most.
const LARGEST: usize = 16 << 20;

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) cookie: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Somebody at a member: nobody in particular, or a member's staff.
#[derive(Clone)]
pub(crate) struct Desk {
    fetch: Fetch,
    pub(crate) slug: String,
    host: String,
    base: String,
    cookie: String,
}

impl Desk {
    /// Who is not signed in.
    pub(crate) fn public(node: &Node) -> Self {
        let base = format!("http://{}:{}", node.host(), node.address.port());
        let fetch = Fetch::new(PATIENCE).unwrap();
        Self { fetch, slug: node.slug.clone(), host: node.host(), base, cookie: String::new() }
    }

    /// Signs in with password and second factor.
    pub(crate) async fn sign_in(node: &Node, who: &str) -> Self {
        let mut desk = Self::public(node);
        let index = std::fs::read_to_string(node.data.join("demo.json")).unwrap();
        let index: Value = serde_json::from_str(&index).unwrap();
        let members = index["members"].as_array().unwrap();
        let own = members.iter().find(|member| member["slug"] == node.slug).unwrap();
        let email = format!("{who}@{}.example", node.slug);
        let login = own["logins"].as_array().unwrap().iter().find(|login| login["email"] == email).unwrap();
        let password = login["password"].as_str().unwrap();
        let answer = desk.post("/anmelden", &[("email", &email), ("passwort", password)]).await.unwrap();
        assert_eq!(answer.status, 303, "{}", answer.body);
        desk.cookie = answer.cookie;
        let now = Clock::system().now().plus_seconds(node.shift());
        let code = identity::current_code(login["totp"].as_str().unwrap(), now).unwrap();
        let answer = desk.post("/anmelden/zweiter-faktor", &[("code", &code)]).await.unwrap();
        assert_eq!(answer.status, 303, "{}", answer.body);
        desk.cookie = answer.cookie;
        desk
    }

    /// A page in German; `Err` when the process was not there to the end.
    pub(crate) async fn get(&self, path: &str) -> base::Result<Answer> {
        self.send(Method::GET, path, Bytes::new()).await
    }

    /// A page that must be there.
    pub(crate) async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await.unwrap();
        assert_eq!(answer.status, 200, "{} {path}: {}", self.slug, answer.body);
        answer.body
    }

    /// Sends a form.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> base::Result<Answer> {
        let form = FormId::new(&Clock::system(), &Entropy::system()).to_string();
        let fields: Vec<_> = fields.iter().copied().chain([("_form", form.as_str())]).collect();
        self.send(Method::POST, path, serde_urlencoded::to_string(fields).unwrap().into()).await
    }

    async fn send(&self, method: Method, path: &str, body: Bytes) -> base::Result<Answer> {
        let request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        let request = request
            .header("host", &self.host)
            .header("accept", "text/html")
            .header("accept-language", "de")
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", &self.cookie);
        let answer = self.fetch.send(request.body(body).unwrap(), LARGEST).await?;
        let header = |name: &str| {
            let values = answer.headers().get_all(name).iter();
            values.map(|value| value.to_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let cookies = header("set-cookie");
        let cookie = cookies.iter().find(|cookie| cookie.starts_with("raum_session="));
        let cookie = cookie.and_then(|cookie| cookie.split(';').next()).unwrap_or_default().to_owned();
        let body = String::from_utf8_lossy(answer.body()).into_owned();
        Ok(Answer { status: answer.status().as_u16(), cookie, body })
    }

    /// Reports something as a program does; gives the number when it was acknowledged.
    pub(crate) async fn report(&self, at: (f64, f64), text: &str, photo: Option<&str>) -> Option<String> {
        let (lat, long) = (at.0.to_string(), at.1.to_string());
        let key = format!("demo-{}", self.slug);
        let mut fields = vec![
            ("api_key", key.as_str()),
            ("service_code", "laterne"),
            ("lat", &lat),
            ("long", &long),
            ("description", text),
            ("email", "eva@example.org"),
        ];
        fields.extend(photo.map(|photo| ("media", photo)));
        let answer = self.post("/open311/v2/requests.json", &fields).await.ok()?;
        assert_eq!(answer.status, 200, "{}", answer.body);
        Some(answer.json()[0]["service_request_id"].as_str().unwrap().to_owned())
    }

    /// The numbers of all cases the first page of the inbox shows.
    pub(crate) async fn numbers(&self) -> Vec<String> {
        let Ok(answer) = self.get("/arbeitsplatz?status=alle").await else { return Vec::new() };
        let links = answer.body.split("/arbeitsplatz/fall/").skip(1);
        let numbers = links.filter_map(|rest| rest.split(['"', '?']).next()).map(str::to_owned);
        let numbers: std::collections::BTreeSet<_> = numbers.filter(|number| !number.contains('/')).collect();
        numbers.into_iter().collect()
    }
}
