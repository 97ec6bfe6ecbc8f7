"""The projects that measure retrieval, here or elsewhere. They are never in the training, under any of their names.

The list is generous. It holds the eight repositories of our benchmark, the more than sixty of semble's, and related
projects that share code and vocabulary with them. Knows names; not packages.
"""

from __future__ import annotations

import re

_NAMES = """
flask click requests express redux zod chi cobra aiohttp fastapi httpx model2vec pydantic starlette axios gin gson
commons-lang commons-lang3 jackson jackson-databind guzzle guzzlehttp monolog laravel illuminate sinatra rack rails
railties activesupport activerecord actionpack actionview activemodel activejob actioncable actionmailer tokio trpc
messagepack messagepack-csharp ktor cats alamofire serde serde-json nlohmann phoenix axum vitest newtonsoft-json
dapper kotlinx-coroutines exposed circe http4s vapor plug ecto abseil absl abseil-cpp fmt fmtlib curl redis libuv uv
bats bats-core aeson telescope lazy mini nvm bash-it pandoc xmonad zig zls zig-clap snapkit rxswift lspconfig nvim-
lspconfig semble werkzeug jinja jinja2 quart django bottle tornado sanic falcon uvicorn httpcore h11 urllib3 typer
rich pytest black koa fastify hono react vue svelte jest reselect redux-toolkit toolkit immer got node-fetch
superagent mux pflag viper echo fiber hyper tower actix warp okhttp3 retrofit slim jsoup petgraph hiredis php-parser
"""
_MEASURED = frozenset(_NAMES.split())
_DECORATION = re.compile(
    r"^(?:python3?|golang-(?:github|gopkg)-[a-z0-9]+|golang|librust|ruby|php|node|lib|@[\w-]+/)[-_]?|(?:-dev|-java|-[\d.]+)$"
)


def is_measured(name: str) -> bool:
    """Return whether the name of a package or of a folder is one of them."""
    bare = name.lower().replace("_", "-")
    return bare in _MEASURED or _DECORATION.sub("", _DECORATION.sub("", bare)) in _MEASURED
