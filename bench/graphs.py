"""The graphs of parts of the model, written to bench/graphs; `dgc --gradient loss` adds their gradients."""

import re
from pathlib import Path

import workloads
from spec import ROOT

FOLDER = Path(__file__).resolve().parent / "graphs"


def sinkhorn(size):
    """The example in the project's graphs with another number of points."""
    text = (ROOT / "graphs" / "sinkhorn.dg").read_text()
    text = re.sub(r"f32\[[7,]+\]", lambda match: match[0].replace("7", str(size)), text)
    return text.replace("{value=0.14285715}", f"{{value={1 / size:.8g}}}")


def mmd(size):
    """mean k(x,x) + mean k(y,y) − 2 mean k(x,y) with squared distances from a matrix product."""
    width = workloads.MMD_WIDTH
    rows, pairs = f"f32[{size},{width}]", f"f32[{size},{size}]"
    lines = [f"input %x : {rows}", f"input %y : {rows}"]
    for name in ("x", "y"):
        lines += [
            f"%{name}.square = multiply %{name}, %{name} : {rows}",
            f"%{name}.norm2 = reduce %{name}.square {{kind=sum, axes=[1]}} : f32[{size}]"]
    lines += [
        f"%zero = constant {{value=0.0}} : {pairs}",
        f"%minus_two = constant {{value=-2.0}} : {pairs}",
        f"%scale = constant {{value={-0.5 / workloads.MMD_BANDWIDTH}}} : {pairs}",
        f"%share = constant {{value={1 / size**2}}} : f32[]"]
    for left, right in ("xx", "yy", "xy"):
        kernel = f"kernel_{left}{right}"
        lines += [
            f"%{kernel}.products = dot %{left}, %{right} {{batch=[[],[]], contract=[[1],[1]]}} : {pairs}",
            f"%{kernel}.left = broadcast %{left}.norm2 {{axes=[0]}} : {pairs}",
            f"%{kernel}.right = broadcast %{right}.norm2 {{axes=[1]}} : {pairs}",
            f"%{kernel}.norms = add %{kernel}.left, %{kernel}.right : {pairs}",
            f"%{kernel}.twice = multiply %{kernel}.products, %minus_two : {pairs}",
            f"%{kernel}.difference = add %{kernel}.norms, %{kernel}.twice : {pairs}",
            f"%{kernel}.distance = maximum %{kernel}.difference, %zero : {pairs}",
            f"%{kernel}.exponent = multiply %{kernel}.distance, %scale : {pairs}",
            f"%{kernel} = exp %{kernel}.exponent : {pairs}",
            f"%{kernel}.sum = reduce %{kernel} {{kind=sum, axes=[0,1]}} : f32[]",
            f"%{kernel}.mean = multiply %{kernel}.sum, %share : f32[]"]
    lines += [
        "%within = add %kernel_xx.mean, %kernel_yy.mean : f32[]",
        "%across = add %kernel_xy.mean, %kernel_xy.mean : f32[]",
        "%loss = subtract %within, %across : f32[]",
        "output loss = %loss"]
    return _text("mmd", lines)


def attention(length):
    """Multi-head attention without dropout, and the mean square of what is attended."""
    batch, heads, width = workloads.ATTENTION_BATCH, workloads.ATTENTION_HEADS, workloads.ATTENTION_HEAD_WIDTH
    steps, row = f"f32[{batch},{length},{heads},{width}]", f"f32[{batch},{heads},{length}]"
    scores, attended = f"f32[{batch},{heads},{length},{length}]", f"f32[{batch},{heads},{length},{width}]"
    return _text("attention", [
        f"input %query : {steps}",
        f"input %keys : {steps}",
        f"input %values : {steps}",
        f"%scale = constant {{value={width**-0.5:.8g}}} : {steps}",
        f"%query.scaled = multiply %query, %scale : {steps}",
        f"%scores = dot %query.scaled, %keys {{batch=[[0,2],[0,2]], contract=[[3],[3]]}} : {scores}",
        f"%max = reduce %scores {{kind=maximum, axes=[3]}} : {row}",
        f"%max.constant = stop_gradient %max : {row}",
        f"%max.all = broadcast %max.constant {{axes=[0,1,2]}} : {scores}",
        f"%shifted = subtract %scores, %max.all : {scores}",
        f"%exp = exp %shifted : {scores}",
        f"%exp.sum = reduce %exp {{kind=sum, axes=[3]}} : {row}",
        f"%one = constant {{value=1.0}} : {row}",
        f"%exp.scale = divide %one, %exp.sum : {row}",
        f"%exp.scale.all = broadcast %exp.scale {{axes=[0,1,2]}} : {scores}",
        f"%probabilities = multiply %exp, %exp.scale.all : {scores}",
        f"%attended = dot %probabilities, %values {{batch=[[0,1],[0,2]], contract=[[3],[1]]}} : {attended}",
        f"%square = multiply %attended, %attended : {attended}",
        f"%square.sum = reduce %square {{kind=sum, axes=[0,1,2,3]}} : f32[]",
        f"%share = constant {{value={1 / (batch * length * heads * width):.8g}}} : f32[]",
        "%loss = multiply %square.sum, %share : f32[]",
        "output loss = %loss"])


def product():
    """One large matrix product, for the machine's speed."""
    size = workloads.PEAK_SIZE
    square = f"f32[{size},{size}]"
    return _text("product", [
        f"input %x : {square}",
        f"input %y : {square}",
        f"%product = dot %x, %y {{batch=[[],[]], contract=[[1],[0]]}} : {square}",
        "output product = %product"])


def path(workload):
    return FOLDER / f"{workload.name}.dg"


def write_all():
    FOLDER.mkdir(exist_ok=True)
    builders = {"sinkhorn": sinkhorn, "mmd": mmd, "attention": attention}
    for workload in workloads.all_workloads():
        if workload.kind in builders:
            path(workload).write_text(builders[workload.kind](workload.size))
    (FOLDER / "product.dg").write_text(product())


def _text(name, lines):
    return f"dg 1 graph\n\ngraph @{name} {{\n" + "".join(f"  {line}\n" for line in lines) + "}\n"


if __name__ == "__main__":
    write_all()
