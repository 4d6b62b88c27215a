"""A handler that no application has."""

import tornado.web


class Rack(tornado.web.RequestHandler):
    def initialize(self, title):
        self.title = title

    def get(self, shelf):
        limit = int(self.settings["page_limit"])
        self.write({"seen": [self.get_argument("box")] * limit})  #: get_argument | request parameter
