"""Sentences of the debate that no page treats yet, and why: listed below the table of claims."""

from typing import NamedTuple


class Sentence(NamedTuple):
    """A sentence in our words, who says it, and why there is no page of it."""

    text: str
    says: str
    reason: str


UNTREATED = (
    Sentence(
        "A mind that knows it is being trained can steer what training makes of it.",
        "Hubinger 2019, Gradient hacking",
        "An agent here has no model of selection and no act that reaches it. A world would have to hand it both, and "
        "the answer would be that knob.",
    ),
    Sentence(
        "Training is like a life and not like evolution, so what evolution left undone says nothing of it.",
        "Pope 2023, Evolution provides no evidence for the sharp left turn",
        "A part of it has pages: learning in a life in [baldwin](claims/baldwin.md), [approval](claims/approval.md) "
        "and [loops](claims/loops.md), other optimizers in [coin_optimizers](claims/coin_optimizers.md). What is "
        "missing is one agent that learns by a gradient within a life whose rewards evolve.",
    ),
    Sentence(
        "A genome is too small to say what to value, so values must be learned.",
        "Turner 2022, Human values and biases are inaccessible to the genome",
        "It is about development: how much of a network a genome can fix. No world here has a genome that grows a "
        "network; each network's weights are its genome.",
    ),
    Sentence(
        "An agent that is good enough at its task will also seek means that serve any goal.",
        "Omohundro 2008, The basic AI drives",
        "Keys in [keys_chests](claims/keys_chests.md) are such means, for one goal. That means are sought for most "
        "goals would need many goals drawn at random, with agents selected for each.",
    ),
    Sentence(
        "People do leave children, so evolution has got what it selected for.",
        "against Soares 2022, Humans aren't fitness maximizers",
        "Whether what people do is near the best for their genes is a question about people. What can be shown "
        "without them, how far proxies carry before and after a shift, is in [igf](claims/igf.md) and "
        "[mates](claims/mates.md).",
    ),
)
