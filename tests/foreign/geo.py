"""What the tests of Open311 share: both forms of an answer as one, and the document's schemas."""

import xml.etree.ElementTree as ElementTree

import requests
from jsonschema import Draft202012Validator, FormatChecker

#: Elements that hold lists, by the standard's conversion of XML and JSON.
LISTS = {
    "services", "service_requests", "attributes", "values", "errors", "endpoints", "formats", "media_urls", "notes",
    "service_request_updates",
}
MEDIA = {"json": "application/json", "xml": "text/xml"}


def base(member, trial=False):
    return f"{member['url']}/open311/{'test/' if trial else ''}v2"


def plain(element):
    """XML as the JSON that the conversion rule makes of it; all leaves are text."""
    if element.tag in LISTS:
        return [plain(child) for child in element]
    if len(element) == 0:
        return element.text
    return {child.tag: plain(child) for child in element}


def texts(value):
    """JSON with every leaf as the text it has in XML."""
    if isinstance(value, dict):
        return {key: texts(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [texts(inner) for inner in value]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(int(value)) if value == int(value) else repr(value)
    return value if value is None else str(value)


def read(answer, form):
    """The answer as JSON, whichever form it has, with its media type checked."""
    assert answer.headers["content-type"] == f"{MEDIA[form]}; charset=utf-8"
    if form == "json":
        return answer.json()
    assert answer.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    return plain(ElementTree.fromstring(answer.content))


def errors(answer, form):
    """The descriptions of a refusal, in the standard's form."""
    found = read(answer, form)
    assert found and all(error["code"] == str(answer.status_code) and error["description"] for error in found)
    return [error["description"] for error in found]


def holds(member, name, answer):
    """Whether an answer is what the OpenAPI document says it is."""
    document = requests.get(f"{member['url']}/open311/openapi.json").json()
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    found = list(Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(answer))
    assert not found, found[:3]
