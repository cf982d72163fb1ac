from phosphene import FilmFormat, hookimpl

LOSSLESS = ("-c:v", "libx264rgb", "-preset", "ultrafast", "-qp", "0")


@hookimpl
def register_encoders(register):
    register(".nut", FilmFormat(LOSSLESS))
