"""Answers to mathematical problems in the forms that MATH's solutions and models' responses use, made by chance.

Used by math_equivalence.py. `pairs(seed, count)` gives (left, right) texts: rewritten forms of one value, near misses,
damaged LaTeX, and unrelated ones.
"""

import random

VARIABLES = list("xyzabcnkmprt")


def integer(r):
    return r.choice([r.randint(0, 12), r.randint(-20, 200), r.randint(-10**6, 10**6), r.randint(10**12, 10**30)] if r.random() < 0.2
                    else [r.randint(0, 12), r.randint(1, 100)])


def number_forms(r, n):
    text = str(n)
    forms = [text, "{" + text + "}", f"({text})", text + ".", " " + text, f"+{text}", f"{text}.0", f"{2 * n}/2", f"\\frac{{{3 * n}}}{{3}}",
             f"\\sqrt{{{n * n}}}", f"{n + 5}-5", f"\\left({text}\\right)", f"0{text}", f"{text}\\%", f"\\${text}", f"{text}^\\circ", f"{text}^{{\\circ}}",
             f"{text}\\text{{ cm}}", f"{text} \\text{{ inches}}", f"{text}\\mbox{{ feet}}", f"{text} degrees", f"x={text}", f"{text}\\,", f"\\text{{{text}}}",
             f"\\boxed{{{text}}}", f"{n:,}".replace(",", r.choice([",", "{,}", ",\\!", "\\,"])), f"\\mathbf{{{text}}}", f"{text}!", f"{text}\\cdot 1", f"{text}_{{10}}",
             f"{text} units", f"{text}\\ ", f"\\approx {text}", f"{text}\\text{{ square units}}", f"{text} \\pi/\\pi", f"|{-n}|", f"\\lfloor {text}.3 \\rfloor"]
    return r.choice(forms)


def fraction(r):
    a, b = r.randint(1, 60), r.randint(2, 40)
    sign = r.choice(["", "", "-"])
    k = r.randint(1, 4)
    forms = [f"{sign}\\frac{{{a}}}{{{b}}}", f"{sign}\\dfrac{{{a}}}{{{b}}}", f"{sign}{a}/{b}", f"{sign}\\frac{{{a * k}}}{{{b * k}}}", f"\\frac{{{sign}{a}}}{{{b}}}",
             f"{sign}{a / b:.3f}", f"{sign}{a / b}", f"{sign}\\tfrac{{{a}}}{{{b}}}", f"({sign}{a})/{b}", f"{sign}{a}\\div {b}", f"{sign}{a}:{b}", f"\\frac{{{a}}}{{{sign}{b}}}",
             f"{sign}{a // b}\\frac{{{a % b}}}{{{b}}}", f"{sign}\\frac{a % 10}{b % 10}", f"{sign}\\frac{a % 10}{{{b}}}", f"{sign}\\frac{{{a}}}{b % 10}", f"{sign}{a}\\cdot {b}^{{-1}}",
             f"{sign}.{a}", f"\\frac {{{sign}{a}}} {{{b}}}", f"{sign}\\left(\\frac{{{a}}}{{{b}}}\\right)", f"{sign}{a} / {b}", f"{sign}\\frac{{{a}}}{{{b}}}\\text{{ miles}}"]
    return forms


