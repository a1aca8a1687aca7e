"""Fine-tunes the reader: `python -m index.reader.train --data DIR --out DIR`; resumes from its last checkpoint.

DIR holds SQuAD-format files; the project's own are added to them: lessons (`lessons.json`), drills in keeping alike things apart
(`drills.json`), and whole documents (`documents.json`). Of files named with `--hold-out`, articles with number % 4 == 0 are never trained
on; of every file a few paragraphs are kept for tuning (`tuning_part`).

The loss of a group (one question on a passage that answers and on others that don't) is twofold: per passage, cross-entropy of start and
end over its tokens with [CLS] for "none here" (Devlin et al. 2019), the targets being what most annotators marked; and, over the
tokens of all passages of one question together, the shared-norm objective of Clark and Gardner 2018, which makes scores comparable; the
scores there are log-odds against [CLS], as `SpanReader` gives them.
The schedule runs on time, not on steps: a run of `--minutes` ends with its learning rate at 0 on any machine.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import groupby
from pathlib import Path
from random import Random
from statistics import multimode
from typing import Annotated, Any

import numpy as np
import torch
import typer
from rich.console import Console
from rich.progress import Progress as ProgressBar
from transformers import AutoModelForQuestionAnswering, AutoTokenizer

from index.chunking import ChunkingRecipe
from index.embedding import OnnxEmbedder
from index.models import packaged_model
from index.protocols import Embedder
from index.reader.examples import Example, Negatives, Sampler, mine
from index.reader.squad import Paragraph, Question, is_for_tuning, is_held_out, read_squad
from index.twin import find_twin, make_twin

MAX_TOKENS = 384
PAD_TO = 16  # free lengths make torch's memory grow
SHARED_NORM_WEIGHT = 1.0
WARM_UP = 0.04  # share of the time
EMA_DECAY = 0.999
HALF_PRECISION = torch.cpu.get_capabilities().get("amx_bf16", False)
"""bfloat16 where possible. On an Intel CPU that has AVX-512's but not AMX's a step takes 2.5 s with it, 1.6 s without."""
SAVE_EVERY = 300
"""Seconds between two checkpoints."""
LESSONS = Path(__file__).with_name("lessons.json")
DRILLS = Path(__file__).with_name("drills.json")
DOCUMENTS = Path(__file__).with_name("documents.json")
WRITTEN = (LESSONS, DRILLS, DOCUMENTS)
HELD_OUT = ["new_wiki"]
SHARES = ["reddit=0.4", "amazon_reviews=0.4"]
"""Posts and reviews inform less than a team's documents do."""


@dataclass(frozen=True, slots=True)
class Batch:
    """`starts`, `ends`: target distributions over tokens, (n, length). `groups`: number of each row's question in the batch, (n,).

    `groups` is -1 for rows that take no part in the shared-norm loss (their question is another than the group's).
    """

    inputs: dict[str, torch.Tensor]
    starts: torch.Tensor
    ends: torch.Tensor
    groups: torch.Tensor


def tuning_part(paragraph: Paragraph) -> bool:
    """What is kept for choosing and calibrating: articles where there are many, every 40th paragraph elsewhere."""
    if paragraph.source in ("new_wiki", *(file.stem for file in WRITTEN)):
        return is_for_tuning(paragraph.article)
    return hashlib.sha256(paragraph.text.encode()).digest()[0] < 256 // 40


def training_questions(data: Path, hold_out: Sequence[str]) -> list[Question]:
    """All questions of the folder's files and of the project's own but the held-out and the tuning part."""
    questions = [question for file in [*sorted(data.glob("*.json")), *WRITTEN] for question in read_squad(file)]
    return [
        question
        for question in questions
        if not (question.paragraph.source in hold_out and is_held_out(question.paragraph.article)) and not tuning_part(question.paragraph)
    ]


