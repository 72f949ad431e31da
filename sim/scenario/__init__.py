"""What is assumed: YAML text -> validated, sourced, possibly uncertain `Scenario` -> `Draw`."""

from sim.scenario.layers import describe, is_overlay
from sim.scenario.loading import load
from sim.scenario.problem import Problem, ScenarioError
from sim.scenario.quantity import Quantity
from sim.scenario.scenario import Scenario
from sim.scenario.spec import Input

__all__ = ["Input", "Problem", "Quantity", "Scenario", "ScenarioError", "describe", "is_overlay", "load"]
