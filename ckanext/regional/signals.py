"""Signals, sent after the commit of what they tell; a receiver that raises cannot undo it.

``regional:published``  ``sender`` is the dataset's id; ``case_id`` may be None
``regional:hidden``     a public dataset is no longer public; ``sender`` is the dataset's id, ``reason`` a word
``regional:decided``    a steward decided; ``sender`` is the dataset's id, ``case_id``, ``action``
"""

from __future__ import annotations

import ckan.plugins.toolkit as tk

published = tk.signals.ckanext.signal("regional:published")
hidden = tk.signals.ckanext.signal("regional:hidden")
decided = tk.signals.ckanext.signal("regional:decided")
