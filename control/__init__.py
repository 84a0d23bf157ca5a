"""What is stuck, why, and what may be done.

Here live the sweeps that set going what a crash or a silent office left standing, and (growing) the operators' room:
waits, replay, repair. What is *not* here: steps of a journey. Everything here reads the records and speaks to journeys
by the same messages as the doors.
"""
