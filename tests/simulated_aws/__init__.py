"""A simulated AWS that speaks HTTP: real requests of the real SDK, answered from a made-up fleet, with AWS's limits and faults.

`python -m simulated_aws` (in `tests/`) starts it and prints its address; `AWS_ENDPOINT_URL` leads the SDK to it.
Requests and replies are held against the SDK's own models: neither side can invent a field.
"""
