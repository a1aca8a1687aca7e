"""Fine-tunes the reader: `python -m index.reader.train --data DIR --out DIR`; resumes from its last checkpoint.

DIR holds SQuAD-format files; the project's own are added to them: lessons (`lessons.json`), drills in keeping alike things apart
(`drills.json`), and whole documents (`documents.json`). Of files named with `--hold-out`, articles with number % 4 == 0 are never trained
on, nor is what another file has of their words; of every file a few paragraphs are kept for tuning (`tuning_part`).

The schedule runs on time, not on steps: a run of `--minutes` ends with its learning rate at 0 on any machine.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Annotated, Any

import torch
import typer
from rich.console import Console
from rich.progress import Progress as ProgressBar
from transformers import AutoModelForQuestionAnswering, AutoTokenizer

from index.chunking import ChunkingRecipe
from index.embedding import OnnxEmbedder
from index.models import packaged_model
from index.protocols import Embedder
from index.reader.batches import Batch, Batcher
from index.reader.examples import Negatives, Sampler, mine
from index.reader.losses import loss_of
from index.reader.precision import span_logits
from index.reader.squad import Paragraph, Question, is_for_tuning, is_held_out, paragraphs_of, read_squad, runs_of
from index.twin import find_twin, make_twin

WARM_UP = 0.04  # share of the time
EMA_DECAY = 0.999
SAVE_EVERY = 300
"""Seconds between two checkpoints."""
LESSONS = Path(__file__).with_name("lessons.json")
DRILLS = Path(__file__).with_name("drills.json")
DOCUMENTS = Path(__file__).with_name("documents.json")
WRITTEN = (LESSONS, DRILLS, DOCUMENTS)
HELD_OUT = ["new_wiki"]
SHARES = ["reddit=0.4", "amazon_reviews=0.4"]
"""Posts and reviews inform less than a team's documents do."""


def tuning_part(paragraph: Paragraph) -> bool:
    """What is kept for choosing and calibrating: articles where there are many, every 40th paragraph elsewhere."""
    if paragraph.source in ("new_wiki", *(file.stem for file in WRITTEN)):
        return is_for_tuning(paragraph.article)
    return hashlib.sha256(paragraph.text.encode()).digest()[0] < 256 // 40


def training_questions(data: Path, hold_out: Sequence[str]) -> list[Question]:
    """All of the folder's files and of the project's own but the tuning part and the held-out one, whichever file repeats it."""
    questions = [question for file in [*sorted(data.glob("*.json")), *WRITTEN] for question in read_squad(file)]
    paragraphs = paragraphs_of(questions)
    held_out = [paragraph for paragraph in paragraphs if paragraph.source in hold_out and is_held_out(paragraph.article)]
    unseen = set().union(*(runs_of(paragraph.text) for paragraph in held_out))
    repeats = {paragraph for paragraph in paragraphs if not runs_of(paragraph.text).isdisjoint(unseen)}
    left_out = repeats.union(held_out, filter(tuning_part, paragraphs))
    return [question for question in questions if question.paragraph not in left_out]


class Average:
    """Exponential moving average of the weights."""

    def __init__(self, model: torch.nn.Module) -> None:
        self.weights = {name: weight.detach().clone() for name, weight in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model: torch.nn.Module, decay: float) -> None:
        for name, weight in model.state_dict().items():
            if weight.is_floating_point():
                self.weights[name].lerp_(weight, 1 - decay)


@dataclass(frozen=True, slots=True)
class Schedule:
    """`minutes`: of training, over all sessions. `peak`: the learning rate after warming up."""

    minutes: float
    peak: float
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

    def averaged(self) -> Any:
        """The model with the averaged weights: what is evaluated and shipped."""
        self.model.load_state_dict(self.average.weights)
        return self.model

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


def train(run: Run, sampler: Sampler, batcher: Batcher, schedule: Schedule, console: Console) -> None:
    """To the end of the schedule; writes a checkpoint every five minutes."""
    if run.resume():
        console.print(f"resumed after {run.spent / 60:.0f} minutes, {run.step} steps")
    while not schedule.is_over(run.spent):
        run.epoch += 1
        for batch in batcher.batches(sampler.epoch(Random(schedule.seed * 1000 + run.epoch))):
            run.learn(batch, schedule.rate(run.spent))
            run.save_now_and_then()
            if run.step % 50 == 0:
                console.print(f"{run.spent / 60:6.1f} min  epoch {run.epoch}  step {run.step}  loss {run.loss:.3f}")
            if schedule.is_over(run.spent):
                break
    run.save()


def _model_to_train(base: Path) -> Any:
    """Plain attention without dropout of its own: random numbers for that, or fused attention's gradient, take a CPU half of its time."""
    return AutoModelForQuestionAnswering.from_pretrained(
        base, local_files_only=True, hidden_dropout_prob=0.1, attention_probs_dropout_prob=0.0, attn_implementation="eager"
    )


def _step(model: torch.nn.Module, batch: Batch, optimizer: torch.optim.Optimizer) -> float:
    logits = span_logits(model, batch.inputs, batch.allowed)
    loss = loss_of(logits, batch)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return float(loss.detach())


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
    console, base = Console(stderr=True), base or packaged_model()
    torch.manual_seed(seed)
    out.mkdir(parents=True, exist_ok=True)
    questions = training_questions(data, hold_out)
    shares = {stem: float(number) for stem, _, number in (each.partition("=") for each in share)}
    sampler = Sampler(questions, _mined(questions, out, console), shares=shares)
    tokenizer = AutoTokenizer.from_pretrained(base, local_files_only=True)
    run = Run(base, out / "checkpoint.pt")
    train(run, sampler, Batcher(tokenizer, tokens), Schedule(minutes, rate, seed), console)
    run.averaged().save_pretrained(out / "model")
    tokenizer.save_pretrained(out / "model")
    console.print(f"{run.step} steps, {run.epoch} epochs: {out / 'model'}")


if __name__ == "__main__":
    typer.run(main)
