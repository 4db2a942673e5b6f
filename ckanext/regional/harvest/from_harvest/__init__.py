"""Moves a source of ckanext-harvest here, with the datasets that it brought, which stay the datasets that they are.

Its tables are read by SQL, so that its plugin may be on or off, or not even installed.
"""
