use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};

/// The description of the interface (OpenAPI 3.1). A test holds routes and parameters against it.
const DOCUMENT: &str = include_str!("openapi.json");

pub(super) async fn show() -> Response {
    ([(CONTENT_TYPE, "application/json; charset=utf-8")], DOCUMENT).into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::super::query::PARAMETERS;
    use super::*;

    fn document() -> Value {
        serde_json::from_str(DOCUMENT).unwrap()
    }

    /// The names of the parameters of an operation, references resolved.
    fn parameters(document: &Value, operation: &str) -> BTreeSet<String> {
        let list = document.pointer(operation).unwrap()["parameters"].as_array().unwrap().clone();
        let named = list.iter().map(|parameter| match parameter["$ref"].as_str() {
            Some(reference) => document.pointer(&reference[1..]).unwrap(),
            None => parameter,
        });
        named.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn the_document_names_every_parameter_of_a_list_and_no_other() {
        let mut named = parameters(&document(), "/paths/~1v2~1requests.{format}/get");
        assert!(named.remove("format"));
        assert_eq!(named, PARAMETERS.iter().map(|name| (*name).to_owned()).collect());
    }
}
