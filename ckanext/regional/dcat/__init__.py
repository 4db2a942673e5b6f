"""RDF of datasets: a profile of ckanext-dcat that writes and reads every field of the schema as DCAT-AP 3.

Only ckanext-dcat loads this package, by the entry point ``regional_dcat_ap_3``; without it nothing here is imported.
What is written and what is read of a thing stand side by side.
"""
