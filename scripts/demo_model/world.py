"""The tiny world that the demo model is trained on: its people, things, facts and grammar.

Everything here was made up for this project. `held_out` decides, by a hash of what an item is about,
whether the item belongs to the test splits; such items are never generated for training.
"""

import hashlib

# name, pronoun, possessive, object form
PEOPLE = [
    (name, *(("she", "her", "her") if index % 2 else ("he", "his", "him")))
    for index, name in enumerate(
        "Tom Mia Ben Lena Max Rosa Otto Nina Sam Ida Paul Vera Leo Anna Hugo Clara Finn Emma Karl Lucy Adam Zoe Jan"
        " Ruth".split()
    )
]

# A thing: name, kind, colour, where it is kept or lives. One row a thing.
THINGS = [tuple(line.split()) for line in """
dog animal brown kennel
cat animal black house
cow animal white barn
horse animal brown stable
hen animal red barn
duck animal yellow pond
frog animal green pond
fox animal red forest
bear animal brown forest
mouse animal grey cellar
ant animal black garden
whale animal blue sea
elephant animal grey jungle
bee animal yellow garden
apple fruit red orchard
pear fruit green orchard
plum fruit blue orchard
cherry fruit red garden
lemon fruit yellow market
banana fruit yellow jungle
grape fruit green cellar
peach fruit pink market
hammer tool grey workshop
saw tool grey workshop
rake tool green shed
spade tool brown shed
brush tool red workshop
ladder tool brown barn
rope tool white harbour
axe tool black shed
boat vehicle white harbour
train vehicle black station
bus vehicle red station
bicycle vehicle blue shed
truck vehicle green garage
car vehicle yellow garage
tram vehicle pink station
ship vehicle grey harbour
hat clothing black hall
coat clothing brown hall
scarf clothing pink wardrobe
shirt clothing white wardrobe
sock clothing blue wardrobe
glove clothing green hall
boot clothing grey hall
belt clothing brown wardrobe
drum instrument red theatre
flute instrument yellow school
violin instrument brown theatre
piano instrument black school
trumpet instrument yellow theatre
guitar instrument blue school
bell instrument grey tower
harp instrument white tower
""".split("\n") if line]
KINDS = sorted({thing[1] for thing in THINGS})
COLOURS = sorted({thing[2] for thing in THINGS})
PLACES = sorted({thing[3] for thing in THINGS})

# Smallest first.
BY_SIZE = "ant bee mouse frog duck hen cat fox dog bear cow horse elephant whale".split()

OPPOSITES = [tuple(pair.split("-")) for pair in """
hot-cold big-small old-young long-short fast-slow high-low wet-dry full-empty heavy-light hard-soft early-late
open-closed clean-dirty near-far loud-quiet rich-poor strong-weak thick-thin happy-sad good-bad bright-dark
deep-shallow sweet-bitter wide-narrow sharp-blunt brave-afraid
""".split()]

# singular subject verb, plural subject verb, past
VERBS = [tuple(verb.split("/")) for verb in """
runs/run/ran jumps/jump/jumped sleeps/sleep/slept sings/sing/sang swims/swim/swam eats/eat/ate plays/play/played
waits/wait/waited hides/hide/hid drinks/drink/drank walks/walk/walked dreams/dream/dreamed
""".split()]
ANIMALS = [thing[0] for thing in THINGS if thing[1] == "animal"]
PORTABLE = [thing[0] for thing in THINGS if thing[1] in ("fruit", "tool", "clothing", "instrument")
            and thing[0] not in ("ladder", "piano", "harp")]
COUNTED = ["apple", "pear", "plum", "lemon", "banana", "peach", "sock", "hat", "bell", "drum", "boot", "glove"]

# One key in so many is kept for the tests; fewer where there are few keys.
HELD_OUT_SHARE = {"fact": 4, "opposite": 4}


def held_out(kind, *key):
    """True where items about this key may only appear in test splits."""
    digest = hashlib.sha256("|".join([kind, *map(str, key)]).encode()).digest()
    return digest[0] % HELD_OUT_SHARE.get(kind, 8) == 0


def plural(noun):
    if noun == "mouse":
        return "mice"
    if noun.endswith("y"):
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")


def article(word):
    return "an" if word[0] in "aeiou" else "a"
