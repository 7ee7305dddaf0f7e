"""Small event logs of what particular methods write: visits, shares, rollouts, jumps back."""

from __future__ import annotations

import random
from typing import Any

Events = list[dict[str, Any]]


class Log:
    """Writes a log event by event; `seq` and `t` come by themselves."""

    def __init__(self, run: str, strategy: str, text: str = "Use 3, 5 and 9 to make 42.") -> None:
        self.events: Events = []
        self.round = 0
        self._children: dict[str, int] = {}
        model = {"name": "fake", "parameters": 1000}
        self.add(
            "started",
            format="espalier-trace",
            version=1,
            run=run,
            problem={"text": text, "answer": "42", "family": "countdown"},
            solver=model,
            verifier=model,
            strategy=strategy,
            options={"n": 8, "max_steps": 12, "aggregate": "min"},
            sampling={"temperature": 1.0, "top_p": 1.0},
            seed=0,
            limits={},
            created="",
        )

    def add(self, kind: str, **fields: Any) -> None:
        seq = len(self.events)
        self.events.append({"seq": seq, "t": seq / 100, "kind": kind, **fields})

    def sample(self, parent: str, text: str, **fields: Any) -> str:
        """A new child of a node; its id."""
        index = self._children.get(parent, 0)
        self._children[parent] = index + 1
        node = str(index) if parent == "root" else f"{parent}.{index}"
        self.add("sampled", id=node, text=text, tokens=5, logprob=-1.5, **fields)
        return node

    def spend(self, requests: int = 1) -> None:
        """The end of a model call, which is a round."""
        self.round += 1
        self.add("spent", round=self.round, call="sample", requests=requests, generated=5)

    def decide(self, rule: str, why: str, kept: list[Any], pruned: list[Any]) -> None:
        verdicts = {"kept": [[node] for node in kept], "pruned": [[node] for node in pruned]}
        self.add("decided", round=self.round, rule=rule, why=why, **verdicts)

    def finish(self, chosen: str | None, answer: str = "42") -> Events:
        if chosen is None:
            self.add("finished", status="completed", message="No path reached an answer.")
        else:
            tally = [[0, answer, 1, 1]]
            self.add("voted", method="best", tally=tally, chosen=chosen)
            self.add("graded", right=[chosen])
            self.add("finished", status="completed", method="best", chosen=chosen, answer=answer)
        return self.events


def mcts(run: str = "mcts", rounds: int = 12) -> Events:
    """A tree policy: a leaf is expanded, scored, and its value backed up to the root."""
    log, rng = Log(run, "mcts"), random.Random(5)
    visits: dict[str, int] = {"root": 0}
    values: dict[str, float] = {"root": 0.0}
    children: dict[str, list[str]] = {"root": []}
    solutions = []
    for _ in range(rounds):
        node = "root"
        while children[node]:
            node = max(children[node], key=lambda c: values[c] + 0.5 / (1 + visits[c]))
        if node.count(".") == 2:
            break
        new = [log.sample(node, f"{rng.randint(2, 9)} + {rng.randint(2, 9)}") for _ in range(3)]
        log.spend(3)
        for child in new:
            score = round(rng.uniform(0.1, 0.95), 3)
            log.add("scored", id=child, score=score, tokens=4)
            children[child], visits[child], values[child] = [], 1, score
            log.add("backed_up", id=child, visits=1, value=score)
        log.decide("expanded", "MCTS keeps every step that it expands.", new, [])
        children[node] = new
        found = max(values[child] for child in new)
        up: str | None = node
        while up is not None:
            visits[up] += 3
            values[up] += (found - values[up]) / visits[up] * 3
            log.add("backed_up", id=up, visits=visits[up], value=round(values[up], 6))
            up = None if up == "root" else (up.rpartition(".")[0] or "root")
    best = max((n for n in visits if n.count(".") == 2), key=lambda n: values[n])
    end = log.sample(best, "The answer is 42.", ended="end")
    log.spend()
    log.add("scored", id=end, score=0.97)
    log.add("completed", id=end, answer="42", group=0)
    solutions.append(end)
    return log.finish(end)


def particles(run: str = "particles") -> Events:
    """A particle filter: each round the particles are resampled by their weights."""
    log, rng = Log(run, "particle_filter"), random.Random(2)
    alive = ["root"] * 8
    for _ in range(3):
        new = [log.sample(parent, f"{rng.randint(2, 9)} * {rng.randint(2, 9)}") for parent in alive]
        log.spend(len(new))
        scores = [round(rng.uniform(0.05, 0.95), 3) for _ in new]
        for node, score in zip(new, scores, strict=True):
            log.add("scored", id=node, score=score, aggregate=score)
        total = sum(s**3 for s in scores)
        weights = [s**3 / total for s in scores]
        copies = [0] * len(new)
        for _ in new:
            copies[rng.choices(range(len(new)), weights)[0]] += 1
        effective = 1 / sum(w * w for w in weights)
        shares = [[n, round(w, 6), c] for n, w, c in zip(new, weights, copies, strict=True)]
        log.add(
            "allocated",
            round=log.round,
            rule="multinomial",
            effective=round(effective, 6),
            shares=shares,
        )
        kept = [n for n, c in zip(new, copies, strict=True) if c]
        log.decide(
            "resampled",
            "A particle that was not drawn stops here.",
            kept,
            [n for n, c in zip(new, copies, strict=True) if not c],
        )
        alive = [n for n, c in zip(new, copies, strict=True) for _ in range(c)]
    ends = [log.sample(parent, "The answer is 42.", ended="end") for parent in alive]
    log.spend(len(ends))
    for end in ends:
        log.add("scored", id=end, score=0.9)
        log.add("completed", id=end, answer="42", group=0)
    share = round(1 / len(ends), 6)
    log.add(
        "allocated",
        round=log.round,
        rule="multinomial",
        effective=float(len(ends)),
        shares=[[n, share, 3 if i == 0 else 0 if i < 3 else 1] for i, n in enumerate(ends)],
    )
    return log.finish(ends[0])


