"""Makes the npz files of this folder with numpy itself; run in this folder."""

import io
import os
import zipfile

import numpy as np

ARRAYS = {
    "floats": np.array([[1.5, -2.25, np.inf], [0, 3e-8, -0.0]], np.float32),
    "doubles": np.array([0.1, -1e300]),
    "longs": np.array([-(2**62), 0, 7]),
    "ints": np.array([[5], [-6]], np.int32),
    "bools": np.array([True, False, True]),
    "ids": np.array(["a$_$1", "Zürich", "情感", ""]),
    "codes": np.array([b"ab", b"c"]),
    "scalar": np.float64(2.5),
    "empty": np.zeros((0, 3), np.float32),
}

np.savez("numpy_stored.npz", **ARRAYS)
np.savez_compressed("numpy_compressed.npz", **ARRAYS)

# Much larger than its file; no seed for the fuzzer, which looks at files named .npz.
np.savez_compressed("zeros_compressed.npz", zeros=np.zeros(1 << 22, np.float32))
os.replace("zeros_compressed.npz", "zeros_compressed.zip")

# Sizes and places in 64 bits everywhere, as in archives of more than 4 GiB.
buffer = io.BytesIO()
zipfile.ZIP64_LIMIT = 1
zipfile.ZIP_FILECOUNT_LIMIT = 0
with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
    for name in ("floats", "ids"):
        member = io.BytesIO()
        np.save(member, ARRAYS[name])
        archive.writestr(name + ".npy", member.getvalue())
with open("numpy_zip64.npz", "wb") as file:
    file.write(buffer.getvalue())

rng = np.random.default_rng(0)
dataset = {}
for part, count in (("train", 4), ("valid", 2), ("test", 3)):
    dataset[f"{part}_text"] = rng.normal(size=(count, 2, 3)).astype(np.float32)
    audio = rng.normal(size=(count, 5, 2))
    audio[0, 1, 0] = -np.inf
    dataset[f"{part}_audio"] = audio
    vision = rng.normal(size=(count, 4)).astype(np.float32)
    vision[-1, 2] = np.nan
    dataset[f"{part}_vision"] = vision
    dataset[f"{part}_labels"] = np.arange(count) - 1
    dataset[f"{part}_ids"] = np.array([f"{part}$_${index}" for index in range(count)])
    dataset[f"{part}_lengths"] = np.full(count, 2, np.uint8)
np.savez_compressed("numpy_dataset.npz", **dataset)
