"""All checks, in the order in which an operator should put right what they find."""

from evalsite.doctor.checks import (
    beat,
    broker,
    captioners,
    channels,
    chat,
    checkpoints,
    clock,
    configuration,
    connections,
    database,
    frame,
    gpu,
    leftovers,
    proxy,
    public_url,
    retention,
    storage,
    workers,
)
from evalsite.doctor.running import Check

CHECKS = (
    Check("settings", configuration.check, seconds=20),
    Check("database", database.check, seconds=20),
    Check("connections", connections.check, seconds=20),
    Check("broker", broker.check, seconds=20),
    Check("storage", storage.check, seconds=60),
    Check("workers", workers.check, seconds=60),
    Check("beat", beat.check, seconds=20),
    Check("gpu", gpu.check, seconds=gpu.SECONDS + 10),
    Check("checkpoints", checkpoints.check, seconds=300),
    Check("captioners", captioners.check, seconds=120),
    Check("chat", chat.check, seconds=20),
    Check("public-url", public_url.check, seconds=45),
    Check("clock", clock.check, seconds=20),
    Check("frame", frame.check, seconds=30),
    Check("proxy", proxy.check, seconds=60),
    Check("channels", channels.check, seconds=60),
    Check("leftovers", leftovers.check, seconds=30),
    Check("retention", retention.check, seconds=30),
)
