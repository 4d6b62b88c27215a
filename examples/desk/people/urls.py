from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path
from people import views

app_name = "people"
urlpatterns = [
    path("login/", LoginView.as_view(template_name="people/login.html"), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("profile/", views.profile, name="profile"),
    path("carry-over/", views.carry_over, name="carry-over"),
    path("language/", views.language, name="language"),
    path("dismiss/", views.dismiss, name="dismiss"),
]
