"""Strings that are hard to tokenise, made from fixed word lists and a seeded generator.

Used by tokenizer_vectors.py for training text and for test strings; nothing here comes from a corpus.
"""

import random
import unicodedata

SENTENCES = [
    "The quick brown fox jumps over the lazy dog while the children watch from the window.",
    "She didn't know whether they'd arrive; we'll see, I'm sure you've heard, he's late, and that'd do.",
    "In 1969 about 600,000,000 people watched; the temperature was 21.5 degrees at 07:30 on 12/03/1999.",
    "Der Fluss fließt über große Wiesen, und die Bäume grünen früh im März.",
    "L'été, où l'on rêve, garçon et fille déjà prêts, naïve, coûte cher à l'hôtel.",
    "El niño comió piñas mañana por la tarde; ¿qué pasó aquí? ¡Nada más!",
    "Über allen Gipfeln ist Ruh, in allen Wipfeln spürest du kaum einen Hauch.",
    "Зимой вечером старик медленно шёл домой по снегу, и ветер гудел в трубах.",
    "Η θάλασσα ήταν ήρεμη και ο ήλιος έδυε πίσω από τα βουνά.",
    "春天的早晨，小鸟在树上唱歌，孩子们去学校读书。今天天气很好，我们去公园玩吧！",
    "今日は天気がいいので、公園を散歩しました。カタカナとひらがなと漢字。",
    "오늘은 날씨가 좋아서 공원에서 산책을 했습니다. 친구들과 함께 점심을 먹었어요.",
    "كان الولد يقرأ كتابا في الحديقة، ثم عاد إلى البيت مساء.",
    "הילד קרא ספר בגן ואחר כך חזר הביתה בערב.",
    "बच्चा बगीचे में किताब पढ़ रहा था और शाम को घर लौट आया।",
    "เด็กอ่านหนังสือในสวนแล้วกลับบ้านตอนเย็น",
    "Trẻ em đọc sách trong vườn rồi về nhà vào buổi tối.",
    "Çocuk bahçede kitap okudu, sonra akşam eve döndü; İstanbul ışıl ışıl.",
    "Zażółć gęślą jaźń, powiedział chłopiec i poszedł do szkoły.",
    "குழந்தை தோட்டத்தில் புத்தகம் படித்தது.",
    "ბავშვი ბაღში წიგნს კითხულობდა.",
    "Երեխան այգում գիրք էր կարդում։",
    "def add(a, b):\n    \"\"\"Adds.\"\"\"\n    return a + b  # sum\n",
    "for (int i = 0; i < n; ++i) {\n\tif (x[i] != y[i]) { return -1; }\n}\n",
    "SELECT name, COUNT(*) FROM users WHERE age >= 18 GROUP BY name ORDER BY 2 DESC;",
    "<div class=\"a b\">\n  <p>Hello, <b>world</b>!</p>\n</div>\n",
    "{\"key\": [1, 2.5, -3e10, null, true], \"text\": \"a\\nb\"}",
    "import numpy as np\nx = np.zeros((3, 4), dtype=np.float32)\nprint(f\"{x.shape=}\")\n",
    "$ git commit -m 'fix: it''s done' && make -j8 2>&1 | tee build.log",
    "E = mc^2, \\frac{a}{b} \\leq \\sqrt{x^2 + y^2}, \\alpha\\beta \\to \\infty",
    "https://example.org/path/to/page?query=a%20b&lang=en#section-2",
]

EMOJI = ["😀", "👍🏽", "👩‍👩‍👧‍👦", "🇩🇪🇫🇷", "❤️", "🏳️‍🌈", "1️⃣", "🤷🏻‍♂️", "☃", "🀄", "🦙"]
SPACES = [" ", "  ", "\t", "\n", "\r\n", "\r", "\v", "\f", "\x85", "\xa0", "\u1680", "\u2000", "\u2003", "\u2009",
          "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\u180e", "\u200b", "\ufeff"]
CONTRACTIONS = ["'s", "'S", "'t", "'T", "'re", "'RE", "'Re", "'ve", "'vE", "'m", "'M", "'ll", "'LL", "'lL", "'d", "'D",
                "'\u017f", "'\u017fa", "'x", "''s", "'", "'l", "'r", "'v", "'R", "’s", "'ſ s"]
NORMAL = ["e\u0301", "é", "\u212b", "A\u030a", "ﬁ", "\u1e9b\u0323", "\u0344", "\u1100\u1161\u11a8", "각", "\u0958",
          "q\u0307\u0323", "q\u0323\u0307", "\u2126", "①", "½", "㍿", "ﷺ", "İ", "ß", "ẞ", "ŉ", "ǆ", "Σς", "\u0f73\u0f71",
          "a\u0300\u0301\u0302\u0316\u0317", "\u0300", "\u0f43", "\ufb1d", "\U0001d15e", "豈", "\U0002f800"]
NUMBERS = ["0", "12", "123", "1234", "12345678", "3.14159", "1,000,000", "٣٤٥", "१२३४", "Ⅷ", "²³", "1½", "①②③④", "0x1F",
           "1e-9", "९", "𝟘𝟙𝟚𝟛", "12a34b", "abc123def4567"]
