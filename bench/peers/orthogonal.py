"""torch.nn.init.orthogonal_, timed: prints a line of JSON, {"version": ..., "ms": [...]}, or {"error": ...}.

    python3 orthogonal.py '{"rows": 1024, "columns": 1024, "threads": 2, "runs": 3}'

float32. The first run warms up and is not counted. What it drew must be orthogonal.
"""

import json
import sys
import time

WORK = json.loads(sys.argv[1])


def main():
    import torch

    torch.set_num_threads(WORK["threads"])
    tensor = torch.empty(WORK["rows"], WORK["columns"])
    times = []
    for _ in range(WORK["runs"] + 1):
        begin = time.perf_counter()
        torch.nn.init.orthogonal_(tensor)
        times.append((time.perf_counter() - begin) * 1000)
    check(torch, tensor)
    return {"version": torch.__version__, "ms": times[1:]}


def check(torch, tensor):
    few = tensor[:64] if WORK["rows"] <= WORK["columns"] else tensor[:, :64].T
    error = (few @ few.T - torch.eye(len(few))).abs().max().item()
    if not error < 1e-4:
        raise ValueError(f"its rows are not orthonormal: {error}")


try:
    result = main()
except Exception as error:  # pylint: disable=broad-except
    result = {"error": f"{type(error).__name__}: {error}"}
print(json.dumps(result))
