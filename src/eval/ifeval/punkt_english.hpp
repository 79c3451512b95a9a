// What Punkt has to know about English, written from general knowledge of the language. Sorted, in lower
// case. scripts/reference/ifeval_checks.py reads these lists.
#pragma once

#include <array>
#include <string_view>

namespace assay::eval::punkt_english {

/// Words that are written with a period which is not the end of a sentence, without that period: titles,
/// months and days, states, company forms, initials that belong together, measures. Latin ones such as e.g.
/// and i.e. are left out, because newspaper text, from which nltk's list comes, has few.
inline constexpr auto abbreviations = std::to_array<std::string_view>({
    "a.m",  "adm",  "ala",  "apr",  "ariz", "assn",  "aug",  "b.a",   "b.c",  "bros", "calif", "capt",
    "cmdr", "co",   "col",  "colo", "conn", "corp",  "d.c",  "dec",   "dept", "dr",   "feb",   "fla",
    "ft",   "ga",   "gen",  "gov",  "h.f",  "inc",   "j.c",  "j.p",   "j.r",  "jan",  "jr",    "kg",
    "km",   "ky",   "l.a",  "lb",   "lt",   "ltd",   "m.a",  "m.b.a", "m.d",  "maj",  "md",    "messrs",
    "mg",   "mich", "minn", "mont", "mr",   "mrs",   "ms",   "mt",    "n.c",  "n.d",  "n.h",   "n.j",
    "n.m",  "n.v",  "n.y",  "neb",  "nev",  "nos",   "nov",  "oct",   "okla", "p.m",  "pa",    "penn",
    "ph.d", "prof", "pty",  "r.i",  "rev",  "s.a",   "s.c",  "s.d",   "sen",  "sens", "sep",   "sept",
    "sgt",  "sr",   "st",   "tenn", "tex",  "thurs", "tues", "u.k",   "u.n",  "u.s",  "u.s.a", "u.s.s.r",
    "va",   "vs",   "vt",   "w.va", "wis",  "wyo",   "yr",   "yrs",
});

/// Words that begin many sentences: behind an abbreviation or an ellipsis, written with a capital, they begin
/// one.
inline constexpr auto starters = std::to_array<std::string_view>({
    "a",     "according", "after",   "all",   "also",    "although", "an",        "and",      "another",
    "as",    "at",        "because", "both",  "but",     "by",       "despite",   "during",   "each",
    "even",  "for",       "he",      "her",   "here",    "his",      "how",       "however",  "i",
    "if",    "in",        "instead", "it",    "its",     "many",     "meanwhile", "moreover", "most",
    "my",    "no",        "now",     "of",    "on",      "once",     "one",       "or",       "other",
    "our",   "she",       "since",   "so",    "some",    "still",    "such",      "that",     "the",
    "their", "then",      "there",   "these", "they",    "this",     "those",     "though",   "thus",
    "to",    "under",     "until",   "we",    "what",    "when",     "where",     "whether",  "which",
    "while", "who",       "why",     "with",  "without", "yet",      "you",       "your",
});

}  // namespace assay::eval::punkt_english
