"""plotly.min.js as the plotly package ships it: no CDN, no copy in our repository."""

from importlib.resources import files

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response
from plotly.offline import get_plotlyjs_version

router = APIRouter()

PLOTLY_ADDRESS = f"/static/plotly-{get_plotlyjs_version()}.min.js"


@router.get(PLOTLY_ADDRESS)
def plotly() -> Response:
    """The version is in the address: a browser may keep it for a year."""
    path = str(files("plotly") / "package_data" / "plotly.min.js")
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return FileResponse(path, media_type="text/javascript", headers=headers)
