"""Documents and responses of ifeval_checks.py, written for this project. Every document meets every response."""

import random

RELATIONS = ("less than", "at least")


def documents():
    """(instruction ids, kwargs) of each document."""
    def one(name, **kwargs):
        return [name], [kwargs]

    yield one("keywords:existence", keywords=["river", "stone"])
    yield one("keywords:existence", keywords=["STRASSE", "naïve"])
    yield one("keywords:existence", keywords=["a.c", "colou?r", r"\d{2,3}"])
    yield one("keywords:existence", keywords=[""])
    yield one("keywords:forbidden_words", forbidden_words=["river", "sun", "river"])
    yield one("keywords:forbidden_words", forbidden_words=["нет", "été"])
    yield one("keywords:forbidden_words", forbidden_words=["well|deep"])
    for relation in RELATIONS:
        yield one("keywords:frequency", keyword=" the ", frequency=2, relation=relation)
        yield one("keywords:letter_frequency", letter="E", let_frequency=3, let_relation=relation)
        yield one("keywords:letter_frequency", letter="#", let_frequency=2, let_relation=relation)
        for words in (1, 2, 5, 12, 40):
            yield one("length_constraints:number_words", num_words=words, relation=relation)
        for sentences in (1, 2, 3, 5, 8):
            yield one("length_constraints:number_sentences", num_sentences=sentences, relation=relation)
        for capitals in (1, 2, 3, 6, 12):
            yield one("change_case:capital_word_frequency", capital_frequency=capitals, capital_relation=relation)
    yield one("keywords:frequency", keyword="s|S{2}", frequency=4.0, relation="at least")
    for paragraphs in (1, 2, 3):
        yield one("length_constraints:number_paragraphs", num_paragraphs=paragraphs)
    for paragraphs, nth, word in ((1, 1, "The"), (2, 2, "second"), (3, 3, "it"), (2, 1, "élan"), (2, 2, "don")):
        yield one("length_constraints:nth_paragraph_first_word", num_paragraphs=paragraphs, nth_paragraph=nth,
                  first_word=word)
    for number in (1, 2, 3):
        yield one("detectable_content:number_placeholders", num_placeholders=number)
        yield one("detectable_format:number_bullet_lists", num_bullets=number)
        yield one("detectable_format:number_highlighted_sections", num_highlights=number)
    yield one("detectable_format:number_bullet_lists", num_bullets=5)
    for marker in ("P.S.", "P.P.S", "P.P.S.", " Note: ", "n.b|p.s", "+x"):
        yield one("detectable_content:postscript", postscript_marker=marker)
    for splitter, number in (("Section", 2), ("SECTION", 1), ("(Part|Day)", 3), ("Day ", 2)):
        yield one("detectable_format:multiple_sections", section_spliter=splitter, num_sections=number)
    for name in ("detectable_format:constrained_response", "detectable_format:json_format", "detectable_format:title",
                 "combination:two_responses", "startend:quotation", "punctuation:no_comma",
                 "change_case:english_capital", "change_case:english_lowercase"):
        yield one(name)
    yield one("combination:repeat_prompt", prompt_to_repeat=" The river is WIDE. \n")
    yield one("combination:repeat_prompt", prompt_to_repeat="ΟΔΥΣΣΕΥΣ")
    for phrase in ("Is there anything else I can help with?", " wide.", "  ", "ΣΑΣ", '"'):
        yield one("startend:end_checker", end_phrase=phrase)
    for language in ("en", "de", "hi", "ko", "ja", "fa", "sw", "vi"):
        yield one("language:response_language", language=language)
    yield (["punctuation:no_comma", "detectable_format:title", "length_constraints:number_words"],
           [{"num_words": None, "relation": None}, {"keywords": [], "frequency": 0},
            {"num_words": 10, "relation": "less than", "language": ""}, {"unused": 1}])
    yield [], []


