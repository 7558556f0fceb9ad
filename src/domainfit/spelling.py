"""British spelling told to the models as American, so that a score does not hang on it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from ._compiled import letters

# What a word may go on with after each ending; the stems are those of the field and of office prose.
_ISE = (
    "optim organ general normal token summar visual special real recogn minim maxim util priorit standard custom "
    "regular initial parallel vector serial local global modern digit autom random categor character synchron "
    "operational industrial commercial monet personal container orthogonal quant discret lemmat vocal linear binar "
    "critic emphas harmon hypothes rational stabil synthes anonym pseudonym pri author final formal central "
    "democrat revolution scrutin stand steril crystall item material memor mobil neutral revital sanit social "
    "symbol virtual winsor featur polar penal diagonal"
).split()
_OUR = "behavi col fav flav harb hon hum lab neighb rum vap endeav ard cand par rig".split()
_LL = (
    "model label travel cancel channel level signal fuel tunnel total dial counsel panel marshal initial equal spiral"
).split()
_WHOLE = {
    "analyse": "analyze", "analysed": "analyzed", "analyser": "analyzer", "analysers": "analyzers",
    "analysing": "analyzing", "catalyse": "catalyze", "paralyse": "paralyze", "paralysed": "paralyzed",
    "centre": "center", "centres": "centers", "centred": "centered", "fibre": "fiber", "fibres": "fibers",
    "litre": "liter", "litres": "liters", "metre": "meter", "metres": "meters", "kilometre": "kilometer",
    "kilometres": "kilometers", "theatre": "theater", "calibre": "caliber",
    "catalogue": "catalog", "catalogues": "catalogs", "catalogued": "cataloged", "dialogue": "dialog",
    "dialogues": "dialogs", "analogue": "analog", "programme": "program", "programmes": "programs",
    "defence": "defense", "licence": "license", "licences": "licenses", "offence": "offense",
    "practise": "practice", "practised": "practiced", "practising": "practicing",
    "grey": "gray", "greyscale": "grayscale", "cheque": "check", "cheques": "checks", "tyre": "tire", "tyres": "tires",
    "artefact": "artifact", "artefacts": "artifacts", "ageing": "aging", "judgement": "judgment",
    "enrol": "enroll", "fulfil": "fulfill", "skilful": "skillful", "mould": "mold", "plough": "plow",
    "sceptical": "skeptical", "aluminium": "aluminum", "aeroplane": "airplane", "aeroplanes": "airplanes",
    "anaemia": "anemia", "haemoglobin": "hemoglobin", "oestrogen": "estrogen", "paediatric": "pediatric",
    "orthopaedic": "orthopedic", "gynaecology": "gynecology", "leukaemia": "leukemia", "tumour": "tumor",
    "tumours": "tumors", "oedema": "edema", "foetal": "fetal", "diarrhoea": "diarrhea",
    "data-centre": "data-center", "cosy": "cozy", "storey": "story", "whilst": "while", "towards": "toward",
}  # fmt: skip
_MAIL = re.compile(r"[^\s@<>()\[\]]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){0,4}\.[A-Za-z]{2,}")
_LINK = re.compile(r"https?://\S+")
_WORD = re.compile(r"[A-Za-z]+")
_PATTERN = re.compile(
    rf"(?:(?P<ise>{'|'.join(sorted(_ISE, key=len, reverse=True))})is(?=(?:e[drs]?|ers?|ing|ations?|ational|able)\Z)"
    rf"|(?P<our>{'|'.join(_OUR)})our(?=(?:s|ed|ing|al|able|ful|ite|ites|hood|hoods|ist|er|ers)?\Z)"
    rf"|(?P<ll>{'|'.join(_LL)})l(?=(?:ed|ing|er|ers|ings)\Z)"
    rf"|(?P<whole>{'|'.join(sorted(_WHOLE, key=len, reverse=True))})\Z)",
    re.IGNORECASE,
)
_STEMS = letters.Words(_ISE, _OUR, _LL, list(_WHOLE)) if letters is not None else None


def normalize(text: str) -> str:
    """Return what a model is given of a text: American spelling, and single spaces."""
    return american(" ".join(text.split()))


def normalize_all(texts: Sequence[str]) -> list[str]:
    """Normalize many short texts at once, which is quicker than one by one."""
    if letters is not None:
        return list(letters.normalize(texts, _STEMS, _american))
    lines = [" ".join(t.split()) for t in texts]
    changed = _changes("\n".join(lines))
    return [_put(changed, line) if any(w in line for w in changed) else line for line in lines] if changed else lines


def without_addresses(text: str) -> str:
    """Put a word for each mail and web address, as the training text has it: who has which is no matter."""
    if "@" not in text and "://" not in text:
        return text
    return _LINK.sub("[URL]", _MAIL.sub("[EMAIL]", text))


def american(text: str) -> str:
    """Spell a text the American way.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The same words; capitals at the beginning of a word are kept. Only for what a model is given:
        offsets refer to the text as it was written.

    Examples
    --------
    >>> american("Optimised the modelling of tumour behaviour; analysed catalogues.")
    'Optimized the modeling of tumor behavior; analyzed catalogs.'
    """
    if letters is not None:
        return str(letters.respell(text, _STEMS, _american))
    changed = _changes(text)
    return _put(changed, text) if changed else text


def _changes(text: str) -> dict[str, str]:
    """Return the words of a text that are spelled the British way, with the American spelling of each."""
    return {word: new for word in set(_WORD.findall(text)) if (new := _american(word)) != word}


def _put(changed: dict[str, str], text: str) -> str:
    return _WORD.sub(lambda m: changed.get(m[0], m[0]), text)


@lru_cache(2**16)
def _american(word: str) -> str:
    found = _PATTERN.match(word)
    return word if found is None else _respell(found) + word[found.end() :]


def _respell(match: re.Match[str]) -> str:
    kind, stem = match.lastgroup, match[match.lastgroup or 0]
    if kind == "ise":
        return stem + ("Z" if match[0].isupper() else "z").rjust(2, "I" if match[0].isupper() else "i")
    if kind == "our":
        return stem + ("OR" if match[0].isupper() else "or")
    if kind == "ll":
        return stem
    word = _WHOLE[stem.lower()]
    return word.upper() if stem.isupper() else word.capitalize() if stem[0].isupper() else word
