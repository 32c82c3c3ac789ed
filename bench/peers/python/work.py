"""A piece of work: what to draw, and into what."""

import json
from dataclasses import dataclass
from typing import Optional, Tuple

TRUNCATION = 2.0
SEED = 42


@dataclass(frozen=True)
class Work:
    """A matrix of weights, as [outputs, inputs].

    kind     uniform, normal, truncated normal, Kaiming normal, Kaiming uniform, orthogonal, or upstream's truncated normal
    place    warm: memory that was drawn into before, where the library's interface can do so; fresh: new for each run;
             file: warm, and then written to a safetensors file
    path     of that file
    """

    kind: str
    dtype: str
    shape: Tuple[int, int]
    place: str
    path: Optional[str]
    low: float
    high: float
    std: float

    @staticmethod
    def parse(line):
        fields = json.loads(line)
        return Work(**{**fields, "path": fields.get("path"), "shape": tuple(fields["shape"])})

    @property
    def is_fresh(self):
        return self.place == "fresh"

    @property
    def row_step(self):
        """Rows at this distance are checked; of an orthogonal matrix all."""
        return 1 if self.kind == "orthogonal" else max(1, self.shape[0] // 32)
