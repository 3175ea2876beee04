"""Operations of the API: an address, typed parameters, body and answer, and the function that does it.

A feature's module declares its operations by a decorator; the models in the function's annotations check what comes in,
make what goes out, and become the OpenAPI document (:mod:`web.api.openapi`). A function is::

    @operations.get("/channels/{channel}/grid", Right.VIEW, "Pola acara / The weekly grid")
    async def grid(visit: Visit, params: OfChannel) -> GridOut: ...

`params` (path and query), `body` (JSON) and the answer may each be absent. What is not JSON is a ``web.StreamResponse``
with `produces` naming its types.
"""

import functools
import hashlib
import inspect
import json
import re
import types
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from aiohttp import web
from pydantic import BaseModel, TypeAdapter, ValidationError

from lppl.accounts import Right
from lppl.limits import Limit
from web.api.idempotency import KEY, Known, Repeats
from web.api.problems import Problem, answered, invalid
from web.staff.visit import Need, Route, Visit

PREFIX = "/api/v1"
JSON = "application/json"
_PLACES = re.compile(r"\{(\w+)[^}]*\}")
_limit = Limit(1200, 60)
"""Requests a minute of one account."""

Run = Callable[..., Awaitable[Any]]
F = TypeVar("F", bound=Run)


@dataclass(frozen=True)
class Operation:
    """One operation. `path` is below /api/v1; `status` is the answer's when all went well."""

    tag: str
    method: str
    path: str
    need: Right | Need
    summary: str
    run: Run
    params: type[BaseModel] | None
    body: type[BaseModel] | None
    answer: Any
    status: int
    produces: tuple[str, ...] = ()
    consumes: tuple[str, ...] = ()
    """Types of a body that is no JSON; the function gets its bytes as `data`, at most `largest`."""
    largest: int = 0
    asks: bool = False
    """Changes nothing, although it is no GET."""

    @property
    def name(self) -> str:
        """Its operationId."""
        return f"{self.run.__module__.rpartition('.')[2]}.{self.run.__name__}"

    @property
    def places(self) -> tuple[str, ...]:
        """The names in its path."""
        return tuple(_PLACES.findall(self.path))

    @property
    def route(self) -> Route:
        """Its address and the handler that speaks JSON for it."""
        return Route(self.method, PREFIX + self.path, self.need, self.answered, api=True, asks=self.asks)

    async def answered(self, visit: Visit) -> web.StreamResponse:
        """Read a request, do it, and write the answer."""
        if wait := _limit.wait_s(key := str(visit.account.id if visit.account else visit.address)):
            said = Problem(title="Terlalu sering", status=429, detail="Terlalu sering", english="Too many requests")
            return answered(said, {"Retry-After": str(max(1, round(wait)))})
        _limit.count(key)
        given: dict[str, Any] = {}
        if self.params is not None:
            try:
                given["params"] = self.params.model_validate(_parameters(self.params, visit))
            except ValidationError as error:
                return answered(invalid(error))
        raw = b""
        if self.body is not None:
            if visit.request.content_type != JSON:
                raise web.HTTPUnsupportedMediaType
            raw = await visit.request.read()
            try:
                given["body"] = self.body.model_validate_json(raw)
            except ValidationError as error:
                return answered(invalid(error))
        if self.consumes:
            raw = given["data"] = await self._bytes(visit.request)
        if self.method == "POST" and visit.account is not None and KEY in visit.request.headers:
            return await self._once(visit, given, raw)
        return self._response(await self.run(visit, **given))

    async def _bytes(self, request: web.Request) -> bytes:
        """Return a body that is no JSON."""
        if request.content_type not in self.consumes:
            raise web.HTTPUnsupportedMediaType
        found = bytearray()
        async for piece in request.content.iter_any():
            found += piece
            if len(found) > self.largest:
                raise web.HTTPRequestEntityTooLarge(self.largest, len(found))
        return bytes(found)

    async def _once(self, visit: Visit, given: Mapping[str, Any], raw: bytes) -> web.StreamResponse:
        """Do what a key stands for once; a repetition gets the same answer."""
        request = hashlib.sha256(f"{self.method} {visit.request.path_qs}\n".encode() + raw).hexdigest()
        office = visit.office
        repeats = Repeats(office.library.engine, office.seal, visit.me.id, visit.request.headers[KEY])
        known = await repeats.begin(request, visit.now)
        if isinstance(known, Known):
            text = None if known.answer is None else json.dumps(known.answer)
            headers = {"Idempotent-Replayed": "true"}
            return web.Response(text=text, status=known.status, content_type=JSON, headers=headers)
        try:
            response = self._response(await self.run(visit, **given))
        except Exception:
            await repeats.forget()  # nothing was done: the same key may be tried again
            raise
        if isinstance(response, web.Response) and not self.produces:
            await repeats.keep(response.status, json.loads(response.text or "null"))
        else:
            await repeats.forget()
        return response

    def _response(self, result: Any) -> web.StreamResponse:
        if isinstance(result, web.StreamResponse):
            return result
        if self.answer is None:
            return web.Response(status=204)
        data = _adapter_of(self.answer).dump_json(result, by_alias=True)
        return web.Response(body=data, status=self.status, content_type=JSON, charset="utf-8")


