"""What `citebot bench` measures, each in a process of its own: Citebot, and the naive stack that one would build in an afternoon.

`python -m index.evaluation.subjects TASK …` prints a line of JSON. The naive stack is sentence-transformers (torch, fp32), a flat FAISS
index in memory and a list of texts; its answer is the nearest text.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from index.domain import SHARED, Document
from index.protocols import Embedder, Progress, Vectors, no_progress

READ = 8
"""Passages that an answer is looked for in, of both; `answering.READ`, which the naive stack's process does without importing."""
NOISE_COSINE = 0.8
NEAREST = 10


class Subject(Protocol):
    """Something that answers from an index in a folder. Thread-safe."""

    def encode(self, question: str) -> Vectors: ...

    def retrieve(self, question: str) -> Sequence[object]:
        """The passages that answer is looked for in."""
        ...

    def answer(self, question: str) -> str | None: ...


class Citebot:
    """`home`: of the index. `models`: data directory that holds the twin."""

    def __init__(self, home: Path, models: Path) -> None:
        from index.assembly import answerer_over, build_embedder, build_reader, build_store
        from index.settings import IndexSettings

        settings = IndexSettings.model_validate({"data": models})
        self.embedder = build_embedder(settings)
        self.store = build_store(settings.model_copy(update={"data": home}), self.embedder)
        self._answerer = answerer_over(self.store, self.embedder, build_reader(settings), settings)

    def encode(self, question: str) -> Vectors:
        return self.embedder.embed_query(question)

    def retrieve(self, question: str) -> Sequence[object]:
        return self._answerer.retrieve(question, collections=[SHARED], k=READ)

    def answer(self, question: str) -> str | None:
        return self._answerer.ask(question, collections=[SHARED]).text

    @staticmethod
    def build(home: Path, models: Path, documents: Sequence[Document], noise: Vectors | None) -> Callable[[Progress], int]:
        """What builds an index of `documents` in `home` once it is called; the model is loaded before."""
        from index.assembly import build_embedder, build_store
        from index.settings import IndexSettings

        settings = IndexSettings.model_validate({"data": models})
        embedder = build_embedder(settings)
        store = build_store(settings.model_copy(update={"data": home}), embedder if noise is None else Noisy(embedder, noise))
        return lambda progress: store.publish(SHARED, documents, progress)