# Sentences: abbreviations, initials, numbers, ellipses, quotes, brackets.
SENTENCES = [
    "The river is wide. It is deep too! Is it cold? Nobody knows.",
    "Dr. Weiss met Mr. Ode at 5 p.m. on Monday. They left at 6 p.m. The rain had stopped.",
    "He was born in the U.S. and lives in the U.K. now. She was born in the U.S. They met in Feb. 1999.",
    "J. R. Stone wrote it. Plan B. The plan failed. See p. 5. Items: 1. Apples 2. pears 3. Plums.",
    "Wait... what? I think... The end... then nothing. . . . Yes. . . . and no.",
    "\"Go away!\" he said. \"Why?\" (He did not know.) 'Fine.' So it went.) Then?\" -- no.",
    "Use e.g. a stone, i.e. a rock, etc. Then stop. The cos. Inc. and Sons Ltd. grew.",
    "Visit www.example.org/a.b?c=1. Mail me at a.b@c.example. Version 2.5.1 is out. Pi is 3.14.",
    "One sentence without an end",
    "Two lines\nno stops\n\nanother. And more.Nothing between.Here",
    "!!! ??? ... .",
    "What?! No!!! \u201cYes.\u201d \u2018Perhaps.\u2019 \u00abJa.\u00bb Done.",
    "It costs $5.00. 7 of them. -3. 4,5. 1.e 2. Good-by Jan. Then a well-known Dr. came.",
    "Ends with spaces.   \n\n  ",
    "a.\u00a0.\u00a0. b.\u00a0c. d.\u2003E. f.\x0bG.\x1cH.",
    "Prof. A. Berg and Capt. B. Thal, e.g. on St. Elm St. in N.Y. Because of it. Anno MMXX. Also this.",
    "etc.), and (cf. p. 3). [Note.] {Why.} Fine;ok: go. no. 5 yes. vs. The others vs. them. Yes, Mr. President.",
    "\u00bfQu\u00e9? \u00a1No! \u00c9l dijo. \u00c9l. \u03a3\u03b1\u03c2. \u4f60\u597d\u3002 \u518d\u89c1. \u0939\u093e\u0901. \u0964",
    "...Begin. ..mid.. End.. x.. -- a -. b --. c.--d. e.-- F. g.,h. i., J.,K",
    "It was mid-Feb. Nobody came. An ex-Gen. spoke. The non-Dr. Weiss did. Post-Inc. He said so.",
    "The U.S. Senate. The u.s. The U.S., a. The p.m. He is 6 ft. tall. He is 6 ft. He is 3 yrs. old. Old Jr. Jr. Sr.",
]

# Capitals and the word tokenizer.
CAPITALS = [
    "DON'T SHOUT. I CAN'T HEAR YOU'RE HERE'S THE USA'S BEST. CANNOT GONNA GIMME MORE'N 'TIS 'TWAS D'YE",
    "A B C, D; E:F G:5 H,I J,6 K--L M\u2014N O...P Q*R*S T/U V-W X_Y Z&A #B @C $D %E",
    "NASA and the F.B.I. met ``HERE'' or \"THERE\" and 'EVERYWHERE' (BUT NOT [HERE] {OR} <HERE>).",
    "\u00c9T\u00c9 \u0394\u0395\u039b\u03a4\u0391 \u01c5A \u01c4 \u24b6\u24b7 \u2160\u2161 \u0130 STRA\u00dfE 5A A5 5 I'M I\u2019M O'NEIL rock'N'ROLL",
    "THE END\". THE END.\" \u201cQUOTED\u201d. \u00abQUOTED\u00bb \u2018X\u2019 ''Y'' ``Z`` \"W\" 'S 's 'LL it'S WE'LL WE'VE I'D.",
    "ALL OF THIS IS WRITTEN IN CAPITAL LETTERS, AND IT IS ENGLISH, AS ANYONE CAN SEE WHO READS IT.",
    "all of this is written in small letters, and it is english, as anyone can see who reads it.",
    "All Of This Is Written In Both, and so it is neither of the two.",
    "12345 67890 !!! ... ---",
    "ABC", "abc", "\u00df", "\u01c5", "\u2170\u00aa", "A?B!C D' E '' F'' G'. H'.\" (I.) J.]} K.\u00bb",
    "HE SAYS I DON'T:", "AND I CAN'T,", "WE WON'T; SHE WON'T", "AB,CD:EF,,GH::IJ,1:2", "THEY'LL 'LL 'RE WE'RE\" IT'S' ",
    "wanna WANNA GOTTA LEMME Cannot GONNA! can not. DON'T. WON'T\nI.",
]

