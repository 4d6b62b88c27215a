from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST
from people import preferences
from people.forms import ProfileForm
from people.models import Profile


@login_required
def profile(request):
    mine, _ = Profile.objects.get_or_create(user=request.user)
    form = ProfileForm(request.POST or None, instance=mine)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("people:profile")
    return render(request, "people/profile.html", {"form": form})


@require_GET
def carry_over(request):
    """Takes the list settings of the first release over into today's cookie, then goes on."""
    kept = preferences.from_first_release(request.COOKIES.get("desk_prefs", ""))
    response = redirect("library:search")
    response.set_cookie("rows", str(int(getattr(kept, "rows", 25))), secure=True, httponly=True, samesite="Lax")
    return response


@require_GET
def language(request):
    response = HttpResponseRedirect(request.GET.get("back", "/"))
    response.set_cookie("language", "de" if request.GET.get("to") == "de" else "en", secure=True, httponly=True, samesite="Lax")
    return response


@require_POST
@login_required
def dismiss(request):
    """Closes a notice and goes back to where it was shown."""
    request.session["dismissed"] = True
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    return HttpResponseRedirect(back)