class Naive:
    def __init__(self, home: Path, models: Path) -> None:  # noqa: ARG002 # as Citebot's
        import faiss

        self._model = _sentence_transformer()
        self._index = faiss.read_index(str(home / "vectors.faiss"))
        self._texts = json.loads((home / "texts.json").read_text(encoding="utf-8"))

    def encode(self, question: str) -> Vectors:
        return np.asarray(self._model.encode_query(question, normalize_embeddings=True, show_progress_bar=False), np.float32)

    def retrieve(self, question: str) -> Sequence[object]:
        _, (rows,) = self._index.search(self.encode(question)[np.newaxis], READ)
        return [self._texts[row] for row in rows if row >= 0]

    def answer(self, question: str) -> str | None:
        return str(self.retrieve(question)[0])

    @staticmethod
    def build(
        home: Path,
        models: Path,  # noqa: ARG004  # the other subject's twin lies there
        documents: Sequence[Document],
        noise: Vectors | None,
    ) -> Callable[[Progress], int]:
        import faiss

        from index.chunking import chunk

        model = _sentence_transformer()

        def publish(progress: Progress) -> int:
            texts = [passage.text for document in documents for passage in chunk(document)]
            vectors = _noisy(noise, len(texts)) if noise is not None else model.encode_document(texts, normalize_embeddings=True)
            index = faiss.IndexFlatIP(vectors.shape[1])
            index.add(np.asarray(vectors, np.float32))
            home.mkdir(parents=True)
            faiss.write_index(index, str(home / "vectors.faiss"))
            (home / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
            progress(len(texts), len(texts))
            return len(texts)

        return publish


SUBJECTS: dict[str, type[Citebot] | type[Naive]] = {"citebot": Citebot, "naive": Naive}


class Noisy:
    """An embedder for sizes that would take hours: passages have real vectors plus noise, whatever their texts."""

    def __init__(self, embedder: Embedder, base: Vectors) -> None:
        """`base`: (n, dimension), unit rows."""
        self.name, self.dimension, self.embed_query = embedder.name, embedder.dimension, embedder.embed_query
        self._base, self._seed = base, 0

    def embed_passages(self, texts: Sequence[str], progress: Progress = no_progress) -> Vectors:
        self._seed += 1
        vectors = _noisy(self._base, len(texts), self._seed)
        progress(len(texts), len(texts))
        return vectors


def _noisy(base: Vectors, rows: int, seed: int = 0) -> Vectors:
    """(rows, dimension), unit rows, each at cosine `NOISE_COSINE` to a row of `base`."""
    random = np.random.default_rng(seed)
    real = base[random.integers(0, len(base), rows)]
    noise = random.standard_normal(real.shape, np.float32)
    noise -= np.sum(noise * real, axis=1, keepdims=True) * real
    noise *= np.sqrt(1 - NOISE_COSINE**2) / np.linalg.norm(noise, axis=1, keepdims=True)
    noise += NOISE_COSINE * real
    return noise


@dataclass(frozen=True, slots=True)
class Built:
    """`seconds`: from documents in memory to the index on the disk, the model being loaded; `cpu`: of all cores. `disk`, `peak`: MB."""

    passages: int
    seconds: float
    cpu: float
    disk: float
    peak: float


@dataclass(frozen=True, slots=True)
class Served:
    """Milliseconds, one a question, after warming up; `cpu`: of all cores, the mean of each. Questions a second by threads; MB."""

    encoding: list[float]
    retrieval: list[float]
    answering: list[float]
    cpu: dict[str, float]
    throughput: dict[int, float]
    peak: float
    anonymous: float


def build(subject: str, home: Path, models: Path, workload: Path, size: int, noise: Path | None) -> Built:
    from index.evaluation.speed import Workload, recombined

    documents = recombined(Workload.read(workload), size)
    publish = SUBJECTS[subject].build(home, models, documents, np.load(noise) if noise else None)
    started, cpu = time.perf_counter(), time.process_time()
    publish(_report)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    disk = sum(file.stat().st_size for file in home.rglob("*") if file.is_file()) / 1e6
    return Built(size, seconds, cpu, disk, memory("VmHWM"))


def first(subject: str, home: Path, models: Path, question: str) -> str | None:
    return SUBJECTS[subject](home, models).answer(question)


def serve(subject: str, home: Path, models: Path, workload: Path) -> Served:
    from index.evaluation.speed import Workload

    questions = Workload.read(workload).questions
    opened: Subject = SUBJECTS[subject](home, models)
    for question in questions[:5]:
        opened.answer(question)
    times, cpu = {}, {}
    for name, work in (("encoding", opened.encode), ("retrieval", opened.retrieve), ("answering", opened.answer)):
        began = time.process_time()
        times[name] = _milliseconds(work, questions)
        cpu[name] = 1000 * (time.process_time() - began) / len(questions)
    rates = {threads: throughput(opened.answer, questions, threads) for threads in (1, 2)}
    return Served(**times, cpu=cpu, throughput=rates, peak=memory("VmHWM"), anonymous=memory("RssAnon"))


def recall(home: Path, models: Path, workload: Path) -> float:
    """Recall@10 of Citebot's dense arm against the exact cosines of all its vectors; a mean over the questions."""
    from index.evaluation.speed import Workload
    from index.stores.snapshot import open_snapshot

    embedder = Citebot(home, models).embedder
    generations = home / "collections" / SHARED / "generations"
    dense = open_snapshot(generations / "1", SHARED, 1, embedder.name).dense
    queries = np.stack([embedder.embed_query(question) for question in Workload.read(workload).questions])
    exact, wanted = nearest(dense.vectors, len(dense), queries), min(NEAREST, len(dense))
    found = [dense.search(query, 100)[0][:wanted] for query in queries]
    return float(np.mean([len(set(one.tolist()) & set(other.tolist())) / wanted for one, other in zip(found, exact, strict=True)]))


def embed(models: Path, workload: Path, file: Path) -> int:
    """Writes the vectors of real passages, for `Noisy`."""
    from index.assembly import build_embedder
    from index.evaluation.speed import Workload
    from index.settings import IndexSettings

    embedder = build_embedder(IndexSettings.model_validate({"data": models}))
    vectors = embedder.embed_passages(Workload.read(workload).passages, _report)
    np.save(file, vectors)
    return len(vectors)


def nearest(vectors: Callable[[Any], Vectors], size: int, queries: Vectors, block: int = 20_000) -> list[np.ndarray]:
    """Rows of the `NEAREST` to each query, by comparing all, a block at a time."""
    scores = np.zeros((len(queries), 0), np.float32)
    rows = np.zeros((len(queries), 0), np.int64)
    for first_row in range(0, size, block):
        of_block = np.arange(first_row, min(first_row + block, size))
        scores = np.hstack([scores, queries @ vectors(of_block).T])
        rows = np.hstack([rows, np.broadcast_to(of_block, (len(queries), len(of_block)))])
        best = np.argsort(-scores, axis=1, kind="stable")[:, :NEAREST]
        scores, rows = np.take_along_axis(scores, best, 1), np.take_along_axis(rows, best, 1)
        _report(int(of_block[-1]) + 1, size)
    return list(rows)


def _milliseconds(work: Callable[[str], object], questions: Sequence[str]) -> list[float]:
    def timed(question: str) -> float:
        started = time.perf_counter()
        work(question)
        return 1000 * (time.perf_counter() - started)

    return [timed(question) for question in questions]


def throughput(work: Callable[[str], object], questions: Sequence[str], threads: int) -> float:
    """Questions a second."""
    with ThreadPoolExecutor(threads) as pool:
        started = time.perf_counter()
        list(pool.map(work, questions))
        return len(questions) / (time.perf_counter() - started)


def memory(entry: str) -> float:
    """MB, as Linux counts them: `VmHWM` is the most that was ever resident, `RssAnon` what isn't mapped from files. NaN elsewhere."""
    file = Path("/proc/self/status")
    lines = file.read_text(encoding="ascii").splitlines() if file.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(entry)), float("nan"))


def _report(done: int, total: int) -> None:
    """Progress, for the parent."""
    sys.stderr.write(f"{done} {total}\n")
    sys.stderr.flush()


def _sentence_transformer() -> Any:
    from sentence_transformers import SentenceTransformer

    from index.models import packaged_model

    return SentenceTransformer(str(packaged_model()), device="cpu", local_files_only=True)


TASKS: dict[str, Callable[..., Any]] = {"build": build, "first": first, "serve": serve, "recall": recall, "embed": embed}


def main(task: str, arguments: dict[str, Any]) -> None:
    paths = {name: Path(value) for name, value in arguments.items() if name in {"home", "models", "workload", "noise", "file"} and value}
    result = TASKS[task](**{**arguments, **paths})
    sys.stdout.write(json.dumps(asdict(result) if isinstance(result, Built | Served) else result) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
