"""Signals, sent after the commit of what they tell; a receiver that raises cannot undo it.

``regional:published``  ``sender`` is the dataset's id; ``case_id`` may be None; ``contributors`` are the ids of those
                        whose change of a published dataset was approved, None where it was something else
``regional:hidden``     a published dataset went offline; ``sender`` is the dataset's id
``regional:decided``    a steward decided; ``sender`` is the dataset's id, ``case_id``, ``action``
"""

from __future__ import annotations

import ckan.plugins.toolkit as tk

published = tk.signals.ckanext.signal("regional:published")
hidden = tk.signals.ckanext.signal("regional:hidden")
decided = tk.signals.ckanext.signal("regional:decided")