# Formats.
FORMATS = [
    "* one\n* two\n- three\n  * four\n** five\n*** six\n-\n*\n* seven",
    "*\n* one\n\n\n- two\n\n* \n- \n*\n\n-x\n\u00a0* y\n\x1c- z\n*\u00e9\n*\u00e9\n",
    "*one* **two** ***three*** ** ** * * **** *four\nfive* **six*\n**seven** *eight**",
    "**a***b****c**d** ****e**** ** f ** *g*h*i*",
    "[name] [date] [a\nb] [[c] d] [] [ [e]",
    "]a[ [b [c] ]] [d",
    "First.\n\nP.S. More.", "First.\np. s. No.\np.s. yes", "First.\n\nP.P.S. More.", "p. p. s", "P.P.S", "P.\u00a0P.\u00a0S\nNOTE: x",
    "N.B. look. xx", "Post scriptum: none",
    "Section 1\nThe first.\nSection 2\nThe second.", "SECTION 1 a SECTION2 b Section3 c Section\n4", "Section 1",
    "Part 1 x Day 2 y Day3 Day  4", "Day \u0663 Day \u00b2 Day x",
    "My answer is yes.", "I think my answer is no.", "So: My answer is maybe. Or not.", "My answer is perhaps.",
    "<<A title>>\nText", "<<>>", "<<<>>>", "<< >>", "a << b >> c", "<<a\nb>>", "<< > <<c>> >", "<<x>", "<<<<y>>>>", "<<>>>a>>",
    "One.\n******\nTwo.", "One.\n******\n One. ", "******One.******Two.******", "One.******\n******Two.", "A************B",
    "One***Two", "One.\n***\nTwo.\n***\nThree.", "***\nOne.\n***\n", "One. *** \n *** Two.", "a****b***", "*****",
    "\"Quoted.\"", " \"Quoted.\" \n", "\"", "\"\"", "\"Half", "\u201cCurly\u201d",
    "The river is wide. Yes: it is.", "\n The RIVER is wide.\nAnd stony.", "The river  is wide.",
    "\u03bf\u03b4\u03c5\u03c3\u03c3\u03b5\u03c5\u03c3 \u03ba\u03b1\u03b9", "\u039f\u0394\u03a5\u03a3\u03a3\u0395\u03a5\u03a3", "\u03a3\u0391\u03a3", "\u03c3\u03b1\u03c3", "\u03c3\u03b1\u03c2",
    "Well.\nIs there anything else I can help with?", "Is there anything else I can help with?\"\"  ", "It is WIDE.\"",
    "Is there anything else I can help with?\nBye.",
    "The first.\n\nSecond one.", "\u00c9LAN vital.\n\n\"Second,\" he said.", "a\n\nb\n\n'It's c", "a\n\n\n\nb", "'\"The'x", "\"'The", "The",
    "\n\nThe", "b\n\nDon't", "x\n\n\"'' second", "a\n\nb\n\nIt\n\n", "x\n\n\u201csecond\u201d", "x\n\nsecond\u00a0thing",
]

# What json.loads reads and what not.
JSON = [
    "{\"a\": [1, 2.5, -3e4, true, null, \"\\u00e9\\n\"]}", "```json\n{\"a\": 1}\n```", "```\n[]\n```", "```JSON\n```Json {}```",
    "```JSON\n{}```", "NaN", "[Infinity, -Infinity, NaN]", "-NaN", "{\"a\": 1, \"a\": 2}", "{\"a\": 1,}", "[1,]", "[,1]", "[1 2]",
    "{a: 1}", "{'a': 1}", "01", "-0", "1.", ".5", "1e5", "1e", "1E+5", "1.5e-", "-", "+1", "tru", "truefalse", "\"open",
    "\"tab\there\"", "\"\x7f\"", "\"\\x41\"", "\"\\ud800\"", "\"\\ud800\\u12\"", "\"\\u00g0\"", "\"\\u00e", "\"\\", "{\"a\"}", "{\"a\":}", "{\"a\":1]", "[}", "{]",
    "[[[[[[]]]]]]", "[[", "{} {}", "```json\n{}\n``` and more", "\ufeff{}", "{\"a\":\u00a01}", "\u00a0{}\u00a0", "{\"a\" :\t1\r\n}", "1" * 4300,
    "1" * 4301, "1" * 4301 + ".0", "1" * 4301 + "e1", "-" + "1" * 4301, "[1e999]", "\"\u2028\"", "{\"a\": {\"b\": []}, \"c\": [{}]}", "{,}", "[]]", "// x\n{}",
]

