"""The runtime of all models."""

import subprocess
import sys
from pathlib import Path


def test_the_runtime_tells_nobody_that_it_runs(tmp_path: Path) -> None:
    """Where it reports, it begins by leaving an identifier of the machine among the temporary files."""
    opened = "from index.reader.span import open_reader; open_reader()"

    subprocess.run([sys.executable, "-c", opened], env={"TMPDIR": str(tmp_path), "TMP": str(tmp_path)}, cwd=Path.cwd(), check=True)

    assert list(tmp_path.iterdir()) == []
