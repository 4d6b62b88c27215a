from django.urls import path
from reports import views

app_name = "reports"
urlpatterns = [
    path("", views.index, name="index"),
    path("counts/", views.counts, name="counts"),
    path("grouped/", views.grouped, name="grouped"),
    path("figure/", views.figure, name="figure"),
    path("arithmetic/", views.arithmetic, name="arithmetic"),
    path("export/", views.export, name="export"),
]
