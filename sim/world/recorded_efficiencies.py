"""The two software efficiencies of a lab whose software follows research: their pieces so far, as they are recorded."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from math import inf, log
from typing import TYPE_CHECKING

from sim.base.growth import Growth
from sim.base.piece import Piece

if TYPE_CHECKING:
    from sim.world.lab import LabState


class Efficiencies:
    """What research has made of a lab's training and inference efficiency, in closed form.

    The record's laws are made of the same lists of pieces, so that every reader sees them grow.
    """

    __slots__ = ("name", "record", "pieces", "raised", "own_inference", "exponent", "gain", "stood")

    def __init__(self, lab: LabState) -> None:
        law, record = lab.spec.software, lab.world.record
        self.name = lab.name
        self.record = record
        self.exponent = 1.0 if law.inference_exponent is None else law.inference_exponent
        self.gain = 1.0
        """Inference efficiency over training efficiency to the power iota."""
        self.pieces: list[Piece] = _with_past(record.training_efficiency[lab.name].pieces)
        """Of training efficiency."""
        record.training_efficiency[lab.name] = Growth(self.pieces)
        self.own_inference: Growth | None = None
        """Of inference efficiency, where it has a law of its own."""
        self.raised: list[Piece] | None = None
        """Of inference efficiency, where it follows and is not the same as that of training."""
        if law.inference_efficiency is not None or law.inference_growth is not None:
            self.own_inference = record.inference_efficiency[lab.name]
        elif self.exponent == 1.0:
            record.inference_efficiency[lab.name] = record.training_efficiency[lab.name]
        else:
            self.raised = _with_past(record.inference_efficiency[lab.name].pieces)
            record.inference_efficiency[lab.name] = Growth(self.raised)
        self.stood: tuple[float, list[Piece], list[Piece] | None] | None = None
        """Since when both stand still, and the pieces as they were; None while they do not."""

    def inference(self, efficiency: float, day: float) -> float:
        """Inference efficiency on a day on which training efficiency is `efficiency`."""
        if self.own_inference is not None:
            return self.own_inference.at(day)
        return self.gain * (efficiency if self.exponent == 1.0 else float(efficiency**self.exponent))

    def add(self, piece: Piece) -> bool:
        """From its day on training efficiency is a new piece; whether it is any different."""
        pieces = self.pieces
        if pieces[-1][0] == piece[0]:
            if pieces[-1] == piece:
                return False
            pieces[-1] = piece
            if self.raised is not None:
                self.raised[-1] = self._raised(piece)
        else:
            pieces.append(piece)
            if self.raised is not None:
                self.raised.append(self._raised(piece))
        return True

    def _raised(self, piece: Piece) -> Piece:
        """The piece of inference efficiency that goes with one of training."""
        made = piece.raised(self.exponent)
        return made if self.gain == 1.0 else made._replace(value=made.value * self.gain)

    def state(self, pieces: Sequence[Piece]) -> None:
        """Until research drives it training efficiency is as stated, and inference efficiency follows."""
        self.pieces[:] = pieces
        if self.raised is not None:
            self.raised[:] = [self._raised(piece) for piece in pieces]

    def jump(self, day: float, times: float) -> None:
        """From a day on training efficiency is so many times as large, and goes on at its stated rate."""
        if self.stood is not None:
            since, *laws = self.stood
            factors = (times, times**self.exponent)
            grown = [law and list(Growth(law).jumped(since, x).pieces) for law, x in zip(laws, factors, strict=True)]
            self.stood = since, grown[0] or [], grown[1]
        for pieces, factor in ((self.pieces, times), (self.raised, times**self.exponent)):
            if pieces is not None:
                pieces[:] = Growth(pieces).jumped(day, factor).pieces

    def improve_inference(self, day: float, factor: float) -> None:
        """Inference alone gets better, at once, by a factor that lasts."""
        record = self.record
        if self.own_inference is not None:
            self.own_inference = record.inference_efficiency[self.name] = self.own_inference.jumped(day, factor)
        else:
            self.gain *= factor
            if self.stood is not None:
                since, training, inference = self.stood
                self.stood = since, training, list(Growth(inference or training).jumped(since, factor).pieces)
            law = record.inference_efficiency[self.name].jumped(day, factor)
            self.raised = list(law.pieces)
            record.inference_efficiency[self.name] = Growth(self.raised)

    def own_horizon(self, day: float, days: float, factor: float) -> float:
        """`days`, or fewer: until the lab's own law of inference has moved by a factor, or takes another course."""
        assert self.own_inference is not None
        pieces = self.own_inference.pieces
        if pieces[-1][0] > day:
            days = min(days, pieces[bisect_right(pieces, (day, inf))].day - day)
        piece = self.own_inference.piece_at(day)
        return min(days, log(factor) / abs(piece.rate)) if piece.rate else days

    def stand(self, day: float) -> None:
        """From a day on both stay as they are."""
        self.stood = day, list(self.pieces), self.raised and list(self.raised)
        for pieces in (self.pieces, self.raised):
            if pieces is not None:
                pieces[:] = Growth(pieces).held(day).pieces

    def never_go_on(self) -> None:
        """Both stand still, and will do so afterwards."""
        assert self.stood is not None
        since, *laws = self.stood
        held = [law and list(Growth(law).held(since).pieces) for law in laws]
        self.stood = since, held[0] or [], held[1]

    def go_on(self, day: float, follows: bool) -> float:
        """From a day on both go on where they stood still; the day since when they did.

        follows: whether research drives them, which finds their course anew if they have jumped meanwhile.
        """
        assert self.stood is not None
        since, *laws = self.stood
        alike = self.pieces[-1].value == Growth(laws[0] or []).at(since)
        for pieces, before in zip((self.pieces, self.raised), laws, strict=True):
            if pieces is not None and before is not None and (alike or not follows):
                pieces[:] = Growth(before).stood(since, day, Growth(tuple(pieces))).pieces
        self.stood = None
        return since


def _with_past(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, the first of them twice: one holds before its day whatever research makes of the other."""
    return [pieces[0].moved(pieces[0].day - 1.0), *pieces]
