"""Whatever is billed and whatever the model says: the rows add up to both sides, exactly, and nothing is twice."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.plan.billed import billed
from advisor.plan.charges import Charge
from advisor.plan.reconcile import reconcile, tally
from advisor.plan.usage_types import COMMITMENTS, REWORK
from advisor.schema import BILL, conform
from advisor.units import PICO_PER_USD, usd

METERS = ("Fargate-vCPU-Hours:perCPU", "SpotUsage-Fargate-GB-Hours", "BoxUsage:m5.large", "EBS:VolumeUsage")
REGIONS = ("us-east-1", "eu-west-1")
dollars = st.integers(-(10**9), 10**9).map(lambda cents: cents / 100)

charges = st.builds(
    Charge,
    region=st.sampled_from(REGIONS),
    meter=st.sampled_from((*METERS, COMMITMENTS, REWORK)),
    quantity=st.none() | st.fractions(0, 10**6),
    pico=st.fractions(0, 10**15),
    assumed=st.booleans(),
)
lines = st.fixed_dictionaries(
    {
        "region": st.sampled_from((*REGIONS, None)),
        "usage_type": st.sampled_from(
            (
                "USE1-Fargate-vCPU-Hours:perCPU",
                "EU-SpotUsage:Fargate-GB-Hours",
                "EBS:VolumeUsage.gp3",
                "ComputeSP:1",
                "EU-BoxUsage:m5.large",
                "BoxUsage:m5.large",
                "USE1-ECS-Anywhere",
                "NatGateway-Bytes",
            )
        ),
        "service": st.sampled_from(("Amazon Elastic Container Service", "EC2 - Other", None)),
        "record_type": st.sampled_from(("Usage", "Credit", None)),
        "cluster": st.sampled_from(("web", None)),
        "start": st.integers(1, 28).map(lambda day: datetime(2026, 9, day, tzinfo=UTC)),
        "interval_s": st.sampled_from((None, 3600, 86_400)),
        "quantity": st.none() | dollars,
        "usd": dollars,
    }
)


@settings(deadline=None)
@given(st.lists(charges, max_size=8), st.lists(lines, min_size=1, max_size=12), st.randoms())
def test_rows_add_up_to_the_model_and_to_the_bill(modelled, said, random) -> None:
    bill = conform(pl.DataFrame(said, infer_schema_length=None), BILL)
    start, end, on_bill = billed(bill)
    to_month = Fraction(730 * 3600, int((end - start).total_seconds()))
    rows = tally(modelled, on_bill)
    model = sum((c.pico for c in modelled), Fraction(0))
    paid = sum((Fraction(str(x["usd"])) for x in said), Fraction(0)) * to_month * PICO_PER_USD
    assert sum((s.model_pico for s in rows.values()), Fraction(0)) == model
    assert sum((s.billed_pico for s in rows.values()), Fraction(0)) == paid
    found = reconcile(modelled, bill, (), 0.05)
    assert found is not None
    assert (found.model_monthly_usd, found.billed_monthly_usd) == (usd(model), usd(paid))
    assert len({(r.region, r.usage_type, r.standing) for r in found.rows}) == len(found.rows)
    mixed = list(said)
    random.shuffle(mixed)
    again = reconcile(modelled, conform(pl.DataFrame(mixed, infer_schema_length=None), BILL), (), 0.05)
    assert again == found, "the order of a bill says nothing"
