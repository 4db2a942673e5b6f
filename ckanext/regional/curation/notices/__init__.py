"""Telling people what happened to their datasets and what waits for them: in CKAN, and by e-mail.

A notice is written in the transaction of its event, without a reader. After the commit a job finds out whom it concerns
(``recipients``), gives each their own, and sends it (``outbox``), in the reader's language (``text``).
"""
