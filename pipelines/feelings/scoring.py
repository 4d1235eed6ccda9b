"""
How a text feels by the words in it, with rules for what turns, strengthens and outweighs them.

After VADER (Hutto & Gilbert, ICWSM 2014), with constants close to its own, but for all languages
alike, and with another negation: it reaches to the end of its clause, for in "jag tycker inte att
den är bra" three words stand in between; a sign directly behind it ends it ("No, it is great"). A
verb that it stands behind is turned too ("gefällt mir nicht"). "Without" reaches two words, and
behind another negation it is the Swedish "but rather" and ends that; *only* and *doubt* undo what
they stand behind. A phrase that means something else than its words ("can't wait") is one word. A
word that both strengthens and feels ("vreselijk lekker") only strengthens where a feeling follows
in its clause. Each word's valence is

- raised by 0.3 for each booster before it, lowered for each damper, and by 0.7 for capitals among
  small letters;
- turned and weakened (times -0.74) within a negated clause;
- halved before a contrast ("but"), and taken half as much again behind it.

Exclamation marks add 0.292 each, four at most. The sum is brought between -1 and 1 by
x / sqrt(x² + 15). Of more than `FEW_SENTENCES` it is the mean that counts: a long text does not
feel more because it is long.
"""

import dataclasses
import math
import re
from collections.abc import Iterator
from typing import Final

from pipelines.feelings.lexicons import Lexicon

_TOKEN: Final = re.compile(
    r"(?:(?<!\w)[=8xX]|(?<!\d)(?<!\b\w)[:;])['\-o^]?[)(DPpOo/\\|3*\]\[](?!\w)|<3"
    r"|[^\W\d_]+(?:['\u2019\-][^\W\d_]+)*"
    r"|[.!?…;:,()\n]+"
    r"|[\U0001F000-\U0001FAFF\u2600-\u27BF\u2B50]"
)
_SENTENCE_END: Final = re.compile(r"[.!?…]+(?=\s|$)|\n")
_REACH: Final = 7
"""Words behind a negation that it turns, unless its clause ends before."""

_NEAR: Final = 2
"""The same for what only belongs to the next words: *without*."""

_COMMA: Final = 3
"""Of these, what a comma takes."""

_BOOST: Final = 0.3
_CAPITALS: Final = 0.7
_TURNED: Final = -0.74
_EXCLAMATION: Final = 0.292
_MOST_EXCLAMATIONS: Final = 4
_BEFORE_CONTRAST, _BEHIND_CONTRAST = 0.5, 1.5
_ALPHA: Final = 15
FEW_SENTENCES: Final = 3


@dataclasses.dataclass(frozen=True, slots=True)
class Score:
    """What the words of a text say together."""

    value: float
    """From -1 to 1; 0 also when nothing was found."""

    hits: int
    """How many words, emoticons and emoji it rests on."""


def score(text: str, lexicon: Lexicon) -> Score:
    """Rate a text by the words of its language."""
    reader = _Reader(lexicon, shouts=text.isupper())
    for token in _tokens(text, lexicon):
        reader.read(token)
    total = sum(reader.weighed())
    if total:
        marks = min(text.count("!"), _MOST_EXCLAMATIONS)
        total += math.copysign(_EXCLAMATION * marks, total)
    sentences = max(1, sum(1 for part in _SENTENCE_END.split(text) if part.strip()))
    total *= min(1.0, FEW_SENTENCES / sentences)
    value = total / math.sqrt(total * total + _ALPHA)
    return Score(round(value, 4), len(reader.valences))


def _tokens(text: str, lexicon: Lexicon) -> list[str]:
    if lexicon.elision:
        text = lexicon.elision.sub(r"\1' ", text)
    return _TOKEN.findall(lexicon.phrases.joined(text))


class _Reader:
    """Goes through a text once."""

    def __init__(self, lexicon: Lexicon, *, shouts: bool) -> None:
        self._lexicon = lexicon
        self._shouts = shouts
        self._turned = 0
        self._is_negated = False
        self._verb: int | None = None
        self._turned_verb: int | None = None
        self._boost = 0.0
        self._waiting: float | None = None
        self._contrast: int | None = None
        self.valences: list[float] = []

    def read(self, token: str) -> None:
        """Take in one word, sign or emoji."""
        word = token.lower().replace("\u2019", "'")
        valence = self._lexicon.valences.get(word)
        if valence is None and not token[0].isalpha():
            self._pause(token)
        elif word in self._lexicon.contrasts:
            self._settle()
            self._contrast = len(self.valences)
            self._turned = 0
            self._verb = None
        elif not self._negate(word):
            self._weigh(token, word, valence)

    def _negate(self, word: str) -> bool:
        """Take in what begins, ends or undoes a negation; say whether it is such a word."""
        if word in self._lexicon.negations or word.endswith("n't"):
            self._turn_behind()
            self._turned, self._is_negated = _REACH, True
        elif word in self._lexicon.near_negations:
            self._turned = 0 if self._is_negated else _NEAR
        elif self._turned and word in self._lexicon.undoing:
            self._undo()
        else:
            return False
        return True

    def _turn_behind(self) -> None:
        """Turn the verb that the negation stands behind: *gillar inte*."""
        self._turned_verb = self._verb
        if self._turned_verb is not None:
            self.valences[self._turned_verb] *= _TURNED
        self._verb = None

    def _undo(self) -> None:
        """End a negation; directly behind it also give back the verb: *liebe nicht nur*."""
        if self._turned_verb is not None and self._turned == _REACH:
            self.valences[self._turned_verb] /= _TURNED
        self._turned = 0

    def weighed(self) -> Iterator[float]:
        """Hand out the valences; what stands behind the last contrast outweighs what is before."""
        self._settle()
        for place, valence in enumerate(self.valences):
            if self._contrast is None:
                yield valence
            else:
                is_before = place < self._contrast
                yield valence * (_BEFORE_CONTRAST if is_before else _BEHIND_CONTRAST)

    def _pause(self, sign: str) -> None:
        """End a clause; a comma only comes nearer to that, unless directly behind a negation."""
        self._settle()
        reaches = sign == "," and self._turned != _REACH
        self._turned = max(0, self._turned - _COMMA) if reaches else 0
        self._verb = None
        self._is_negated = self._is_negated and sign == ","

    def _settle(self) -> None:
        """Count what strengthened nothing as the feeling that it is too."""
        if self._waiting is not None:
            self.valences.append(self._waiting)
        self._waiting = None

    def _weigh(self, token: str, word: str, valence: float | None) -> None:
        boost = (word in self._lexicon.boosters) - (word in self._lexicon.dampers)
        if valence and boost:
            self._settle()
            self._waiting = self._changed(token, valence)
        elif valence:
            self._waiting = None
            self.valences.append(self._changed(token, valence, boost=self._boost))
            self._boost = 0.0
            if word in self._lexicon.verbs and not self._turned:
                self._verb = len(self.valences) - 1
        elif not boost:
            self._boost *= 0.5
        self._boost += boost * _BOOST
        self._turned = max(0, self._turned - 1)

    def _changed(self, token: str, valence: float, boost: float = 0.0) -> float:
        """Return what a valence is where it stands."""
        sign = math.copysign(1.0, valence)
        if token.isupper() and len(token) > 2 and not self._shouts:
            valence += sign * _CAPITALS
        valence += sign * boost
        return valence * _TURNED if self._turned and token[0].isalpha() else valence
