from django.urls import path
from tickets import views

app_name = "tickets"
urlpatterns = [
    path("", views.index, name="list"),
    path("table/", views.table, name="table"),
    path("search/", views.search, name="search"),
    path("new/", views.create, name="create"),
    path("<int:pk>/", views.Show.as_view(), name="show"),
    path("<int:pk>/reply/", views.quick_reply, name="quick-reply"),
    path("<int:pk>/note/", views.quick_note, name="quick-note"),
    path("<int:pk>/attachment/", views.attachment, name="attachment"),
    path("<int:pk>/preview/<path:name>", views.preview, name="preview"),
    path("<int:pk>/letter/", views.letter, name="letter"),
]
