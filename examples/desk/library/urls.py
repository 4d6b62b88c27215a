from django.urls import path
from library import views

app_name = "library"
urlpatterns = [
    path("", views.search, name="search"),
    path("suggest/", views.suggest, name="suggest"),
    path("article/<slug:slug>/", views.show, name="show"),
    path("board/", views.board, name="board"),
    path("board/author/", views.board_author, name="board-author"),
    path("board/pin/", views.pin, name="pin"),
    path("import/bundle/", views.import_bundle, name="import-bundle"),
    path("import/pictures/", views.import_pictures, name="import-pictures"),
    path("import/check/", views.check_bundle, name="check-bundle"),
    path("import/index/", views.import_index, name="import-index"),
    path("import/outline/", views.import_outline, name="import-outline"),
]