TAGS = ["<s>", "</s>", "<unk>", "<|endoftext|>", "<|im_start|>", "<|im_end|>", "[INST]", "[/INST]", "<0x41>", "<0xE4>",
        "<|begin_of_text|>", "<|eot_id|>", "▁", "▁▁", "Ġ", "Ċ", "<pad>", "<mask>", "[X]", "word", "WORD", "<|x|>", "<s", "|>",
        "<s><s>", "<|startoftext|>", "<sep>", "<SEP>", "Ⓐ", "İ"]
INVALID = [b"\x80", b"\xff", b"\xc0\xaf", b"\xc3", b"\xe4\xbd", b"\xed\xa0\x80", b"\xed\xb0\x80", b"\xf4\x90\x80\x80",
           b"\xf0\x9f\x98", b"\xf0\x80\x80\x80", b"\xe0\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xfe\xfe\xff\xff",
           b"\xe4\xbd\xe4\xbd\xa0", b"\xc3\x28", b"\xf1\x80\xe1\x80\xc2", b"\xbf\xbf", b"\xc1", b"\xf5", b"\xf0\x9f"]
PUNCTUATION = list("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") + ["…", "—", "«", "»", "。", "、", "¿", "§", "€", "±", "→", "؟", "،"]


def _code_points():
    """Assigned characters, but for private use and surrogates, by category."""
    by_category = {}
    for code in range(0x20000):
        category = unicodedata.category(chr(code))
        if category not in ("Cn", "Cs", "Co"):
            by_category.setdefault(category, []).append(code)
    return by_category


def training_text(seed, lines):
    rng = random.Random(seed)
    words = [w for s in SENTENCES for w in s.split(" ") if w]
    out = list(SENTENCES) * 4
    while len(out) < lines:
        kind = rng.random()
        if kind < 0.5:
            out.append(rng.choice(SENTENCES))
        elif kind < 0.9:
            out.append(" ".join(rng.choice(words) for _ in range(rng.randint(3, 12))))
        else:
            out.append(" ".join(str(rng.randrange(10 ** rng.randint(1, 6))) for _ in range(6)))
    return out


def test_strings(seed, count):
    """At least `count` distinct byte strings, some of them not UTF-8."""
    rng = random.Random(seed)
    categories = _code_points()
    names = sorted(categories)
    words = [w for s in SENTENCES for w in s.split(" ") if w]
    fixed = ["", " ", "a", "\n", "\0"]
    fixed += SENTENCES + EMOJI + SPACES + CONTRACTIONS + NORMAL + NUMBERS + TAGS + PUNCTUATION
    fixed += [" " * n for n in (2, 3, 4, 7, 8, 15, 16, 17, 31, 33, 64)]
    fixed += ["\n" * n for n in (2, 3, 5, 9)] + ["\t" * n for n in (2, 3, 4)] + ["a" * 300, "é" * 100, "字" * 80, "7" * 50]
    fixed += [chr(c) for c in range(0x20)] + [f"a{chr(c)}b" for c in range(0x7F, 0xA1)]
    fixed += [" " + s for s in SENTENCES[:8]] + [s + " " for s in SENTENCES[:8]] + [s.upper() for s in SENTENCES[:12]]
    out = [s.encode() for s in fixed] + list(INVALID) + [b"ab" + i + b" cd" for i in INVALID]

    def character():
        return chr(rng.choice(categories[rng.choice(names)]))

    def part():
        kind = rng.randrange(16)
        if kind < 5:
            return rng.choice(["", " "]) + rng.choice(words)
        if kind == 5:
            return rng.choice(words) + rng.choice(CONTRACTIONS)
        if kind == 6:
            return "".join(rng.choice(SPACES[:6] if rng.random() < 0.7 else SPACES) for _ in range(rng.randint(1, 5)))
        if kind == 7:
            return rng.choice(EMOJI)
        if kind == 8:
            return rng.choice(NUMBERS)
        if kind == 9:
            return "".join(rng.choice(PUNCTUATION) for _ in range(rng.randint(1, 4)))
        if kind == 10:
            return rng.choice(NORMAL)
        if kind == 11:
            return rng.choice(["", " ", "  "]) + rng.choice(TAGS) + rng.choice(["", " ", "\n"])
        if kind == 12:
            return "".join(character() for _ in range(rng.randint(1, 6)))
        if kind == 13:
            return chr(rng.randrange(0x20))
        if kind == 14:
            return rng.choice(INVALID)
        sentence = rng.choice(SENTENCES)
        start = rng.randrange(len(sentence))
        return sentence[start:start + rng.randint(1, 20)]

    seen = set(out)
    out = list(dict.fromkeys(out))
    while len(out) < count:
        parts = [part() for _ in range(rng.randint(1, 7))]
        text = b"".join(p if isinstance(p, bytes) else p.encode() for p in parts)
        if text not in seen:
            seen.add(text)
            out.append(text)
    return out
