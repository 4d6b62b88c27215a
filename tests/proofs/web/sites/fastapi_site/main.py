"""Says what it was sent."""

from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, Cookie, Depends, FastAPI, Form, Header, HTTPException, Query, Request, UploadFile
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

started = []


@asynccontextmanager
async def lifespan(_app):
    started.append(True)
    yield
    started.clear()


class Part(BaseModel):
    label: str = Field(min_length=3)
    weight: int


class Order(BaseModel):
    number: int = Field(ge=100)
    state: str = Field(pattern=r"^(open|closed)$")
    parts: list[Part]
    remark: str


def told(*values):
    return {"seen": [str(value) for value in values]}


def paging(page: int, order_by: str = "name"):  #: | request parameter, parameter `order_by`
    return order_by


async def by_mounted(request):
    return JSONResponse(told(request.path_params["name"]))  #: path_params | URL path


app = FastAPI(lifespan=lifespan, routes=[Mount("/inner", routes=[Route("/thing/{name}", by_mounted)])])
router = APIRouter(prefix="/shop")


@app.get("/path/{number}/{name}")
def by_path(number: int, name: str):  #: | request parameter, parameter `name`
    return told(name)


@app.get("/deep/{rest:path}")
def by_deep_path(rest: str):  #: | request parameter, parameter `rest`
    return told(rest)


@app.get("/query")
async def by_query(tag: Annotated[str, Query(alias="t")], size: int):  #: | request parameter, parameter `tag`
    return told(tag)


@app.get("/header")
def by_header(x_trace: str = Header()):  #: | request parameter, parameter `x_trace`
    return told(x_trace)


@app.get("/cookie")
def by_cookie(theme: str = Cookie()):  #: | request parameter, parameter `theme`
    return told(theme)


@app.post("/form")
def by_form(note: Annotated[str, Form()], count: Annotated[int, Form()]):  #: | request parameter, parameter `note`
    return told(note)


@app.post("/file")
async def by_file(scan: UploadFile):
    data = await scan.read()  #: read | uploaded file
    return told(data.decode())


@app.post("/filename")
async def by_filename(scan: UploadFile):
    return told(scan.filename)  #: filename | uploaded file's name


@router.post("/orders")
def by_model(order: Order, request: Request):  #: | request parameter, parameter `order`
    return told(order.remark)


@router.get("/listed")
def by_dependency(order_by: str = Depends(paging)):
    return told(order_by)


@app.post("/raw")
async def by_raw_json(request: Request):
    data = await request.json()  #: json | JSON body
    return told(data["name"])


@app.get("/started")
def by_started(request: Request):
    if not started:
        raise HTTPException(503)
    return told(request.query_params["q"])  #: query_params | query string


def current_user(token: str = Depends(OAuth2PasswordBearer(tokenUrl="token"))):
    raise HTTPException(401)


def current_chief(user: Annotated[object, Depends(current_user)]):
    if not user.is_admin:
        raise HTTPException(403)
    return user


@app.get("/member")
async def by_member(q: str, user: Annotated[object, Depends(current_chief)]):  #: | request parameter, parameter `q`
    return told(q) if user.is_active else told()


@app.get("/fails")
async def fails(q: str):  #: | request parameter, parameter `q`
    raise LookupError(q)


app.include_router(router)
