"""Says what it was sent."""

import json

import tornado.ioloop
import tornado.web


class Base(tornado.web.RequestHandler):
    def told(self, *values):
        self.write({"seen": [str(value) for value in values]})

    def get_current_user(self):
        return self.get_secure_cookie("user")


class ByCookie(Base):
    def get(self):
        self.told(self.get_cookie("theme"))  #: get_cookie | cookie


class ByForm(Base):
    def post(self):
        self.told(self.get_body_argument("note"))  #: get_body_argument | form field


class ByQuery(Base):
    def get(self):
        self.told(self.get_argument("tag"))  #: get_argument | request parameter


class ByHeader(Base):
    def get(self):
        self.told(self.request.headers["X-Trace"])  #: headers | request header


class ByPath(Base):
    def get(self, number, name):  #: | URL path, parameter `name`
        self.told(name)


class ByNamedPath(Base):
    def get(self, name):  #: | URL path, parameter `name`
        self.told(name)


class ByJson(Base):
    def post(self):
        data = json.loads(self.request.body)  #: body | request body
        self.told(data["title"])


class ByFile(Base):
    def post(self):
        self.told(self.request.files["scan"][0]["body"].decode())  #: files | uploaded file


class Member(Base):
    @tornado.web.authenticated
    async def post(self):
        self.told(self.get_argument("secret"))  #: get_argument | request parameter


class Fails(Base):
    def get(self):
        raise LookupError(self.get_argument("q"))  #: get_argument | request parameter


def make_app():
    return tornado.web.Application(
        [
            (r"/cookie", ByCookie),
            (r"/form", ByForm),
            (r"/query", ByQuery),
            (r"/header", ByHeader),
            (r"/path/([0-9]+)/([^/]+)", ByPath),
            (r"/named/(?P<name>[^/]+)", ByNamedPath),
            (r"/json", ByJson),
            (r"/file", ByFile),
            (r"/member", Member),
            (r"/fails", Fails),
        ],
        cookie_secret="for tests",
        login_url="/cookie",
        xsrf_cookies=True,
    )


if __name__ == "__main__":
    make_app().listen(8888)
    tornado.ioloop.IOLoop.current().start()
