"""What people call things: worlds, colours, times, weathers, styles; held-out wordings apart.

The words of HELD_OUT are never used in a training caption; the evaluation uses them alone. They
are made of parts that do occur (other forms, other phrases), so that obeying them is understanding.
"""

NAMES: dict[str, tuple[str, ...]] = {
    "nebula": ("nebula", "cosmic clouds", "space nebula", "deep space", "stardust", "interstellar gas", "cosmos"),  # noqa: E501
    "galaxy": ("galaxy", "spiral galaxy", "swirling galaxy", "milky way", "universe", "spiral of stars"),  # noqa: E501
    "planets": ("planets", "planet", "planets and moons", "alien planet", "ringed planet", "saturn", "moon in space"),  # noqa: E501
    "ocean": ("ocean", "sea", "ocean waves", "seascape", "open sea", "waves", "the sea at the horizon"),  # noqa: E501
    "underwater": ("underwater world", "underwater", "coral reef", "under the sea", "sea floor with fish", "reef", "aquarium"),  # noqa: E501
    "mountains": ("mountains", "snowy mountains", "mountain range", "mountain peaks", "alps", "mountain landscape", "summit"),  # noqa: E501
    "desert": ("desert", "sand dunes", "desert dunes", "dunes", "sahara", "sea of sand"),
    "forest": ("forest", "woods", "trees", "woodland", "deep forest", "forest of tall trees", "enchanted forest"),  # noqa: E501
    "jungle": ("jungle", "rainforest", "tropical jungle", "tropical forest", "dense jungle", "palm leaves"),  # noqa: E501
    "temple": ("temple", "ancient temple", "old temple", "stone temple", "greek temple", "palace with columns", "shrine"),  # noqa: E501
    "ruins": ("ruins", "ancient ruins", "broken columns", "old ruins", "fallen arches", "lost ruins", "crumbling ruins"),  # noqa: E501
    "city": ("city", "city skyline", "skyscrapers", "skyline", "metropolis", "downtown towers", "big city"),  # noqa: E501
    "street": ("street", "city street", "alley", "road between houses", "avenue", "street with lamps", "boulevard"),  # noqa: E501
    "fire": ("fire", "flames", "burning fire", "blaze", "inferno", "campfire", "bonfire"),
    "lava": ("lava", "volcano", "lava field", "molten rock", "erupting volcano", "magma"),
    "ice": ("ice", "icebergs", "glacier", "frozen sea", "ice cave", "arctic ice"),
    "crystal": ("crystal", "crystals", "crystal cluster", "gemstones", "crystal cave", "gems", "quartz"),  # noqa: E501
    "glass": ("stained glass", "stained glass window", "church window", "leaded glass", "rose window"),  # noqa: E501
    "mandala": ("mandala", "geometric mandala", "sacred geometry", "round ornament", "lotus mandala"),  # noqa: E501
    "kaleidoscope": ("kaleidoscope", "kaleidoscopic pattern", "mirrored pattern", "symmetric facets", "prism pattern"),  # noqa: E501
    "marble": ("marble", "marble texture", "polished marble", "marbled stone", "marble slab"),
    "ink": ("ink", "ink in water", "swirling ink", "ink drops", "ink clouds", "paint in water"),
    "flowers": ("flowers", "blossoms", "flower", "blooming flowers", "petals", "roses", "bouquet"),
    "garden": ("garden", "flower garden", "park", "spring meadow", "garden with trees", "flowering meadow"),  # noqa: E501
    "aurora": ("aurora", "northern lights", "aurora borealis", "polar lights", "aurora sky"),
    "clouds": ("clouds", "sky", "above the clouds", "sea of clouds", "cloudscape", "heaven"),
    "storm": ("storm", "thunderstorm", "lightning", "lightning storm", "thunder", "tempest"),
    "circuit": ("circuit", "circuit board", "computer chip", "electronics", "microchip", "motherboard"),  # noqa: E501
}  # fmt: skip

