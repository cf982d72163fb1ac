"""What the bundled model can paint: its worlds, the words that suggest each, and their family.

The names and words are those of `words.json` beside the model (training/words.py); the
associations are made by hand.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class World:
    """A world of the bundled model.

    Parameters
    ----------
    noun : str
        As prompts for the bundled model name it.
    moods : tuple of str
        A calm word and a wild one, both known to the model.
    setting : str
        A phrase for other models, which need more words.
    colours : tuple of str
        Its own colours.
    family : tuple of str
        Worlds that are near in meaning, the nearest first.
    """

    noun: str
    moods: tuple[str, str]
    setting: str
    colours: tuple[str, ...]
    family: tuple[str, ...]


def _w(noun: str, moods: str, setting: str, colours: str, family: str) -> World:
    calm, wild = moods.split(", ")
    return World(noun, (calm, wild), setting, tuple(colours.split()), tuple(family.split()))


WORLDS: dict[str, World] = {
    "nebula": _w("nebula", "vast, cosmic", "clouds of stardust in deep space", "purple pink blue", "galaxy planets aurora ink"),  # noqa: E501
    "galaxy": _w("spiral galaxy", "distant, cosmic", "a spiral of stars", "blue purple", "nebula planets aurora crystal"),  # noqa: E501
    "planets": _w("planets", "distant, alien", "ringed planets above the horizon", "orange teal", "galaxy nebula desert ice"),  # noqa: E501
    "ocean": _w("ocean", "calm, wild", "long waves on the open sea", "blue teal", "storm underwater aurora clouds ice"),  # noqa: E501
    "underwater": _w("coral reef", "quiet, magical", "a reef under the surface of the sea", "teal blue", "ocean ink crystal flowers"),  # noqa: E501
    "mountains": _w("mountain range", "lonely, majestic", "a range of snowy mountains", "blue white", "clouds ice forest aurora"),  # noqa: E501
    "desert": _w("desert dunes", "lonely, hot", "wide dunes of sand", "gold orange", "ruins planets mountains fire"),  # noqa: E501
    "forest": _w("forest", "dreamy, enchanted", "a forest of tall trees", "green teal", "jungle garden mountains aurora temple"),  # noqa: E501
    "jungle": _w("jungle", "lush, wild", "a dense rainforest", "green gold", "forest temple flowers underwater"),  # noqa: E501
    "temple": _w("ancient temple", "lost, mysterious", "an ancient temple of stone", "gold brown", "ruins jungle mandala desert"),  # noqa: E501
    "ruins": _w("ancient ruins", "lonely, forgotten", "broken columns and fallen arches", "brown gold", "temple desert forest storm"),  # noqa: E501
    "city": _w("city skyline", "modern, futuristic", "towers of a city skyline", "blue pink", "street circuit storm galaxy"),  # noqa: E501
    "street": _w("street with lamps", "quiet, futuristic", "a street between old houses", "orange blue", "city circuit garden storm"),  # noqa: E501
    "fire": _w("fire", "blazing, roaring", "walls of flames", "red orange", "lava storm desert crystal"),  # noqa: E501
    "lava": _w("lava field", "glowing, raging", "rivers of molten rock", "red orange", "fire mountains crystal storm"),  # noqa: E501
    "ice": _w("icebergs", "quiet, frozen", "icebergs in a frozen sea", "white blue", "mountains crystal aurora ocean"),  # noqa: E501
    "crystal": _w("crystal cave", "glowing, magical", "a cave of crystals", "purple teal", "ice kaleidoscope nebula underwater"),  # noqa: E501
    "glass": _w("stained glass window", "luminous, gothic", "light through stained glass", "blue red", "kaleidoscope mandala temple flowers"),  # noqa: E501
    "mandala": _w("mandala", "ornate, hypnotic", "the rings of a golden mandala", "gold purple", "kaleidoscope glass temple flowers"),  # noqa: E501
    "kaleidoscope": _w("kaleidoscope", "intricate, psychedelic", "mirrored facets of colour", "rainbow pink", "glass mandala crystal ink"),  # noqa: E501
    "marble": _w("marble", "smooth, polished", "veins of polished marble", "white grey", "ink temple ice nebula"),  # noqa: E501
    "ink": _w("ink in water", "elegant, flowing", "ink that spreads in water", "blue black", "marble underwater nebula clouds"),  # noqa: E501
    "flowers": _w("flowers", "delicate, blooming", "blossoms close to the lens", "pink purple", "garden jungle glass forest"),  # noqa: E501
    "garden": _w("flower garden", "peaceful, blooming", "a garden in bloom", "green pink", "flowers forest clouds street"),  # noqa: E501
    "aurora": _w("northern lights", "shimmering, dancing", "northern lights over the land", "green teal", "ice galaxy mountains clouds"),  # noqa: E501
    "clouds": _w("sea of clouds", "peaceful, dreamy", "a sea of clouds seen from above", "white pink", "aurora mountains storm nebula"),  # noqa: E501
    "storm": _w("thunderstorm", "dark, raging", "lightning behind dark clouds", "purple grey", "clouds ocean fire city"),  # noqa: E501
    "circuit": _w("circuit board", "digital, futuristic", "paths of light on a circuit board", "teal green", "city kaleidoscope street crystal"),  # noqa: E501
}  # fmt: skip

#: Worlds of ground, above which one of sky can be.
GROUNDS = (
    "ocean", "mountains", "desert", "forest", "jungle", "temple", "ruins", "city", "street",
    "lava", "ice", "garden",
)  # fmt: skip
SKIES = {
    "nebula": "nebula", "galaxy": "milky way", "planets": "alien planet",
    "aurora": "northern lights", "clouds": "sea of clouds", "storm": "thunderstorm",
}  # fmt: skip
#: What some worlds can have besides.
EXTRAS = {
    "forest": "with glowing mushrooms", "jungle": "with glowing mushrooms",
    "temple": "overgrown with vines", "ruins": "overgrown with vines",
    "city": "with neon signs", "street": "with neon signs",
}  # fmt: skip

#: Words that mean or suggest each world, besides its own name.
SUGGESTED_BY: dict[str, str] = {
    "nebula": "space cosmos cosmic stardust dream dreams dreaming birth infinity void soul trance",
    "galaxy": "stars star milky universe constellation infinite eternity travel time",
    "planets": "planet moon moons orbit alien aliens saturn mars rocket astronaut spaceship gravity",  # noqa: E501
    "ocean": "sea seaside waves wave tide shore coast beach island sail sailing ship boat harbour harbor lighthouse water surf voyage seascape",  # noqa: E501
    "underwater": "reef coral deep fish whale whales dolphin dive diving mermaid drown drowning aquarium submarine jellyfish",  # noqa: E501
    "mountains": "mountain hill hills peak peaks alps summit valley climb climbing highland",
    "desert": "dunes dune sand sahara camel drought oasis heat thirst west western cowboy",
    "forest": "woods wood tree trees woodland autumn leaves fox wolf deer owl fairy elf camp folk",
    "jungle": "rainforest tropical palm tropics parrot tiger monkey wild amazon tribal",
    "temple": "shrine palace god gods prayer monk egypt greek pyramid ritual sacred kingdom king queen",  # noqa: E501
    "ruins": "ruin columns castle castles ghost ghosts haunted lost past memory memories history war empire grave death medieval",  # noqa: E501
    "city": "skyline skyscrapers downtown metropolis urban tokyo berlin york london paris party club disco nightlife crowd rooftop",  # noqa: E501
    "street": "alley road roads avenue boulevard drive driving car cars highway train walk walking home town village rain lamps cafe",  # noqa: E501
    "fire": "flames flame burn burning blaze inferno bonfire campfire hell anger rage revolution passion sun phoenix",  # noqa: E501
    "lava": "volcano magma molten eruption earth core dragon dragons metal",
    "ice": "iceberg icebergs glacier frozen arctic frost winter cold snow polar antarctica",
    "crystal": "crystals gems gem diamond diamonds jewel jewels quartz cave treasure magic",
    "glass": "stained church cathedral window choir organ angel angels christmas saint hymn",
    "mandala": "meditation yoga zen india lotus spirit ornament clock",
    "kaleidoscope": "psychedelic prism acid trip mirror mirrors fractal patterns pattern rave colours colors",  # noqa: E501
    "marble": "stone statue sculpture classical museum",
    "ink": "paint smoke poem letter writing silk shadow shadows jazz blues",
    "flowers": "flower blossom blossoms rose roses petals love lovers romance heart kiss bloom bouquet wedding",  # noqa: E501
    "garden": "park meadow meadows spring summer childhood child butterfly butterflies bees picnic field fields farm",  # noqa: E501
    "aurora": "northern borealis lights glow hope light north norway iceland",
    "clouds": "cloud sky heaven fly flying flight wings bird birds balloon freedom wind air rainbow",  # noqa: E501
    "storm": "thunder lightning thunderstorm tempest battle fight hurricane tornado rock",
    "circuit": "computer chip electronics robot robots machine machines android digital data code cyber internet techno future electric synth game",  # noqa: E501
}  # fmt: skip

#: Words of time, weather, colour and style, by the word that the model is given.
TIMES = {
    "at night": "night nights midnight dark darkness nocturnal moonlight nocturne nightfall",
    "at dusk": "dusk sunset evening twilight dawn sunrise golden",
    "by day": "day noon daylight sunny sunshine sunlight morning bright",
}
WEATHERS = {
    "in fog": "fog foggy mist misty haze hazy",
    "in the rain": "rain rainy raining drizzle",
    "in the snow": "snow snowy snowing winter blizzard",
}
COLOURS = {
    "red": "red crimson scarlet ruby blood", "orange": "orange amber", "gold": "gold golden yellow",
    "green": "green emerald jade", "teal": "teal turquoise cyan aqua",
    "blue": "blue azure sapphire cobalt", "purple": "purple violet lavender indigo",
    "pink": "pink magenta", "white": "white pale silver", "grey": "grey gray monochrome",
    "black": "black", "brown": "brown sepia bronze copper", "pastel": "pastel",
    "rainbow": "rainbow colorful colourful", "neon colored": "neon synthwave vaporwave cyberpunk",
}  # fmt: skip
STYLES = {
    "watercolor": "watercolor watercolour aquarelle", "oil painting": "oil impasto",
    "pencil drawing": "pencil sketch", "pixel art": "pixel pixelated 8bit",
    "neon lines": "tron outlines", "film grain": "analog vintage grain",
}  # fmt: skip
#: The colour that stands out most against each, and two that are close.
OPPOSITE = {
    "red": "teal", "orange": "blue", "gold": "purple", "green": "pink", "teal": "orange",
    "blue": "gold", "purple": "gold", "pink": "teal", "white": "blue", "grey": "red",
    "black": "gold", "brown": "teal", "pastel": "purple", "rainbow": "black",
    "neon colored": "gold",
}  # fmt: skip
CLOSE = {
    "red": ("orange", "pink"), "orange": ("gold", "red"), "gold": ("orange", "brown"),
    "green": ("teal", "gold"), "teal": ("green", "blue"), "blue": ("teal", "purple"),
    "purple": ("blue", "pink"), "pink": ("purple", "orange"), "white": ("grey", "teal"),
    "grey": ("white", "black"), "black": ("grey", "blue"), "brown": ("gold", "orange"),
    "pastel": ("pink", "white"), "rainbow": ("pink", "gold"), "neon colored": ("purple", "blue"),
}  # fmt: skip

#: Ideas for films that come without one.
IDEAS = (
    "the sea at night", "a forest in the mist", "a city in the rain at night",
    "northern lights over the ice", "a lost temple in the jungle", "a journey through space",
    "fire and storm", "a garden in spring", "the desert at dusk", "a dream of crystal and glass",
    "the deep sea", "mountains above the clouds", "ruins under the stars", "ink and marble",
    "machines in a neon city", "an old street in the snow",
)  # fmt: skip
