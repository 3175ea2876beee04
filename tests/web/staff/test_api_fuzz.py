"""Whatever programs send, the API answers as its own document says, and never with a fault of ours (schemathesis)."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import BaseSchema
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lppl.accounts import Role
from tests.web.staff.served import Served, served
from web.api.operations import Operation
from web.staff.pages import OPERATIONS

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "8"))
"""For each operation; more by hand."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
UNBOUNDED: frozenset[str] = frozenset()
"""Operations that cannot be tried here, each with its reason."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder: Path = tmp_path_factory.mktemp("fuzz")
    with served(folder) as running:
        yield running


@pytest.fixture(scope="module")
def schema(site: Served) -> BaseSchema:
    return schemathesis.openapi.from_url(f"{site.url}/api/v1/openapi.json")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda op: f"{op.method} {op.path}")
def test_the_api_does_as_it_says(site: Served, schema: BaseSchema, operation: Operation) -> None:
    if operation.name in UNBOUNDED:
        pytest.skip("tidak dapat dicoba di sini")
    number = OPERATIONS.index(operation)
    headers = {"Authorization": f"Bearer {site.token(f'uji{number}', Role.ADMIN)}"}
    described = schema[operation.path][operation.method]

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=described.as_strategy())
    def tried(case: schemathesis.Case) -> None:
        case.call_and_validate(base_url=f"{site.url}/api/v1", headers=headers, checks=CHECKS, timeout=20)

    tried()