MOODS: dict[str, tuple[str, ...]] = {
    "nebula": ("glowing", "cosmic", "vast"), "galaxy": ("distant", "glowing", "cosmic"),
    "planets": ("distant", "alien", "strange"), "ocean": ("calm", "endless", "wild"),
    "underwater": ("quiet", "magical", "deep"), "mountains": ("majestic", "high", "lonely"),
    "desert": ("endless", "hot", "lonely"), "forest": ("mystical", "enchanted", "dreamy"),
    "jungle": ("lush", "wild", "mysterious"), "temple": ("ancient", "mysterious", "lost"),
    "ruins": ("ancient", "forgotten", "lonely"), "city": ("modern", "futuristic", "big"),
    "street": ("quiet", "futuristic", "lonely"), "fire": ("blazing", "roaring", "wild"),
    "lava": ("hot", "glowing", "raging"), "ice": ("frozen", "cold", "quiet"),
    "crystal": ("shining", "glowing", "magical"), "glass": ("luminous", "ornate", "gothic"),
    "mandala": ("intricate", "ornate", "hypnotic"), "kaleidoscope": ("hypnotic", "psychedelic", "intricate"),  # noqa: E501
    "marble": ("polished", "smooth", "elegant"), "ink": ("flowing", "abstract", "elegant"),
    "flowers": ("beautiful", "blooming", "delicate"), "garden": ("peaceful", "blooming", "dreamy"),
    "aurora": ("dancing", "shimmering", "magical"), "clouds": ("dreamy", "soft", "peaceful"),
    "storm": ("dramatic", "raging", "dark"), "circuit": ("futuristic", "glowing", "digital"),
}  # fmt: skip

COLOUR_WORDS: dict[str, tuple[str, ...]] = {
    "red": ("red", "red", "crimson", "scarlet", "ruby"),
    "orange": ("orange", "orange", "amber", "tangerine"),
    "gold": ("gold", "golden", "golden", "yellow"),
    "lime": ("lime", "lime green", "yellow-green", "acid green"),
    "green": ("green", "green", "emerald", "jade"),
    "teal": ("teal", "teal", "turquoise", "cyan", "aqua"),
    "blue": ("blue", "blue", "azure", "sapphire", "cobalt"),
    "purple": ("purple", "purple", "violet", "lavender"),
    "pink": ("pink", "pink", "rose", "magenta"),
    "white": ("white", "white", "pale", "silver"),
    "grey": ("grey", "gray", "monochrome", "black and white"),
    "black": ("black", "pitch black", "jet black", "shadowy"),
    "brown": ("brown", "sepia", "bronze", "copper"),
    "pastel": ("pastel", "pastel colored", "soft pastel", "candy colored"),
    "rainbow": ("rainbow", "rainbow colored", "multicolored", "colorful"),
    "neon": ("neon colored", "synthwave", "vaporwave", "neon pink and cyan"),
    "sunset": ("sunset colored", "sunset palette", "warm dusk colors"),
}

EXTRAS: dict[str, tuple[str, ...]] = {
    "forest": ("with glowing mushrooms", "with glowing mushrooms", "with mushrooms", "full of luminous mushrooms", "and glowing mushrooms"),  # noqa: E501
    "jungle": ("with glowing mushrooms", "with mushrooms", "full of luminous mushrooms", "and glowing mushrooms"),  # noqa: E501
    "temple": ("overgrown with vines", "overgrown with vines", "covered in vines", "with vines", "with ivy and moss", "overgrown"),  # noqa: E501
    "ruins": ("overgrown with vines", "covered in vines", "with vines", "with ivy and moss", "overgrown"),  # noqa: E501
    "city": ("with neon signs", "cyberpunk", "with neon lights", "cyberpunk style", "with glowing signs"),  # noqa: E501
    "street": ("with neon signs", "cyberpunk", "with neon lights", "cyberpunk style", "with glowing signs"),  # noqa: E501
}  # fmt: skip
EXTRA_FRONT = dict.fromkeys(("city", "street"), ("neon", "neon", "cyberpunk", "futuristic neon"))