def loss_of(start_logits: torch.Tensor, end_logits: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Per passage with [CLS] as "none here", plus shared-norm over the passages of each question. Logits: (n, length), padding at -inf."""
    own = _cross_entropy(start_logits, batch.starts) + _cross_entropy(end_logits, batch.ends)
    members = [torch.nonzero(batch.groups == group).flatten() for group in batch.groups.unique() if group >= 0]
    shared = [
        _cross_entropy(_log_odds(start_logits[rows]), batch.starts[rows, 1:].reshape(1, -1))
        + _cross_entropy(_log_odds(end_logits[rows]), batch.ends[rows, 1:].reshape(1, -1))
        for rows in members
        if len(rows) > 1
    ]
    return own + SHARED_NORM_WEIGHT * (torch.stack(shared).mean() if shared else own.new_zeros(()))


def _log_odds(logits: torch.Tensor) -> torch.Tensor:
    """Of all tokens of some passages against each passage's [CLS], which is what answers are ranked by: (1, n × (length − 1))."""
    return (logits[:, 1:] - logits[:, :1]).reshape(1, -1)


def _cross_entropy(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    log_probabilities = torch.log_softmax(logits.float(), dim=-1).masked_fill(targets == 0, 0.0)
    return -(targets * log_probabilities).sum(-1).mean()


class Batcher:
    """Groups → padded batches of about `tokens` tokens, of similar lengths."""

    def __init__(self, tokenizer: Any, tokens: int) -> None:
        self._tokenizer, self._tokens = tokenizer, tokens

    def batches(self, groups: Sequence[tuple[Example, ...]]) -> Iterator[Batch]:
        """Groups are kept whole; sorted within stretches of 512, in the given order otherwise."""
        for first in range(0, len(groups), 512):
            stretch = sorted(groups[first : first + 512], key=lambda group: max(len(one.text) for one in group))
            pending: list[tuple[Example, ...]] = []
            made: list[Batch] = []
            for group in stretch:
                longest = max(len(one.text) for one in (*group, *(pending[-1] if pending else ())))
                if pending and (sum(map(len, pending)) + len(group)) * (longest / 4.4 + 20) > self._tokens:  # 4.4 characters a token
                    made.append(self._batch(pending))
                    pending = []
                pending.append(group)
            made.append(self._batch(pending))
            Random(first).shuffle(made)
            yield from made

    def _batch(self, groups: Sequence[tuple[Example, ...]]) -> Batch:
        rows = [(number if one.question == group[0].question else -1, one) for number, group in enumerate(groups) for one in group]
        encoded = self._tokenizer(
            [one.question for _, one in rows],
            [one.text for _, one in rows],
            truncation="only_second",
            max_length=MAX_TOKENS,
            padding=True,
            pad_to_multiple_of=PAD_TO,
            return_offsets_mapping=True,
            return_tensors="np",
        )
        targets = [
            _targets(one, offsets, encoded.sequence_ids(row))
            for row, ((_, one), offsets) in enumerate(zip(rows, encoded["offset_mapping"], strict=True))
        ]
        return Batch(
            {name: torch.tensor(encoded[name]) for name in ("input_ids", "attention_mask", "token_type_ids")},
            torch.tensor(np.stack([start for start, _ in targets])),
            torch.tensor(np.stack([end for _, end in targets])),
            torch.tensor([number for number, _ in rows]),
        )


def _targets(example: Example, offsets: np.ndarray, sequence_ids: Sequence[int | None]) -> tuple[np.ndarray, np.ndarray]:
    """Distributions over tokens for start and end, of what most annotators marked; on [CLS] if there is no answer, or it was cut off."""
    starts, ends = np.zeros(len(offsets), np.float32), np.zeros(len(offsets), np.float32)
    text = np.array([sequence == 1 for sequence in sequence_ids])
    for start, end in multimode(example.answers):
        first = np.flatnonzero(text & (offsets[:, 1] > start))
        last = np.flatnonzero(text & (offsets[:, 0] < end))
        if len(first) and len(last) and offsets[last[-1], 1] >= end and first[0] <= last[-1]:
            starts[first[0]] += 1
            ends[last[-1]] += 1
    if not starts.any():
        starts[0] = ends[0] = 1
    return starts / starts.sum(), ends / ends.sum()


class Average:
    """Exponential moving average of the weights: what is evaluated and shipped."""

    def __init__(self, model: torch.nn.Module) -> None:
        self.weights = {name: weight.detach().clone() for name, weight in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model: torch.nn.Module, decay: float) -> None:
        for name, weight in model.state_dict().items():
            if weight.is_floating_point():
                self.weights[name].lerp_(weight, 1 - decay)


@dataclass(frozen=True, slots=True)
class Schedule:
    """`minutes`: of training, over all sessions. `peak`: the learning rate after warming up. `tokens`: of a batch."""

    minutes: float
    peak: float
    tokens: int
    seed: int

    def rate(self, spent: float) -> float:
        """Up, then down to 0 in straight lines. `spent`: seconds."""
        progress = spent / (self.minutes * 60)
        return self.peak * max(0.0, min(progress / WARM_UP, (1 - progress) / (1 - WARM_UP))) + 1e-7

    def is_over(self, spent: float) -> bool:
        return spent >= self.minutes * 60


class Run:
    """A training under way; all that it needs to go on after an interruption is in its checkpoint. `spent`: seconds."""

    def __init__(self, base: Path, checkpoint: Path) -> None:
        self.model, self.spent, self.epoch, self.step, self.loss = _model_to_train(base), 0.0, 0, 0, 0.0
        self.average = Average(self.model)
        self._optimizer = torch.optim.AdamW(_parameter_groups(self.model), betas=(0.9, 0.98), fused=True)
        self._compiled: Any = torch.compile(self.model, dynamic=True) if shutil.which("c++") else self.model  # half as fast again
        self._checkpoint = checkpoint
        self._last = self._saved = time.monotonic()
        self.model.train()

    def resume(self) -> bool:
        """From the checkpoint, if there is one."""
        if not self._checkpoint.exists():
            return False
        state = torch.load(self._checkpoint, weights_only=True)
        self.model.load_state_dict(state["model"])
        self._optimizer.load_state_dict(state["optimizer"])
        self.average.weights, self.spent, self.loss = state["average"], state["spent"], state["loss"]
        self.epoch, self.step = state["epoch"], state["step"]
        return True

    def save(self) -> None:
        """The old checkpoint stays until the new one is whole."""
        state = {"model": self.model.state_dict(), "optimizer": self._optimizer.state_dict(), "average": self.average.weights}
        new = self._checkpoint.with_suffix(".new")
        torch.save({**state, "spent": self.spent, "loss": self.loss, "epoch": self.epoch, "step": self.step}, new)
        new.replace(self._checkpoint)
        self._saved = self._last

    def save_now_and_then(self) -> None:
        if self._last - self._saved > SAVE_EVERY:
            self.save()

    def learn(self, batch: Batch, rate: float) -> None:
        """One step. `loss` is a mean over the last hundred or so."""
        for part in self._optimizer.param_groups:
            part["lr"] = rate
        loss = _step(self._compiled, batch, self._optimizer)
        self.step += 1
        self.average.update(self.model, min(EMA_DECAY, self.step / (self.step + 10)))
        self.loss += (loss - self.loss) / min(self.step, 100)
        last, self._last = self._last, time.monotonic()
        self.spent += self._last - last


def train(
    data: Path, out: Path, hold_out: list[str], shares: Mapping[str, float], schedule: Schedule, base: Path, console: Console
) -> None:
    """Writes `out/checkpoint.pt` every five minutes, and the averaged model as `out/model/` when the time is up."""
    torch.manual_seed(schedule.seed)
    out.mkdir(parents=True, exist_ok=True)
    questions = training_questions(data, hold_out)
    sampler = Sampler(questions, _mined(questions, out, console), shares=shares)
    tokenizer = AutoTokenizer.from_pretrained(base, local_files_only=True)
    run = Run(base, out / "checkpoint.pt")
    if run.resume():
        console.print(f"resumed after {run.spent / 60:.0f} minutes, {run.step} steps")
    while not schedule.is_over(run.spent):
        run.epoch += 1
        for batch in Batcher(tokenizer, schedule.tokens).batches(sampler.epoch(Random(schedule.seed * 1000 + run.epoch))):
            run.learn(batch, schedule.rate(run.spent))
            run.save_now_and_then()
            if run.step % 50 == 0:
                console.print(f"{run.spent / 60:6.1f} min  epoch {run.epoch}  step {run.step}  loss {run.loss:.3f}")
            if schedule.is_over(run.spent):
                break
    run.save()
    run.model.load_state_dict(run.average.weights)
    run.model.save_pretrained(out / "model")
    tokenizer.save_pretrained(out / "model")
    console.print(f"{run.step} steps, {run.epoch} epochs: {out / 'model'}")


def _model_to_train(base: Path) -> Any:
    """Plain attention without dropout of its own: random numbers for that, or fused attention's gradient, take a CPU half of its time."""
    return AutoModelForQuestionAnswering.from_pretrained(
        base, local_files_only=True, hidden_dropout_prob=0.1, attention_probs_dropout_prob=0.0, attn_implementation="eager"
    )


def _step(model: torch.nn.Module, batch: Batch, optimizer: torch.optim.Optimizer) -> float:
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=HALF_PRECISION):
        output = model(**batch.inputs)
    outside = _outside(batch.inputs)
    loss = loss_of(output.start_logits.float() + outside, output.end_logits.float() + outside, batch)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return float(loss.detach())


def _outside(inputs: dict[str, torch.Tensor]) -> torch.Tensor:
    """-10,000 on the question and on padding, where no span may be; 0 on [CLS] and on the passage. (n, length)"""
    allowed = (inputs["token_type_ids"] == 1) & (inputs["attention_mask"] == 1)
    allowed[:, 0] = True
    return (~allowed) * -1e4


def _parameter_groups(model: torch.nn.Module) -> list[dict[str, Any]]:
    decayed = [weight for name, weight in model.named_parameters() if weight.ndim > 1]
    others = [weight for name, weight in model.named_parameters() if weight.ndim <= 1]
    return [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}]


