"""The addresses of the sockets."""

from django.urls import path

from appliances.live import consumers

websocket_urlpatterns = [
    path("ws/homes/<slug:slug>/", consumers.HomeSocket.as_asgi()),
    path("ws/wall/", consumers.WallSocket.as_asgi()),
    path("ws/api/v1/homes/<slug:slug>/", consumers.HomeApiSocket.as_asgi()),
]
