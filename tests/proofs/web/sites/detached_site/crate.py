"""Views that no application adds."""

from aiohttp import web

routes = web.RouteTableDef()


@routes.get("/listed")
async def listed(request):
    return web.json_response({"seen": [request.query["jar"]]})  #: query | query string


async def loose(request):
    data = await request.post()  #: post | form field
    return web.json_response({"seen": [data["jar"]]})
