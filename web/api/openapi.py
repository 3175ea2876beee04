"""The OpenAPI 3.1 document of the API, made from the operations and their models. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import TypeAdapter

from lppl.accounts import Right
from web.api.idempotency import KEY
from web.api.operations import JSON, Operation
from web.api.problems import CONTENT_TYPE, TITLES, Problem
from web.staff.visit import Need

REF = "#/components/schemas/{model}"
Schema = dict[str, Any]
_Wanted = list[tuple[str, Literal["validation", "serialization"], TypeAdapter[Any]]]


def document(operations: Sequence[Operation], station: str, version: str) -> Schema:
    """Return the document as JSON-able data."""
    wanted: _Wanted = [("problem", "serialization", TypeAdapter(Problem))]
    for op in operations:
        if op.params is not None:
            wanted.append((f"{op.name} params", "validation", TypeAdapter(op.params)))
        if op.body is not None:
            wanted.append((f"{op.name} body", "validation", TypeAdapter(op.body)))
        if op.answer is not None:
            wanted.append((f"{op.name} answer", "serialization", TypeAdapter(op.answer)))
    schemas, extra = TypeAdapter.json_schemas(wanted, ref_template=REF)
    found = {name: schema for (name, _), schema in schemas.items()}
    paths: dict[str, dict[str, Any]] = {}
    for op in operations:
        paths.setdefault(op.path, {})[op.method.lower()] = _described(op, found, extra.get("$defs", {}))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"API LPPL · {station}",
            "version": version,
            "summary": "Semua yang dikerjakan petugas / Everything that staff do",
            "license": {"name": "GPL-3.0-or-later", "identifier": "GPL-3.0-or-later"},
        },
        "servers": [{"url": ".", "description": "Layanan ini / This service"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(op.tag for op in operations)],
        "paths": paths,
        "components": {
            "schemas": extra.get("$defs", {}),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "Token pribadi / Personal token"},
                "session": {"type": "apiKey", "in": "cookie", "name": "lppl"},
            },
        },
        "security": [{"token": []}, {"session": []}],
    }


def _described(op: Operation, found: Mapping[str, Schema], defs: Mapping[str, Schema]) -> Schema:
    said: Schema = {
        "operationId": op.name,
        "tags": [op.tag],
        "summary": op.summary,
        "description": _needs(op),
        "parameters": _parameters(op, found.get(f"{op.name} params", {}), defs),
        "responses": _responses(op, found),
    }
    if op.need is Need.NOTHING:
        said["security"] = []
    if op.body is not None:
        said["requestBody"] = {"required": True, "content": {JSON: {"schema": found[f"{op.name} body"]}}}
    if op.consumes:
        file = {"schema": {"type": "string", "format": "binary"}}
        said["requestBody"] = {"required": True, "content": dict.fromkeys(op.consumes, file)}
    if op.method == "POST":
        said["parameters"].append(
            {"name": KEY, "in": "header", "required": False, "schema": {"type": "string", "maxLength": 200}}
        )
    return said


def _needs(op: Operation) -> str:
    if isinstance(op.need, Right):
        return f"Hak / right: `{op.need.value}`"
    return "Terbuka / open" if op.need is Need.NOTHING else "Semua petugas / all staff"


def _parameters(op: Operation, schema: Schema, defs: Mapping[str, Schema]) -> list[Schema]:
    """Return path and query parameters of an operation."""
    if "$ref" in schema:
        schema = dict(defs[schema["$ref"].rpartition("/")[2]])
    required = set(schema.get("required", ()))
    return [
        {
            "name": name,
            "in": "path" if name in op.places else "query",
            "required": name in op.places or name in required,
            "schema": {k: v for k, v in each.items() if k != "title"},
        }
        for name, each in schema.get("properties", {}).items()
    ]


def _responses(op: Operation, found: Mapping[str, Schema]) -> Schema:
    good: Schema = {"description": "Berhasil / done"}
    if op.produces:
        good["content"] = {kind: {"schema": {"type": "string"}} for kind in op.produces}
    elif op.answer is not None:
        good["content"] = {JSON: {"schema": found[f"{op.name} answer"]}}
    responses = {str(op.status): good}
    bad = [400, 404, 409, 422, 429, 503]
    bad += [401, 403] if op.need is not Need.NOTHING else [403]
    bad += [413, 415] if op.body is not None or op.consumes else []
    for status in sorted(bad):
        responses[str(status)] = {
            "description": " / ".join(TITLES[status]),
            "content": {CONTENT_TYPE: {"schema": found["problem"]}},
        }
    return responses
