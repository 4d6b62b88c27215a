from assets import views
from django.urls import path

app_name = "assets"
urlpatterns = [
    path("", views.index, name="list"),
    path("<int:pk>/ping/", views.ping, name="ping"),
    path("trace/", views.trace, name="trace"),
    path("lookup/", views.lookup, name="lookup"),
    path("inventory/", views.upload, name="upload"),
    path("returns/", views.upload_return, name="upload-return"),
    path("room/<str:room>/", views.room, name="room"),
    path("serial/<str:serial>/", views.serial, name="serial"),
]