# Languages: a few sentences of our own in those that the documents ask for, and texts without any.
LANGUAGES = [
    "The weather was fine yesterday, so we walked along the river and talked about our plans for the summer.",
    "Gestern war das Wetter sch\u00f6n, deshalb sind wir am Fluss entlang gegangen und haben \u00fcber unsere Pl\u00e4ne gesprochen.",
    "\u0915\u0932 \u092e\u094c\u0938\u092e \u0905\u091a\u094d\u091b\u093e \u0925\u093e, \u0907\u0938\u0932\u093f\u090f \u0939\u092e \u0928\u0926\u0940 \u0915\u0947 \u0915\u093f\u0928\u093e\u0930\u0947 \u091f\u0939\u0932\u0928\u0947 \u0917\u090f \u0914\u0930 \u0905\u092a\u0928\u0940 \u092f\u094b\u091c\u0928\u093e\u0913\u0902 \u0915\u0947 \u092c\u093e\u0930\u0947 \u092e\u0947\u0902 \u092c\u093e\u0924 \u0915\u0940\u0964",
    "\uc5b4\uc81c\ub294 \ub0a0\uc528\uac00 \uc88b\uc544\uc11c \uc6b0\ub9ac\ub294 \uac15\uac00\ub97c \uac78\uc73c\uba70 \uc5ec\ub984 \uacc4\ud68d\uc5d0 \ub300\ud574 \uc774\uc57c\uae30\ud588\ub2e4.",
    "\u6628\u65e5\u306f\u5929\u6c17\u304c\u3088\u304b\u3063\u305f\u306e\u3067\u3001\u5ddd\u6cbf\u3044\u3092\u6b69\u304d\u306a\u304c\u3089\u590f\u306e\u8a08\u753b\u306b\u3064\u3044\u3066\u8a71\u3057\u307e\u3057\u305f\u3002",
    "\u062f\u06cc\u0631\u0648\u0632 \u0647\u0648\u0627 \u062e\u0648\u0628 \u0628\u0648\u062f\u060c \u0628\u0631\u0627\u06cc \u0647\u0645\u06cc\u0646 \u06a9\u0646\u0627\u0631 \u0631\u0648\u062f\u062e\u0627\u0646\u0647 \u0642\u062f\u0645 \u0632\u062f\u06cc\u0645 \u0648 \u062f\u0631\u0628\u0627\u0631\u0647 \u0628\u0631\u0646\u0627\u0645\u0647\u200c\u0647\u0627\u06cc \u062a\u0627\u0628\u0633\u062a\u0627\u0646 \u062d\u0631\u0641 \u0632\u062f\u06cc\u0645.",
    "Jana hali ya hewa ilikuwa nzuri, kwa hiyo tulitembea kando ya mto na kuzungumza kuhusu mipango yetu ya likizo.",
    "H\u00f4m qua tr\u1eddi \u0111\u1eb9p n\u00ean ch\u00fang t\u00f4i \u0111i d\u1ea1o b\u1edd s\u00f4ng v\u00e0 n\u00f3i v\u1ec1 k\u1ebf ho\u1ea1ch m\u00f9a h\u00e8.",
    "Ho\u0302m qua tro\u031b\u0300i \u0111e\u0323p ne\u0302n chu\u0301ng to\u0302i \u0111i da\u0323o bo\u031b\u0300 so\u0302ng.",
    "Hier il faisait beau et nous avons march\u00e9 le long de la rivi\u00e8re en parlant de nos projets.",
    "\u0412\u0447\u0435\u0440\u0430 \u0431\u044b\u043b\u0430 \u0445\u043e\u0440\u043e\u0448\u0430\u044f \u043f\u043e\u0433\u043e\u0434\u0430, \u0438 \u043c\u044b \u0433\u0443\u043b\u044f\u043b\u0438 \u0432\u0434\u043e\u043b\u044c \u0440\u0435\u043a\u0438. \u041d\u0435\u0442, \u043d\u0435 \u0434\u043e\u043b\u0433\u043e.",
    "\u6628\u5929\u5929\u6c14\u5f88\u597d\uff0c\u6211\u4eec\u6cbf\u7740\u6cb3\u8fb9\u6563\u6b65\uff0c\u8c08\u8bba\u590f\u5929\u7684\u8ba1\u5212\u3002",
    "\u10d2\u10e3\u10e8\u10d8\u10dc \u10d9\u10d0\u10e0\u10d2\u10d8 \u10d0\u10db\u10d8\u10dc\u10d3\u10d8 \u10d8\u10e7\u10dd.", "\U0001f600\U0001f600", "https://example.org/only/an/address", "someone@example.org",
    "Read https://example.org/some/long/address?with=words and write to some.one@mail.example.org or @nobody or a@b or x@-.",
    "HELLO WORLD THIS IS ONE OF THOSE TEXTS", "Hello WORLD hELLO wORLD.", "\u0440\u0435\u043a\u0430 river \u0440\u0435\u043a\u0430 \u0440\u0435\u043a\u0430 river \u043a\u0430\u043c\u0435\u043d\u044c stone \u043d\u0435\u0442",
    "\u00a0\u00ab\u00b0\u00bb \u2014 \u2026", "The  double   spaces    and\ttabs\nand lines of it all.", "\u3042\u3044\u3046 \u30a2\u30a4\u30a6 \u3105\u3106", "\u015f\u0219 \u0163\u021b \u1ea1\u1ec7 \u06cc",
    "word " * 2100,
]

