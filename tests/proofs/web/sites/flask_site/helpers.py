"""Where a request is read on behalf of a view."""

FIELD = "remark"


def pick(request, name):
    return request.args.get(name)  #: args | query string


class Parts:
    def __init__(self, request):
        self.request = request

    def query(self, name):
        return self.request.args.get(name)  #: args | query string
