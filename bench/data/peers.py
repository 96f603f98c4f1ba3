"""What bench/data.ts measures against: python peers.py check | photographs FOLDER NUMBER [SIDE [png]] | torchvision FOLDER SIDE | keras FOLDER SIDE."""

import importlib.util
import json
import os
import random
import sys
import time


def photographs(folder, number, length=None, kind="jpg"):
    """Crops of 256 to 500 pixels a side, or of `length`, of the photographs that scikit-image and scikit-learn ship, ten classes."""
    import skimage
    import sklearn
    from PIL import Image

    own = os.path.join(os.path.dirname(skimage.__file__), "data")
    others = os.path.join(os.path.dirname(sklearn.__file__), "datasets", "images")
    names = ["astronaut.png", "coffee.png", "chelsea.png", "rocket.jpg", "motorcycle_left.png"]
    names += ["retina.jpg", "ihc.png", "hubble_deep_field.jpg"]
    paths = [os.path.join(own, name) for name in names]
    paths += [os.path.join(others, name) for name in ("china.jpg", "flower.jpg")]
    images = [Image.open(path).convert("RGB") for path in paths]
    random.seed(1)
    for index in range(number):
        label = index % len(images)
        image = images[label]
        width = length or random.randint(256, min(500, image.width))
        height = length or random.randint(256, min(500, image.height))
        left = random.randint(0, image.width - width)
        top = random.randint(0, image.height - height)
        place = os.path.join(folder, f"class{label}")
        os.makedirs(place, exist_ok=True)
        crop = image.crop((left, top, left + width, top + height))
        options = {"quality": random.randint(85, 95)} if kind == "jpg" else {"icc_profile": None}
        crop.save(os.path.join(place, f"{index}.{kind}"), **options)


def torchvision_images(folder, side):
    from torch.utils.data import DataLoader
    from torchvision import datasets, transforms

    steps = [transforms.Resize(side), transforms.CenterCrop(side), transforms.PILToTensor()]
    images = datasets.ImageFolder(folder, transforms.Compose(steps))
    start = time.perf_counter()
    count = sum(len(batch) for batch, _ in DataLoader(images, batch_size=32, num_workers=2))
    return count / (time.perf_counter() - start)


def keras_images(folder, side):
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import keras

    size = (side, side)
    images = keras.utils.image_dataset_from_directory(
        folder, image_size=size, batch_size=32, crop_to_aspect_ratio=True, verbose=False
    )
    start = time.perf_counter()
    count = sum(batch.shape[0] for batch, _ in images)
    return count / (time.perf_counter() - start)


def check():
    """Looks without importing: two frameworks in one process may not go together."""
    names = ("keras", "PIL", "skimage", "sklearn", "torchvision")
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if missing:
        sys.exit(f"missing: {', '.join(missing)}")


if __name__ == "__main__":
    command = sys.argv[1]
    if command == "check":
        check()
    elif command == "photographs":
        photographs(sys.argv[2], *map(int, sys.argv[3:5]), *sys.argv[5:])
    else:
        speed = {"torchvision": torchvision_images, "keras": keras_images}[command](sys.argv[2], int(sys.argv[3]))
        print(json.dumps(speed))
