"""What a picture is called: many ways of saying the same look, drawn afresh at every step."""

import random

from training.look import Look

NAMES: dict[str, tuple[str, ...]] = {
    "nebula": ("nebula", "cosmic clouds", "space nebula", "deep space", "stardust", "cosmos"),
    "galaxy": ("galaxy", "spiral galaxy", "swirling galaxy", "milky way", "universe"),
    "ocean": ("ocean", "sea", "ocean waves", "seascape", "open sea", "waves", "water"),
    "mountains": (
        "mountains",
        "snowy mountains",
        "mountain range",
        "mountain peaks",
        "alps",
        "mountain landscape",
    ),
    "desert": ("desert", "sand dunes", "desert dunes", "dunes", "sahara"),
    "city": (
        "city",
        "city skyline",
        "skyscrapers",
        "city street",
        "metropolis",
        "downtown",
        "buildings",
    ),
    "fire": ("fire", "flames", "burning fire", "blaze", "inferno", "campfire", "lava"),
    "crystal": (
        "crystal",
        "crystals",
        "crystal cluster",
        "gemstones",
        "crystal cave",
        "gems",
        "quartz",
    ),
    "mandala": (
        "mandala",
        "geometric mandala",
        "sacred geometry",
        "kaleidoscope",
        "ornament",
        "symmetric pattern",
    ),
    "forest": ("forest", "woods", "trees", "woodland", "deep forest", "jungle of trees"),
    "marble": ("marble", "marble texture", "polished marble", "marbled stone", "marble veins"),
    "flowers": (
        "flowers",
        "blossoms",
        "flower garden",
        "blooming flowers",
        "petals",
        "roses",
        "flower",
    ),
    "temple": (
        "temple",
        "ancient temple",
        "ruins",
        "old temple",
        "temple ruins",
        "stone temple",
        "palace with columns",
    ),
    "aurora": ("aurora", "northern lights", "aurora borealis", "polar lights", "aurora sky"),
}

MOODS: dict[str, tuple[str, ...]] = {
    "nebula": ("glowing", "cosmic", "vast"),
    "galaxy": ("distant", "glowing", "cosmic"),
    "ocean": ("calm", "endless", "wide"),
    "mountains": ("majestic", "high", "misty"),
    "desert": ("endless", "hot", "wide"),
    "city": ("modern", "big", "futuristic"),
    "fire": ("blazing", "roaring", "hot"),
    "crystal": ("shining", "glowing", "magical"),
    "mandala": ("intricate", "ornate", "symmetric"),
    "forest": ("mystical", "misty", "enchanted"),
    "marble": ("polished", "smooth", "veined"),
    "flowers": ("beautiful", "blooming", "delicate"),
    "temple": ("ancient", "mysterious", "lost"),
    "aurora": ("dancing", "shimmering", "polar"),
}

COLOUR_WORDS: dict[str, tuple[str, ...]] = {
    "red": ("red", "red", "crimson", "scarlet", "ruby"),
    "orange": ("orange", "orange", "amber", "tangerine"),
    "gold": ("gold", "golden", "golden", "yellow"),
    "green": ("green", "green", "emerald", "lime"),
    "teal": ("teal", "teal", "turquoise", "cyan", "aqua"),
    "blue": ("blue", "blue", "azure", "sapphire"),
    "purple": ("purple", "purple", "violet", "lavender"),
    "pink": ("pink", "pink", "rose", "magenta"),
    "white": ("white", "white", "icy", "pale", "silver"),
    "grey": ("grey", "gray", "monochrome", "black and white"),
    "neon": ("neon", "neon", "neon colored", "synthwave", "vaporwave"),
    "sunset": ("sunset", "sunset colored", "sunset", "warm dusk"),
}

EXTRAS: dict[str, tuple[str, ...]] = {
    "forest": (
        "with glowing mushrooms",
        "with glowing mushrooms",
        "with mushrooms",
        "full of luminous mushrooms",
        "and glowing mushrooms",
        "with magic mushrooms",
    ),
    "temple": (
        "overgrown with vines",
        "overgrown with vines",
        "covered in vines",
        "with vines",
        "with ivy and moss",
        "overgrown",
        "reclaimed by the jungle",
    ),
    "city": (
        "with neon signs",
        "cyberpunk",
        "cyberpunk",
        "with neon lights",
        "cyberpunk style",
        "glowing signs",
    ),
}
EXTRA_FRONT = {"city": ("neon", "neon", "cyberpunk", "futuristic neon", "futuristic neon")}

NIGHT = ("at night", "at night", "by night", "in the dark", "under the stars", "under the moon")
DAY = ("by day", "in daylight", "at noon", "in the sun")
FILLERS = (
    "digital art",
    "highly detailed",
    "volumetric lighting",
    "4k",
    "8k",
    "masterpiece",
    "trending on artstation",
    "concept art",
    "cinematic",
    "beautiful",
    "intricate",
    "dramatic lighting",
    "ultra detailed",
    "sharp focus",
    "wallpaper",
)
ARTICLE_STYLE = "digital art, highly detailed, volumetric lighting"
HAS_NIGHT = ("ocean", "mountains", "desert", "city", "forest", "temple")


def caption(look: Look, rng: random.Random) -> str:
    """One caption: front words, the name, and then clauses in any order."""
    name = rng.choice(NAMES[look.world])
    front = [rng.choice(MOODS[look.world])] if rng.random() < 0.35 else []
    clauses = []
    colour = rng.choice(COLOUR_WORDS[look.colour]) if look.colour else ""
    if colour:
        if rng.random() < 0.65:
            front.insert(rng.randint(0, len(front)), colour)
        else:
            clauses.append(
                rng.choice(("in {}", "{} colors", "{} light", "{} tones")).format(colour)
            )
    if look.extra:
        if look.world in EXTRA_FRONT and rng.random() < 0.6:
            front.append(rng.choice(EXTRA_FRONT[look.world]))
        else:
            name = f"{name} {rng.choice(EXTRAS[look.world])}"
        if look.world == "city" and rng.random() < 0.5:
            clauses.append("cyberpunk")
    if look.night:
        if rng.random() < 0.75:
            name = f"{name} {rng.choice(NIGHT)}"
    elif look.world in HAS_NIGHT and rng.random() < 0.3:
        clauses.append(rng.choice(DAY))
    words = " ".join([*front, name])
    if rng.random() < 0.5:
        words = f"{'an' if words[0] in 'aeiou' else 'a'} {words}"
    rng.shuffle(clauses)
    return ", ".join([words, *clauses, *fillers(rng)])


def fillers(rng: random.Random) -> list[str]:
    """The usual incantations, which should change little: none, some, or the article's own."""
    kind = rng.random()
    if kind < 0.4:
        return []
    if kind < 0.65:
        return [ARTICLE_STYLE]
    return rng.sample(FILLERS, rng.randint(1, 4))
