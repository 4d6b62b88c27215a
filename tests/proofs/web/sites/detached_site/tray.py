"""A router that no application includes."""

from fastapi import APIRouter

router = APIRouter(prefix="/tray")


@router.get("/look")
def peek(cup: str):  #: | request parameter, parameter `cup`
    return {"seen": [cup]}
