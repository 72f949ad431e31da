"""Every kind of event that a run leaves behind: what happened, to what, how much, and what causes it.

`sim schema --markdown` prints them as the reference of events.csv; the tests hold every event of theirs against them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

CHIPS = ("accelerators",)
EFFICIENCY = ("effective per physical FLOP",)
HELD = "by type"
WORTHS = {"flop_per_s": "bf16 peak of these", "tokens_per_s": "what they make with the model", "copies": "of it"}
RESEARCHERS = {"labour": "humans' worth of people and AI in research", "humans": "people in research"}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event, as events.csv shows it.

    units: of the value; empty if the event has none, with "" if it may be absent. details: key -> meaning; not every
    event has each. cause: what stands in `caused_by`; empty if nothing causes it but its date, an input or chance.
    """

    happened: str
    subject: str
    value: str = ""
    units: tuple[str, ...] = ("",)
    details: Mapping[str, str] = field(default_factory=dict)
    cause: str = ""


FLOP = "effective FLOP", ("FLOP",)
ENDED = {"reason": "why"}
CLOSED = {"closed_by": "the stronger model", "closed_by_lab": "its lab"}
THE_WORLD = "(of the world: no lab)"

KINDS: dict[str, Kind] = {
    # ------------------------------------------------------------------------------------------------------ clusters
    "on_hand": Kind("accelerators that the lab has at the start", "accelerator", "how many", CHIPS),
    "lab_enters": Kind("the lab begins (`enters`)", "lab"),
    "delivery": Kind("accelerators arrive", "accelerator", "how many", CHIPS),
    "delivery_released": Kind("accelerators arrive that interventions had held back", "accelerator", "how many", CHIPS,
                              cause="`resumed`"),
    "delivery_destroyed": Kind("accelerators that interventions had held back are destroyed", "accelerator", "how many",
                               CHIPS, cause="`resumed`"),
    "withdrawal": Kind("a stated stock or share of the world falls", "accelerator", "how many go", CHIPS),
    "retirement": Kind("accelerators are retired", "accelerator", "how many", CHIPS, cause="the end of what held them "
                       "if they waited for it, or a delivery whose time was over as it came"),
    "retirement_waits": Kind("accelerators would go, but runs in progress hold them", "accelerator", "how many wait",
                             CHIPS, ENDED, "what takes them away, if that is an event"),
    "loss": Kind("a shock, or the end of a covert project, takes accelerators", "accelerator", "how many", CHIPS,
                 cause="`cluster_lost`, `covert_found` or `covert_over`"),
    "series_value": Kind("a dated input changes", "`use:NAME`, `staff:DOMAIN`, `demand:FLEET`, or of the "
                         "world `elsewhere:DOMAIN`", "the new value", ("share", "people", "tokens/s")),
    "trick": Kind("a dated trick of inference begins", "fleet:trick"),
    # ----------------------------------------------------------------------------------------------------------- runs
    "run_due": Kind("a run should start", "run", "its FLOP, if stated", ("FLOP", ""),
                    {"rule": "the condition of `start_when` that came true"},
                    "with a rule: what made the condition true, and the end of the rule's last run; of a date or "
                    "cadence whose clock stood still: the starts of the interventions, or `programme_paused`"),
    "run_waits": Kind("a run that is due cannot start, or cannot go on", "run", "", ("",), ENDED, "`run_due`"),
    "run_started": Kind("a run takes its accelerators", "run", "how many", CHIPS,
                        {"accelerators": HELD, "waited_days": "since it was due"},
                        "`run_due`, and what made room if it waited"),
    "run_cut": Kind("an intervention makes a run smaller than it was meant to be, as it starts or later", "run",
                    "FLOP that it may have in all", ("FLOP",),
                    {"interventions": "those that do", "planned_flop": "that it was meant to have",
                     "accelerators_share": "part that it takes of the accelerators that it was to have",
                     "training_days_left": "of one in progress: days of training that it still has"},
                    "`run_due` and the start of the intervention"),
    "phase_started": Kind("the next phase of a run begins", "run", "", ("",), {"phase": "which"},
                          "the phase before, or the run's start"),
    "run_resized": Kind("an `elastic` run gets more or fewer accelerators", "run", "how many it has now", CHIPS,
                        {"accelerators": HELD}, "what changed its share"),
    "run_suspended": Kind("the next phase of a run does not fit, or an intervention allows it no accelerators: it "
                          "frees what it has", "run", "", ("",), {}, "the end of the phase before, or `suspended`"),
    "run_given_up": Kind("a run that an intervention interrupts, or of a covert project that is dissolved, is given "
                         "up: no model comes of it", "run", "FLOP until then", ("FLOP",),
                         cause="`suspended`, `covert_found` or `covert_over`"),
    "run_resumed": Kind("a suspended run goes on", "run", "how many accelerators", CHIPS, {"accelerators": HELD},
                        "what made room"),
    "run_finished": Kind("a run is over; its model exists", "run", "training FLOP", ("FLOP",),
                         {"accelerators": "freed, by type", "effective_flop": "of the model", "days": "it took"},
                         "its start, last phase or last resizing"),
    "checkpoint": Kind("continuous training leaves a model and goes on", "model", "training FLOP so far", ("FLOP",),
                       {"accelerators": HELD, "effective_flop": "of the model"},
                       "the checkpoint before, or the run's start or last resizing"),
    "run_unfinished": Kind("the end comes while a run is in progress or suspended", "run", "training FLOP so far",
                           ("FLOP", ""), {"phase": "in which", "phase_done": "share of it", **ENDED},
                           "its last phase, or `run_due`"),
    "run_never_started": Kind("the end comes before a run that is due could start", "run", "", ("",), ENDED,
                              "`run_due`"),
    "programme_paused": Kind("demand is too low: the clock of a programme stands (`pause_when`)", "programme", "",
                             ("",), ENDED, "what lowered demand or raised what the fleet can make"),
    "programme_resumed": Kind("demand is back: the clock of a programme goes on", "programme", "", ("",), ENDED,
                              "the pause, and what brought demand back"),
    # --------------------------------------------------------------------------------------------------------- models
    "model_on_hand": Kind("a model that the lab has at the start", "model", *FLOP),
    "model_public_on_hand": Kind("such a model is public", "model", *FLOP),
    "model_internal": Kind("the lab can use a new model", "model", *FLOP, cause="`run_finished` or `checkpoint`"),
    "model_public": Kind("all can use a model", "model", *FLOP, cause="`run_finished` or `checkpoint` of a new one"),
    "model_trusted": Kind("the lab lets a model do alignment work (`alignment.trust`)", "model", "", ("",),
                          {"rule": "by which"}, "the model's first day in the lab"),
    "model_open": Kind("the weights of a model are open: every lab may run it", "model", *FLOP,
                       cause="the end of the run that made it"),
    "window_closed": Kind("the lab has a model that is stronger by `stronger_by`", "the model surpassed",
                          "how long it was the lab's best", ("days",), CLOSED, "the stronger model's first day"),
    "frontier_window_closed": Kind("some lab has a model that is stronger by `stronger_by`", "the model surpassed",
                                   "how long none was stronger", ("days",), CLOSED,
                                   "the stronger model's first day"),
    "level_reached": Kind("a lab reaches a level for the first time", "level", "", ("",),
                          {"model": "the model that does", "first": "whether no lab did before"},
                          "the model's first day"),
    "milestone": Kind("a milestone is reached; the lab is that which reaches it, none if labs do together", "milestone",
                      cause="what made the condition true, if that is an event"),
    # --------------------------------------------------------------------------------------------------------- fleets
    "fleet_model": Kind(
        "a fleet goes over to a model", "fleet:model", "", ("",),
        {"replaces": "the model before", "how": "at once, ramp or beside it", "human_equivalents": "its work (`choose: "
         "most_work`)", "next": "the second best", "next_human_equivalents": "its work", **ENDED},
        "the model's first day for the fleet; none at a monthly look (`choose: most_work`)"),
    "ramp_step": Kind("a fleet runs more of its new model (`replace: ramp`)", "fleet:model", "share of the fleet",
                      ("share",), cause="`fleet_model`"),
    "accelerators_moved": Kind("what a run frees or takes", "run", "how many", CHIPS,
                               {"accelerators": HELD, "from": "`training`, or use -> how many", "to": "the same",
                                **WORTHS}, "the start, resizing, suspension, phase or end of the run"),
    "copies_wound_down": Kind("copies end as a run takes their accelerators", "fleet:model", "how many", ("copies",),
                              {"accelerators": HELD, "tokens_per_s": "that they made"},
                              "`accelerators_moved`"),
    "earmark_started": Kind("what a run freed is promised to a fleet (`after_training`)", "fleet:model", "how many",
                            CHIPS, {"accelerators": HELD, **WORTHS}, "the end of the run, and the model's first day "
                            "for the fleet"),
    "earmark_cut": Kind("a run that is due, or a smaller cluster, takes part of an earmark", "fleet:model",
                        "how many it loses", CHIPS, {"accelerators": "that it loses, by type"},
                        "the earmark's start, and what takes them"),
    "earmark_ended": Kind("the promise is over", "fleet:model", "how many it had", CHIPS, ENDED,
                          "the earmark's start, and what ended it"),
    # ------------------------------------------------------------------------------------------------------- policies
    "policy_phase": Kind("the policy `phases` enters a phase", "phase", "", ("",),
                         {"before": "the phase before", "conditions": "that hold", "shares": "from now on"},
                         "what made the conditions true"),
    "review": Kind("a date at which a policy of your own asked to be called", "lab"),
    # -------------------------------------------------------------------------------------------------- interventions
    "intervention_waits": Kind(f"an intervention waits for a level or a milestone {THE_WORLD}", "intervention", "",
                               ("",), {"for": "what it waits for"}),
    "intervention_start": Kind(f"an intervention starts {THE_WORLD}", "intervention", "", ("",),
                               {"binds": "the labs", "stops": "as stated",
                                "continues": "what is limited -> the share at which it may go on"},
                               "the level or milestone that it waited for"),
    "intervention_breaks": Kind(f"an intervention breaks {THE_WORLD}", "intervention",
                                cause="its start, and what breaks it, if that is an event"),
    "hidden_progress": Kind("software that was found in secret comes out", "`training` or `inference`",
                            "factor on the efficiency", ("x",), cause="`resumed`"),
    "intervention_end": Kind(f"an intervention ends {THE_WORLD}", "intervention", "how long it lasted", ("days",),
                             cause="its start, and the level, milestone or break that ends it"),
    "suspended": Kind("an intervention binds the lab from now on", "intervention", cause="`intervention_start`"),
    "resumed": Kind("an intervention binds the lab no longer", "intervention", cause="`intervention_end`"),
    "compute_shifted": Kind("an intervention moves compute to the fleet `alignment`", "intervention", "the share",
                            ("share",), {"of": "of what: the cluster, or what is freed"},
                            "`intervention_start`, and the level that changes it"),
    "capability_forgone": Kind("a safety tax makes a new model weaker than it could be", "model", "by how much",
                               ("share",), {"effective_flop": "that it has"},
                               "`run_finished` or `checkpoint`, and `suspended`"),
    "minimum_shares_raised": Kind("minimum shares that rise in steps take the next", "intervention", "", ("",),
                                  {"shares": "from now on"}, "`intervention_start`"),
    "diffusion_slowed": Kind("security changes how what a lab finds in software reaches another", "the other lab",
                             "lag, or fraction, from now on", ("days", "share"),
                             cause="`intervention_start` or `intervention_end`"),
    "thefts_slowed": Kind("security changes the rate of thefts from a lab", "theft", "share of its rate from now on",
                          ("share",), cause="`intervention_start` or `intervention_end`"),
    "people_hired": Kind("an intervention changes how many people work in a domain", "domain", "how many from now on",
                         ("people",), cause="`intervention_start` or `intervention_end`"),
    "lead_left": Kind("a lab spends its lead: so much is left now", "intervention",
                      "days before it stopped on which it had what the best of the others has now", ("days",),
                      cause="`intervention_start`, and the model with which another lab comes nearer"),
    "covert_start": Kind("a covert project begins, in secret", "intervention", "what it gets", ("H100e",),
                         {"accelerators": HELD, "software_of": "the lab whose efficiencies it takes a share of",
                          "software_share": "which share"}, "`intervention_start`"),
    "covert_delivery": Kind("the accelerators that a covert project gets", "accelerator", "how many", CHIPS,
                            cause="`covert_start`"),
    "covert_found": Kind("a covert project is found", "intervention", "share of its accelerators that it loses",
                         ("share",), cause="`covert_start` and `intervention_start`; when is chance"),
    "covert_over": Kind("a deal is over before its covert project is found", "intervention", "", ("",),
                        {"then": "`when_over`"}, "`covert_start` and `intervention_end`"),
    "covert_given_up": Kind("a deal is over before its covert project begins", "intervention",
                            cause="`intervention_end`"),
    "software_pooled": Kind("from now on a lab has what the best lab of a pool has found in software", "intervention",
                            cause="`intervention_start`"),
    # ------------------------------------------------------------------------------------------------------- software
    "software_feedback": Kind("from now on a lab's software follows research", "`training_efficiency`",
                              "growth on that day", ("x/year",),
                              {**RESEARCHERS, "experiments_flop_per_s": "bf16 peak of experiments"},
                              "of a covert project: `covert_start`"),
    "software_step": Kind(
        "training efficiency has grown by another `step`", "`training_efficiency`", "the efficiency", EFFICIENCY,
        {"x_per_year": "its growth now", **RESEARCHERS, "experiments": "as they count, relative to the first day",
         "copies": "another lab's software that it takes over", "follows": "another lab's that it learns from"},
        "the step before, and all that changed research since"),
    "software_diffusion": Kind(
        "what another lab finds begins to move a lab's software", "the other lab", "the efficiency", EFFICIENCY,
        {"copies": "the other lab, whose software it takes over", "follows": "the other lab, which it learns from",
         "how": "published or leaked", "lag_days": "`after`", "fraction": "`fraction`",
         "jump_x": "by how much its own rises at once"}, "the other lab's last step"),
    "software_limit": Kind("training efficiency is at its `limit`: growth ends", "`training_efficiency`",
                           "the efficiency", EFFICIENCY, ENDED, "the last step, or a jump"),
    "software_explosion": Kind("a step would take less than 1e-6 day: growth ends", "`training_efficiency`",
                               "the efficiency", EFFICIENCY, ENDED, "the last step"),
    # --------------------------------------------------------------------------------------------- what befalls labs
    "model_stolen": Kind("a lab gets another's strongest model", "theft", *FLOP,
                         {"from": "its owner", "model": "which"}, "the model's first day there"),
    "software_stolen": Kind("a lab gets another's software", "theft", "the efficiency", EFFICIENCY,
                            {"from": "its owner", "jump_x": "by how much the thief's own rises"},
                            "the owner's last step"),
    "theft_failed": Kind("there is no model to steal, or one of the two labs is not there", "theft", "", ("",), ENDED),
    "shock": Kind(f"a shock happens {THE_WORLD}", "shock", "its number, from 1", ("times",)),
    "shock_over": Kind(f"what lasts of a shock is over {THE_WORLD}", "shock", cause="`shock`"),
    "deliveries_lost": Kind("a part of deliveries is lost from now on", "shock", "the part, of all shocks together",
                            ("share",), cause="`shock` or `shock_over`"),
    "cluster_lost": Kind("a part of the cluster is lost", "shock", "the part", ("share",), cause="`shock`"),
    "demand_changed": Kind("a shock multiplies demand, or ends", "fleet", "the demand", ("tokens/s",),
                           cause="`shock` or `shock_over`"),
    "breakthrough": Kind("a shock multiplies an efficiency", "`training` or `inference`", "the factor", ("x",),
                         cause="`shock`"),
    "hazard": Kind("a random event of `hazards` happens", "hazard", "its number, from 1", ("events",)),
}
