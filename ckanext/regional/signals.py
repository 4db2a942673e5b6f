"""Signals, sent after the commit of what they tell; a receiver that raises cannot undo it.

``regional:published``  ``sender`` is the dataset's id; ``case_id`` may be None
``regional:decided``    a steward decided; ``sender`` is the dataset's id, ``case_id``, ``action``
"""

from __future__ import annotations

import ckan.plugins.toolkit as tk

published = tk.signals.ckanext.signal("regional:published")
decided = tk.signals.ckanext.signal("regional:decided")
