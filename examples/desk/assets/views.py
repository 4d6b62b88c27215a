from assets import inventory, network
from assets.models import Device
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBadRequest, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST


@login_required
@require_GET
def index(request):
    return render(request, "assets/list.html", {"devices": Device.objects.order_by("serial")})


@login_required
@require_POST
def ping(request, pk):
    """Pings a device, by another name for the time of a move."""
    device = get_object_or_404(Device, pk=pk)
    answer = network.reachable(request.POST.get("host") or device.host)
    return JsonResponse({"answer": answer})


@login_required
@require_POST
def trace(request):
    return JsonResponse({"answer": network.route_to(request.POST["host"])})


@login_required
@require_GET
def lookup(request):
    try:
        return JsonResponse({"answer": network.lookup(request.GET["address"])})
    except ValueError:
        return HttpResponseBadRequest("no address", content_type="text/plain")


@login_required
@require_POST
def upload(request):
    return JsonResponse({"rooms": inventory.rooms(inventory.parse(request.body))})


@login_required
@require_POST
def upload_return(request):
    return JsonResponse({"rooms": inventory.rooms(inventory.parse_return(request.body))})


@require_GET
def room(request, room):
    return JsonResponse({"devices": inventory.in_room(room)})


@require_GET
def serial(request, serial):
    return JsonResponse({"rooms": inventory.with_serial(serial)})