def _mined(questions: Sequence[Question], folder: Path, console: Console) -> list[Negatives]:
    """Hard negatives, of each source among its own passages; from its file in `folder` if its questions are still the same."""
    with ProgressBar(console=console) as bar:
        sources = [list(group) for _, group in groupby(questions, lambda question: question.paragraph.source)]
        return [negatives for asked in sources for negatives in _mined_from_one(asked, folder, bar)]


def _mined_from_one(questions: Sequence[Question], folder: Path, bar: ProgressBar) -> list[Negatives]:
    source = questions[0].paragraph.source
    file = folder / f"negatives-{source}.json"
    key = hashlib.sha256("\n".join(f"{question.paragraph.text}\n{question.text}" for question in questions).encode()).hexdigest()
    if file.exists() and (stored := json.loads(file.read_text(encoding="utf-8")))["key"] == key:
        return [Negatives(tuple(beside), tuple(elsewhere)) for beside, elsewhere in stored["negatives"]]
    task = bar.add_task(f"hard negatives: {source}", total=len(questions))
    mined = mine(questions, _embedder(folder), ChunkingRecipe(), 12, lambda done, _: bar.update(task, completed=done))
    file.write_text(json.dumps({"key": key, "negatives": [astuple(negatives) for negatives in mined]}), encoding="utf-8")
    return mined


