import tomlkit

from phosphene import Brief, DirectorSpec, Song, hookimpl


def bars(song: Song, brief: Brief) -> str:
    """Another light every eight bars, and a zoom on every beat."""
    lights = ["at dawn", "at noon", "at night"]
    count = max(1, len(song.downbeats) // 8)
    shots = {f"bar {1 + 8 * k}": f"{brief.idea} {lights[k % 3]}" for k in range(count)}
    project = tomlkit.document()
    project.add(tomlkit.comment("a new light every eight bars"))
    project["model"] = {"name": brief.model, "seed": brief.seed}
    project["prompts"] = {"at": shots}
    project["motion"] = [{"use": "beat", "to": {"zoom": 0.04, "strength": 0.08}}]
    return tomlkit.dumps(project)


@hookimpl
def register_directors(register):
    register(DirectorSpec("bars", "another light every eight bars", bars))
