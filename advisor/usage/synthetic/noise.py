"""Random numbers as pure functions of (seed, index): the same bytes on any machine, in any order.

Only integers, + − × ÷ and √ are used, which IEEE 754 rounds alike everywhere; no logarithm, no exponential.
"""

from __future__ import annotations

import polars as pl

_GOLDEN = 0x9E3779B97F4A7C15
_MIX_1 = 0xBF58476D1CE4E5B9
_MIX_2 = 0x94D049BB133111EB
_SD_OF_SUM = 37837.2  # standard deviation of four uniform 16-bit integers added up


def _u64(value: int) -> pl.Expr:
    return pl.lit(value % 2**64, dtype=pl.UInt64)


def bits(seed: pl.Expr, index: pl.Expr, stream: int) -> pl.Expr:
    """Return 64 random bits for each (seed, index) of a stream.

    Source: the finaliser of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
    generators, 2014).
    """
    x = seed + (index.cast(pl.UInt64) + _u64(stream * 0x1000003D)) * _u64(_GOLDEN)
    x = x.xor(x // _u64(2**30)) * _u64(_MIX_1)
    x = x.xor(x // _u64(2**27)) * _u64(_MIX_2)
    return x.xor(x // _u64(2**31))


def piece(hashed: pl.Expr, which: int) -> pl.Expr:
    """Return a uniform number in (0, 1) from the 16 bits number `which` (0–3) of a hash."""
    word = hashed // _u64(2 ** (16 * which)) % _u64(2**16)
    return (word.cast(pl.Float64) + 0.5) / 65536.0


def normal(hashed: pl.Expr) -> pl.Expr:
    """Return a nearly normal number, mean 0 and variance 1, within ±3.5."""
    total = pl.lit(0, dtype=pl.UInt64)
    for which in range(4):
        total = total + hashed // _u64(2 ** (16 * which)) % _u64(2**16)
    return (total.cast(pl.Float64) - 131_070.0) / _SD_OF_SUM


def wander(seed: pl.Expr, second: pl.Expr, every_s: int, stream: int) -> pl.Expr:
    """Return noise that changes smoothly, a new value each `every_s` seconds, variance about 1."""
    knot = second // every_s
    part = (second % every_s).cast(pl.Float64) / every_s
    left = normal(bits(seed, knot, stream))
    right = normal(bits(seed, knot + 1, stream))
    # Between two independent knots the variance falls to a half; dividing by the norm keeps it at one.
    return (left * (1.0 - part) + right * part) / ((1.0 - part) * (1.0 - part) + part * part).sqrt()