def radical(r):
    c, d, e = r.randint(1, 9), r.choice([2, 3, 5, 6, 7, 10, 11]), r.randint(2, 6)
    index = r.choice([3, 4, 5])
    forms = [f"{c}\\sqrt{{{d}}}", f"\\sqrt{{{c * c * d}}}", f"{c}\\sqrt{d}" if d < 10 else f"{c}\\sqrt{{{d}}}", f"{c} \\sqrt {{{d}}}", f"{c}\\cdot\\sqrt{{{d}}}",
             f"\\frac{{{c * d}}}{{\\sqrt{{{d}}}}}", f"{c}{{\\sqrt{{{d}}}}}", f"{c}({d})^{{1/2}}", f"{c}\\cdot {d}^{{\\frac{{1}}{{2}}}}", f"{c}\\sqrt[2]{{{d}}}", f"\\sqrt{{{d}}}\\cdot {c}",
             f"\\frac{{{c * e}\\sqrt{{{d}}}}}{{{e}}}", f"{c}*\\sqrt{{{d}}}", f"{c * d ** .5:.4f}"]
    sums = [f"{e}+{c}\\sqrt{{{d}}}", f"{c}\\sqrt{{{d}}}+{e}", f"{e} + \\sqrt{{{c * c * d}}}", f"\\frac{{{2 * e}+{2 * c}\\sqrt{{{d}}}}}{{2}}", f"({e}+{c}\\sqrt{{{d}}})",
            f"{e}-(-{c}\\sqrt{{{d}}})", f"\\frac{{{e * e}-{c * c * d}}}{{{e}-{c}\\sqrt{{{d}}}}}", f"{e}+{c}\\sqrt{d % 10}"]
    roots = [f"\\sqrt[{index}]{{{d ** index * 2}}}", f"{d}\\sqrt[{index}]{{2}}", f"{d}\\cdot 2^{{1/{index}}}", f"{d}\\sqrt[{index}]2", f"{d} \\sqrt[{index}]{{2}}",
             f"(2\\cdot {d}^{index})^{{\\frac{{1}}{{{index}}}}}"]
    half = [f"\\frac{{\\sqrt{{{d}}}}}{{{e}}}", f"\\frac{{{d}}}{{{e}\\sqrt{{{d}}}}}", f"\\frac1{e}\\sqrt{{{d}}}", f"\\sqrt{{\\frac{{{d}}}{{{e * e}}}}}", f"\\frac{{1}}{{{e}}}\\sqrt{{{d}}}",
            f"\\frac{{\\sqrt{d % 10}}}{e}", f"\\sqrt{{{d}}}/{e}", f"\\dfrac{{\\sqrt{{{d}}}}}{{{e}}}", f"{{\\frac{{\\sqrt{{{d}}}}}{{{e}}}}}"]
    return r.choice([forms, sums, roots, half])


def pi_value(r):
    a, b = r.randint(1, 30), r.randint(2, 12)
    return r.choice([
        [f"{a}\\pi", f"\\pi {a}", f"{a} \\pi", f"{a}\\cdot\\pi", f"{a * 2}\\pi/2", f"{a}\\pi\\text{{ cm}}^2", f"\\pi\\cdot {a}", f"{a}pi", f"{a}\\times\\pi", f"{a * 3.14:.2f}", f"{a}\\pi cm",
         f"{a} \\pi \\text{{ square feet}}", f"\\pi({a})", f"{a}\\pi{{}}"],
        [f"\\frac{{{a}\\pi}}{{{b}}}", f"\\frac{{{a}}}{{{b}}}\\pi", f"{a}\\pi/{b}", f"\\frac{{\\pi {a}}}{{{b}}}", f"\\dfrac{{{a} \\pi}}{{{b}}}", f"\\pi\\frac{{{a}}}{{{b}}}", f"\\frac{{\\pi}}{{{b}}}\\cdot {a}"],
        [f"{a}-{b}\\pi", f"-{b}\\pi+{a}", f"{a} - {b} \\pi", f"({a}-{b}\\pi)", f"-({b}\\pi-{a})", f"{a}-\\pi {b}"]])


