"""The derivation of a model's headline numbers: each a formula with the numbers filled in."""

from __future__ import annotations

import math

from sim.analysis.explain_step import COLUMNS, num, percent
from sim.analysis.explain_training import TrainingSteps
from sim.base.units import DAYS_PER_YEAR, HOURS_PER_WEEK, SECONDS_PER_HOUR
from sim.model.accelerator import BYTES_PER_PARAMETER
from sim.model.domain import Logistic
from sim.model.inference import Inference
from sim.model.throughput import quality_multiplier
from sim.model.worth import thought
from sim.physics.throughput import Throughput
from sim.scenario.quantity import Quantity
from sim.tables.closings import Closings
from sim.tables.peaks import Peaks
from sim.tables.table import Table


class Derivation(TrainingSteps):
    """Makes the steps of one model. Every value is computed here from what its formula shows."""

    def table(self) -> Table:
        """All steps."""
        self._flop()
        self._size()
        self._effective()
        self._training_compute()
        self._fleets()
        self._windows()
        order = self.notes.renumber([step.formula for step in self.steps])
        return Table("steps", COLUMNS, [(*step[:3], text) for step, text in zip(self.steps, order, strict=True)])

    def _each(self, kind: str, inference: Inference, path: tuple[str | int, ...]) -> Throughput:
        """Throughput of one accelerator; its derivation is a step the first time."""
        each = self.rates.each(self.model, kind, inference, self.start)
        key = f"copies on one {kind}"
        texts = [step for step in self.steps if step.quantity.startswith(key) and step.value == each.copies]
        if texts:
            return each
        model, acc = self.model, self.draw.accelerators[kind]
        weight = context = flop = params = speed_x = 1.0
        tricks = ""
        for n, trick in enumerate(inference.tricks or ()):
            if trick.since is None or self.start >= trick.since:
                weight *= trick.weight_bytes_x or 1.0
                context *= trick.context_bytes_x or 1.0
                flop *= trick.flop_x or 1.0
                params *= trick.params_x or 1.0
                speed_x *= trick.speed_x or 1.0
                if trick.context_bytes_x not in (None, 1.0):
                    cited = self.mark(*path, "tricks", n, "context_bytes_x")
                    tricks += f" × {num(trick.context_bytes_x or 1.0)}{cited}"
        precision = acc.usable_precision(inference.precision)
        peak = acc.peak_flop_per_s[precision]
        if inference.throughput == "flop":
            value = peak * (inference.utilisation or 0.0) / (2.0 * model.params * params * flop)
            self.add(f"tokens/s on one {kind}", value, "tokens/s",
                     f"{num(peak)} FLOP/s × {percent(inference.utilisation or 0.0)}{self.mark(*path, 'utilisation')}"
                     f" / (2 × {num(model.params * params * flop)})")  # fmt: skip
            speed = (inference.speed_tokens_per_s or 0.0) * speed_x
            cited = self.mark(*path, "speed_tokens_per_s")
            self.add(f"copies on one {kind}", value / speed, "copies",
                     f"{num(value)} tokens/s / {num(speed)} tokens/s{cited}")  # fmt: skip
            return each
        kept = inference.context_bytes or 0.0
        kept_text = self.mark(*path, "context_bytes")
        if model.kv_bytes_per_token is not None:
            kept = model.kv_bytes_per_token * (inference.context_tokens or 0.0)
            kept_text = self.mark(*self.run, "kv_bytes_per_token") + self.mark(*path, "context_tokens")
        bytes_each = BYTES_PER_PARAMETER[precision] * weight
        batch, share, decoding = (inference.copies_per_replica or 1.0, inference.bandwidth_share or 1.0,
                                  (inference.decoding_gain or 1.0) * speed_x)  # fmt: skip
        speed = share * acc.bandwidth_bytes_per_s / acc.memory_bytes * decoding
        copies = acc.memory_bytes / (model.total_params * params * bytes_each / batch + kept * context)
        self.add("speed of a copy", speed, "tokens/s",
                 f"{percent(share)}{self.mark(*path, 'bandwidth_share')} × {num(acc.bandwidth_bytes_per_s / 1e12)} TB/s"
                 f"{self.mark('accelerators', kind, 'bandwidth_bytes_per_s')}"
                 f" / {num(acc.memory_bytes / 1e9)} GB{self.mark('accelerators', kind, 'memory_bytes')}"
                 f" × {num(decoding)}{self.mark(*path, 'decoding_gain')}")  # fmt: skip
        text = (f"{num(acc.memory_bytes / 1e9)} GB / ({num(model.total_params * params)} × {num(bytes_each)} B"
                f" / {num(batch)}{self.mark(*path, 'copies_per_replica')} + {num(kept / 1e9)} GB"
                f"{kept_text}{tricks})")  # fmt: skip
        if each.copies < copies * (1.0 - 1e-12):
            copies = peak / (2.0 * model.params * params * flop) / speed
            text = f"bound by FLOP: {num(peak)} / (2 × {num(model.params * params * flop)}) / {num(speed)}"
        self.add(key, copies, "copies", text)
        return each

    def _efficiency(self, day: float | None = None) -> tuple[float, str]:
        names = ("inference_growth", "inference_efficiency", "inference_exponent")
        growth = self.record.inference_efficiency[self.model.lab]
        return self.efficiency(growth, names, "inference efficiency", self.start if day is None else day)

    def _training_compute(self) -> None:
        held = self.model.accelerators
        if not held:
            return
        efficiency, mark = self._efficiency()
        copies = tokens = 0.0
        texts = []
        for kind, count in held.items():
            each = self._each(kind, self.lab.inference, ("labs", self.model.lab, "inference"))
            copies += count * each.copies * efficiency
            tokens += count * each.tokens_per_s * efficiency
            texts.append(f"{num(count)} {kind} × {num(each.copies)}")
        self.add("copies_from_training_compute", copies, "copies",
                 _times(texts, efficiency, mark))  # fmt: skip
        self.add("tokens_per_s_from_training_compute", tokens, "tokens/s",
                 f"{num(copies)} copies × {num(tokens / copies)} tokens/s")  # fmt: skip

    def _fleets(self) -> None:
        efficiency, mark = self._efficiency()
        total = total_tokens = 0.0
        by_fleet: dict[str, float] = {}
        each_fleet = []
        self.cluster(self.start)
        for name, held in self.rates.fleets_on(self.model.lab, self.start).items():
            fleet, copies, texts = self.lab.fleets[name], 0.0, []
            tokens = 0.0
            for kind, count in held.items():
                if count:
                    each = self._each(kind, fleet.inference, ("labs", self.model.lab, "fleets", name, "inference"))
                    copies += count * each.copies * efficiency
                    tokens += count * each.tokens_per_s * efficiency
                    self.accelerators_of_fleet(name, kind, count)
                    texts.append(f"{num(count)} {kind} × {num(each.copies)}")
            if copies:
                self.add(f"copies at opening, {name}", copies, "copies", _times(texts, efficiency, mark))
                total, total_tokens, by_fleet[name] = total + copies, total_tokens + tokens, tokens
                each_fleet.append((copies, tokens / copies))
        self.add("copies_at_open", total, "copies", " + ".join(num(n) for n, _ in each_fleet) or "no fleet has any")
        self.add("tokens_per_s_at_open", total_tokens, "tokens/s",
                 " + ".join(f"{num(n)} × {num(v)}" for n, v in each_fleet) or "no fleet has any")  # fmt: skip
        self._peak()
        speed = next((step.value for step in self.steps if step.quantity == "speed of a copy"), None)
        if total:
            speed = total_tokens / total
        elif (first := next(iter(self.model.accelerators), None)) is not None:
            speed = self.rates.each(self.model, first, self.lab.inference, self.start).speed_tokens_per_s
        if speed is not None:
            thinking = (self.draw.human.tokens_per_human_hour_thinking or 0.0) / SECONDS_PER_HOUR
            cited = self.mark("human", "tokens_per_human_hour_thinking")
            hour = f"{num(thinking * SECONDS_PER_HOUR)}{cited} tokens an hour of thinking"
            self.add("speed_vs_human", speed / thinking, "x", f"{num(speed)} / ({hour} / 3600)")
        for domain in sorted(self.draw.domains):
            self._worth(domain, by_fleet)

    def _worth(self, name: str, by_fleet: dict[str, float]) -> None:
        domain = self.draw.domains[name]
        per_hour, hours = self.rates.tokens_per_human_hour(domain), self.draw.human.work_hours_per_week or 40.0
        basis = (self.mark("human", "tokens_per_human_hour_thinking") if domain.token_basis == "thinking"
                 else self.mark("domains", name, "tokens_per_human_hour_task"))  # fmt: skip
        self._midpoint(domain.quality, name)
        known = self.model.capability(name)
        if known != self.model.effective_flop:
            ratio = known / self.model.effective_flop
            self.add(f"effective_flop in {name}", known, "FLOP",
                     f"{num(ratio)} × {num(self.model.effective_flop)}; as it is tuned")  # fmt: skip
        by_think: dict[float, float] = {}
        for fleet, tokens in by_fleet.items():
            think = self.lab.fleets[fleet].think_x or 1.0
            tricks = quality_multiplier(self.lab.fleets[fleet].inference, self.start)
            by_think[think] = by_think.get(think, 0.0) + tokens * tricks
        value, texts = 0.0, []
        for think, work in sorted(by_think.items() or [(1.0, 0.0)]):
            bought = thought(domain, think, "quality")
            quality, text = self._logistic(domain.quality, name, known * bought)
            longer = "" if think == 1.0 else f", {num(think)}x tokens a task"
            self.add(f"quality, {name}{longer}", quality, "1", text)
            value += work * SECONDS_PER_HOUR / (per_hour * think) * (HOURS_PER_WEEK / hours) * quality
            each = f"{num(per_hour)}{basis}" if think == 1.0 else f"({num(per_hour)}{basis} × {num(think)})"
            texts.append(f"{num(work)} tokens/s × 3600 / {each} × 168 / {num(hours)}"
                         f"{self.mark('human', 'work_hours_per_week')} × {num(quality)}")  # fmt: skip
        self.add(f"human_equivalents_at_open_{name}", value, "full-time humans", " + ".join(texts))

    def _logistic(self, law: Logistic, name: str, effective: float) -> tuple[float, str]:
        ceiling, middle, slope = law.ceiling or 0.0, law.midpoint_flop or 1.0, law.slope or 1.0
        gap = math.log10(effective) - math.log10(middle)
        path = ("domains", name, "quality")
        return ceiling / (1.0 + math.exp(-slope * gap)), (
            f"{num(ceiling)}{self.mark(*path, 'ceiling')} / (1 + exp(-{num(slope)}{self.mark(*path, 'slope')}"
            f" × log10({num(effective)} / {num(middle)})))"
        )

    def _midpoint(self, law: Logistic, name: str) -> None:
        """The midpoint, stated for the algorithms of a date, in FLOP of the base date."""
        path = ("domains", name, "quality")
        stated = self.notes.scenario.sourced(*path, "midpoint_flop")
        middle, what = law.midpoint_flop or 1.0, f"quality midpoint, {name}"
        raw = stated.central if isinstance(stated, Quantity) else middle
        text = f"{num(raw)}{self.mark(*path, 'midpoint_flop')}"
        years = ((law.as_of or 0.0) - self.draw.base_date) / DAYS_PER_YEAR
        if law.as_of is not None and abs(middle / raw - 1.0) > 1e-12:
            grown = (middle / raw) ** (1.0 / years) if years else 1.0
            mark = self.mark("software", "training_growth") or self.mark("software", "training_efficiency")
            text += (f" × {num(grown)}{mark} ^ {num(years)} years from {self.date(self.draw.base_date)} to"
                     f" {self.date(law.as_of)}{self.mark(*path, 'as_of')}")  # fmt: skip
        self.once(what, middle, "FLOP", text)

    def _peak(self) -> None:
        """The most copies during the own window: on which day, on what."""
        found = Closings(self.record).closing(self.model, self.draw.stronger_by, "own", "internal")
        if found is None:
            return
        end = self.record.end if found.closes is None else max(self.start, found.closes)
        day, held, efficiency = Peaks(self.rates, self.model.lab).most(self.model, self.start, end)
        copies = sum(count * each for count, _, each in held) * efficiency
        texts = [f"{num(count)} {kind} × {num(each)}" for count, kind, each in held]
        if texts:
            when = f"inference efficiency and fleets of {self.date(day)}"
            self.add("copies_peak", copies, "copies", f"{_times(texts, efficiency, '')}; {when}")

    def _windows(self) -> None:
        for scope, name in (("own", "length_days"), ("frontier", "frontier_length_days")):
            found = Closings(self.record).closing(self.model, self.draw.stronger_by, scope, "internal")
            if found is None:
                continue
            until = self.record.end if found.closes is None else found.closes
            why = "the end: still open" if found.by is None else f"{found.by.lab}/{found.by.name}"
            self.add(name, until - found.opens, "days",
                     f"{self.date(found.opens)} to {self.date(until)}"
                     f" ({why})")  # fmt: skip


def _times(parts: list[str], efficiency: float, mark: str) -> str:
    """Copies on some accelerators, at an inference efficiency."""
    whole = f"({' + '.join(parts)})" if len(parts) > 1 else "".join(parts)
    return f"{whole} × {num(efficiency)}{mark}"
