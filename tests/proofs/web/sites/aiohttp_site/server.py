"""Says what it was sent."""

from aiohttp import web


def told(*values):
    return web.json_response({"seen": [str(value) for value in values]})


async def by_cookie(request):
    return told(request.cookies["theme"])  #: cookies | cookie


async def by_form(request):
    data = await request.post()  #: post | form field
    return told(data["note"])


async def by_query(request):
    return told(request.query["tag"])  #: query | query string


async def by_header(request):
    return told(request.headers["X-Trace"])  #: headers | request header


async def by_path(request):
    return told(request.match_info["name"])  #: match_info | URL path


async def by_json(request):
    return told((await request.json())["title"])  #: json | JSON body


async def by_body(request):
    return told(await request.text())  #: text | request body


async def by_file(request):
    data = await request.post()
    return told(data["scan"].file.read().decode())  #: file | uploaded file


async def fails(request):
    raise LookupError(request.query["q"])  #: query | query string


class Things(web.View):
    async def get(self):
        return told(self.request.match_info["thing"])  #: match_info | URL path


def create_app():
    app = web.Application()
    inner = web.Application()
    inner.router.add_get("/path/{number:[0-9]+}/{name}", by_path)
    app.add_routes(
        [
            web.get("/cookie", by_cookie),
            web.post("/form", by_form),
            web.get("/query", by_query),
            web.get("/header", by_header),
            web.post("/json", by_json),
            web.post("/body", by_body),
            web.post("/file", by_file),
            web.get("/fails", fails),
            web.view("/things/{thing}", Things),
        ]
    )
    app.add_subapp("/inner", inner)
    return app


if __name__ == "__main__":
    web.run_app(create_app())
