"""What the runs in Keras and in PyTorch share: reading a job, loading modules, checks of the source text."""

import ast
import base64
import contextlib
import importlib.util
import io
import json
import runpy
import sys
import warnings

import numpy as np


def read_job():
    with open(sys.argv[1], encoding="utf-8") as file:
        return json.load(file)


def array(tensor):
    values = np.frombuffer(base64.b64decode(tensor["data"]), dtype="<f4")
    return values.reshape(tensor["shape"]).copy()


def load(path):
    """The module of a generated file; a warning of the compiler is an error."""
    name = "generated_" + path.replace("\\", "/").split("/")[-1].split(".")[0]
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    with open(path, encoding="utf-8") as file, warnings.catch_warnings():
        warnings.simplefilter("error")
        compile(file.read(), path, "exec")
    spec.loader.exec_module(module)
    return module


def run_main(path):
    """What the file prints when it is started as a program."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        runpy.run_path(path, run_name="__main__")
    return output.getvalue()


def read_safetensors(path):
    """As `safetensors.numpy.load_file` does; the package need not be there."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        values = file.read()
    assert header.pop("__metadata__")["format"] == "pt"
    tensors = {}
    for name, entry in header.items():
        assert entry["dtype"] == "F32", name
        begin, end = entry["data_offsets"]
        tensors[name] = np.frombuffer(values[begin:end], "<f4").reshape(entry["shape"]).copy()
    return tensors


def outline(path):
    """Kinds and names of the statements of a module, and its class names."""
    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    names = []
    class_names = None
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            target = statement.targets[0].id
            names.append(f"Assign {target}")
            if target == "CLASS_NAMES":
                class_names = ast.literal_eval(statement.value)
        else:
            names.append(f"{type(statement).__name__} {getattr(statement, 'name', '')}")
    return {"statements": names, "classNames": class_names}


def answer(result):
    print(json.dumps(result))