def polynomial(r):
    x = r.choice(VARIABLES)
    a, b, c, d = (r.randint(1, 9) for _ in range(4))
    return r.choice([
        [f"{a}{x}^2+{b}{x}+{c}", f"{a}{x}^{{2}} + {b}{x} + {c}", f"{c}+{b}{x}+{a}{x}^2", f"{x}({a}{x}+{b})+{c}", f"{a}*{x}^2+{b}*{x}+{c}", f"({a}{x}+{b}){x}+{c}", f"{x}\\cdot({a}{x}+{b})+{c}",
         f"{a}{x}^2+{b}{x}-{c}", f"f({x})={a}{x}^2+{b}{x}+{c}", f"{a}{x}{x}+{b}{x}+{c}", f"y={a}{x}^2+{b}{x}+{c}"],
        [f"({x}+{a})({x}-{b})", f"({x}-{b})({x}+{a})", f"{x}^2+{a}{x}-{b}{x}-{a * b}", f"({x}+{a})\\cdot({x}-{b})", f"{x}^2 + ({a}-{b}){x} - {a * b}", f"\\left({x}+{a}\\right)\\left({x}-{b}\\right)", f"-({b}-{x})({x}+{a})",
         f"{x}^2+({a - b}){x}-{a * b}", f"({x}+{a})({x}+{b})"],
        [f"\\frac{{{x}+{a}}}{{{x}-{b}}}", f"\\frac{{-{x}-{a}}}{{{b}-{x}}}", f"({x}+{a})/({x}-{b})", f"1+\\frac{{{a + b}}}{{{x}-{b}}}", f"\\frac{{{c}{x}+{a * c}}}{{{c}{x}-{b * c}}}", f"({x}+{a})({x}-{b})^{{-1}}", f"\\dfrac{{{x}+{a}}}{{{x}-{b}}}"],
        [f"({x}+{a})^{d}", f"({a}+{x})^{{{d}}}", f"\\left({x}+{a}\\right)^{d}", f"({x}+{a})^{d}", f"({x}+{a + 1})^{d}", f"[{x}+{a}]^{d}"],
        [f"{a}{x}^{b}y^{c}", f"{a}y^{c}{x}^{b}", f"{a}{x}^{{{b}}}y^{{{c}}}", f"\\frac{{{a}{x}^{{{b + 2}}}y^{c}}}{{{x}^2}}", f"{a} {x}^{b} y^{c}", f"{a}({x}^{b})(y^{c})"],
        [f"{x}^{{{a}/{b}}}", f"{x}^{{\\frac{{{a}}}{{{b}}}}}", f"\\sqrt[{b + 1}]{{{x}^{a}}}", f"{x}^{{{a}}}", f"({x}^{a})^{{1/{b}}}"],
        [f"\\frac{{{a}}}{{{x}}}", f"{a}/{x}", f"{a}{x}^{{-1}}", f"\\frac{{{a}y}}{{{x}y}}", f"{a}\\cdot\\frac1{x}", f"\\frac{a}{x}"],
        [f"{x}_1+{x}_2", f"{x}_{{1}}+{x}_{{2}}", f"{x}_2+{x}_1", f"{x}_1 + {x}_3"]])


