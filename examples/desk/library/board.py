"""The notice above every page of the library. It is for hours, not for days, so it lives in the process."""


class Board:
    notice = ""
    author = ""
