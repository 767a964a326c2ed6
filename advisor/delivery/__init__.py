"""Sends what report made, once: parcels, targets, channels, the outbox, schedules.

`parcel` is what is sent, `targets` where to, `channels/` how; `outbox` remembers what became of each, `deliver` works it off,
`report_run` makes a period's parcel once and delivers it. `schedule` and `occurrences` say when, `runner` waits for it,
`entries/` write it down for the schedulers of others.
"""