TIMES: dict[str, tuple[str, ...]] = {
    "day": ("by day", "in daylight", "at noon", "in the sun", "in bright sunshine"),
    "dusk": ("at dusk", "at sunset", "at sunrise", "at dawn", "in the evening", "at golden hour"),
    "night": ("at night", "at night", "by night", "in the dark", "under the stars", "in moonlight"),
}
WEATHERS: dict[str, tuple[str, ...]] = {
    "fog": ("in fog", "in the mist", "foggy", "misty", "wrapped in haze"),
    "rain": ("in the rain", "rainy", "in heavy rain", "on a rainy day"),
    "snow": ("in the snow", "snowing", "in falling snow", "in winter"),
}
STYLES: dict[str, tuple[str, ...]] = {
    "watercolour": ("watercolor", "watercolour painting", "watercolor style", "aquarelle"),
    "oil": ("oil painting", "oil on canvas", "painted in oil", "impasto"),
    "pencil": ("pencil drawing", "colored pencil", "sketch", "pencil sketch"),
    "pixel": ("pixel art", "8-bit", "pixelated", "16-bit game"),
    "neon lines": ("neon lines", "glowing outlines", "neon line art", "tron style"),
    "film grain": ("film grain", "analog film", "vintage film", "old photograph"),
}
ABOVE = ("under a {}", "beneath a {} sky", "with a {} above", "and a {} in the sky", "under the {}")
BESIDE = ("and a {}", "mixed with {}", "merging with a {}", "turning into {}", "in a {}")
IN_COLOUR = ("in {}", "{} colors", "{} light", "{} tones", "{} palette")

FILLERS = (
    "digital art", "highly detailed", "volumetric lighting", "4k", "8k", "masterpiece",
    "trending on artstation", "concept art", "cinematic", "beautiful", "intricate",
    "dramatic lighting", "ultra detailed", "sharp focus", "wallpaper", "best quality", "award winning",  # noqa: E501
    "octane render", "unreal engine", "hdr", "epic",
)  # fmt: skip
ARTICLE_STYLE = "digital art, highly detailed, volumetric lighting"
NEGATIVES = (
    "blurry",
    "low quality",
    "watermark",
    "text",
    "ugly",
    "bad",
    "deformed",
    "jpeg artifacts",
)

# wordings that no training caption holds
HELD_OUT: dict[str, tuple[str, ...]] = {
    "nebula": ("a cloud of gas in space",), "galaxy": ("stars in a spiral",),
    "planets": ("a planet with rings",), "ocean": ("a wide sea with waves",),
    "underwater": ("fish at a coral reef",), "mountains": ("peaks of a mountain",),
    "desert": ("dunes of sand",), "forest": ("tall trees in the woods",),
    "jungle": ("a dense tropical rainforest",), "temple": ("a temple of stone",),
    "ruins": ("columns that are broken",), "city": ("towers of a big city",),
    "street": ("a street of houses",), "fire": ("a fire with flames",),
    "lava": ("a volcano with lava",), "ice": ("an arctic glacier",),
    "crystal": ("a cave of crystals",), "glass": ("a window of stained glass",),
    "mandala": ("an ornament, a mandala",), "kaleidoscope": ("a kaleidoscope pattern",),
    "marble": ("a slab of marble",), "ink": ("drops of ink",),
    "flowers": ("flowers with petals",), "garden": ("a park with flowering trees",),
    "aurora": ("lights of the north, aurora",), "clouds": ("the sky full of clouds",),
    "storm": ("a storm with lightning",), "circuit": ("the board of a computer",),
}  # fmt: skip
