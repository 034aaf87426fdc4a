"""Makes the pickles of this folder, in the form of MMSA's feature files, with numpy 2 itself; run in this folder.

mmsa_p2.pkl … mmsa_p5.pkl: one data set in protocols 2 to 5, as numpy 2 writes it.
mmsa_old_p2.pkl … mmsa_old_p5.pkl: the same with the module names that numpy 1 writes.
mmsa_orders_p2.pkl, mmsa_orders_p5.pkl: Fortran order, big-endian numbers, other kinds of texts, numbers in lists.
mmsa.npz: what all of them hold, in the flat form.
mmsa_tiny_p2.pkl, mmsa_tiny_p5.pkl, mmsa_tiny.npz: one sample in each part.
"""

import io
import pickle

import numpy as np

rng = np.random.default_rng(5)
plain, orders, flat = {}, {}, {}
for part, count in (("train", 4), ("valid", 2), ("test", 3)):
    text = rng.normal(size=(count, 3, 4)).astype(np.float32)
    audio = rng.normal(size=(count, 5, 2))
    audio[0, 1, 0] = -np.inf
    vision = rng.normal(size=(count, 4, 3)).astype(np.float32)
    vision[-1, 3] = 0
    labels = (np.arange(count) - 1).astype(np.float32) * 0.4
    classes = np.arange(count) % 3
    ids = [f"{part}$_${index}" for index in range(count)]
    words = ["plain", "Zürich", "情感", "plain"][:count]
    tokens = np.stack([np.array([[101, 7 + i, 102], [1, 1, 1], [0, 0, 0]]) for i in range(count)])
    plain[part] = {
        "raw_text": np.array(words),
        "id": ids,
        "text": text,
        "text_bert": tokens,
        "audio": audio,
        "vision": vision,
        "audio_lengths": [5] * count,
        "vision_lengths": [4] * (count - 1) + [3],
        "annotations": ["Positive"] * count,
        "classification_labels": classes,
        "regression_labels": labels,
    }
    orders[part] = {
        "raw_text": np.array(words, object),
        "id": np.array(ids),
        "text": np.asfortranarray(text),
        "text_bert": tokens.astype(np.float32),
        "audio": audio.transpose(2, 0, 1).copy().transpose(1, 2, 0),
        "vision": vision.astype(">f4"),
        "classification_labels": [int(number) for number in classes],
        "regression_labels": list(labels),
    }
    flat |= {
        f"{part}_text": text,
        f"{part}_audio": audio,
        f"{part}_vision": vision,
        f"{part}_regression_labels": labels,
        f"{part}_classification_labels": classes,
        f"{part}_ids": np.array(ids),
    }

np.savez("mmsa.npz", **flat)
for protocol in (2, 3, 4, 5):
    with open(f"mmsa_p{protocol}.pkl", "wb") as file:
        pickle.dump(plain, file, protocol)
for protocol in (2, 5):
    with open(f"mmsa_orders_p{protocol}.pkl", "wb") as file:
        pickle.dump(orders, file, protocol)

# Python's own pickler asks this function for the module of what it names.
module_of = pickle.whichmodule
pickle.whichmodule = lambda value, name: module_of(value, name).replace("numpy._core", "numpy.core")
for protocol in (2, 3, 4, 5):
    buffer = io.BytesIO()
    pickle._Pickler(buffer, protocol).dump(plain)
    assert b"numpy._core" not in buffer.getvalue()
    with open(f"mmsa_old_p{protocol}.pkl", "wb") as file:
        file.write(buffer.getvalue())

# One sample of one value in each part, for tests that change bytes.
pickle.whichmodule = module_of
tiny = {
    part: {
        "text": np.ones((1, 1, 1), np.float32),
        "audio": np.asfortranarray(np.ones((1, 1, 2))),
        "vision": np.ones((1, 2), ">f4"),
        "id": ["a"],
        "regression_labels": np.zeros(1, np.float32),
    }
    for part in ("train", "valid", "test")
}
for protocol in (2, 5):
    with open(f"mmsa_tiny_p{protocol}.pkl", "wb") as file:
        pickle.dump(tiny, file, protocol)
np.savez_compressed("mmsa_tiny.npz", **{f"{part}_{name}": np.array(value) for part in tiny for name, value in tiny[part].items()})
