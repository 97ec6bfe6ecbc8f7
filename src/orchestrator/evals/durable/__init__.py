"""Evaluations that survive: every sample is kept as soon as it is there, on a DBOS queue that workers share.

order       what a sample is, and its key
workflows   the DBOS workflows: an evaluation, a sample
playback    every finished request of a sample, written down and played back
database    SQLite or Postgres, started and stopped
clock       a connection to SQLite that can tell the time in milliseconds
alive       which workers are alive, so that a dead one's samples are taken over
beside      the process that takes samples, and outlives a kill of the one that started it
leader      the process that asks for an evaluation
"""