def lookahead(run: str = "lookahead") -> Events:
    """Beam search that judges each candidate by the end of a rollout of two steps."""
    log, rng = Log(run, "lookahead"), random.Random(4)
    beam = ["root"]
    for depth in range(3):
        new = [log.sample(beam[i % len(beam)], f"step {depth + 1}.{i}") for i in range(6)]
        log.spend(6)
        paths = [[node] for node in new]
        for _ in range(2):
            for path in paths:
                path.append(log.sample(path[-1], "a look ahead", role="rollout"))
            log.spend(6)
        judged = {}
        for path in paths:
            scores = [round(rng.uniform(0.2, 0.99), 3) for _ in path]
            judged[path[0]] = min(scores)
            for node, score in reversed(list(zip(path, scores, strict=True))):
                more = {"ahead": path[-1], "aggregate": min(scores)} if node == path[0] else {}
                log.add("scored", id=node, score=score, **more)
        order = sorted(new, key=lambda n: -judged[n])
        beam = order[:2]
        log.add(
            "decided",
            round=log.round,
            rule="top_k",
            why="The two best candidates are kept, judged by the ends of their rollouts.",
            cutoff=judged[beam[-1]],
            kept=[[n, i + 1, judged[n] - judged[beam[-1]]] for i, n in enumerate(beam)],
            pruned=[[n, i + 3, judged[n] - judged[beam[-1]]] for i, n in enumerate(order[2:])],
        )
    end = log.sample(beam[0], "The answer is 42.", ended="end")
    log.spend()
    log.add("scored", id=end, score=0.97)
    log.add("completed", id=end, answer="42", group=0)
    return log.finish(end)


def revisions(run: str = "revisions") -> Events:
    """Two chains of attempts; each attempt has read the one before it."""
    log = Log(run, "self_revision")
    ends: list[str | None] = [None, None]
    last = ""
    for attempt in range(3):
        for chain in range(2):
            before = ends[chain]
            more = {"after": before} if before else {}
            node = log.sample("root", f"attempt {attempt + 1} of chain {chain + 1}", **more)
            log.spend()
            steps = [node]
            for step in range(2):
                steps.append(log.sample(steps[-1], f"step {step + 2}"))
                log.spend()
            log.decide("run_to_end", "The attempt is written to its end.", steps, [])
            end = log.sample(steps[-1], "The answer is 42.", ended="end")
            log.spend()
            log.add("completed", id=end, answer="42" if attempt else "41", group=int(attempt > 0))
            ends[chain] = last = end
    return log.finish(last)


STREAM = "single_stream"


def stream(run: str = "stream", strategy: str = STREAM) -> Events:
    """One long text that tries, goes back, is made to go on, and finds its answer."""
    log = Log(run, strategy)
    last = "root"

    def write(parent: str, text: str, **fields: Any) -> str:
        nonlocal last
        if parent != last:
            fields["after"] = last
        last = log.sample(parent, text, **fields)
        log.spend()
        return last

    first = write("root", "Let me try 3 * 5 = 15.")
    write(first, "15 + 9 = 24, too small.")
    write(first, "15 * 9 = 135, too large.")
    second = write("root", "Alternatively 5 + 9 = 14.")
    write(second, "14 + 3 = 17, too small.")
    dead = write(second, "14 - 3 = 11, no.")
    third = write("root", "Wait, 9 - 5 = 4.", forced="Wait")
    write(third, "4 * 3 = 12, no.")
    again = write(second, "Wait, back to 14: 14 * 3 = 42.", forced="Wait")
    end = write(again, "The answer is 42.", ended="end")
    on = [first, second, third, again]
    log.decide("stream", "The stream went on from here.", on, [])
    tried = [e["id"] for e in log.events if e["kind"] == "sampled"]
    log.decide(
        "dead_end",
        "The stream went back from here.",
        [],
        [node for node in tried if node not in (*on, end)],
    )
    assert dead in tried
    log.add("completed", id=end, answer="42", group=0)
    return log.finish(end)


METHODS = {
    "mcts": mcts(),
    "particles": particles(),
    "lookahead": lookahead(),
    "revisions": revisions(),
    "stream": stream(),
}
