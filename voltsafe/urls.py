"""Every address of VoltSafe."""

from django.urls import URLPattern, URLResolver, include, path

from appliances.admin.site import site

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", site.urls),
    path("api/v1/", include("appliances.api.urls")),
    path("", include("appliances.web.urls")),
]

handler500 = "appliances.web.errors.failed"
