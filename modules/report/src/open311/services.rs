use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use base::Problem;
use web::Ctx;

use super::answer::{Format, Node};
use crate::model::Category;
use crate::store as db;

/// When discovery or the meaning of the services last changed; clients refresh their caches on it.
const CHANGESET: &str = "2026-11-23T00:00:00Z";

fn nothing() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

/// Where the interface is (Service Discovery).
pub(crate) async fn discovery(ctx: Ctx, Path(file): Path<String>) -> Response {
    let Some(("discovery", format)) = Format::split(&file) else { return nothing() };
    let url = format!("{}/open311/v2", ctx.member().settings.url);
    let formats = || Node::List("format", vec![Node::text("text/xml"), Node::text("application/json")]);
    let endpoint = |kind: &str| {
        Node::Object(vec![
            ("specification", Node::text("http://wiki.open311.org/GeoReport_v2")),
            ("url", Node::text(url.clone())),
            ("changeset", Node::text(CHANGESET)),
            ("type", Node::text(kind)),
            ("formats", formats()),
        ])
    };
    let node = Node::Object(vec![
        ("changeset", Node::text(CHANGESET)),
        ("contact", Node::text(ctx.member().settings.email.clone())),
        ("key_service", Node::text(ctx.member().settings.email.clone())),
        ("endpoints", Node::List("endpoint", vec![endpoint("production")])),
    ]);
    let mut response = format.answer(StatusCode::OK, "discovery", &node);
    // Old validators compare the bare media type here; the encoding stands in the XML declaration.
    let media_type = if format == Format::Xml { "text/xml" } else { "application/json" };
    response.headers_mut().insert(CONTENT_TYPE, axum::http::HeaderValue::from_static(media_type));
    response
}

/// What can be reported (GET Service List).
pub(crate) async fn list(ctx: Ctx, format: Format) -> Response {
    match ctx.member().db.read("report.categories", db::categories).await {
        Ok(categories) => {
            let services = categories.iter().map(service).collect();
            format.answer(StatusCode::OK, "services", &Node::List("service", services))
        }
        Err(problem) => format.problem(&problem),
    }
}

fn service(category: &Category) -> Node {
    Node::Object(vec![
        ("service_code", Node::text(category.code.clone())),
        ("service_name", Node::text(category.name.clone())),
        ("description", Node::text(category.description.clone())),
        ("metadata", Node::Bool(false)),
        ("type", Node::text("realtime")),
        ("keywords", Node::Null),
        ("group", Node::text(category.group.clone())),
    ])
}

/// The questions of a service (GET Service Definition); so far no service has any.
pub(crate) async fn definition(ctx: Ctx, Path(file): Path<String>) -> Response {
    let Some((code, format)) = Format::split(&file) else { return nothing() };
    let known = ctx.member().db.read("report.categories", db::categories).await;
    match known {
        Ok(categories) if categories.iter().any(|category| category.code == code) => {
            let fields =
                vec![("service_code", Node::text(code)), ("attributes", Node::List("attribute", vec![]))];
            format.answer(StatusCode::OK, "service_definition", &Node::Object(fields))
        }
        Ok(_) => format.problem(&Problem::not_found("service", format!("there is no service '{code}'"))),
        Err(problem) => format.problem(&problem),
    }
}
