"""The derivation of what training made: FLOP, parameters, tokens and effective FLOP."""

from __future__ import annotations

import math

from sim.analysis.explain_laws import LawSteps
from sim.analysis.explain_left import left
from sim.analysis.explain_length import ruled_length
from sim.analysis.explain_split import by_flop, chain, gain_of, run_of, spec_of, terms
from sim.analysis.explain_step import num, percent
from sim.base.units import H100E_FLOP_PER_S, SECONDS_PER_DAY
from sim.model.policy import TRAINING_FIRST, UserPolicy
from sim.model.programme import LengthRule


class TrainingSteps(LawSteps):
    """The steps of a model's training run."""

    def _flop(self) -> None:
        model = self.model
        if model.training_flop is None:
            return
        stated = self.mark(*self.run, "flop")
        if self._continuous() is not None:
            self.add("training_flop", model.training_flop, "FLOP",
                     "of training without end until then, and of the model that it went on from")  # fmt: skip
            return
        if model.existing or run_of(self.record, model) is None:
            self.add("training_flop", model.training_flop, "FLOP", f"as stated{stated}")
            return
        util = self.mark(*self.run, "training", "whole_run_mfu")
        if self.notes.find(*self.run, "training", "mfu") is not None:
            util = self.mark(*self.run, "training", "mfu") + self.mark(*self.run, "training", "goodput")
        ruled = ruled_length(self.record, model, self.mark)
        length = "" if ruled is not None else self.mark(*self.run, "length_days")
        if ruled is not None:
            self.add("days of work", ruled.days, "days", ruled.text)
        own = terms(self.record, model)[sum(len(terms(self.record, m)) for m in chain(self.record, model)[-2:-1]) :]
        for term in own:
            f = term.factors
            chips, peak, days = f["chips"] * f["share"], H100E_FLOP_PER_S * f["precision"], f["duration"]
            cluster = self.cluster(max(0.0, term.since))
            of = f"{percent(f['share'])} of {num(f['chips'])}"
            if abs(cluster - f["chips"]) > 1e-9 * cluster:
                of += " (mean over the phase)"
            rate = f"{num(peak)} FLOP/s × {percent(f['utilisation'])}{util}"
            if self._needs_length():
                text = f"{num(term.flop)} FLOP{stated} / ({rate} × {num(days)} days{length} × 86,400 s); {of}"
                self.add("accelerators", chips, "H100e", text)
                if len(own) == 1:
                    self.add("training_flop", term.flop, "FLOP", self._stated_flop(stated))
                continue
            found = left(self.record, model.lab, max(0.0, term.since), f["share"], self._declared(), self.mark)
            if found is not None:
                of = f"{found.product}{of.removeprefix(percent(f['share']))}; {found.why}"
            self.add("accelerators", chips, "H100e", f"{of}{self._size_cause(cited=found is not None)}")
            what = "training_flop" if len(own) == 1 else f"training_flop, {term.key[0]}"
            if stated and not length and ruled is None:
                self.add(f"days of {term.key[0]}", days, "days",
                         f"{num(term.flop)} FLOP / ({num(chips)} × {rate} × 86,400 s)")  # fmt: skip
            if stated and len(own) == 1:
                self.add(what, term.flop, "FLOP", self._stated_flop(stated))
            else:
                value = chips * peak * f["utilisation"] * days * SECONDS_PER_DAY
                self.add(what, value, "FLOP", f"{num(chips)} × {rate} × {num(days)} days{length} × 86,400 s")
        if len(own) != 1:
            flop = math.fsum(term.flop for term in own)
            self.add("training_flop", flop, "FLOP", (" + ".join(num(t.flop) for t in own) or "as recorded") + stated)

    def _continuous(self) -> LengthRule | None:
        """The rule of the run that made it, if its training never ends."""
        found = spec_of(self.record, self.model)
        return found[1].length_rule if found is not None and found[1].continuous else None

    def _needs_length(self) -> bool:
        """Whether the accelerators follow from FLOP and length."""
        found = spec_of(self.record, self.model)
        assert found is not None
        spec = found[1]
        return (spec.flop is not None and (spec.length_days is not None or None not in (spec.starts, spec.internal))
                and not spec.accelerators and spec.share is None and not spec.elastic)  # fmt: skip

    def _stated_flop(self, stated: str) -> str:
        found = spec_of(self.record, self.model)
        assert found is not None
        spec = found[1]
        if spec.flop is None or not spec.flop_grows or not spec.numbered:
            return f"as stated{stated}"
        k = int(self.model.name.rsplit("-", 1)[1]) - 1
        return f"{num(spec.flop)} FLOP{stated} × {num(spec.flop_grows)}{self.mark(*self.run, 'flop_grows')} ^ {k} runs"

    def _declared(self) -> tuple[float, str]:
        """Training's share when the run started, and how it is cited."""
        return self.share("training", self.model.started or 0.0, self._phase(starts=True))

    def _size_cause(self, cited: bool = False) -> str:
        """What gave a run its accelerators. cited: training's share is cited already."""
        found = spec_of(self.record, self.model)
        assert found is not None
        spec = found[1]
        if spec.accelerators:
            return "; accelerators as stated" + self.mark(*self.run, "accelerators", next(iter(spec.accelerators)))
        if spec.share is not None:
            return f"; share as stated{self.mark(*self.run, 'share')}"
        lab, policy, phase = self.model.lab, self.lab.policy, self._phase(starts=True)
        if phase is not None and (self.lab.phases or [])[phase].training_first:
            mark = self.mark("labs", lab, "phases", phase, "training_first")
        elif isinstance(policy, UserPolicy) or policy == TRAINING_FIRST:
            mark = self.mark("labs", lab, "policy")
        else:
            mark = "" if cited else self._declared()[1]
        return f"; given by the policy{mark}"

    def _size(self) -> None:
        model = self.model
        total, active, tokens = (self.mark(*self.run, name) for name in ("total_params", "params", "tokens"))
        rule = self.mark(*self.run, "training", "size", "tokens_per_param") or self.mark(
            "labs", model.lab, "training", "size", "tokens_per_param")  # fmt: skip
        if model.kind == "distilled" and model.base is not None and not active and not total:
            base = self.rates.models[model.lab, model.base]
            smaller = f"{num(model.params / base.params)}{self.mark(*self.run, 'distilled', 'params_share')} × "
            self.add("params", model.params, "parameters", f"{smaller}{num(base.params)}; of its base {base.name}")
            self.add("total_params", model.total_params, "parameters", f"{smaller}{num(base.total_params)}")
            return
        if active or model.tokens is None or model.training_flop is None:
            self.add("params", model.params, "parameters",
                     f"as stated{active}" if active else "of its base, or by rule")  # fmt: skip
        elif model.base is not None:
            self.add("params", model.params, "parameters", f"those of its base {model.base}")
        elif model.tokens:
            ratio = model.tokens / model.params
            self.add("params", model.params, "parameters",
                     f"√({num(model.training_flop)} / (6 × {num(ratio)} tokens a parameter{rule}))"
                     if abs(6.0 * model.params * model.tokens / model.training_flop - 1.0) < 1e-9
                     else "by the size rule")  # fmt: skip
        sparse = model.total_params / model.params
        if total:
            self.add("total_params", model.total_params, "parameters", f"as stated{total}")
        elif model.base is not None and not active:
            self.add("total_params", model.total_params, "parameters", f"those of its base {model.base}")
        else:
            law = self.mark("labs", model.lab, "inference", "sparsity", day=model.finished or model.internal)
            self.add("total_params", model.params * sparse, "parameters",
                     f"{num(model.params)} × {num(sparse)} total per active{law}")  # fmt: skip
        if model.tokens is None:
            return
        from_flop = model.training_flop is not None and model.base is None and (
            abs(6.0 * model.params * model.tokens / model.training_flop - 1.0) < 1e-9)  # fmt: skip
        if tokens:
            self.add("tokens", model.tokens, "tokens", f"as stated{tokens}")
        elif from_flop and model.training_flop is not None:
            value = model.training_flop / (6.0 * model.params)
            self.add("tokens", value, "tokens", f"{num(model.training_flop)} FLOP / (6 × {num(model.params)})")
        else:
            self.add("tokens", model.tokens, "tokens", "those of its base" if model.base else "by the size rule")

    def _effective(self) -> None:
        model = self.model
        if model.stated:
            self.add("effective_flop", model.effective_flop, "FLOP",
                     f"as stated{self.mark(*self.run, 'effective_flop')}, in place of FLOP × software")  # fmt: skip
            return
        rule = self._continuous()
        if rule is not None:
            number = int(model.name.rsplit("-", 1)[1])
            each = rule.release_each or 2.0
            self.add("effective_flop", model.effective_flop, "FLOP",
                     f"{num(model.effective_flop / each**number)} of the model that it went on from × {num(each)}"
                     f"{self.mark(*self.run, 'length_rule', 'release_each')} ^ {number}: the integral of training"
                     " FLOP/s × software has come to that on this day")  # fmt: skip
            return
        if model.kind == "distilled" and model.base is not None:
            base = self.rates.models[model.lab, model.base]
            share = model.effective_flop / base.effective_flop
            self.add("effective_flop", model.effective_flop, "FLOP",
                     f"{num(share)}{self.mark(*self.run, 'distilled', 'effective_flop_share')}"
                     f" × {num(base.effective_flop)}; of its base {base.name}")  # fmt: skip
            return
        if not by_flop(self.record, model):
            self.add("effective_flop", model.effective_flop, "FLOP", "as recorded: one of its bases is distilled")
            return
        parts = terms(self.record, model)
        growth, texts = self.record.training_efficiency[model.lab], []
        for term in parts:
            if "software" not in term.factors:
                texts.append(num(term.value))
                continue
            value, law = self.efficiency(growth, ("training_growth", "training_efficiency"), "software", term.since)
            texts.append(f"{num(term.flop)} FLOP × software {num(value)}{law}")
        gain = gain_of(self.record, model)
        self.add("effective_flop", gain * math.fsum(t.value for t in parts), "FLOP",
                 f"{'gain' if model.kind == 'general' else 'gain, less what tuning costs elsewhere,'} {num(gain)}"
                 f"{self.mark(*self.run, 'gain')}{self.mark(*self.run, 'tuned', 'elsewhere_x')} × "
                 + (f"({' + '.join(texts)}); bases first" if len(parts) > 1 else texts[0]))  # fmt: skip