def other(r):
    a, b, c = r.randint(1, 9), r.randint(1, 9), r.randint(10, 99)
    return r.choice([
        [f"({a},{b})", f"({a}, {b})", f"\\left({a},{b}\\right)", f"[{a},{b}]", f"({b},{a})", f"{a},{b}", f"({a},{b}]", f"\\{{{a},{b}\\}}", f"({a};{b})", f"{a}, {b}", f"\\left( {a}, {b} \\right)"],
        [f"{a},{b},{c}", f"{a}, {b}, {c}", f"{c},{b},{a}", f"{a},{b}\\text{{ and }}{c}", f"{a},{b} and {c}", f"{a} \\text{{ and }} {b}", f"{a},{c}", f"x,{a}", f"x, {b}"],
        [f"(-\\infty,{a})", f"(-\\infty, {a})", f"(-\\infty,{a}]", f"x<{a}", f"(-\\infty,{a})\\cup({b + a},\\infty)", f"x < {a}", f"{a}>x", f"x\\le {a}", f"x\\leq {a}", f"\\infty", f"-\\infty"],
        [f"\\begin{{pmatrix}} {a} \\\\ {b} \\end{{pmatrix}}", f"\\begin{{pmatrix}}{a}\\\\{b}\\end{{pmatrix}}", f"\\begin{{bmatrix}} {a} \\\\ {b} \\end{{bmatrix}}", f"\\begin{{pmatrix}} {b} \\\\ {a} \\end{{pmatrix}}", f"\\begin{{pmatrix}}{a}&{b}\\\\{c}&1\\end{{pmatrix}}"],
        [f"{a}+{b}i", f"{b}i+{a}", f"{a} + {b} i", f"{a}-{b}i", f"{a}+{b}*i", f"({a}+{b}i)", f"\\frac{{{2 * a}+{2 * b}i}}{{2}}", f"{a}+i{b}"],
        ["\\text{yes}", "\\text{Yes}", "yes", "\\text{ yes}", "\\text{even}", "\\text{odd}", "even", "\\mbox{even}", "\\textbf{even}", "\\text{(A)}", "(A)", "A", "\\text{A}", "\\mathrm{A}", "\\textbf{(A)}", "\\text{(B)}"],
        [f"{a}^{{{b}}}", f"{a}^{b}", f"{a ** b}", f"{a}^{{{b}-1}}\\cdot {a}", f"{a}\\cdot {a}^{{{b - 1}}}", f"{a}^{{{b + 1}}}/{a}", f"{a}**{b}"],
        [f"\\log_{a + 1} {c}", f"\\log_{{{a + 1}}}{{{c}}}", f"\\frac{{\\log {c}}}{{\\log {a + 1}}}", f"\\frac{{\\ln {c}}}{{\\ln {a + 1}}}", f"\\log_{a + 1}({c})", f"\\log {c}", f"\\ln {c}", f"\\ln({c})", f"\\lg {c}"],
        [f"\\sin {c}^\\circ", f"\\sin {c}", f"\\sin({c})", f"\\cos {c}", f"\\sin^2 x", f"1-\\cos^2 x", f"(\\sin x)^2", f"\\sin^{{2}}x", f"2\\sin x\\cos x", f"\\sin 2x", f"\\sin(2x)", "\\tan x", "\\frac{\\sin x}{\\cos x}", "\\sec x", "\\arctan x", "\\tan^{-1} x"],
        [f"{a + 3}!", f"\\binom{{{a + 9}}}{{{b}}}", f"\\binom{{{a + 9}}}{{{a + 9 - b}}}", f"\\frac{{{a + 9}!}}{{{b}!{a + 9 - b}!}}", f"\\frac{{{a + 9}!}}{{{b}!\\cdot {a + 9 - b}!}}", f"{{{a + 9}\\choose {b}}}", f"n!", f"n(n-1)!", f"\\binom{{n}}{{2}}", f"\\frac{{n(n-1)}}{{2}}", f"\\frac{{n\\cdot(n-1)}}{{2}}"],
        [f"\\${c}", f"{c}", f"\\${c}.00", f"{c} dollars", f"\\${c}.{a}0", f"{c}.{a}", f"{c}.{a}0", f"{c}\\text{{ dollars}}", f"\\text{{\\${c}}}"],
        [f"{c}\\%", f"{c}", f"{c / 100}", f"\\frac{{{c}}}{{100}}", f"{c} \\%", f"{c}\\text{{ percent}}", f"{c}%"],
        [f"{a}{b}01_2", f"{a}{b}01_{{2}}", f"{a}{b}01", f"{a}{b}01_{{\\text{{two}}}}", f"{a}{b}02_2"],
        [f"{a}:{c}", f"{a}:{c} \\text{{ a.m.}}", f"{a}:{c}\\text{{ p.m.}}", f"{a}{c}"],
        [f"{a}\\pm\\sqrt{{{b}}}", f"{a} \\pm \\sqrt{{{b}}}", f"{a}+\\sqrt{{{b}}},{a}-\\sqrt{{{b}}}", f"\\pm {a}", f"\\pm{a}", f"{a}, -{a}", f"-{a}, {a}"],
        [f"{a}.{b}\\times 10^{{{c}}}", f"{a}.{b} \\times 10^{c}", f"{a}{b}\\cdot 10^{{{c - 1}}}", f"{a}.{b} \\cdot 10^{{{c}}}", f"{a}.{b}e{c}", f"10^{{{c}}}"],
        [f"|x-{a}|", f"|{a}-x|", f"\\left|x-{a}\\right|", f"\\lvert x-{a}\\rvert", f"x-{a}", f"|x||y|", f"|xy|", f"|x|+|y|"],
        [f"e^{{{a}x}}", f"\\exp({a}x)", f"e^{{x{a}}}", f"\\exp {a}x", f"e^{a}", f"(e^x)^{a}"],
        [f"0.\\overline{{{c}}}", f"0.{c}", f"\\frac{{{c}}}{{99}}", f".{c}", f"0.{c}0", f"0.{c}{c}", f"0.{c}\\ldots", f"0.{c}..."],
        [f"\\angle ABC", f"\\overline{{AB}}", "AB", "\\triangle ABC", f"{c}^\\circ", f"{c}^{{\\circ}}", f"{c}", f"{c}\\degree", f"{c} \\text{{ degrees}}"],
        [f"x={a}", f"{a}", f"x = {a}", f"a=b={a}", f"x={a},y={b}", f"k={a}", f"ab={a}", f"x\\in\\{{{a}\\}}", f"\\{{{a}\\}}", f"x+y={a}"],
        [f"\\sqrt{{{a}+\\sqrt{{{b}}}}}", f"\\sqrt{{\\sqrt{{{b}}}+{a}}}", f"({a}+\\sqrt{{{b}}})^{{1/2}}", f"\\sqrt{{{a}-\\sqrt{{{b}}}}}", f"\\sqrt{{{a} + \\sqrt{b}}}"],
        ["\\emptyset", "\\varnothing", "\\text{none}", "\\text{DNE}", "\\text{undefined}", "\\mathbb{R}", "\\mathbb{Z}", "\\alpha", "\\beta", "\\text{All real numbers}"],
    ])


