"""Models of one shape → their weighted mean: `python -m index.reader.average OUT MODEL=SHARE MODEL=SHARE …`

Runs that started from the same weights lie near enough for their mean to read better than each of them (Wortsman et al. 2022, "Model
soups"), at the cost of one.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

import torch
from transformers import AutoModelForQuestionAnswering, AutoTokenizer


def average(out: Path, shares: Mapping[Path, float]) -> None:
    """Writes the mean as a Hugging Face model, with the first one's tokenizer. `shares`: of each model's folder, relative to their sum."""
    first, *others = shares
    total = sum(shares.values())
    mean = AutoModelForQuestionAnswering.from_pretrained(first, local_files_only=True)
    with torch.no_grad():
        for weight in mean.parameters():
            weight.mul_(shares[first] / total)
        for folder in others:
            other = AutoModelForQuestionAnswering.from_pretrained(folder, local_files_only=True)
            for weight, more in zip(mean.parameters(), other.parameters(), strict=True):
                weight.add_(more, alpha=shares[folder] / total)
    mean.save_pretrained(out)
    AutoTokenizer.from_pretrained(first, local_files_only=True).save_pretrained(out)


if __name__ == "__main__":
    average(Path(sys.argv[1]), {Path(folder): float(share) for folder, _, share in (argument.partition("=") for argument in sys.argv[2:])})
