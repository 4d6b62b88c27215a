from django.urls import path

from pages import views

urlpatterns = [path("show/<slug:slug>/", views.show)]
