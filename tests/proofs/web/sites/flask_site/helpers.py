"""Where a request is read on behalf of a view."""

FIELD = "remark"


BASE = "https://feeds.example"


def checked(url):
    if not url.startswith(BASE):
        raise ValueError(url)
    return url[len(BASE) :]


def pick(request, name):
    return request.args.get(name)  #: args | query string


class Parts:
    def __init__(self, request):
        self.request = request

    def query(self, name):
        return self.request.args.get(name)  #: args | query string
