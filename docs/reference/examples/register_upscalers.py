from phosphene import UpscalerSpec, hookimpl


def blocks(factor):
    return lambda picture: picture.repeat(factor, 0).repeat(factor, 1)


@hookimpl
def register_upscalers(register):
    register(UpscalerSpec("blocks", "every pixel becomes a block", blocks))
