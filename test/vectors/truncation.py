"""Mean and standard deviation of the standard normal truncated to [low, high], and its distribution function at a third and two
thirds of the way (of a one-sided tail: at 0.2 and 1 beyond the bound). Only decimal: erf's Maclaurin series at 120 digits.

    python3 test/vectors/truncation.py > test/vectors/truncation.json
"""
import json
from decimal import Decimal, getcontext

getcontext().prec = 120
ONE, TWO = Decimal(1), Decimal(2)


def arctan_inverse(n):
    total, term, k = Decimal(0), ONE / n, 0
    while abs(term) > Decimal(10) ** -118:
        total += term / (2 * k + 1) * (-1) ** k
        term /= n * n
        k += 1
    return total


PI = 4 * (4 * arctan_inverse(5) - arctan_inverse(239))  # Machin


def density(x):
    return (-x * x / 2).exp() / (2 * PI).sqrt() if x.is_finite() else Decimal(0)


def upper_tail(x):
    """1/2 - erf(x / sqrt 2) / 2 by 26.2.10 of Abramowitz and Stegun."""
    if not x.is_finite():
        return Decimal(0) if x > 0 else ONE
    total, term, n = Decimal(0), x, 0
    while abs(term) > Decimal(10) ** -118:
        total += term / (2 * n + 1)
        n += 1
        term *= -x * x / (2 * n)
    return ONE / 2 - total / (2 * PI).sqrt()


def moments(low, high):
    mass = upper_tail(low) - upper_tail(high)
    times = lambda x: x * density(x) if x.is_finite() else Decimal(0)
    mean = (density(low) - density(high)) / mass
    variance = 1 + (times(low) - times(high)) / mass - mean * mean
    if low.is_finite() and high.is_finite():
        places = [low + (high - low) / 3, high - (high - low) / 3]
    elif low.is_finite():
        places = [low + Decimal("0.2"), low + 1]
    else:
        places = [high - 1, high - Decimal("0.2")]
    # At doubles, so that readers evaluate exactly the same points.
    places = [Decimal(float(x)) for x in places]
    shares = [(upper_tail(low) - upper_tail(x)) / mass for x in places]
    return mean, variance.sqrt(), places, shares


BOUNDS = ["6 7", "6 Infinity", "-Infinity -3", "-8 -7.5", "-0.5 0.25", "1 Infinity", "-3 1", "-Infinity 0.5", "-2 2.5"]
rows = []
for low, high in (map(Decimal, bounds.split()) for bounds in BOUNDS):
    mean, sd, places, shares = moments(low, high)
    rows.append(
        {
            "low": str(low).replace("Infinity", "inf") if not low.is_finite() else float(low),
            "high": str(high).replace("Infinity", "inf") if not high.is_finite() else float(high),
            "mean": float(mean),
            "sd": float(sd),
            "cdf": [[float(x), float(share)] for x, share in zip(places, shares)],
        }
    )
print(json.dumps(rows))