def _embedder(folder: Path) -> Embedder:
    """As answers are retrieved with."""
    twin = folder / "embedder"
    return OnnxEmbedder(twin, find_twin(twin) or make_twin(packaged_model(), twin))


def main(
    data: Annotated[Path, typer.Option(help="Folder of SQuAD-format files.", exists=True)],
    out: Annotated[Path, typer.Option(help="Where checkpoints and the model go.")],
    hold_out: Annotated[list[str], typer.Option(help="Files (stems) of which every fourth article is never trained on.")] = HELD_OUT,
    share: Annotated[
        list[str], typer.Option(help="FILE=0..1: how many of a file's questions (stem) an epoch draws; of others, all.")
    ] = SHARES,
    minutes: Annotated[float, typer.Option(help="Training time, over all sessions.")] = 95,
    rate: Annotated[float, typer.Option(help="Peak learning rate.")] = 1.2e-4,
    tokens: Annotated[int, typer.Option(help="Tokens a batch.")] = 4096,
    seed: int = 1,
    base: Annotated[Path | None, typer.Option(help="Model to start from; the packaged one unless named.")] = None,
) -> None:
    """Fine-tune the reader on SQuAD-format questions."""
    shares = {stem: float(number) for stem, _, number in (each.partition("=") for each in share)}
    train(data, out, hold_out, shares, Schedule(minutes, rate, tokens, seed), base or packaged_model(), Console(stderr=True))


if __name__ == "__main__":
    typer.run(main)
