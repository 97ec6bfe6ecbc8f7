"""Durable evaluations: every sample is saved as soon as it is complete, on a DBOS queue that workers share.

spec        what defines a sample, and its key
workflows   the DBOS workflows: an evaluation, a sample
playback    saves every finished request of a sample, and replays it
database    starts and stops SQLite or Postgres
clock       a connection to SQLite with the time in milliseconds
alive       which workers are alive, so that others take over the samples of a dead one
beside      the worker process, which makes samples and outlives a kill of its parent
leader      the process that asks for an evaluation
"""