@dataclass
class Operations:
    """The operations of one feature, in the order in which they are declared."""

    tag: str
    all: list[Operation] = field(default_factory=list)

    def get(self, path: str, need: Right | Need, summary: str, **more: Any) -> Callable[[F], F]:
        """Declare an operation that changes nothing."""
        return self._declared("GET", path, need, summary, **more)

    def post(self, path: str, need: Right | Need, summary: str, **more: Any) -> Callable[[F], F]:
        """Declare an operation that makes something or sets something off."""
        return self._declared("POST", path, need, summary, **more)

    def put(self, path: str, need: Right | Need, summary: str, **more: Any) -> Callable[[F], F]:
        """Declare an operation that sets something to what is given."""
        return self._declared("PUT", path, need, summary, **more)

    def patch(self, path: str, need: Right | Need, summary: str, **more: Any) -> Callable[[F], F]:
        """Declare an operation that changes parts of something."""
        return self._declared("PATCH", path, need, summary, **more)

    def delete(self, path: str, need: Right | Need, summary: str, **more: Any) -> Callable[[F], F]:
        """Declare an operation that removes something."""
        return self._declared("DELETE", path, need, summary, **more)

    def _declared(
        self, method: str, path: str, need: Right | Need, summary: str, *, status: int = 200,
        produces: Sequence[str] = (), consumes: Sequence[str] = (), largest: int = 0, asks: bool = False,
    ) -> Callable[[F], F]:  # fmt: skip
        def declare(run: F) -> F:
            hints = get_type_hints(inspect.unwrap(run))
            answer = hints.get("return")
            stream = isinstance(answer, type) and issubclass(answer, web.StreamResponse)
            nothing = answer is None or answer is type(None)
            self.all.append(
                Operation(
                    self.tag, method, path, need, summary, run, hints.get("params"), hints.get("body"),
                    None if nothing or stream else answer, 204 if nothing else status, tuple(produces),
                    tuple(consumes), largest, asks,
                )
            )  # fmt: skip
            return run

        return declare


@functools.cache
def _adapter_of(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _parameters(model: type[BaseModel], visit: Visit) -> dict[str, Any]:
    """Return path and query as the model wants them; what may be given more than once is a list."""
    found: dict[str, Any] = {}
    for name in visit.request.query:
        info = model.model_fields.get(name)
        several = info is not None and _is_list(info.annotation)
        found[name] = visit.request.query.getall(name) if several else visit.request.query[name]
    return found | dict(visit.params)


def _is_list(annotation: Any) -> bool:
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return any(_is_list(a) for a in get_args(annotation))
    return origin in (list, tuple, set, frozenset)
