"""The city's name on every page: put on the request for api/pages/rendering.py."""

from typing import Annotated

from fastapi import Depends, Request

from api.dependencies import RuntimeDep
from models.database import transaction
from routing.directory import Directory


def get_directory(request: Request, runtime: RuntimeDep) -> Directory:
    """In a short transaction of its own: a citizen's form opens further ones, and a request that held one connection
    while it waits for another could block all of them."""
    with transaction(runtime.pool) as conn:
        directory = runtime.directory(conn)
    request.state.city = directory.city
    return directory


DirectoryDep = Annotated[Directory, Depends(get_directory)]
