from people import preferences


class PreferencesMiddleware:
    """Puts the preferences of whoever asks on the request."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "desk_view" in request.COOKIES:
            request.preferences = preferences.from_cookie(request.COOKIES["desk_view"])
        else:
            request.preferences = preferences.Preferences()
        return self.get_response(request)
