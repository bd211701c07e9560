"""When an output is as stored: words, whole numbers and exit codes are the same, other numbers are near."""
import difflib, json, re

# A number that stands alone; "<" as in a distance of "<1e-12".
NUMBER = re.compile(r"(?<![\w.])<?[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?!\w)")
# What depends on how the processor rounds: how often a solution was corrected, how many digits that left.
PASSES = re.compile(r'\b\d+ pass(?:es)?\b|"passes": \d+')
CONDITION = re.compile(r'"conditionNumber": ([^,}]+)')
DIGITS = re.compile(r'(about |"estimatedDigits": )(\d+(?:\.\d+)?)(?= digits|[,}])')
# What depends on the machine.
MACHINE = [
    (re.compile(r"OpenBLAS [\d.]+ \(\w+\)"), "OpenBLAS VERSION (KERNEL)"),
    (re.compile(r'"gels": \{[^}]*\}'), '"gels": {}'),  # LAPACK's digits, not ours
    (re.compile(r"^blas: \{.*\}$", re.MULTILINE), "blas: {}"),
    # Of conjugate gradients, whose last step is rounding.
    (re.compile(r'"iterations": \d+, ("rank": \d+), "residual": [\d.e+-]+'), r'"iterations": N, \1, "residual": R'),
]
# How a model file represents a model; what it says of the fit is compared.
REPRESENTATION = ("checksum", "covariance", "dependencies", "design", "lowModel", "readingLoss", "robustCovariance", "version")


class Rules:
    """How far the numbers of a case may differ."""

    def __init__(self):
        self.tolerance = 1e-11  # of the larger number
        self.noise = 0.0  # or so much, whatever their size
        self.fewer = None  # only downwards, and by so much


def canonical(text):
    """JSON with one member to a line, and one element where a member is an array of objects."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    if not isinstance(value, dict):
        return text
    lines = []
    for key, member in sorted(value.items()):
        if key == "targets" and isinstance(member, list):
            lines.append("targets:")
            for model in member:
                lines += ["  " + line for line in canonical(json.dumps(model)).split("\n")[:-1]]
        elif "coefficients" in value and key in REPRESENTATION:
            continue
        elif isinstance(member, list) and member and isinstance(member[0], dict):
            lines.append(f"{key}:")
            lines += ["  " + json.dumps(element, sort_keys=True, ensure_ascii=False) for element in member]
        else:
            lines.append(f"{key}: {json.dumps(member, sort_keys=True, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"


def marked(data, mark):
    """Lines of output with a mark before each; one that lacks its newline is marked by \\ too."""
    text = data.decode("utf-8", "backslashreplace").replace("\r", "\\r")
    if text.startswith("{"):
        text = canonical(text)
    for pattern, word in MACHINE:
        text = pattern.sub(word, text)
    lines = text.split("\n")
    last = lines.pop()
    lines = [f"{mark} {line}" if line else mark for line in lines]
    return lines + ([f"{mark}\\{last}"] if last else [])


def bounds(lines, rules):
    """Relative tolerances of results, and of the measures of how columns depend on each other.

    Results have the rule's, or what the digits that the output itself claims leave open."""
    digits = [float(match[2]) for line in lines for match in DIGITS.finditer(line)]
    conditions = [float(match[1]) for line in lines for match in CONDITION.finditer(line) if match[1] != "null"]
    tolerance = max([rules.tolerance] + [10 ** (2 - number) for number in digits])
    return tolerance, max([tolerance] + [1e-15 * number for number in conditions])


def numbers_agree(a, b, before, rules, tolerances):
    """Compares two numbers as they stand; `before` is the text in front of them."""
    tolerance, dependence = tolerances
    if a == b:
        return True
    x, y = float(a.lstrip("<")), float(b.lstrip("<"))
    if rules.fewer is not None:
        return y >= x - rules.fewer
    if "." not in a + b and "e" not in a + b:
        return False  # whole numbers count something
    if abs(x - y) <= rules.noise:
        return True
    if before.endswith('"normalEquationResidual": '):
        return abs(y) <= 1e-9  # rounding errors only
    if "<" in a + b:
        return False
    if before.endswith('"pValue": ') or before.endswith("fPValue: "):
        tolerance *= 100  # a tail changes more than the quantile
    if before.endswith('"conditionNumber": ') or before.endswith('"varianceInflation": '):
        tolerance = dependence
    return abs(x - y) <= tolerance * max(abs(x), abs(y))


def lines_agree(expected, found, rules, tolerances):
    """Compares two lines."""
    if expected == found or expected.startswith("=") or found.startswith("="):
        return expected == found
    digits = [[float(match[2]) for match in DIGITS.finditer(line)] for line in (expected, found)]
    if len(digits[0]) != len(digits[1]) or any(abs(a - b) > 1 for a, b in zip(*digits)):
        return False
    expected, found = [DIGITS.sub(r"\1N", PASSES.sub("N passes", line)) for line in (expected, found)]
    a, b = list(NUMBER.finditer(expected)), NUMBER.findall(found)
    words = [NUMBER.sub("0", line) for line in (expected, found)]
    if [match[0] for match in a] != b:  # columns of a table are as wide as their numbers
        words = [" ".join(text.split()) for text in words]
    return words[0] == words[1] and all(
        numbers_agree(x[0], y, expected[: x.start()], rules, tolerances) for x, y in zip(a, b, strict=True))


def differences(expected, found, rules):
    """What differs: the place in `expected`, the line there and the line found instead."""
    tolerances = bounds(expected, rules)
    if len(expected) == len(found):
        pairs = zip(range(len(found)), expected, found)
        return [(i, a, b) for i, a, b in pairs if not lines_agree(a, b, rules, tolerances)]
    result = []
    for kind, i, j, k, l in difflib.SequenceMatcher(None, expected, found, autojunk=False).get_opcodes():
        for offset in range(max(j - i, l - k) if kind != "equal" else 0):
            a = expected[i + offset] if i + offset < j else "nothing"
            b = found[k + offset] if k + offset < l else "nothing"
            if not lines_agree(a, b, rules, tolerances):
                result.append((i + offset, a, b))
    return result


def shortened(a, b, width=100):
    """Two lines around the place where they begin to differ."""
    start = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    start = 0 if max(len(a), len(b)) <= width else max(0, start - width // 2)
    end = start + width
    return [("…" if start else "") + line[start:end] + ("…" if len(line) > end else "") for line in (a, b)]
