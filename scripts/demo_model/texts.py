"""Generators of the demo language: pages, questions with four choices, and sums with their steps.

Each generator takes a random.Random and a flag `test`. With test=False it only yields items about keys that
`world.held_out` leaves to training, with test=True only the others, so that no test item can be seen in training.
"""

import world as w


def pick_key(rng, kind, test, draw):
    """Draw until the key falls in the wanted half of the split."""
    while True:
        key = draw(rng)
        if w.held_out(kind, *key) == test:
            return key


# ---------------------------------------------------------------- choice: {kind, context, choices, label}


def choice_item(rng, kind, context, answer, wrong):
    choices = [answer, *rng.sample(sorted(set(wrong) - {answer}), 3)]
    rng.shuffle(choices)
    return {"kind": kind, "context": context, "choices": choices, "label": choices.index(answer)}


FACT_FORMS = {
    "kind": (1, w.KINDS, "Question: What kind of thing is the {x}?\nAnswer:", "{a} {v}"),
    "colour": (2, w.COLOURS, "Question: What colour is the {x}?\nAnswer:", "{v}"),
    "place": (3, w.PLACES, "Question: Where is the {x}?\nAnswer:", "in the {v}"),
}


def fact_choice(rng, test):
    thing, relation = pick_key(rng, "fact", test, lambda r: (r.choice(w.THINGS)[0], r.choice(sorted(FACT_FORMS))))
    row = next(row for row in w.THINGS if row[0] == thing)
    column, values, context, form = FACT_FORMS[relation]
    say = lambda value: form.format(a=w.article(value), v=value)
    return choice_item(rng, relation, context.format(x=thing), say(row[column]), map(say, values))


def opposite_choice(rng, test):
    def draw(r):
        pair = list(r.choice(w.OPPOSITES))
        r.shuffle(pair)
        return pair

    word, answer = pick_key(rng, "opposite", test, draw)
    wrong = [other for pair in w.OPPOSITES for other in pair if other != word]
    return choice_item(rng, "opposite", f"Question: What is the opposite of {word}?\nAnswer:", answer, wrong)


def agreement_choice(rng, test):
    """The verb agrees with the first noun, whatever stands near it. The hard kind: training never shows the
    held-out noun with the held-out verb in this number, so the rule must win over what was seen together."""
    animal, verb, many = pick_key(
        rng, "agreement", test, lambda r: (r.choice(w.ANIMALS), r.randrange(len(w.VERBS)), r.randrange(2)))
    other = rng.choice(w.ANIMALS)
    near = rng.choice([other, w.plural(other)])  # the verb agrees with the first noun, not with this one
    subject = f"{rng.choice(['two', 'three', 'many'])} {w.plural(animal)}" if many else animal
    answer = w.VERBS[verb][many]
    distractor = w.VERBS[verb][1 - many]
    others = [v[1 - many] for v in w.VERBS if v is not w.VERBS[verb]]
    context = f"Question: Every day the {subject} near the {near} ...\nAnswer:"
    item = choice_item(rng, "agreement", context, answer, others)
    if distractor not in item["choices"]:
        slot = rng.choice([i for i in range(4) if i != item["label"]])
        item["choices"][slot] = distractor
    return item


def lookup_choice(rng, test):
    """Who has what must be read in the context."""
    first, second, thing, other = pick_key(rng, "lookup", test, lambda r: (
        *(p[0] for p in r.sample(w.PEOPLE, 2)), *r.sample(w.PORTABLE, 2)))
    lines = [(first, thing), (second, other), (*[p[0] for p in rng.sample(
        [p for p in w.PEOPLE if p[0] not in (first, second)], 1)], rng.choice(
        [t for t in w.PORTABLE if t not in (thing, other)]))]
    rng.shuffle(lines)
    told = " ".join(f"{name} has the {item}." for name, item in lines)
    wrong = [item for _, item in lines if item != thing]
    wrong.append(rng.choice([t for t in w.PORTABLE if t not in (thing, *wrong)]))
    return choice_item(rng, "lookup", f"{told} Question: What does {first} have?\nAnswer:",
                       f"the {thing}", [f"the {t}" for t in wrong])