# Keywords, counts, and what is left without lines and asterisks.
OTHERS = [
    "The river runs over the stone, the sun is up.", "RIVERS and STONES: the the the", "naïve Straße STRASSE NAÏVE ſtraſſe",
    "a1c color 12 colour 123 abc", "sunny rivers un\u00e9t\u00e9 \u00e9t\u00e9", "sun", "river_bed sun5", "well, deep water", "E e\u0301 \u00e9 Kelvin \u212a",
    "# # ## !", "s S ss SS \u017f", "one", "one two", "one two three four five", "snake_case it's well-known 3.14 \u00bd \u00b2 \u2167 a\u200db \u0915\u094d\u092f\u093e \u4f60\u597d",
    "", " \n\t ", "\n", "*", "\x1c\x1d", "***", "Sure!\nThe river is wide.\nBye, all.", "Sure, here:\n*The river is wide.*\nBye.",
    "Sure!\n\"Quoted.\"", "Sure!\n**\"Quoted.\"**\nBye.", "```\n*x*\n```", "a,b\nc\nd,e", "\n\nThe\n\n", "a\n*b*\n", "Only *one* line, here.",
    "Intro\n{\"a\": 1}\nOutro", "Intro\n\n<<**T**>>\n\nOutro", "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
]


# Pieces that random texts are joined from: what tokenizers look at.
PIECES = (["A", "I", "The", "the", "NASA", "Dr", "U.S", "p.m", "Jan", "ab", "Cd", "DON'T", "CAN'T", "it's", "WE'LL", "x", "He", "he"]
          + ["1", "23", "4.5", "\u00e9", "\u00c9", "\u0939\u093f", "\u4f60", "\u00bd", "GONNA", "CANNOT", "'TIS", "St", "www", "Mr"]
          + [" "] * 14 + ["\n", "\n\n", "\u00a0", "\t", "  "] + [".", ".", ".", ".", ". ", ". ", ". ", "..", "...", ". . ."]
          + list("?!,;:'\"()[]{}<>*-_`@#$%&/\\") + ["--", "''", "``", "\u2014", "\u2018", "\u2019", "\u201c", "\u201d", "\u00ab", "\u00bb"])


def random_texts(seed, count):
    generator = random.Random(seed)
    return ["".join(generator.choices(PIECES, k=generator.randint(1, 60))) for _ in range(count)]


def responses():
    return SENTENCES + CAPITALS + FORMATS + JSON + LANGUAGES + OTHERS
