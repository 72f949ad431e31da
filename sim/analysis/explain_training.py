"""The derivation of what training made: FLOP, parameters, tokens and effective FLOP."""

from __future__ import annotations

import math

from sim.analysis.explain_split import chain, gain_of, run_of, spec_of, terms
from sim.analysis.explain_step import Steps, num, percent
from sim.base.units import H100E_FLOP_PER_S, SECONDS_PER_DAY


class TrainingSteps(Steps):
    """The steps of a model's training run."""

    def _flop(self) -> None:
        model = self.model
        if model.training_flop is None:
            return
        stated = self.mark(*self.run, "flop")
        if model.existing or run_of(self.record, model) is None:
            self.add("training_flop", model.training_flop, "FLOP", f"as stated{stated}")
            return
        util = self.mark(*self.run, "training", "whole_run_mfu")
        if self.notes.find(*self.run, "training", "mfu") is not None:
            util = self.mark(*self.run, "training", "mfu") + self.mark(*self.run, "training", "goodput")
        length = self.mark(*self.run, "length_days")
        own = terms(self.record, model)[sum(len(terms(self.record, m)) for m in chain(self.record, model)[-2:-1]) :]
        for term in own:
            f = term.factors
            chips = f["chips"] * f["share"]
            cause = self._size_cause(stated, length)
            self.add("accelerators", chips, "H100e", f"{percent(f['share'])} of the cluster's {num(f['chips'])}{cause}")
            peak = H100E_FLOP_PER_S * f["precision"]
            value = chips * peak * f["utilisation"] * f["duration"] * SECONDS_PER_DAY
            self.add("training_flop" if len(own) == 1 else f"training_flop, {term.key[0]}", value, "FLOP",
                     f"{num(chips)} H100e × {num(peak)} FLOP/s × {percent(f['utilisation'])}{util}"
                     f" × {num(f['duration'])} days{length}{stated if len(own) == 1 else ''}")  # fmt: skip
        if len(own) != 1:
            flop = math.fsum(term.flop for term in own)
            self.add("training_flop", flop, "FLOP", (" + ".join(num(t.flop) for t in own) or "as recorded") + stated)

    def _size_cause(self, flop: str, length: str) -> str:
        found = spec_of(self.record, self.model)
        assert found is not None
        spec = found[1]
        stock = self.mark("labs", self.model.lab, "compute", 0, "stock", day=self.model.started)
        if spec.accelerators:
            stated = self.mark(*self.run, "accelerators", next(iter(spec.accelerators)))
            return f"{stock}; accelerators as stated{stated}"
        if spec.share is not None:
            return f"{stock}{self.mark(*self.run, 'share')}"
        if flop and length:
            return f"{stock}; what FLOP{flop} in the length{length} needs"
        share = self.mark("labs", self.model.lab, "use", "training", day=self.model.started)
        return f"{stock}, given by the policy{share}"

    def _size(self) -> None:
        model = self.model
        total, active, tokens = (self.mark(*self.run, name) for name in ("total_params", "params", "tokens"))
        rule = self.mark(*self.run, "training", "size", "tokens_per_param") or self.mark(
            "labs", model.lab, "training", "size", "tokens_per_param")  # fmt: skip
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
        parts = terms(self.record, model)
        law = self.mark("labs", model.lab, "software", "training_growth") or self.mark(
            "labs", model.lab, "software", "training_efficiency", day=model.internal)  # fmt: skip
        texts = [f"{num(t.flop)} FLOP × software {num(t.factors['software'])}" if "software" in t.factors
                 else num(t.value) for t in parts]  # fmt: skip
        gain = gain_of(self.record, model)
        self.add("effective_flop", gain * math.fsum(t.value for t in parts), "FLOP",
                 f"gain {num(gain)}{self.mark(*self.run, 'gain')} × "
                 + (f"({' + '.join(texts)}){law}, bases first" if len(parts) > 1 else f"{texts[0]}{law}"))  # fmt: skip