def biggest_choice(rng, test):
    superlative, *animals = pick_key(rng, "biggest", test, lambda r: (
        r.choice(["biggest", "smallest"]), *sorted(r.sample(w.BY_SIZE, 4))))
    rng.shuffle(animals)
    ordered = sorted(animals, key=w.BY_SIZE.index)
    answer = ordered[-1] if superlative == "biggest" else ordered[0]
    listing = f"the {animals[0]}, the {animals[1]}, the {animals[2]} or the {animals[3]}"
    context = f"Question: Which is the {superlative}, {listing}?\nAnswer:"
    return {"kind": superlative, "context": context, "choices": [f"the {a}" for a in animals],
            "label": animals.index(answer)}


CHOICE_MAKERS = [fact_choice, opposite_choice, agreement_choice, lookup_choice, biggest_choice]


def choice_text(item):
    return f"{item['context']} {item['choices'][item['label']]}"


# ---------------------------------------------------------------- sums: {question, answer}

GAINS = ["{name} has {a} {things}. {Pro} {verb} {b} more. How many {things} does {name} have now?",
         "There are {a} {things} in the {place} and {b} in the {place2}. How many {things} are there in all?",
         "{name} counts {a} {things} and {friend} counts {b}. How many {things} do they count?"]
LOSSES = ["{name} has {a} {things}. {Pro} gives {b} to {friend}. How many {things} does {name} have left?",
          "There are {a} {things} in the {place}. {name} takes {b} away. How many {things} are left?",
          "{name} has {a} {things} and {friend} has {b}. How many more {things} does {name} have?"]


def sum_steps(a, b):
    """Written addition: units, then tens with the carry."""
    units, carry = a % 10 + b % 10, (a % 10 + b % 10) // 10
    tens = f"{a // 10}+{b // 10}" + ("+1" if carry else "")
    return f"{a}+{b}: {a % 10}+{b % 10}={units}, {tens}={a // 10 + b // 10 + carry}.\n#### {a + b}"


def difference_steps(a, b):
    """Written subtraction: units, borrowing ten where needed, then tens."""
    borrow = int(a % 10 < b % 10)
    units, tens = a % 10 + 10 * borrow, a // 10 - borrow
    return f"{a}-{b}: {units}-{b % 10}={units - b % 10}, {tens}-{b // 10}={tens - b // 10}.\n#### {a - b}"


def sum_item(rng, test):
    def draw(r):
        low, high = sorted((r.randint(10, 99), r.randint(10, 99)))
        return r.choice("+-"), low, high + (low == high)

    sign, low, high = pick_key(rng, "sum", test, draw)
    name, pronoun, _, _ = rng.choice(w.PEOPLE)
    friend = rng.choice([p[0] for p in w.PEOPLE if p[0] != name])
    place, place2 = rng.sample(w.PLACES, 2)
    a, b = (high, low) if sign == "-" or rng.randrange(2) else (low, high)
    question = rng.choice(LOSSES if sign == "-" else GAINS).format(
        name=name, Pro=pronoun.capitalize(), friend=friend, a=a, b=b, things=w.plural(rng.choice(w.COUNTED)),
        place=place, place2=place2, verb=rng.choice(["buys", "finds", "picks", "gets"]))
    return {"question": question, "answer": (difference_steps if sign == "-" else sum_steps)(a, b)}


def sum_text(item):
    return f"Question: {item['question']}\nAnswer: {item['answer']}"


# ---------------------------------------------------------------- pages


def fact_sheet(rng):
    """Plain statements of the world's facts, in several wordings."""
    lines = []
    for name, kind, colour, place in rng.sample(w.THINGS, rng.randint(2, 5)):
        forms = [
            [f"The {name} is {w.article(kind)} {kind}.", f"The {name} is a kind of {kind}."],
            [f"The {name} is {colour}.", f"The colour of the {name} is {colour}."],
            [f"The {name} is in the {place}.", f"You can find the {name} in the {place}."],
        ]
        rng.shuffle(forms)
        lines += [rng.choice(form) for form in forms]
    for pair in rng.sample(w.OPPOSITES, rng.randint(1, 3)):
        x, y = rng.sample(pair, 2)
        lines.append(rng.choice([f"The opposite of {x} is {y}.", f"What is not {x} is {y}."]))
    if rng.randrange(2):
        small, big = sorted(rng.sample(w.BY_SIZE, 2), key=w.BY_SIZE.index)
        lines.append(rng.choice([f"The {big} is bigger than the {small}.", f"The {small} is smaller than the {big}."]))
    return " ".join(lines)


