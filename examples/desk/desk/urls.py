from django.urls import include, path

urlpatterns = [
    path("", include("library.urls")),
    path("people/", include("people.urls")),
    path("tickets/", include("tickets.urls")),
    path("assets/", include("assets.urls")),
    path("reports/", include("reports.urls")),
]
