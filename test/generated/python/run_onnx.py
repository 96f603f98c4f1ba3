"""Checks ONNX files with the official checker, and runs them in ONNX Runtime."""

import numpy as np
import onnx
import onnxruntime
from job import answer, array, read_job


def run(case):
    onnx.checker.check_model(case["file"], full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(case["file"], options, providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()
    (taken,) = session.get_outputs()
    images = array(case["images"]).transpose(0, 3, 1, 2).copy()
    size = given.shape[0] if isinstance(given.shape[0], int) else len(images)
    parts = [images[i : i + size] for i in range(0, len(images), size)]
    results = np.concatenate([session.run(None, {given.name: part})[0] for part in parts])
    model = onnx.load(case["file"])
    return {
        "input": [given.name, given.shape],
        "output": [taken.name, taken.shape],
        "results": results.tolist(),
        "metadata": {entry.key: entry.value for entry in model.metadata_props},
        "opset": model.opset_import[0].version,
    }


job = read_job()
answer({"version": onnxruntime.__version__, "cases": [run(case) for case in job["cases"]]})