def episode(rng, hero, friend, thing, place):
    """A few sentences: something is lost, looked for and found."""
    name, pro, poss, obj = hero
    Pro = pro.capitalize()
    row = next(row for row in w.THINGS if row[0] == thing)
    home = row[3]
    x, y = rng.sample(rng.choice(w.OPPOSITES), 2)
    animal = rng.choice([t for t in w.THINGS if t[1] == "animal"])
    verb = rng.choice(w.VERBS)
    where = rng.choice([p for p in w.PLACES if p not in (place, home)])
    yield rng.choice([f"One {rng.choice(['morning', 'evening', 'night'])} {name} went to the {place}.",
                      f"{name} was in the {place}.",
                      f"On a {rng.choice(['cold', 'hot', 'wet', 'dry'])} day {name} walked to the {place}."])
    yield rng.choice([f"{Pro} had {poss} {row[2]} {thing} with {obj}.",
                      f"{Pro} wanted to show the {thing} to {friend[0]}.",
                      f"{Pro} looked for a {row[2]} {thing}."])
    if rng.randrange(3):
        yield rng.choice([f"There {pro} saw {w.article(animal[2])} {animal[2]} {animal[0]} from the {animal[3]}.",
                          f"Two {w.plural(animal[0])} {verb[2]} there.",
                          f"The {animal[0]} {verb[2]} near the {place}."])
    yield rng.choice([f"But the {thing} was lost.", f"Then {pro} lost the {thing}.", f"But the {thing} was gone."])
    yield rng.choice([f"{name} looked in the {where}, but the {thing} was not there.",
                      f'"Where is the {thing}?" asked {name}.', f"{Pro} was {rng.choice(['sad', 'afraid'])}."])
    if rng.randrange(2):
        yield rng.choice([f"The {where} was not {x}, it was {y}.",
                          f"It was {x} in the {place} and {y} in the {where}."])
    yield rng.choice([f'"Look in the {home}," said {friend[0]}.', f"{friend[0]} went with {obj} to the {home}.",
                      f'{friend[0]} said: "The {thing} is in the {home}."'])
    yield rng.choice([f"{name} found the {thing} in the {home}.", f"In the {home} {pro} found the {thing}."])
    yield rng.choice([f"{name} and {friend[0]} were happy.",
                      f"{Pro} gave {friend[0]} {rng.choice(['an apple', 'a pear', 'a plum'])}.",
                      f"{Pro} thanked {friend[0]} and went home.",
                      f"Then they {rng.choice(w.VERBS)[2]} in the {place}."])


def page(rng, test, episodes=None):
    """A story of one to four episodes about one hero, friend and thing."""
    hero, friend, thing = pick_key(rng, "page", test, lambda r: (
        *(p[0] for p in r.sample(w.PEOPLE, 2)), r.choice(w.PORTABLE)))
    by_name = {p[0]: p for p in w.PEOPLE}
    paragraphs = []
    for _ in range(episodes or rng.randint(1, 4)):
        place = rng.choice(w.PLACES)
        paragraphs.append(" ".join(episode(rng, by_name[hero], by_name[friend], thing, place)))
    return "\n".join(paragraphs)


def training_document(rng):
    """One document of the training mixture."""
    draw = rng.random()
    if draw < 0.17:
        return page(rng, False)
    if draw < 0.30:
        return fact_sheet(rng)
    if draw < 0.70:
        count = rng.choice([1, 2, 4, 6, 8])
        makers = [rng.choice(CHOICE_MAKERS)] * count if rng.randrange(2) else rng.choices(CHOICE_MAKERS, k=count)
        return "\n\n".join(choice_text(make(rng, False)) for make in makers)
    return "\n\n".join(sum_text(sum_item(rng, False)) for _ in range(rng.choice([1, 1, 2, 3, 4])))