def damaged(r, text):
    if not text:
        return "{"
    at = r.randrange(len(text))
    return r.choice([text[:at] + text[at + 1:], text[:at], text[at:], text[:at] + r.choice(list("{}\\^_$()[]|,.;=/!&' %x1é٣")) + text[at:], text + "\\frac", text + "\\sqrt", text + "{", "\\text{ a}" + text + "\\text{ b}"])


def wrapped(r, text):
    return r.choice([text] * 12 + ["$" + text + "$", "$" + text + "$.", " " + text + " ", text + ".", "\\boxed{" + text + "}", "the answer is " + text, "\\[" + text + "\\]", text + "\n", "\\displaystyle " + text, text.replace(" ", ""),
                                    text.replace("frac", "dfrac"), text.replace("(", "\\left(").replace(")", "\\right)"), text + "\\;", "{" + text + "}", "\\text{" + text + "}"])


def family(r):
    kind = r.random()
    if kind < 0.12:
        n = abs(integer(r))
        return [number_forms(r, n) for _ in range(4)] + [str(n), str(n + 1)]
    return r.choice([fraction, radical, pi_value, polynomial, polynomial, other, other, other])(r)


def pairs(seed, count):
    r = random.Random(seed)
    out = []
    while len(out) < count:
        forms = family(r)
        left, right = r.choice(forms), r.choice(forms)
        kind = r.random()
        if kind < 0.05:
            right = r.choice(family(r))
        elif kind < 0.1:
            right = damaged(r, right)
        elif kind < 0.13:
            left = damaged(r, left)
        if kind > 0.6:
            right = wrapped(r, right)
        if kind > 0.9:
            left = wrapped(r, left)
        if left != right or r.random() < 0.1:
            out.append((left, right))
    return out
