"""The curves that TensorBoard's own reader finds in a folder."""

import json

from job import read_job
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

folder = read_job()["folder"]
# As many points as there are: by default it keeps a sample of them.
accumulator = EventAccumulator(folder, size_guidance={"scalars": 0})
accumulator.Reload()
curves = {
    tag: [[event.step, event.value] for event in accumulator.Scalars(tag)]
    for tag in accumulator.Tags()["scalars"]
}
print(json.dumps(curves))
