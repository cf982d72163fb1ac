from phosphene import hookimpl


@hookimpl
def register_looks(register):
    layer = {"use": "oscillator", "period": "1s", "to": {"rotation": 1.0}}
    register("sway", {"about": "sways", "layers": [layer]})
