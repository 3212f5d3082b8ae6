use std::sync::Arc;

use base::{Problem, Result};
use bytes::Bytes;
use fetch::Fetch;
use http_body_util::BodyExt as _;
use object_store::ClientOptions;
use object_store::aws::AmazonS3Builder;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody,
    HttpService,
};
use serde::{Deserialize, Serialize};

/// A bucket of an S3-compatible store.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3 {
    /// The store's address, such as `https://s3.example.org`.
    pub endpoint: String,
    /// The bucket; must exist.
    pub bucket: String,
    /// The region the store wants to hear; many take any.
    #[serde(default = "anywhere")]
    pub region: String,
    /// Who we are.
    pub access_key: String,
    /// Our secret.
    pub secret_key: String,
}

fn anywhere() -> String {
    "us-east-1".into()
}

impl std::fmt::Debug for S3 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "S3({} at {})", self.bucket, self.endpoint)
    }
}

/// The library's requests go through our one HTTP client.
#[derive(Clone, Debug)]
struct Through(Fetch);

impl HttpConnector for Through {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait::async_trait]
impl HttpService for Through {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (head, body) = request.into_parts();
        let body: Bytes = body.collect().await?.to_bytes();
        let answer = self.0.open(http::Request::from_parts(head, body)).await;
        let answer = answer.map_err(|problem| HttpError::new(HttpErrorKind::Connect, problem))?;
        let (head, body) = answer.into_parts();
        let body = body.map_err(|error| HttpError::new(HttpErrorKind::Interrupted, error));
        Ok(HttpResponse::from_parts(head, HttpResponseBody::new(body)))
    }
}

impl S3 {
    pub(crate) fn open(&self, fetch: Fetch) -> Result<Arc<dyn object_store::ObjectStore>> {
        let wrong = |error: object_store::Error| {
            Problem::input("files", format!("the file store {self:?} cannot be used")).because(error)
        };
        let store = AmazonS3Builder::new()
            .with_endpoint(&self.endpoint)
            .with_allow_http(self.endpoint.starts_with("http:"))
            .with_bucket_name(&self.bucket)
            .with_region(&self.region)
            .with_access_key_id(&self.access_key)
            .with_secret_access_key(&self.secret_key)
            .with_http_connector(Through(fetch))
            .build();
        Ok(Arc::new(store.map_err(wrong)?))
    }
}
