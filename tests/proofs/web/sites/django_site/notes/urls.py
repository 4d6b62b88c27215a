from django.urls import path, re_path

from notes import views

urlpatterns = [
    path("cookie/", views.by_cookie),
    path("form/", views.by_form),
    path("query/", views.by_query),
    path("header/", views.by_header),
    path("path/<int:number>/<str:name>/", views.by_path),
    path("deep/<path:rest>", views.by_deep_path),
    re_path(r"^old/(?P<year>[0-9]{4})/(?P<word>\w[^/]*)/$", views.by_old_path),
    path("json/", views.by_json),
    path("file/", views.by_file),
    path("filename/", views.by_filename),
    path("django-form/", views.by_django_form),
    path("member/<int:pk>/", views.by_member),
    path("staff/", views.by_staff),
    path("post-only/", views.by_post_only),
    path("class/<slug:slug>/", views.ByClass.as_view()),
    path("fails/", views.fails),
    path("remembers/", views.remembers),
]
