from ckanext.regional.migration import run

run(__file__)
