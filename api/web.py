"""The web process: the application on a port until it is told to stop."""

from types import FrameType

import uvicorn

from api.app import create_app
from api.messages.alert_stream import AlertHub
from api.runtime import Runtime


def serve(runtime: Runtime, host: str, port: int) -> bool:
    """Until it is told to stop; False where it could not start."""
    app = create_app(runtime)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        # `client_address` reads X-Forwarded-For where the administrator trusts the proxy, and only there
        proxy_headers=False,
    )
    server = _Server(config, app.state.alert_hub)
    server.run()
    return server.started


class _Server(uvicorn.Server):
    """Ends the streams of open pages when it is told to stop: they would hold up the end for minutes."""

    def __init__(self, config: uvicorn.Config, hub: AlertHub) -> None:
        super().__init__(config)
        self._hub = hub

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._hub.stop()
        super().handle_exit(sig, frame)
