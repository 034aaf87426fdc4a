"""Counts the work of matrix products in a graph's text."""

import math
import re


def product_flops(text):
    """Multiplications and additions of all matrix products in a graph's text, loops counted as often as they run."""
    # How often the code runs and the shapes of its values, for every loop that is open.
    frames = [(1, {})]
    total = 0
    for line in text.splitlines():
        repeats, shapes = frames[-1]
        declared = re.match(r"\s*input (%\S+) : \w+\[([^\]]*)\]", line)
        node = re.match(r"\s*(%.*?) = (\S+) (.*) : (.*?)( \{)?$", line)
        if declared:
            shapes[declared[1]] = _numbers(declared[2])
        elif node:
            results, operation, rest, types, opens = node.groups()
            for name, shape in zip(results.split(", "), re.findall(r"\w+\[([^\]]*)\]", types)):
                shapes[name] = _numbers(shape)
            if operation == "dot":
                left = shapes[rest.split(",")[0].strip()]
                contracted = _numbers(re.search(r"contract=\[\[([^\]]*)\]", rest)[1])
                total += 2 * repeats * math.prod(shapes[results]) * math.prod(left[axis] for axis in contracted)
            if opens:
                frames.append((repeats * int(re.search(r"count=(\d+)", rest)[1]), {}))
        elif line.strip() == "}" and len(frames) > 1:
            frames.pop()
    return total


def _numbers(text):
    return [int(word) for word in text.split(",") if word]
